"""The exact text of generated C, compared with committed files.

After a deliberate change of templates or lowering: EDGEGEN_UPDATE_EXPECTED=1 pytest tests/codegen, and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from edgegen.codegen.program import build_program
from edgegen.codegen.render import render_model
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.passes import run_passes
from tests.model_builder import ModelBuilder

EXPECTED = Path(__file__).parent / "expected"


def small_model() -> bytes:
    """A convolution, an ADD of its result and the input, and a RESHAPE; names that C could trip over."""
    builder = ModelBuilder()
    x = builder.tensor("image*/; \\ 'x'", (1, 4, 4, 2), scale=0.5, zero_point=-3)
    weights = builder.tensor("w", (2, 3, 3, 2), scale=[0.25, 0.125], data=np.arange(36).reshape(2, 3, 3, 2) - 18)
    bias = builder.tensor("b", (2,), "INT32", scale=[0.125, 0.0625], data=np.array([-(2**31), 2**31 - 1]))
    y = builder.tensor("conv", (1, 4, 4, 2), scale=1.0, zero_point=5)
    z = builder.tensor("sum", (1, 4, 4, 2), scale=1.5, zero_point=0)
    shape = builder.tensor("shape", (2,), "INT32", data=np.array([1, 32]))
    flat = builder.tensor("flat", (1, 32), scale=1.5, zero_point=0)
    options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "fused_activation_function": "RELU6"}
    builder.node("CONV_2D", [x, weights, bias], [y], options)
    builder.node("ADD", [x, y], [z], {"fused_activation_function": "NONE"})
    builder.node("RESHAPE", [z, shape], [flat], {"new_shape": [1, 32]})
    return builder.inputs(x).outputs(flat).build()


@pytest.fixture(scope="module")
def generated() -> dict[str, bytes]:
    program = build_program(run_passes(read_tflite(small_model(), "2 small-model")), Target())
    return render_model(program, b"\x00\x01tflite\xff")


@pytest.mark.parametrize("suffix", [".c", ".h", "_data.c", "_data.h"])
def test_text_is_as_expected(generated: dict[str, bytes], suffix: str) -> None:
    name = f"model_2_small_model{suffix}"
    path = EXPECTED / f"{name}.txt"
    if os.environ.get("EDGEGEN_UPDATE_EXPECTED"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(generated[name])
    assert generated[name].decode() == path.read_bytes().decode()


def test_only_kernels_in_use_are_written(generated: dict[str, bytes]) -> None:
    kernels = {name for name in generated if name.startswith("eg_") and name.endswith(".c")}
    assert kernels == {"eg_conv_2d_s8.c", "eg_add_s8.c"}
