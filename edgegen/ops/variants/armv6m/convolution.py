"""CONV_2D and FULLY_CONNECTED for Armv6-M: two pixels times three channels, or one pixel times four."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    Direction,
    FieldValue,
    KernelCall,
    Lowering,
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.plain_facts import plain_facts
from edgegen.ops.variants.armv6m.relu import relu_constants
from edgegen.ops.variants.rv32im.convolution import pointwise_overlaps, window_fields
from edgegen.ops.variants.rv32im.packing import GROUP, in_16_bits, inputs, pack
from edgegen.ops.variants.rv32im.requantize import (
    activation_fields,
    quant_rows,
    quant_table,
    requantization,
    requantizes_fast,
)

_HEADER = "eg_conv_2d_s8_armv6m.h"
_PIXELS = 2  # of a block
_CHANNELS = 3
_GROUP_BYTES = 28
_OFFSET = 128  # of the weights, which are loaded without a sign


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D and FULLY_CONNECTED with one group, one batch and sums that provably fit."""
    facts = plain_facts(graph, node)
    if facts is None or facts.groups != 1 or not requantizes_fast(facts):
        return None
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    source, output = node.inputs[0], node.outputs[0]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    if facts.is_pointwise and pixels < _PIXELS:
        return _lower_one_by_one(facts, source, output)
    if not in_16_bits(inputs(facts), 2).all():
        return None
    blocks = -(-facts.output_shape[3] // _CHANNELS)
    depth = facts.weights[0].size
    relu = relu_constants(facts)
    params = Struct("eg_conv_2d_armv6m_params", _fields(facts, relu is not None))
    quant = requantization(facts) if relu is None else relu
    words = pack(facts, quant, [_CHANNELS] * blocks, _GROUP_BYTES, _OFFSET)
    packed = ConstArray.of("packed", words.view(np.uint32))
    read, write = TensorArg(source), TensorArg(output, written=True)
    scratch = Scratch(_GROUP_BYTES * -(-depth // GROUP))
    sources: tuple[str, ...] = (
        "eg_channels_2_armv6m.c",
        "eg_finish_columns_armv6m.c",
        "eg_gemm_2x3_s8_armv6m.c",
        "eg_relu_2x3_armv6m.c",
    )
    arguments: tuple[Argument, ...]
    overlaps: tuple[Overlap, ...]
    if facts.is_pointwise:
        kernel = "eg_conv_1x1_s8_armv6m"
        arguments = (params, pixels, read, packed, write, scratch, Direction(source, output))
        overlaps = pointwise_overlaps(facts, _PIXELS, source, output)
    else:
        kernel = "eg_conv_kxk_s8_armv6m"
        zeros = ConstArray.of("zeros", np.full(facts.input_shape[3], facts.input_zero_point, dtype=np.int8))
        arguments = (params, read, zeros, packed, write, scratch)
        window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
        overlaps = (window_overlap(window, source, output),)
    macs = int(np.prod(facts.output_shape)) * depth
    return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c", *sources), arguments, macs, overlaps),))


def _lower_one_by_one(facts: ConvFacts, source: int, output: int) -> Lowering:
    depth, channels = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    flat = np.pad(facts.weights.reshape(channels, depth).astype(np.int64), ((0, -channels % 4), (0, 0)))
    weights = (flat + _OFFSET).astype(np.uint8).reshape(-1, 4, depth).transpose(0, 2, 1)
    quant = np.pad(quant_rows(facts), ((0, -channels % 4), (0, 0)))
    arguments = (
        Struct("eg_conv_2d_armv6m_params", _fields(facts, relu=False)),
        pixels,
        TensorArg(source),
        ConstArray.of("weights", weights),
        quant_table(quant, "eg_quant_armv6m"),
        TensorArg(output, written=True),
    )
    kernel = "eg_fully_connected_s8_armv6m"
    window = Window(facts.input_shape, facts.output_shape, 1, 1, 0, 0)
    overlaps = (window_overlap(window, source, output),)
    sources = (f"{kernel}.c", "eg_dot_4_s8_armv6m.c")
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, pixels * depth * channels, overlaps),))


def _fields(facts: ConvFacts, relu: bool) -> tuple[tuple[str, FieldValue], ...]:
    activation = activation_fields(facts)
    window = window_fields(facts)[: -len(activation)]
    return (*window, ("activation", tuple(value for _, value in activation)), ("has_relu_quant", int(relu)))
