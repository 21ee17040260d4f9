"""MVE's kernels of int16, recurrent, broadcasting, reducing and copying layers give the scalar kernels' bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen.ops.base import Target
from edgegen.ops.variants.mve import LOWERINGS
from edgegen.ops.variants.mve.copies import COPYING
from tests.host_model import compile_model
from tests.kernels.cases.svdf import Svdf
from tests.kernels.cases.unidirectional_sequence_lstm import Lstm
from tests.kernels.chains import differences
from tests.kernels.draws import ACTIVATIONS, scale, zero_point
from tests.kernels.nodes import NodeModel, Port
from tests.model_builder import ModelBuilder

BOARD = "mps3-an547"
Shape = tuple[int, ...]


def recurrent(builder: ModelBuilder, rng: random.Random) -> None:
    for depth, units in ((1, 1), (15, 2), (16, 3), (17, 4), (3, 5), (33, 16), (40, 19)):
        for activation in ("TANH", "NONE"):
            Lstm(
                batches=rng.choice((1, 2)),
                steps=rng.randint(1, 12),
                depth=depth,
                units=units,
                time_major=rng.random() < 0.5,
                activation=activation,
                cell_clip=rng.choice((0.0, 0.3)),
                weight_scales=tuple(scale(rng, -9.0, 0.0) for _ in range(8)),
                input_scale=scale(rng, -8.0, -3.0),
                hidden_scale=scale(rng, -15.0, -6.0),
                cell_scale=2.0 ** rng.randint(-15, -8),
                zero_points=(zero_point(rng, "INT8"), zero_point(rng, "INT8")),
                weight_zero_point=7 if units == 5 else 0,
                seed=rng.getrandbits(31),
            ).add(builder)
    for depth, memory in ((1, 1), (15, 2), (16, 8), (17, 9), (40, 16), (5, 17), (32, 18), (7, 33)):
        for memory_type in ("INT8", "INT16"):
            state = 0.002 * 2.0 ** rng.uniform(-4, 6)
            Svdf(
                batches=rng.choice((1, 2)),
                depth=depth,
                units=rng.randint(1, 4),
                rank=rng.randint(1, 3),
                memory=memory,
                memory_type=memory_type,
                scales=(0.05, 0.02, 0.001, state, state * 0.001 * 2.0 ** rng.uniform(-2, 10)),
                zero_points=(zero_point(rng, "INT8"), zero_point(rng, "INT8"), zero_point(rng, "INT8")),
                seed=rng.getrandbits(31),
            ).add(builder)


def int16(builder: ModelBuilder, rng: random.Random) -> None:
    """Depths that are multiples of eight and others; sums beyond 32 bits."""
    for depth in (1, 6, 8, 16, 24, 40):
        for bias_kind in ("INT32", "INT64"):
            outputs, stride = rng.choice((1, 3, 4, 7, 8)), rng.choice((1, 2))
            size = [-(-extent // stride) for extent in (5, 6)]
            options = {"padding": "SAME", "stride_h": stride, "stride_w": stride}
            options |= {"dilation_h_factor": rng.choice((1, 2)), "dilation_w_factor": 1}
            wide = 2.0 ** rng.choice((0, 3))
            _int16(builder, rng, "CONV_2D", (1, 5, 6, depth), (outputs, 3, 3, depth), (1, *size, outputs), bias_kind,
                   options, wide)  # fmt: skip
            _int16(builder, rng, "FULLY_CONNECTED", (2, depth), (outputs, depth), (2, outputs), bias_kind, {}, wide)
        window, outputs = rng.choice(((3, 4), (2, 2), (1, 3))), rng.choice((1, 4, 5))
        output = (1, window[0] + 2, window[1] + 6, outputs)
        options = {"padding": "VALID", "stride_h": 1, "stride_w": 2}
        _int16(builder, rng, "TRANSPOSE_CONV", (1, 3, 4, depth), (outputs, *window, depth), output, "INT64", options, 1)
    # Values of one sign.
    source = builder.tensor("x", (1, 4096), "INT16", scale=0.05)
    sizes = builder.tensor("sizes", (1, 4096), "INT16", scale=0.05)
    builder.node("ABS", [source], [sizes])
    weights = builder.tensor("w", (3, 4096), scale=1e-5, data=np.full((3, 4096), 127))
    result = builder.tensor("y", (1, 3), "INT16", scale=0.05)
    builder.node("FULLY_CONNECTED", [sizes, weights], [result], {"quantized_bias_type": "INT64"})
    builder.inputs(*builder.input_indices, source).outputs(*builder.output_indices, result)


def _int16(
    builder: ModelBuilder, rng: random.Random, op: str, shape: Shape, filter_shape: Shape, output: Shape,
    bias_kind: str, options: dict[str, object], spread: float,
) -> None:  # fmt: skip
    draws = np.random.default_rng(rng.getrandbits(32))
    weights, channels = draws.integers(-127, 128, filter_shape), output[-1]
    if rng.random() < 0.3:
        weights[:] = 127
    scales = spread * draws.uniform(0.2, 1, channels) / (np.sqrt(weights.size / channels) * 73)
    source = builder.tensor("x", shape, "INT16", scale=0.05)
    filters = builder.tensor("w", filter_shape, scale=scales, axis=0, data=weights.astype(np.int8))
    bias = draws.integers(-(2**20), 2**20, channels)
    biases = builder.tensor("b", (channels,), bias_kind, scale=0.05 * scales, data=bias)
    inputs = [source, filters, biases]
    if op == "TRANSPOSE_CONV":
        inputs = [builder.tensor("s", (4,), "INT32", data=np.array(output, np.int32)), filters, source, biases]
    result = builder.tensor("y", output, "INT16", scale=0.05)
    builder.node(op, inputs, [result], {"fused_activation_function": rng.choice(("NONE", "RELU"))} | options)
    builder.inputs(*builder.input_indices, source).outputs(*builder.output_indices, result)


def _port(rng: random.Random, shape: Shape) -> Port:
    return Port(shape, scale=scale(rng, -7.0, -2.0), zero_point=zero_point(rng, "INT8"))


def products(builder: ModelBuilder, rng: random.Random) -> None:
    shapes: list[tuple[Shape, Shape]] = [((count,), (count,)) for count in (1, 3, 4, 5, 15, 16, 17, 33)]
    shapes += [((2, 3, 5), (5,)), ((1, 17), (2, 3, 17)), ((4, 3, 1), (4, 3, 16)), ((2, 1, 7), (1, 3, 7)), ((9,), (1,))]
    shapes += [((1, 6), (5, 1)), ((2, 3), (1, 1))]
    for left, right in shapes:
        output = tuple(np.broadcast_shapes(left, right))
        for op in ("MUL", "MAXIMUM", "MINIMUM"):
            ports = _port(rng, left), _port(rng, right)
            result = Port(output, scale=scale(rng, -6.0, 0.0), zero_point=zero_point(rng, "INT8"))
            options = {"fused_activation_function": rng.choice(ACTIVATIONS)} if op == "MUL" else None
            NodeModel(op, ports, result, options).add(builder)
    for ratio in (-1, -2, -5):  # ties, of both signs
        ports = Port((1, 40), scale=0.5), Port((1, 40), scale=0.5)
        result = Port((1, 40), scale=0.25 * 2.0**-ratio)
        NodeModel("MUL", ports, result, {"fused_activation_function": "NONE"}).add(builder)


def means(builder: ModelBuilder, rng: random.Random) -> None:
    cases: list[tuple[Shape, Shape]] = [((1, 3, 4, channels), (1, 2)) for channels in (1, 3, 7, 8, 9, 16, 17)]
    cases += [((2, 3, 4, 5), (1, 2)), ((3, 5, 9), (1,)), ((5, 4, 3), (0,)), ((4, 3, 5), (1, 2)), ((2, 3, 2, 3), (0, 2))]
    cases += [((1, 256, 4), (1,)), ((1, 257, 5), (1,)), ((1, 20, 40, 3), (1, 2)), ((1, 1, 1, 8), (1, 2))]
    for shape, axes in cases:
        for op in ("MEAN", "SUM"):
            output = tuple(size for axis, size in enumerate(shape) if axis not in axes)
            rows = Port((len(axes),), "INT32", data=np.array(axes, np.int32))
            ratio = 2.0 ** rng.uniform(-3, 3)
            source = Port(shape, scale=0.05, zero_point=zero_point(rng, "INT8"))
            result = Port(output, scale=0.05 * ratio, zero_point=zero_point(rng, "INT8"))
            NodeModel(op, (source, rows), result, {"keep_dims": False}).add(builder)


def copies(builder: ModelBuilder, rng: random.Random) -> None:
    """Runs around a vector, single bytes in steps, padding; of one byte and of two."""
    for dtype in ("INT8", "INT16"):

        def port(*shape: int, dtype: str = dtype) -> Port:
            return Port(shape, dtype, scale=0.05, zero_point=-7 if dtype == "INT8" else 0)

        def ints(*values: int, shape: Shape = ()) -> Port:
            return Port(shape or (len(values),), "INT32", data=np.array(values, np.int32).reshape(shape or -1))

        for size in (1, 2, 3, 15, 16, 17, 40):
            if dtype == "INT8":
                options = {"axis": 1, "fused_activation_function": "NONE"}
                NodeModel("CONCATENATION", (port(3, size), port(3, 5)), port(3, size + 5), options).add(builder)
                NodeModel("PAD", (port(2, size), ints(1, 0, 2, 3, shape=(2, 2))), port(3, size + 5)).add(builder)
            strides = ints(1, rng.choice((1, 2, 3)))
            kept = -(-size // int(np.asarray(strides.data)[1]))
            inputs = (port(4, size + 2), ints(1, 2), ints(3, size + 2), strides)
            NodeModel("STRIDED_SLICE", inputs, port(2, kept)).add(builder)
            order, shape = rng.choice(((1, 0, 2), (2, 1, 0), (0, 2, 1))), (3, size, rng.choice((1, 4, 9)))
            NodeModel("TRANSPOSE", (port(*shape), ints(*order)), port(*(shape[axis] for axis in order))).add(builder)
        NodeModel("TRANSPOSE", (port(3, 8200), ints(1, 0)), port(8200, 3)).add(builder)


FAMILIES = {
    "recurrent": (recurrent, {"eg_unidirectional_sequence_lstm_s8_mve", "eg_unidirectional_sequence_lstm_s8",
                              "eg_svdf_s8_mve", "eg_svdf_s16_mve"}),
    "int16": (int16, {"eg_conv_2d_s16_mve", "eg_conv_2d_s16b32_mve", "eg_transpose_conv_s16_mve",
                      "eg_conv_2d_s16b32_narrow", "eg_transpose_conv_s16_narrow"}),
    "products": (products, {"eg_mul_s8_mve", "eg_mul_s8", "eg_maximum_s8_mve", "eg_minimum_s8_mve"}),
    "means": (means, {"eg_sum_s8_mve", "eg_sum_s8"}),
    "copies": (copies, {"eg_copy_strided_mve", "eg_copy_strided"}),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_layers_give_the_scalar_kernels_bytes(family: str, tmp_path: Path) -> None:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    make, kernels = FAMILIES[family]
    builder = ModelBuilder()
    make(builder, random.Random(len(family)))
    model = builder.build()
    used = {call.kernel for call in compile_model(model, Target("mve")).calls()}
    assert kernels <= used, kernels - used
    different = differences(model, 1, BOARD, "speed", tmp_path)
    assert not different, "\n".join(different)


def test_operators_that_copy_have_a_lowering() -> None:
    assert set(COPYING) <= set(LOWERINGS)
