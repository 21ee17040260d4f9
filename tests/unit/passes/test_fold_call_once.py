"""A CALL_ONCE of constants becomes the variables' first values, unless something looks at them before."""

from __future__ import annotations

import pytest

from edgegen.model_io.tflite_reader import read_tflite
from edgegen.passes import fold_call_once
from tests.host_model import compile_model
from tests.kernels.cases.control_flow import once


@pytest.mark.parametrize(("values", "fill", "initial"), [([1, 2, 3], 3, b"\x01\x02\x03"), ([7] * 5, 7, b"")])
def test_first_values(values: list[int], fill: int, initial: bytes) -> None:
    program = compile_model(once(values))
    (state,) = program.states
    assert len(program.functions) == 1
    assert state.initial == initial
    assert initial or state.fill == fill


def test_read_before_keeps_the_call() -> None:
    graph = read_tflite(once([1, 2, 3], read_first=True), "once")
    assert fold_call_once.run(graph) == graph
