"""Indices that come at run time, out of range: TFLite Micro reads elsewhere or gives up; edgegen clamps them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.host_model import compile_model, run_program
from tests.kernels.single import T, ints, single

FAR = (-(2**31), -1, 99, 2**31 - 1)
TABLE = np.arange(12, dtype=np.int8).reshape(4, 3)
ROWS = [0, 0, 3, 3]


def run(model: bytes, *inputs: np.ndarray) -> np.ndarray:
    return run_program(compile_model(model), [list(inputs)], sanitize=True)[0][0]


@pytest.mark.parametrize("op", ["GATHER", "EMBEDDING_LOOKUP"])
def test_rows_are_clamped(op: str) -> None:
    table, indices = T((4, 3)), T((4,), "INT32")
    options = {"axis": 0, "batch_dims": 0} if op == "GATHER" else None
    ports = [table, indices] if op == "GATHER" else [indices, table]
    arrays = [TABLE, np.array(FAR, dtype=np.int32)]
    output = run(single(op, ports, [T((4, 3))], options), *(arrays if op == "GATHER" else arrays[::-1]))
    assert np.array_equal(output, TABLE[ROWS])


def test_dequantised_rows_are_clamped() -> None:
    model = single("EMBEDDING_LOOKUP", [T((4,), "INT32"), T((4, 3), scale=0.5)], [T((4, 3), "FLOAT32")])
    output = run(model, np.array(FAR, dtype=np.int32), TABLE)
    assert np.array_equal(output, TABLE[ROWS].astype(np.float32) * np.float32(0.5))


def test_slices_by_several_indices_are_clamped() -> None:
    model = single("GATHER_ND", [T((4, 3)), T((2, 1), "INT32")], [T((2, 3))])
    output = run(model, TABLE, np.array([[-1], [99]], dtype=np.int32))
    assert np.array_equal(output, TABLE[[0, 3]])


@pytest.mark.parametrize("kind", ["INT32", "INT64"])
def test_slice_starts_are_clamped(kind: str) -> None:
    model = single("SLICE", [T((4, 3)), T((2,), kind), ints(2, 2, kind=kind)], [T((2, 2))])
    output = run(model, TABLE, np.array([99, -99], dtype=kind.lower()))
    assert np.array_equal(output, TABLE[2:4, 0:2])
