"""Int4 weights that stay packed give TFLite Micro's bytes, from half the flash."""

from __future__ import annotations

import pytest

from edgegen.ops.base import ConstArray, Target
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs, seed_of
from tests.kernels.cases.conv_2d import Conv
from tests.kernels.cases.fully_connected import Dense
from tests.tflm import TflmRefusal, run_tflm

MODELS = {
    "conv": (Conv(weights="INT4"), "eg_conv_2d_s4", 4 * 3 * 3 * 3),
    "conv of odd count": (
        Conv(weights="INT4", outputs=1, channels=5, kernel=(1, 3), padding="VALID", filter_scale=0.5),
        "eg_conv_2d_s4",
        15,
    ),
    "grouped conv": (
        Conv(weights="INT4", channels=6, groups=2, filter_scale=(0.1, 0.2, 0.3, 0.4)),
        "eg_conv_2d_s4",
        4 * 3 * 3 * 3,
    ),
    "depthwise": (Conv("DEPTHWISE_CONV_2D", weights="INT4", depth_multiplier=2), "eg_depthwise_conv_2d_s4", 3 * 3 * 6),
    "dense": (Dense(weights="INT4", filter_zero_point=3), "eg_fully_connected_s4", 35),
}


@pytest.mark.parametrize("name", MODELS)
def test_packed_int4_weights(name: str) -> None:
    row, kernel, values = MODELS[name]
    model = row.build()
    program = compile_model(model, Target(optimize="size"))
    (call,) = program.calls()
    assert call.kernel == kernel
    sizes = [len(a.data) for a in call.arguments if isinstance(a, ConstArray) and a.name == "weights"]
    assert sizes == [(values + 1) // 2]
    graph = program.main.graph
    inputs = make_inputs([graph.tensors[i] for i in graph.inputs], seed_of(model))
    reference = run_tflm(model, inputs)
    assert not isinstance(reference, TflmRefusal), reference
    outputs = run_program(program, inputs, sanitize=True)
    assert [[a.tobytes() for a in arrays] for arrays in outputs] == [[a.tobytes() for a in r] for r in reference]
