"""The constants of a convolution's output channels in few bits, for kernels that expand them when a layer starts.

A channel has a bias, a multiplier (Q31) and a right shift. The multiplier is the weights' scale times a ratio that all
channels share, so the scale's 23 stored bits are enough: `ratio` is chosen so that every product, rounded as the
kernel rounds it, is TFLite Micro's very multiplier. Where no such ratio exists, 30 bits of the multiplier are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, FieldValue, Overlap, Struct
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.shapes import quantization_of

_BIAS_BITS = 24
_LARGEST_SUM = 1 << 23
_LARGEST_SHIFT = 24
_SCALE_BITS = 23
_READ_BYTES = 5  # that the reader of eg_compact_channels.c takes at once


@dataclass(frozen=True, slots=True)
class CompactChannels:
    """The fields of an eg_compact_channels."""

    ratio: int
    bias_bits: int
    shift_bits: int
    least_shift: int
    multiplier_bits: int
    data: bytes

    def fields(self) -> tuple[FieldValue, ...]:
        """The struct's values, in order."""
        return (
            (self.ratio & 0xFFFFFFFF, self.ratio >> 32),
            ConstArray("channels", "uint8", self.data, 1),
            self.bias_bits,
            self.shift_bits,
            self.least_shift,
            self.multiplier_bits,
        )


