"""DEPTHWISE_CONV_2D for Armv6-M: plane by plane, along the longer axis."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, FieldValue, KernelCall, Lowering, Overlap, Scratch, Struct, Target, TensorArg
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.variants.armv6m.relu import relu_constants
from edgegen.ops.variants.rv32im.requantize import activation_fields, quant_table, requantization, requantizes_fast

_OFFSET = 128  # of the plane's values
_BEYOND = 8  # bytes that lines of four outputs read behind the plane


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D with one batch and sums that provably fit."""
    facts = conv_facts(graph, node)
    if facts is None or not requantizes_fast(facts):
        return None
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    source, output = node.inputs[0], node.outputs[0]
    weights = facts.weights[..., 0]
    multiplier = facts.output_shape[3] // facts.input_shape[3]
    sources: tuple[str, ...]
    turned = facts.output_shape[1] > facts.output_shape[2]
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
    arguments = (
        Struct("eg_depthwise_conv_2d_armv6m_params", fields),
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
