"""From a convolution with RELU to the constants of a short requantisation, proved to give the same bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ops.arithmetic import requantize
from edgegen.ops.conv_facts import ConvFacts

_STEPS = np.arange(1, 256)
_POINT = 23  # fraction bits of the result
_FRACTION = 12  # bits of the multiplier's lower part


def relu_constants(facts: ConvFacts) -> NDArray[np.int64] | None:
    """[O, 4]: the fields of eg_relu_quant_armv6m but for the bias; None where they don't give the exact bytes.

    Exact and short requantisation never decrease, so they are equal everywhere if they are on both sides of each of
    the 255 steps of the exact one.
    """
    if (facts.activation_min, facts.activation_max, facts.output_zero_point) != (-128, 127, -128):
        return None
    if (facts.shift >= 0).any() or (facts.shift < -_POINT).any() or (facts.multiplier <= 0).any():
        return None
    multiplier, shift = facts.multiplier[:, None], facts.shift[:, None]
    scale = multiplier * 2.0 ** (shift.astype(np.float64) - 31)
    firsts = np.floor((_STEPS - 0.5) / scale).astype(np.int64) - 2
    for _ in range(5):
        firsts = np.where(requantize(firsts, multiplier, shift) < _STEPS, firsts + 1, firsts)
    if not (
        (requantize(firsts, multiplier, shift) >= _STEPS) & (requantize(firsts - 1, multiplier, shift) < _STEPS)
    ).all():
        return None
    found = np.zeros((len(scale), 4), dtype=np.int64)
    missing = np.ones(len(scale), dtype=np.bool_)
    for change in (0, 1, -1, 2, -2, 3, -3):
        constants, fits = _constants(scale, firsts, change)
        chosen = missing & fits
        found[chosen] = constants[chosen]
        missing &= ~fits
    return None if missing.any() else found


def _constants(
    scale: NDArray[np.float64], firsts: NDArray[np.int64], change: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The constants with multipliers `change` units off the nearest, and for which channels there is a rounding."""
    multiplier = np.rint(scale * 2.0 ** (_POINT + _FRACTION)).astype(np.int64) + change
    whole, fraction = multiplier >> _FRACTION, multiplier & (1 << _FRACTION) - 1
    highest = firsts[:, -1:]

    def scaled(sums: NDArray[np.int64]) -> NDArray[np.int64]:
        product: NDArray[np.int64] = sums * whole + (sums * fraction >> _FRACTION)
        return product

    steps = _STEPS.astype(np.int64) << _POINT
    least = (steps - scaled(firsts)).max(axis=1, keepdims=True)
    most = (steps - scaled(firsts - 1)).min(axis=1, keepdims=True) - 1
    rounding = least + most >> 1
    largest = scaled(highest) + rounding
    fits = (least <= most) & (highest * fraction < 1 << 32) & (highest < 1 << 28) & (largest < 256 << _POINT)
    # Sums from 1 on: none may come out below 0.
    fits &= scaled(np.ones_like(highest)) + rounding >= 0
    return np.concatenate([highest, whole, fraction, rounding - (128 << _POINT)], axis=1), fits[:, 0]
