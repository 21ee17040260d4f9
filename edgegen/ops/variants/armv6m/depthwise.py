"""DEPTHWISE_CONV_2D for Armv6-M: plane by plane, along the longer axis."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    FieldValue,
    KernelCall,
    Lowering,
    Overlap,
    Scratch,
    Struct,
    Table,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.plain_facts import plain_facts, reads_one_run
from edgegen.ops.variants.armv6m.convolution import lower_convolution
from edgegen.ops.variants.armv6m.relu import relu_constants
from edgegen.ops.variants.rv32im.requantize import (
    activation_fields,
    quant_rows,
    quant_table,
    requantization,
    requantizes_fast,
)

_OFFSET = 128  # of the plane's values
_ROOM_BYTES = 960  # that a plane may take on top of the largest tensor
_BEYOND = 8  # bytes that lines of four outputs read behind the plane


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D with one batch and sums that provably fit."""
    facts = plain_facts(graph, node)
    if facts is None or not requantizes_fast(facts):
        return None
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    turned = facts.output_shape[1] > facts.output_shape[2]
    if facts.op != node.op and not _suits_lines(facts, turned):
        return lower_convolution(graph, node, target)
    source, output = node.inputs[0], node.outputs[0]
    weights = facts.weights[..., 0]
    multiplier = facts.output_shape[3] // facts.input_shape[3]
    if multiplier == 1 and reads_one_run(facts):
        return _lower_pixel(facts, source, output)
    sources: tuple[str, ...]
    plane_bytes, fields = _fields(facts, multiplier, turned)
    relu = relu_constants(facts) if _suits_lines(facts, turned) else None
    bias = facts.folded_bias.astype(np.int64) - _OFFSET * weights.astype(np.int64).sum(axis=(1, 2))
    if relu is None:
        kernel, sources = "eg_depthwise_conv_2d_s8_armv6m", ()
        quant = quant_table(np.column_stack([bias, requantization(facts)]), "eg_quant_armv6m")
    else:
        kernel = "eg_depthwise_3x3_relu_s8_armv6m"
        sources = ("eg_lines_3x3_stride_1_armv6m.c", "eg_lines_3x3_stride_2_armv6m.c")
        quant = quant_table(np.column_stack([bias, relu]), "eg_relu_quant_armv6m")
        plane_bytes += _BEYOND
    params: Argument = Struct("eg_depthwise_conv_2d_armv6m_params", fields)
    count: tuple[int, ...] = ()
    strips = _strips(graph, node, facts) if relu is not None and not turned else []
    if strips:
        params, count, sources = _table(strips), (len(strips),), (*sources, f"{kernel}.c")
        plane_bytes = max(_fields(strip.facts, 1, turned)[0] for strip in strips) + _BEYOND
        kernel = "eg_depthwise_3x3_strips_s8_armv6m"
    arguments = (
        params,
        *count,
        TensorArg(source),
        ConstArray.of("weights", weights.transpose(0, 2, 1) if turned else weights),
        quant,
        TensorArg(output, written=True),
        Scratch(plane_bytes),
    )
    overlaps = (Overlap(source, output, 0, "same"),) if multiplier == 1 else ()
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    sources = (f"{kernel}.c", "eg_copy_plane_armv6m.c", *sources)
    header = "eg_depthwise_conv_2d_s8_armv6m.h"
    return Lowering((KernelCall(kernel, header, sources, arguments, macs, overlaps),))


@dataclass(frozen=True, slots=True)
class _Strip:
    """Some output lines as a layer of their own, and where its input and output begin, in bytes."""

    facts: ConvFacts
    input_start: int
    output_start: int


