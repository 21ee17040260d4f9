"""DEPTHWISE_CONV_2D for RV32IM: one channel after the other, its weights in registers."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Lowering,
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.plain_facts import plain_facts, reads_one_run
from edgegen.ops.variants.rv32im.convolution import lower_convolution
from edgegen.ops.variants.rv32im.requantize import activation_fields, quant_rows, quant_table, requantizes_fast


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D with one batch: 3x3 with a stride row by row in place, else plane by plane."""
    facts = plain_facts(graph, node)
    if facts is None or not requantizes_fast(facts):
        return None
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    multiplier = facts.output_shape[3] // facts.input_shape[3]
    if facts.op != node.op and (facts.weights.shape[1:3] != (3, 3) or facts.dilation != (1, 1)):
        return lower_convolution(graph, node, target)
    source, output = node.inputs[0], node.outputs[0]
    if multiplier == 1 and reads_one_run(facts):
        return _lower_pixel(facts, source, output)
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    table = quant_table(quant_rows(facts))
    params = Struct("eg_depthwise_conv_2d_rv32im_params", _depthwise_params(facts, multiplier))
    read, write = TensorArg(source), TensorArg(output, written=True)
    weights = facts.weights[..., 0]
    arguments: tuple[Argument, ...]
    sources: tuple[str, ...]
    overlaps: tuple[Overlap, ...]
    if facts.stride != (1, 1) and _moves_inside(facts):
        kind = "rows"
        surrounded = ConstArray.of("weights", np.pad(weights, ((0, 0), (1, 1), (1, 1))))
        arguments = (params, read, surrounded, table, write)
        overlaps = (_rows_overlap(facts, source, output),)
    else:
        kind = "planes"
        extents = [
            (facts.output_shape[1 + i] - 1) * facts.stride[i] + (weights.shape[1 + i] - 1) * facts.dilation[i] + 1
            for i in (0, 1)
        ]
        arguments = (params, *extents, read, ConstArray.of("weights", weights), table, write)
        arguments += (Scratch(extents[0] * extents[1]),)
        overlaps = (Overlap(source, output, 0, "same"),) if multiplier == 1 else ()
    kernel, sources = f"eg_depthwise_{kind}_s8_rv32im", ()
    if target.optimize == "size":
        kernel = f"eg_depthwise_{kind}_shared_s8_rv32im"
        sources = (f"{kernel}.c",)
    call = KernelCall(kernel, "eg_depthwise_conv_2d_s8_rv32im.h", sources, arguments, macs, overlaps)
    return Lowering((call,))


def _lower_pixel(facts: ConvFacts, source: int, output: int) -> Lowering:
    """One output pixel whose window is a run of the input."""
    channels = facts.output_shape[3]
    taps = facts.weights[0].size
    kernel = "eg_depthwise_pixel_s8_rv32im"
    fields = (("taps", taps), ("channels", channels), *activation_fields(facts))
    arguments = (
        Struct("eg_depthwise_pixel_rv32im_params", fields),
        TensorArg(source),
        ConstArray.of("weights", facts.weights.reshape(channels, taps).T),
        quant_table(quant_rows(facts)),
        TensorArg(output, written=True),
    )
    overlaps = (Overlap(source, output),)
    return Lowering((KernelCall(kernel, f"{kernel}.h", (f"{kernel}.c",), arguments, channels * taps, overlaps),))


def _depthwise_params(facts: ConvFacts, multiplier: int) -> tuple[tuple[str, int], ...]:
    _, input_h, input_w, input_c = facts.input_shape
    return (
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("output_h", facts.output_shape[1]),
        ("output_w", facts.output_shape[2]),
        ("multiplier", multiplier),
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
        ("zero_point", facts.input_zero_point),
        *activation_fields(facts),
    )


def _moves_inside(facts: ConvFacts) -> bool:
    """Whether it is 3x3 and every window lies inside the input once moved by at most one row and column."""
    if facts.weights.shape[1:3] != (3, 3) or facts.dilation != (1, 1):
        return False
    for axis in (0, 1):
        size, last = facts.input_shape[1 + axis], facts.output_shape[1 + axis] - 1
        if size < 3 or facts.pad[axis] > 1 or last * facts.stride[axis] - facts.pad[axis] + 3 > size + 1:
            return False
    return True


def _rows_overlap(facts: ConvFacts, source: int, output: int) -> Overlap:
    """What eg_depthwise_rows_s8_rv32im allows: it ends segments as eg_segment_end does."""
    _, _, width, inputs = facts.input_shape
    _, output_h, output_w, outputs = facts.output_shape
    gap = -int(np.prod(facts.input_shape))
    for y in range(output_h):
        first = 0
        top = max(0, y * facts.stride[0] - facts.pad[0]) * width
        while first < output_w:
            read = top + max(0, first * facts.stride[1] - facts.pad[1])
            end = min(max(read + 1 - y * output_w, first + 1), output_w)
            gap = max(gap, (y * output_w + end) * outputs - read * inputs)
            first = end
    return Overlap(source, output, gap)
