"""What all kernels for Xtensa MAC16 share: the range of sums, the constants of their scaling, scratch memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import KernelCall, TensorArg
from edgegen.ops.conv_facts import ConvFacts

ORDER = (0, 2, 1, 3)  # of the values in a widened group of four
TILE_BYTES = 512


def fits(facts: ConvFacts) -> bool:
    """Whether 256 times every sum, and every scaled sum with its rounding, fit 32 bits, whatever the input."""
    if not _rounds_one_way(facts):
        return False
    sums, right = _largest_sums(facts), _right_shift(facts)
    if (right < 1).any() or (right > 24).any() or (sums >= 1 << 23).any():
        return False
    scaled = (sums * facts.multiplier.astype(np.int64) >> 24) + 129
    return bool((scaled + np.abs(_rounding(facts)) < 1 << 31).all())


def fits_deep(facts: ConvFacts) -> bool:
    """Whether 4 times every sum, scaled as quant_deep tells, fits 32 bits."""
    sums, shift = _largest_sums(facts), -facts.shift.astype(np.int64)
    if not _rounds_one_way(facts) or (shift < 0).any() or (shift > 22).any() or (sums >= 1 << 29).any():
        return False
    scaled = (sums * facts.multiplier.astype(np.int64) >> 30) + 3
    return bool((scaled + np.abs(quant_deep(facts)[:, 2].astype(np.int64)) < 1 << 31).all())


def is_signed(facts: ConvFacts) -> bool:
    """Whether the second rounding of sums below zero can show in the output."""
    return facts.activation_min < facts.output_zero_point and bool((facts.shift < 0).any())


def quant(facts: ConvFacts) -> NDArray[np.int32]:
    """Bias, multiplier, rounding and right shift of each channel."""
    bias = facts.folded_bias.astype(np.int64) * 256
    quant = np.stack([bias, facts.multiplier.astype(np.int64), _rounding(facts), _right_shift(facts)], axis=-1)
    return _low_word(quant)


def quant_deep(facts: ConvFacts) -> NDArray[np.int32]:
    """The same for sums times 4: bias * 4, and what leads from 4 * sum * multiplier / 2^32 to the output."""
    shift = -facts.shift.astype(np.int64)
    rounding = 1 + np.where(shift > 0, np.left_shift(np.int64(1), shift), 0)
    rounding = rounding + (facts.output_zero_point << shift + 1)
    bias = facts.folded_bias.astype(np.int64) * 4
    return _low_word(np.stack([bias, facts.multiplier.astype(np.int64), rounding, shift + 1], axis=-1))


def clamps(facts: ConvFacts, output: int) -> tuple[KernelCall, ...]:
    """A call that applies an activation which does more than int8 does."""
    if (facts.activation_min, facts.activation_max) == (-128, 127):
        return ()
    elements = int(np.prod(facts.output_shape))
    arguments = (elements, facts.activation_min, facts.activation_max, TensorArg(output, written=True))
    kernel = "eg_clamp_s8_xtensa_mac16"
    return (KernelCall(kernel, f"{kernel}.h", (f"{kernel}.c",), arguments),)


def words(values: NDArray[np.int16]) -> NDArray[np.int32]:
    """Pairs along the last axis, the first in the low half."""
    return np.ascontiguousarray(values).view(np.int32)


def round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple


def budget_bytes(graph: Graph, node: Node) -> int:
    """Scratch memory that hardly raises the arena's peak, if the output may be written over the input.

    A quarter of what the largest tensor leaves free.
    """
    largest = max(tensor.size_bytes for tensor in graph.tensors if not tensor.is_constant)
    own = max(graph.tensors[i].size_bytes for i in (node.inputs[0], node.outputs[0]))
    return max(TILE_BYTES, (largest - own) // 4)


def _low_word(values: NDArray[np.int64]) -> NDArray[np.int32]:
    low: NDArray[np.int32] = values.astype(np.uint32).view(np.int32)
    return low


def _right_shift(facts: ConvFacts) -> NDArray[np.int64]:
    """Bits from 256 * sum * multiplier / 2^32 down to the output."""
    shift: NDArray[np.int64] = 7 - facts.shift.astype(np.int64)
    return shift


def _rounding(facts: ConvFacts) -> NDArray[np.int64]:
    """What a scaled sum that is not negative gets: the output's zero point, half a unit of each rounding step."""
    right = _right_shift(facts)
    half = np.left_shift(np.int64(1), np.maximum(right - 1, 0))
    rounding: NDArray[np.int64] = (facts.output_zero_point << right) + half + np.where(right > 7, 64, 0)
    return rounding


def _rounds_one_way(facts: ConvFacts) -> bool:
    """Whether one kernel suits all channels: those without a right shift have no second rounding."""
    return not is_signed(facts) or bool((facts.shift < 0).all())


def _largest_sums(facts: ConvFacts) -> NDArray[np.int64]:
    """The largest magnitude of each channel's sum with its bias; parts of it may be larger, modulo 2^32 or 2^40."""
    weights = facts.weights.astype(np.int64).reshape(len(facts.weights), -1)
    positive, negative = np.maximum(weights, 0).sum(axis=1), np.minimum(weights, 0).sum(axis=1)
    # Of the input less its zero point, which padding is too.
    lowest, highest = min(-128 - facts.input_zero_point, 0), max(127 - facts.input_zero_point, 0)
    bias = facts.bias.astype(np.int64)
    sums: NDArray[np.int64] = np.maximum(
        np.abs(bias + positive * highest + negative * lowest), np.abs(bias + positive * lowest + negative * highest)
    )
    return sums