def _strips(graph: Graph, node: Node, facts: ConvFacts) -> list[_Strip]:
    """Strips of a layer whose plane would raise the arena's peak; none where it fits, or where strips don't suit.

    The output may lie where the input does, so no strip may write what a later one reads.
    """
    _, height, width, channels = facts.input_shape
    _, output_h, output_w, output_c = facts.output_shape
    plane_bytes, fields = _fields(facts, 1, turned=False)
    largest = max(tensor.size_bytes for tensor in graph.tensors if not tensor.is_constant)
    if output_c != channels or height * width * channels + plane_bytes <= largest + _ROOM_BYTES:
        return []
    pitch, stride = dict(fields)["plane_pitch"], facts.stride[0]
    assert isinstance(pitch, int)
    lines = ((_ROOM_BYTES - _BEYOND) // pitch - 3) // stride + 1
    strips = []
    for first in range(0, output_h, lines) if lines > 0 else ():
        end = min(first + lines, output_h)
        top = first * stride - facts.pad[0]
        read = max(0, top)
        if read * width < first * output_w:
            return []
        rows = min(height, top + (end - first - 1) * stride + 3) - read
        strip = dataclasses.replace(
            facts,
            input_shape=(1, rows, width, channels),
            output_shape=(1, end - first, output_w, output_c),
            pad=(read - top, facts.pad[1]),
        )
        strips.append(_Strip(strip, read * width * channels, first * output_w * output_c))
    return strips


def _table(strips: list[_Strip]) -> Table:
    rows = []
    for strip in strips:
        _, fields = _fields(strip.facts, 1, turned=False)
        rows.append((tuple(value for _, value in fields), strip.input_start, strip.output_start))
    return Table("eg_depthwise_strip_armv6m", tuple(rows))


def _lower_pixel(facts: ConvFacts, source: int, output: int) -> Lowering:
    """One output pixel whose window is a run of the input."""
    channels, taps = facts.output_shape[3], facts.weights[0].size
    kernel = "eg_depthwise_pixel_s8_armv6m"
    activation = tuple(value for _, value in activation_fields(facts))
    arguments = (
        Struct(
            "eg_depthwise_pixel_armv6m_params", (("taps", taps), ("channels", channels), ("activation", activation))
        ),
        TensorArg(source),
        ConstArray.of("weights", facts.weights.reshape(channels, taps).T),
        quant_table(quant_rows(facts), "eg_quant_armv6m"),
        TensorArg(output, written=True),
    )
    overlaps = (Overlap(source, output),)
    return Lowering((KernelCall(kernel, f"{kernel}.h", (f"{kernel}.c",), arguments, channels * taps, overlaps),))


def _suits_lines(facts: ConvFacts, turned: bool) -> bool:
    return (
        facts.weights.shape[1:3] == (3, 3) and facts.dilation == (1, 1) and facts.stride[0 if turned else 1] in (1, 2)
    )


def _fields(facts: ConvFacts, multiplier: int, turned: bool) -> tuple[int, tuple[tuple[str, FieldValue], ...]]:
    """The plane's size and the fields of eg_depthwise_conv_2d_armv6m_params; `turned`: lines are columns."""
    lines, along = (1, 0) if turned else (0, 1)
    _, filter_h, filter_w, _ = facts.weights.shape
    input_size, output_size, window = facts.input_shape[1:3], facts.output_shape[1:3], (filter_h, filter_w)
    covered = [(output_size[i] - 1) * facts.stride[i] + (window[i] - 1) * facts.dilation[i] + 1 for i in (0, 1)]
    copied = [min(input_size[i], covered[i] - facts.pad[i]) for i in (0, 1)]
    input_steps = [size * facts.input_shape[3] for size in (input_size[1], 1)]
    output_steps = [size * facts.output_shape[3] for size in (output_size[1], 1)]
    pitch = covered[along]
    plane_bytes = covered[0] * covered[1]
    return plane_bytes, (
        ("input_lines", copied[lines]),
        ("input_count", copied[along]),
        ("input_line_step", input_steps[lines]),
        ("input_step", input_steps[along]),
        ("input_c", facts.input_shape[3]),
        ("multiplier", multiplier),
        ("plane_bytes", plane_bytes),
        ("plane_pitch", pitch),
        ("plane_start", facts.pad[lines] * pitch + facts.pad[along]),
        ("zero_point", facts.input_zero_point),
        ("filter_lines", window[lines]),
        ("filter_count", window[along]),
        ("filter_line_step", facts.dilation[lines] * pitch),
        ("filter_step", facts.dilation[along]),
        ("output_lines", output_size[lines]),
        ("output_count", output_size[along]),
        ("output_line_step", output_steps[lines]),
        ("output_step", output_steps[along]),
        ("line_stride", facts.stride[lines] * pitch),
        ("stride", facts.stride[along]),
        ("activation", tuple(value for _, value in activation_fields(facts))),
    )
