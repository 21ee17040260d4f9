"""CONV_2D for Armv7E-M: columns of three pixels, widened once, times every channel."""

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
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.variants.armv7em.packing import as_words, bias_words, fits_packed_form, lane_words
from edgegen.ops.variants.armv7em.requantize import ChannelConstants, channel_constants, common_shift

_HEADER = "eg_conv_2d_s8_armv7em.h"
_PIXELS = 3
_STEP_BYTES = 8 * _PIXELS
_COMMON_SHIFTS = (10, 12, 14, 16)
"""Right shifts of which there is a gemm of its own: few, since a model holds all that its layers use."""


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D with one group, one batch and sums that provably fit the packed form."""
    facts = conv_facts(graph, node)
    return None if facts is None or facts.groups != 1 else gemm_lowering(facts, node)


def gemm_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    """A convolution with one group as products of widened pixels and packed weights, or None where it doesn't fit."""
    if not fits_packed_form(facts) or facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    constants = channel_constants(facts)
    if constants is None:
        return None
    source, output = node.inputs[0], node.outputs[0]
    order = _depth_order(facts)
    steps = len(order) // 4
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    gemm, columns = _requantisation(facts, constants)
    packed = ConstArray.of("packed", _pack(facts, columns, order), align=8)
    pair_words = ("pair_words", 2 * steps + 2 + 2 * len(columns))
    params = Struct("eg_conv_2d_armv7em_params", (*_params(facts, steps), pair_words, ("gemm", gemm)))
    read, write = TensorArg(source), TensorArg(output, written=True)
    arguments: tuple[Argument, ...]
    overlaps: tuple[Overlap, ...]
    if facts.is_pointwise:
        pixels = facts.output_shape[1] * facts.output_shape[2]
        arguments = (params, pixels, read, packed, write, Scratch(_STEP_BYTES * steps), Direction(source, output))
        overlaps = _pointwise_overlaps(facts, pixels, source, output)
        kernel = "eg_conv_1x1_s8_armv7em"
    else:
        window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
        arguments = (params, read, packed, write, Scratch(_STEP_BYTES * steps + _padding_bytes(facts)))
        overlaps = (window_overlap(window, source, output),)
        kernel = "eg_conv_kxk_s8_armv7em"
    sources = (f"{gemm}.c", *(("eg_gemm_last_s8_armv7em.c",) if len(facts.weights) % 2 else ()))
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, overlaps),))


def _requantisation(facts: ConvFacts, constants: ChannelConstants) -> tuple[str, NDArray[np.int64]]:
    """The gemm to use, and the columns [constants, channels] that it wants."""
    highest = max((shift for shift in _COMMON_SHIFTS if shift <= int(constants.shift.min())), default=0)
    common = common_shift(facts, highest) if highest else None
    if common is not None:
        columns = np.stack([common.multiplier, common.rounding])
        return f"eg_gemm_3x2_relu_shift{common.shift}_s8_armv7em", columns
    columns = np.stack([constants.multiplier, constants.rounding, constants.shift])
    return f"eg_gemm_3x2{'_relu' if constants.relu else ''}_s8_armv7em", columns


def _gathers_rest(facts: ConvFacts) -> bool:
    """Whether the last bytes of a window's rows, beyond whole fours, are gathered instead of each filled up to four."""
    height, width = facts.weights.shape[1:3]
    run = width * facts.input_shape[3]
    return bool(-(-(run % 4) * height // 4) < (height if run % 4 else 0))


def _depth_order(facts: ConvFacts) -> NDArray[np.int64]:
    """Positions in a filter, flat [KH,KW,I], in the order in which a column holds its inputs; -1 is filled up."""
    height, width = facts.weights.shape[1:3]
    run = width * facts.input_shape[3]
    rows = np.arange(height * run).reshape(height, run)
    if not _gathers_rest(facts):
        return np.pad(rows, ((0, 0), (0, -run % 4)), constant_values=-1).reshape(-1)
    whole, rest = rows[:, : run // 4 * 4].reshape(-1), rows[:, run // 4 * 4 :].reshape(-1)
    return np.concatenate([whole, np.pad(rest, (0, -len(rest) % 4), constant_values=-1)])


def _padding_bytes(facts: ConvFacts) -> int:
    """Where whole fours of channels are padded pixel by pixel, one pixel; else copies of their windows."""
    _, height, width, channels = facts.weights.shape
    return int(channels if channels % 4 == 0 else _PIXELS * height * (-(-width * channels // 4) * 4))


def _pack(facts: ConvFacts, columns: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int32]:
    """The constants of eg_gemm_3x2_s8_armv7em, in the order in which it reads them."""
    channels = len(facts.weights)
    flat = np.pad(facts.weights.reshape(channels, -1), ((0, 0), (0, 1)))  # order -1 is the zero at the end
    words = lane_words(flat[:, order])
    pairs = len(words)
    bias = bias_words(facts, 2 * pairs)
    quant = np.pad(columns, ((0, 0), (0, channels % 2))).reshape(-1, pairs, 2).transpose(1, 0, 2).reshape(pairs, -1)
    return as_words(np.concatenate([bias, words.reshape(pairs, -1), quant], axis=1).reshape(-1))


def _params(facts: ConvFacts, steps: int) -> tuple[tuple[str, int], ...]:
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
        ("zero_point", facts.input_zero_point),
        ("gathers_rest", int(_gathers_rest(facts))),
        ("steps", steps),
    )


def _pointwise_overlaps(facts: ConvFacts, pixels: int, source: int, output: int) -> tuple[Overlap, ...]:
    """The pixels of a step are read before any is written, from the front or from the back.

    Direction takes an output above its input to mean back to front, so a front to back one must not start above.
    """
    inputs, outputs = facts.input_shape[3], facts.output_shape[3]
    done = np.minimum(_PIXELS * np.arange(1, -(-pixels // _PIXELS) + 1), pixels)
    below = int(np.max(done * (outputs - inputs), where=done < pixels, initial=0))
    left = pixels - done
    above = int(np.max(left * (inputs - outputs), where=left > 0, initial=1))
    return Overlap(source, output, below), Overlap(source, output, above, "above")
