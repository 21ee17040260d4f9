"""Fixed-point functions over whole arrays, exactly as TFLite Micro computes them one value at a time.

They make the tables that kernels look up. Arrays are int64 and hold 32-bit raw values; Qm.n means m integer bits and
31 - m fraction bits. The formulas are those of gemmlowp's fixedpoint.h, as kernels/internal/common.h uses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Raw = NDArray[np.int64]

INT32_MAX = 2**31 - 1
# exp(-2^k) in Q0.31 for k = -2 to 4.
_EXP_OF_POWERS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)


def wrap32(values: Raw) -> Raw:
    """Values modulo 2^32, as signed numbers."""
    wrapped: Raw = ((values + 2**31) & 0xFFFFFFFF) - 2**31
    return wrapped


def doubling_high_mul(a: Raw, b: Raw | int) -> Raw:
    """round(a * b / 2^31), halves up, saturated: SaturatingRoundingDoublingHighMul."""
    high: Raw = np.minimum((a * b + (1 << 30)) >> 31, INT32_MAX)
    return high


def rounding_shift(values: Raw, exponent: int) -> Raw:
    """values / 2^exponent, halves away from zero: RoundingDivideByPOT."""
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (values < 0)
    rounded: Raw = (values >> exponent) + ((values & mask) > threshold)
    return rounded


def saturating_left_shift(values: Raw, exponent: int) -> Raw:
    """values * 2^exponent, saturated to 32 bits."""
    shifted: Raw = np.clip(values << exponent, -(2**31), INT32_MAX)
    return shifted


def requantize(values: Raw, multiplier: int, shift: int) -> Raw:
    """MultiplyByQuantizedMultiplier with two roundings; multiplier in Q31, shift > 0 to the left."""
    return rounding_shift(doubling_high_mul(wrap32(values << max(shift, 0)), multiplier), max(-shift, 0))


def exp_on_negative_values(a: Raw, integer_bits: int) -> Raw:
    """exp(a) in Q0.31 for a <= 0 with `integer_bits` integer bits."""
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    reduced = (a & (quarter - 1)) - quarter
    x = saturating_left_shift(reduced, integer_bits) + (1 << 28)
    x2 = doubling_high_mul(x, x)
    x3 = doubling_high_mul(x2, x)
    x4 = doubling_high_mul(x2, x2)
    tail = rounding_shift(doubling_high_mul(rounding_shift(x4, 2) + x3, 715827883) + x2, 1)
    result = 1895147668 + doubling_high_mul(x + tail, 1895147668)
    remainder = reduced - a
    for power, factor in enumerate(_EXP_OF_POWERS, start=-2):
        if integer_bits > power:
            chosen = remainder & (1 << (fraction_bits + power))
            result = np.where(chosen != 0, doubling_high_mul(result, factor), result)
    if integer_bits > 5:
        result = np.where(a < -(1 << (36 - integer_bits)), 0, result)
    return np.where(a == 0, INT32_MAX, result)


def _half_denominator_reciprocal(a: Raw) -> tuple[Raw, Raw]:
    """(half, x): half = (1 + a) / 2 in Q0.31 and x = 1 / half in Q2.29 by three Newton steps, for a in [0, 1)."""
    half = (a + INT32_MAX + 1) // 2
    x = 1515870810 + doubling_high_mul(half, -1010580540)
    for _ in range(3):
        rest = (1 << 29) - doubling_high_mul(half, x)
        x = wrap32(x + saturating_left_shift(doubling_high_mul(x, rest), 2))
    return half, x


def one_over_one_plus_x(a: Raw) -> Raw:
    """1 / (1 + a) in Q0.31 for a in [0, 1) in Q0.31."""
    return saturating_left_shift(_half_denominator_reciprocal(a)[1], 1)


def one_minus_x_over_one_plus_x(a: Raw) -> Raw:
    """(1 - a) / (1 + a) in Q0.31 for a in [0, 1) in Q0.31."""
    return saturating_left_shift(_half_denominator_reciprocal(a)[1] - (1 << 29), 2)


def logistic(a: Raw, integer_bits: int) -> Raw:
    """1 / (1 + exp(-a)) in Q0.31."""
    positive = one_over_one_plus_x(exp_on_negative_values(-np.abs(a), integer_bits))
    return np.where(a == 0, 1 << 30, np.where(a > 0, positive, INT32_MAX - positive))


def tanh(a: Raw, integer_bits: int) -> Raw:
    """tanh(a) in Q0.31."""
    size = one_minus_x_over_one_plus_x(exp_on_negative_values(-np.abs(a), integer_bits + 1))
    return np.where(a == 0, 0, np.where(a < 0, -size, size))


def inverse_sqrt(value: int) -> tuple[int, int]:
    """1 / sqrt(value) as multiplier in Q31 and shift, > 0 to the left: GetInvSqrtQuantizedMultiplierExp."""
    if value <= 1:
        return INT32_MAX, 0
    exponent = 11
    while value >= 1 << 29:
        value //= 4
        exponent += 1
    pairs = (31 - value.bit_length()) // 2 - 1
    exponent -= pairs
    # Newton steps in Q3.28 from 1, for the value scaled into [1/8, 1/2).
    half = rounding_shift(np.array([value << 2 * pairs >> 1]), 1)
    x = np.array([1 << 28])
    for _ in range(5):
        cube = saturating_left_shift(doubling_high_mul(doubling_high_mul(x, x), x), 6)
        x = saturating_left_shift(doubling_high_mul(x, 3 << 27) - doubling_high_mul(half, cube), 3)
    result = int(doubling_high_mul(x, 1518500250)[0])
    if exponent < 0:
        result, exponent = int(wrap32(np.array([result << -exponent]))[0]), 0
    return result, -exponent
