"""CONV_2D and FULLY_CONNECTED for RV32IM: four pixels at a time, or eight channels where there are few pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    Direction,
    KernelCall,
    Lowering,
    Null,
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.plain_facts import plain_facts
from edgegen.ops.variants.rv32im.packing import GROUP, blocks, in_16_bits, inputs, pack, pack_eight
from edgegen.ops.variants.rv32im.requantize import (
    activation_fields,
    quant_rows,
    quant_table,
    requantization,
    requantizes_fast,
)

_PIXELS = 4  # of a block
_FEW_PIXELS = 2  # are faster one by one
_DEEP = 256  # inputs of so few channels that their own kernel is worth its bytes
_LARGE_WINDOW = 16
_FEW_CHANNELS = 3
_ALWAYS_BYTES = 640


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D and FULLY_CONNECTED with one group, one batch and sums that provably fit."""
    facts = plain_facts(graph, node)
    if facts is None or facts.groups != 1 or not requantizes_fast(facts):
        return None
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    source, output = node.inputs[0], node.outputs[0]
    if facts.is_pointwise and facts.output_shape[1] * facts.output_shape[2] <= _FEW_PIXELS:
        return _lower_few_pixels(facts, source, output)
    if not in_16_bits(inputs(facts), 2).all():
        return None
    depth = facts.weights[0].size
    macs = int(np.prod(facts.output_shape)) * depth
    triples, pairs = blocks(facts.output_shape[3])
    sizes = [3] * triples + [2] * pairs
    packed = ConstArray.of("packed", pack(facts, requantization(facts), sizes, 2 * _PIXELS * GROUP))
    params = Struct("eg_conv_2d_rv32im_params", (*window_fields(facts), ("triples", triples), ("pairs", pairs)))
    read, write = TensorArg(source), TensorArg(output, written=True)
    scratch = Scratch(2 * _PIXELS * GROUP * -(-depth // GROUP))
    pixels = facts.output_shape[1] * facts.output_shape[2]
    arguments: tuple[Argument, ...]
    overlaps: tuple[Overlap, ...]
    if facts.is_pointwise:
        kernel = "eg_conv_1x1_s8_rv32im"
        arguments = (params, pixels, read, packed, write, scratch, Direction(source, output))
        overlaps = pointwise_overlaps(facts, _PIXELS, source, output)
    else:
        window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
        overlaps = (window_overlap(window, source, output),)
        staged_bytes = _staged_bytes(facts)
        if staged_bytes <= _budget_bytes(graph, node) and _suits_staging(facts):
            kernel = "eg_conv_staged_s8_rv32im"
            scratch = Scratch(scratch.size_bytes + staged_bytes)
            arguments = (params, read, facts.input_zero_point, packed, write, scratch)
        else:
            kernel = "eg_conv_kxk_s8_rv32im"
            zeros = ConstArray.of("zeros", np.full(facts.input_shape[3], facts.input_zero_point, dtype=np.int8))
            arguments = (params, read, zeros, packed, write, scratch)
    call = KernelCall(
        kernel, "eg_conv_2d_s8_rv32im.h", (f"{kernel}.c", "eg_gemm_4_s8_rv32im.c"), arguments, macs, overlaps
    )
    return Lowering((call,))


def _suits_staging(facts: ConvFacts) -> bool:
    """Whether windows so large reach outside, with so few channels, that a copy of every row takes less time."""
    _, filter_h, filter_w, channels = facts.weights.shape
    suits = facts.reads_padding and facts.dilation == (1, 1) and facts.output_shape[2] >= _PIXELS
    return suits and filter_h * filter_w >= _LARGE_WINDOW and channels <= _FEW_CHANNELS


def _staged_bytes(facts: ConvFacts) -> int:
    """Of the rows that eg_conv_staged_s8_rv32im keeps."""
    filter_h, filter_w, channels = (int(extent) for extent in facts.weights.shape[1:])
    return (filter_h + facts.stride[0]) * ((facts.output_shape[2] - 1) * facts.stride[1] + filter_w) * channels


def _budget_bytes(graph: Graph, node: Node) -> int:
    """Scratch memory that hardly raises the arena's peak: a quarter of what the largest tensor leaves free."""
    largest = max(tensor.size_bytes for tensor in graph.tensors if not tensor.is_constant)
    own = max(graph.tensors[i].size_bytes for i in (node.inputs[0], node.outputs[0]))
    return max(_ALWAYS_BYTES, (largest - own) // 4)


def _lower_few_pixels(facts: ConvFacts, source: int, output: int) -> Lowering:
    depth, channels = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    flat = facts.weights.reshape(channels, depth).astype(np.int64)
    quant = quant_rows(facts)
    fits = _fits_groups(flat, 2)
    if pixels == 1 and channels in (3, 4) and fits and depth >= _DEEP:
        return _lower_four(facts, source, output)
    blocks = channels // 8 + (channels % 8 >= 5) if depth % 2 == 0 and fits else 0
    fields = (("depth", depth), ("output_c", channels), ("blocks", blocks), *activation_fields(facts))
    missing = ((0, max(0, 8 * blocks - channels)), (0, 0))
    flat_blocks, quant_blocks = np.pad(flat, missing), np.pad(quant, missing)
    packed = [pack_eight(flat_blocks[i : i + 8], quant_blocks[i : i + 8]) for i in range(0, 8 * blocks, 8)]
    rest = slice(8 * blocks, None)
    arguments = (
        Struct("eg_fully_connected_rv32im_params", fields),
        pixels,
        TensorArg(source),
        ConstArray.of("packed", np.concatenate(packed)) if packed else Null(),
        ConstArray.of("weights", flat[rest].astype(np.int8)) if channels > 8 * blocks else Null(),
        quant_table(quant[rest]) if channels > 8 * blocks else Null(),
        TensorArg(output, written=True),
    )
    return _fully_connected_call("eg_fully_connected_s8_rv32im", facts, arguments, source, output)


def _lower_four(facts: ConvFacts, source: int, output: int) -> Lowering:
    depth, channels = facts.input_shape[3], facts.output_shape[3]
    flat = np.pad(facts.weights.reshape(channels, depth).astype(np.int64), ((0, 4 - channels), (0, 0)))
    packed = np.ascontiguousarray((flat.T + 128).astype(np.uint8)[:, [0, 2, 1, 3]]).view(np.uint32)
    fields = (("depth", depth), ("output_c", channels), ("blocks", 0), *activation_fields(facts))
    arguments = (
        Struct("eg_fully_connected_rv32im_params", fields),
        4 if _fits_groups(flat, 4) else 2,
        TensorArg(source),
        ConstArray.of("packed", packed),
        quant_table(quant_rows(facts)),
        TensorArg(output, written=True),
    )
    return _fully_connected_call("eg_fully_connected_4_s8_rv32im", facts, arguments, source, output)


def _fits_groups(flat: NDArray[np.int64], size: int) -> bool:
    return bool(in_16_bits(np.pad(flat, ((0, 0), (0, -flat.shape[1] % size))), size).all())


def _fully_connected_call(
    kernel: str, facts: ConvFacts, arguments: tuple[Argument, ...], source: int, output: int
) -> Lowering:
    window = Window(facts.input_shape, facts.output_shape, 1, 1, 0, 0)
    call = KernelCall(
        kernel,
        "eg_fully_connected_s8_rv32im.h",
        (f"{kernel}.c",),
        arguments,
        int(np.prod(facts.output_shape)) * facts.input_shape[3],
        (window_overlap(window, source, output),),
    )
    return Lowering((call,))


def window_fields(facts: ConvFacts) -> tuple[tuple[str, int], ...]:
    """The first fields of eg_conv_2d_rv32im_params."""
    _, input_h, input_w, input_c = facts.input_shape
    _, output_h, output_w, output_c = facts.output_shape
    return (
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
        ("depth", facts.weights[0].size),
        *activation_fields(facts),
    )


def pointwise_overlaps(facts: ConvFacts, block: int, source: int, output: int) -> tuple[Overlap, ...]:
    """All pixels of a block are read before any is written, from the front or from the back.

    Direction takes an output above its input to mean back to front, so a front to back one must not start above.
    """
    inputs, outputs = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    done = np.minimum(block * np.arange(1, -(-pixels // block) + 1), pixels)
    below = int(np.max(done * (outputs - inputs), where=done < pixels, initial=0))
    left = pixels - done
    above = int(np.max(left * (inputs - outputs), where=left > 0, initial=1))
    return Overlap(source, output, below), Overlap(source, output, above, "above")