def compact_channels(graph: Graph, node: Node, facts: ConvFacts) -> CompactChannels | None:
    """The channels of `facts`, which belong to `node`; None where a bias, shift, multiplier or sum has no such form.

    Biases are those of inputs from which the zero point was taken. Shifts go right, by at least 1. Sums, of raw inputs
    and folded biases too, fit 24 bits.
    """
    shifts = [-int(shift) for shift in facts.shift]
    multipliers = [int(multiplier) for multiplier in facts.multiplier]
    biases = [int(bias) for bias in facts.bias]
    if min(shifts) < 1 or max(shifts) > _LARGEST_SHIFT or min(multipliers) < 1 << 30:
        return None
    low, high = sum_bounds(facts)
    if int(low.min()) < -_LARGEST_SUM or int(high.max()) >= _LARGEST_SUM:
        return None
    bias_bits = max((bias if bias >= 0 else ~bias).bit_length() for bias in biases) + 1
    if bias_bits > _BIAS_BITS:
        return None
    bits, codes, ratio = _codes(_scales(graph, node, len(multipliers)), multipliers)
    shift_bits = (max(shifts) - min(shifts)).bit_length()
    stream, at = 0, 0
    for shift, bias, code in zip(shifts, biases, codes, strict=True):
        for value, width in ((shift - min(shifts), shift_bits), (bias & (1 << bias_bits) - 1, bias_bits), (code, bits)):
            stream |= value << at
            at += width
    last_read = at - (bits or bias_bits)
    data = stream.to_bytes(last_read // 8 + _READ_BYTES, "little")
    return CompactChannels(ratio, bias_bits, shift_bits, min(shifts), bits, data)


def sum_bounds(facts: ConvFacts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest sum of products of raw inputs, folded bias included, of each channel, in exact arithmetic."""
    weights = facts.weights.astype(np.int64).reshape(len(facts.weights), -1)
    positive, negative = weights.clip(min=0).sum(axis=1), weights.clip(max=0).sum(axis=1)
    bias = facts.bias - facts.input_zero_point * weights.sum(axis=1)
    return -128 * positive + 127 * negative + bias, 127 * positive - 128 * negative + bias


def small_params(facts: ConvFacts, channels: CompactChannels, weights: ConstArray) -> Struct:
    """An eg_small_conv_params; see `small_facts`."""
    _, input_h, input_w, input_c = facts.input_shape
    _, output_h, output_w, output_c = facts.output_shape
    fields: tuple[tuple[str, FieldValue], ...] = (
        ("channels", channels.fields()),
        ("weights", weights),
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
        ("zero_point", facts.input_zero_point),
        ("output_zero_point", facts.output_zero_point),
        ("activation_min", facts.activation_min),
        ("activation_max", facts.activation_max),
    )
    return Struct("eg_small_conv_params", fields)


def small_facts(graph: Graph, node: Node) -> ConvFacts | None:
    """The facts of an int8 convolution of one batch whose sizes fit an eg_small_conv_params."""
    facts = conv_facts(graph, node)
    if (
        facts is None
        or facts.input_shape[0] != 1
        or 0 in (*facts.output_shape, *facts.input_shape, *facts.weights.shape)
    ):
        return None
    small = (*facts.weights.shape[1:3], *facts.stride, *facts.dilation, *facts.pad)
    if max(small) >= 1 << 8 or max(*facts.input_shape, *facts.output_shape) >= 1 << 16:
        return None
    return facts


def is_pointwise(facts: ConvFacts) -> bool:
    """What eg_is_pointwise tells the kernels."""
    return facts.weights.shape[1:3] == facts.stride == (1, 1) and facts.pad == (0, 0)


def small_window_overlap(facts: ConvFacts, node: Node, more: int = 0) -> Overlap:
    """For a kernel that reads a block of windows, then writes their pixels; `more` bytes apart."""
    window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
    overlap = window_overlap(window, node.inputs[0], node.outputs[0])
    return Overlap(overlap.input, overlap.output, overlap.gap_bytes + more)


def small_pointwise_overlap(facts: ConvFacts, node: Node, block: int) -> Overlap:
    """For 1x1 where all pixels of a block are read before any is written."""
    inputs, outputs = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    done = np.minimum(block * np.arange(1, -(-pixels // block) + 1), pixels)
    below = int(np.max(done * (outputs - inputs), where=done < pixels, initial=0))
    return Overlap(node.inputs[0], node.outputs[0], below)


def _scales(graph: Graph, node: Node, channels: int) -> Sequence[float]:
    scales = quantization_of(graph.tensors[node.inputs[1]]).scales
    return scales if len(scales) == channels else ()


def _codes(scales: Sequence[float], multipliers: Sequence[int]) -> tuple[int, list[int], int]:
    """(bits of a code, codes, ratio): a multiplier is the upper 31 bits, rounded, of (code and its top bit) * ratio."""
    if len(set(multipliers)) == 1:
        return 0, [0] * len(multipliers), multipliers[0] << 32
    significands = [int(np.frexp(scale)[0] * (2 << _SCALE_BITS)) for scale in scales]
    ratio = _common_ratio(significands, multipliers) if significands else None
    if ratio is not None:
        return _SCALE_BITS, [value - (1 << _SCALE_BITS) for value in significands], ratio
    return 30, [multiplier - (1 << 30) for multiplier in multipliers], 1 << 32


def _common_ratio(significands: Sequence[int], multipliers: Sequence[int]) -> int | None:
    """A ratio of 40 bits that turns each significand (24 bits) into its multiplier, or None."""
    lowest, highest = 1 << 39, (1 << 40) - 1
    for value, multiplier in zip(significands, multipliers, strict=True):
        if value >> _SCALE_BITS != 1:
            return None
        drop = 32 if (multiplier << 32) // value >> 39 else 33
        first, end = (2 * multiplier - 1) << (drop - 1), (2 * multiplier + 1) << (drop - 1)
        low, high = (1 << 30 + drop, 1 << 31 + drop)  # products of which so many bits are dropped
        lowest = max(lowest, -(-max(first, low) // value))
        highest = min(highest, (min(end, high) - 1) // value)
    middle = (lowest + highest) // 2
    exact = lowest <= highest and all(
        expand(value, middle) == multiplier for value, multiplier in zip(significands, multipliers, strict=True)
    )
    return middle if exact else None


def expand(significand: int, ratio: int) -> int:
    """The multiplier that eg_expand_channels makes of a code with its top bit."""
    product = significand * ratio
    drop = 32 + (product >> 63)
    return (product + (1 << drop - 1)) >> drop
