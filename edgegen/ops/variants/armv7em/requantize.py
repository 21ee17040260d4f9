"""From the facts of a convolution to constants of its requantisation that give TFLite Micro's very bytes.

TFLite Micro rounds acc * multiplier / 2^31 to an integer, divides that by 2^s with rounding away from zero, adds the
zero point and clamps. Rounding down twice is rounding down once, so for acc >= 0 this is, all in exact arithmetic,
    floor((acc * multiplier + (2 * k + 1) * 2^30) / 2^(31 + s)),  k = 2^(s - 1) + zero_point * 2^s.
Where acc < 0, k is smaller by one. If negative sums end at int8's minimum anyway, as behind a RELU whose output has the
zero point -128, that does not matter: the "relu" form. SMMLA computes it from x = acc * 2^e:
    (high word of x * multiplier + t) >> (s - 1 + e),  t = (2 * k + 1) * 2^(e - 2).
The "linear" form is SMMLAR on 2 * acc, which rounds once, with k - 1 for negative sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ops.arithmetic import requantize
from edgegen.ops.conv_facts import ConvFacts

_INT32 = 1 << 31
_HIGHEST_SHIFT = 22
_EXTRAS = (0, 1, -1)
_LEVELS = np.arange(-127, 128, dtype=np.int64)[None, :]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelConstants:
    """One value per output channel: Q31 multiplier, what is added to the high word, right shift after that."""

    relu: bool
    multiplier: NDArray[np.int64]
    rounding: NDArray[np.int64]
    shift: NDArray[np.int64]


def sum_bounds(facts: ConvFacts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest sum of products of raw inputs, folded bias included, of each channel, in exact arithmetic."""
    weights = facts.weights.astype(np.int64).reshape(len(facts.weights), -1)
    positive, negative = weights.clip(min=0).sum(axis=1), weights.clip(max=0).sum(axis=1)
    bias = facts.bias - facts.input_zero_point * weights.sum(axis=1)
    return -128 * positive + 127 * negative + bias, 127 * positive - 128 * negative + bias


def sum_magnitude(facts: ConvFacts) -> NDArray[np.int64]:
    """A bound of |sum| of each channel."""
    low, high = sum_bounds(facts)
    return np.maximum(np.abs(low), np.abs(high))


def channel_constants(facts: ConvFacts) -> ChannelConstants | None:
    """The constants for x = 256 * acc in the relu form, for x = 2 * acc in the linear one.

    None where a shift or clamp is not one that the kernels can do. |acc| must be below 2^23.
    """
    if (facts.activation_min, facts.activation_max) != (-128, 127):
        return None
    shift = -facts.shift.astype(np.int64)
    multiplier = facts.multiplier.astype(np.int64)
    if (shift < 1).any() or (shift > _HIGHEST_SHIFT).any():
        return None
    half = (np.int64(1) << (shift - 1)) + (facts.output_zero_point << shift)
    reach = sum_magnitude(facts) * multiplier >> 31
    if facts.output_zero_point == -128:
        rounding = (2 * half + 1) << 6
        fits = (reach + 1 << 7) + np.abs(rounding) < _INT32
        constants = ChannelConstants(True, multiplier, rounding, shift + 7)
    else:
        fits = reach + np.abs(half) + 2 < _INT32
        constants = ChannelConstants(False, multiplier, half, shift)
    return constants if bool(fits.all()) else None


def linear_constants(facts: ConvFacts) -> ChannelConstants | None:
    """The constants for x = 2 * acc in the linear form, whatever the zero point; |acc| up to 2^30."""
    shift = -facts.shift.astype(np.int64)
    multiplier = facts.multiplier.astype(np.int64)
    reach = sum_magnitude(facts)
    if not within_int8(facts) or (shift < 1).any() or (shift > _HIGHEST_SHIFT).any() or (reach >= 1 << 30).any():
        return None
    half = (np.int64(1) << (shift - 1)) + (facts.output_zero_point << shift)
    fits = (reach * multiplier >> 31) + np.abs(half) + 2 < _INT32
    return ChannelConstants(False, multiplier, half, shift) if bool(fits.all()) else None


def within_int8(facts: ConvFacts) -> bool:
    """Whether the activation does no more than int8's limits do."""
    return (facts.activation_min, facts.activation_max) == (-128, 127)


