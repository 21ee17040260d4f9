"""Dead channels go, and not one output bit with them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from edgegen.codegen.program import build_program
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.passes import dead_channels, run_passes
from edgegen.passes.value_ranges import value_ranges
from tests.host_model import run_program
from tests.kernels.case import make_inputs, seed_of
from tests.model_builder import ModelBuilder
from tests.networks import random_network
from tests.tflm import TflmRefusal, run_tflm


def two_layers(bias: list[int], *, padding: str, activation: str, zero_point: int) -> bytes:
    """3x3 convolution to three channels, then a second one that reads them."""
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 5, 5, 2), scale=0.1, zero_point=3)
    values = np.random.default_rng(0)
    w1 = builder.tensor("w1", (3, 3, 3, 2), scale=0.01, data=values.integers(-127, 128, (3, 3, 3, 2)))
    b1 = builder.tensor("b1", (3,), "INT32", scale=0.001, data=np.array(bias))
    mid = builder.tensor("mid", (1, 5, 5, 3), scale=0.05, zero_point=zero_point)
    w2 = builder.tensor("w2", (2, 3, 3, 3), scale=0.01, data=values.integers(-127, 128, (2, 3, 3, 3)))
    b2 = builder.tensor("b2", (2,), "INT32", scale=0.0005, data=np.array([5, -5]))
    size = 5 if padding == "SAME" else 3
    y = builder.tensor("y", (1, size, size, 2), scale=0.1, zero_point=0)
    options = {"padding": "SAME", "stride_w": 1, "stride_h": 1, "dilation_w_factor": 1, "dilation_h_factor": 1}
    builder.node("CONV_2D", [x, w1, b1], [mid], options | {"fused_activation_function": activation})
    builder.node("CONV_2D", [mid, w2, b2], [y], options | {"padding": padding, "fused_activation_function": "NONE"})
    return builder.inputs(x).outputs(y).build()


@pytest.mark.parametrize(
    ("bias", "padding", "activation", "left"),
    [
        ([0, -9_000_000, 0], "SAME", "RELU", 2),  # clamped to the zero point: padding looks the same
        ([0, 9_000_000, 0], "SAME", "RELU", 3),  # clamped to the top: padding would show
        ([0, 9_000_000, 0], "VALID", "RELU", 2),  # nothing is padded: becomes part of the bias
        ([-9_000_000, -9_000_000, 0], "SAME", "RELU", 1),
        ([-9_000_000, -9_000_000, -9_000_000], "SAME", "RELU", 1),  # one channel always stays
        ([0, 0, 0], "SAME", "NONE", 3),
    ],
)
def test_constant_channels_go(bias: list[int], padding: str, activation: str, left: int) -> None:
    model = two_layers(bias, padding=padding, activation=activation, zero_point=-20)
    graph = dead_channels.run(read_tflite(model, "two"))
    assert graph.tensors[graph.nodes[0].outputs[0]].shape == (1, 5, 5, left)
    assert graph.tensors[graph.nodes[1].inputs[1]].shape == (2, 3, 3, left)
    assert_unchanged(model)


def test_unread_channels_go() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 3, 3, 2), scale=0.1)
    mid = builder.tensor("mid", (1, 3, 3, 4), scale=0.1)
    y = builder.tensor("y", (1, 3, 3, 1), scale=0.1)
    w1 = builder.tensor("w1", (4, 1, 1, 2), scale=0.01, data=np.arange(8).reshape(4, 1, 1, 2) + 1)
    w2 = builder.tensor("w2", (1, 1, 1, 4), scale=0.01, data=np.array([3, 0, 0, 4]))
    options = {"padding": "VALID", "stride_w": 1, "stride_h": 1, "dilation_w_factor": 1, "dilation_h_factor": 1}
    builder.node("CONV_2D", [x, w1], [mid], options)
    builder.node("CONV_2D", [mid, w2], [y], options)
    model = builder.inputs(x).outputs(y).build()
    graph = dead_channels.run(read_tflite(model, "unread"))
    assert graph.tensors[graph.nodes[0].outputs[0]].shape == (1, 3, 3, 2)
    assert_unchanged(model)


@pytest.mark.parametrize("seed", range(25))
def test_random_networks_keep_every_bit(seed: int) -> None:
    assert_unchanged(random_network(random.Random(seed)))


def test_random_networks_do_shrink() -> None:
    """The property above would hold for a pass that does nothing, too."""
    shrunk = 0
    for seed in range(25):
        graph = read_tflite(random_network(random.Random(seed)), "network")
        after = dead_channels.run(graph)
        shrunk += sum(t.size_bytes for t in after.tensors if not t.is_constant) < sum(
            t.size_bytes for t in graph.tensors if not t.is_constant
        )
    assert shrunk >= 10


@pytest.mark.parametrize("seed", range(8))
def test_outputs_stay_in_their_ranges(seed: int) -> None:
    model = random_network(random.Random(1000 + seed))
    graph = read_tflite(model, "network")
    ranges = value_ranges(graph)
    found = ranges.get(graph.outputs[0])
    reference = run_tflm(model, make_inputs([graph.tensors[i] for i in graph.inputs], seed, 6))
    assert not isinstance(reference, TflmRefusal)
    if found is not None:
        for (output,) in reference:
            assert (output >= found.low).all() and (output <= found.high).all()


def assert_unchanged(model: bytes) -> None:
    program = build_program(run_passes(read_tflite(model, "network")), Target())
    graph = program.main.graph
    inputs = make_inputs([graph.tensors[i] for i in graph.inputs], seed_of(model))
    reference = run_tflm(model, inputs)
    assert not isinstance(reference, TflmRefusal), reference
    for ours, theirs in zip(run_program(program, inputs), reference, strict=True):
        for mine, its in zip(ours, theirs, strict=True):
            assert mine.tobytes() == its.tobytes()
