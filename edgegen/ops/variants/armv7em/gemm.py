"""Convolutions with one group for Armv7E-M: columns of three pixels, widened once, times every channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Node
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
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.variants.armv7em.packing import as_words, bias_words, fits_packed_form, lane_words
from edgegen.ops.variants.armv7em.requantize import ChannelConstants, channel_constants, common_shift

_HEADER = "eg_conv_2d_s8_armv7em.h"
_PIXELS = 3
_STEP_BYTES = 8 * _PIXELS
_LONG_ROW = 8
_COMMON_SHIFTS = (12, 14, 16, 10)
"""Right shifts of which there is a gemm of its own: few, since a model holds all that its layers use.

The first one that serves is taken, and 12 serves most layers.
"""


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
    gemm, head, quant = _requantisation(facts, constants)
    words, last_words = _pack(facts, head, quant, order)
    packed = ConstArray.of("packed", words)
    fields: tuple[tuple[str, FieldValue], ...] = (*_params(facts, steps), ("last_words", last_words), ("gemm", gemm))
    params = Struct("eg_conv_2d_armv7em_params", fields)
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
    copies = ("eg_copy_window_armv7em.c",) if _copies_words(facts) else ()
    sources = (*copies, f"{gemm}.c", *(("eg_gemm_last_s8_armv7em.c",) if len(facts.weights) % 2 else ()))
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, overlaps),))


def _requantisation(facts: ConvFacts, constants: ChannelConstants) -> tuple[str, list[int], NDArray[np.int64]]:
    """The gemm to use, the constant of all channels if it wants one, and its words [pairs, words] of two channels."""
    lowest = int(constants.shift.min()) if constants.relu else 0
    tries = (common_shift(facts, shift) for shift in _COMMON_SHIFTS if shift <= lowest)
    common = next((found for found in tries if found is not None), None)
    if common is not None:
        multiplier, rounding = _in_pairs(common.multiplier), _in_pairs(common.rounding)
        words = np.concatenate([multiplier, rounding[:, :1] | rounding[:, 1:] << 16], axis=1)
        return f"eg_gemm_3x2_relu_shift{common.shift}_s8_armv7em", [common.base], words
    columns = (constants.multiplier, constants.rounding, constants.shift)
    words = np.concatenate([_in_pairs(column) for column in columns], axis=1)
    return f"eg_gemm_3x2{'_relu' if constants.relu else ''}_s8_armv7em", [], words


def _in_pairs(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """One value per channel as [pairs, 2], filled up with a zero."""
    return np.pad(column, (0, len(column) % 2)).reshape(-1, 2)


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


def _pack(
    facts: ConvFacts, head: list[int], quant: NDArray[np.int64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int32], int]:
    """The constants of eg_gemm_3x2_s8_armv7em, in the order in which it reads them, and how many precede a last pair.

    A last pair of one channel is a call of its own, with its own head.
    """
    channels = len(facts.weights)
    flat = np.pad(facts.weights.reshape(channels, -1), ((0, 0), (0, 1)))  # order -1 is the zero at the end
    words = lane_words(flat[:, order])
    pairs = len(words)
    rows = np.concatenate([bias_words(facts, 2 * pairs), words.reshape(pairs, -1), quant], axis=1)
    whole = rows[: channels // 2].reshape(-1)
    last = [np.array(head), rows[-1]] if channels % 2 else []
    first = [np.array(head), whole] if channels > 1 else []
    return as_words(np.concatenate([*first, *last]).astype(np.int64)), sum(len(part) for part in first)


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
        ("copies_words", int(_copies_words(facts))),
        ("steps", steps),
    )


def _copies_words(facts: ConvFacts) -> bool:
    """Whether windows with padding are copied, and their rows are long enough to be copied in words."""
    channels = facts.input_shape[3]
    return channels % 4 != 0 and facts.reads_padding and facts.weights.shape[2] * channels >= _LONG_ROW


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