@dataclass(frozen=True, slots=True, eq=False)
class CommonShift:
    """The relu form for x = 256 * acc with one right shift for all channels.

    `rounding` is what each channel's rounding exceeds `base` by: 0 to 64, or 64 >> s for a multiplier of 31 - s bits.
    """

    multiplier: NDArray[np.int64]
    rounding: NDArray[np.int64]
    shift: int
    base: int


def common_shift(facts: ConvFacts, highest: int = 31) -> CommonShift | None:
    """Constants with one shift, at most `highest`, for all channels; None where none give the same bytes.

    A channel whose own shift is larger than the one that all share gets a smaller multiplier, which loses bits: it is
    then proved that every sum that can occur gives the same output. |acc| must be below 2^23.
    """
    own = channel_constants(facts)
    if own is None or not own.relu:
        return None
    shift = min(int(own.shift.min()), highest)
    lost = own.shift - shift
    if int(lost.max()) > 16:
        return None
    base = 2 * facts.output_zero_point + 1 << shift - 1
    multiplier, rounding = own.multiplier.copy(), own.rounding >> lost
    open_ = lost > 0
    for extra in _EXTRAS:
        found = _multiplier(facts, rounding + extra, shift, own.multiplier / np.exp2(lost))
        good = open_ & (rounding + extra >= base) & _same_outputs(facts, found, rounding + extra, shift)
        multiplier = np.where(good, found, multiplier)
        rounding = np.where(good, rounding + extra, rounding)
        open_ &= ~good
        if not open_.any():
            return CommonShift(multiplier, rounding - base, shift, base)
    return None


def _first_sums(facts: ConvFacts) -> NDArray[np.int64]:
    """The first sum of each output from -127 on, for each channel, from the formula at the top of this file."""
    exact, right = facts.multiplier.astype(np.int64)[:, None], -facts.shift.astype(np.int64)[:, None]
    return -((((np.int64(1) << right) + 1 << 30) - (_LEVELS + 128 << 31 + right)) // exact)


def _multiplier(
    facts: ConvFacts, rounding: NDArray[np.int64], shift: int, wanted: NDArray[np.float64]
) -> NDArray[np.int64]:
    """For each channel the multiplier next to `wanted` whose steps up are TFLite Micro's; any where there is none.

    Output t begins at sum s: 256 * s * m >= k * 2^32 > 256 * (s - 1) * m, with k = t * 2^shift - rounding.
    """
    low, high = (bound[:, None] for bound in sum_bounds(facts))
    first = _first_sums(facts)
    occurs = (first > low) & (first <= high)
    reached = ((_LEVELS << shift) - rounding[:, None]) / 256 * 2.0**32
    with np.errstate(divide="ignore", invalid="ignore"):
        at, before = reached / first, reached / (first - 1)
    lowest = np.maximum(
        np.max(at, axis=1, where=occurs & (first > 0), initial=0),
        np.max(before, axis=1, where=occurs & (first < 1), initial=0),
    )
    highest = np.minimum(
        np.min(at, axis=1, where=occurs & (first < 0), initial=_INT32 - 1),
        np.min(before, axis=1, where=occurs & (first > 1), initial=_INT32 - 1),
    )
    middle = np.where(highest - lowest < 2, (lowest + highest) / 2, np.clip(wanted, lowest + 1, highest - 1))
    return np.rint(middle).astype(np.int64)


def _same_outputs(
    facts: ConvFacts,
    multiplier: NDArray[np.int64],
    rounding: NDArray[np.int64],
    shift: int,
) -> NDArray[np.bool_]:
    """Whether constants give TFLite Micro's outputs for every sum that can occur, for each channel.

    Neither function falls as the sum grows. So they are equal if both step up at the same sums, and at both ends.
    """
    low, high = (bound[:, None] for bound in sum_bounds(facts))

    def fast(acc: NDArray[np.int64]) -> NDArray[np.int64]:
        product = (acc << 8) * multiplier[:, None] >> 32
        clipped: NDArray[np.int64] = np.clip(product + rounding[:, None] >> shift, -128, 127)
        return clipped

    first = _first_sums(facts)
    occurs = (first > low) & (first <= high)
    steps = (fast(np.clip(first, low, high)) >= _LEVELS) & (fast(np.clip(first - 1, low, high)) < _LEVELS)
    ends = np.concatenate([low, high], axis=1)
    scaled = requantize(ends, facts.multiplier[:, None], facts.shift[:, None]) + facts.output_zero_point
    same: NDArray[np.bool_] = (steps | ~occurs).all(axis=1) & (fast(ends) == np.clip(scaled, -128, 127)).all(axis=1)
    return same
