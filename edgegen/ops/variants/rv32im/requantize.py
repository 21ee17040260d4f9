"""From the facts of a convolution to constants of its requantisation that give TFLite Micro's very bytes.

TFLite Micro rounds acc * multiplier / 2^31 to an integer, divides that by 2^s with rounding away from zero, adds the
zero point and clamps. Rounding down twice is rounding down once, so for s > 0 the result is, in exact arithmetic,
    floor((acc * multiplier + 2^30 + k * 2^31) / 2^(31 + s)),  k = 2^(s - 1) + zero_point * 2^s,
with k smaller by one where acc < 0. In units of 2^30 nothing is left below the point but the product's own bits:
    ((high word of 4 * acc * multiplier) + 1 + 2 * k) >> (s + 1).
For s = 0 there is one rounding only, so k is the zero point, which no kernel makes smaller where outputs below the zero
point are clamped anyway.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ops.base import Table
from edgegen.ops.conv_facts import ConvFacts

HIGHEST_SHIFT = 22


def requantizes_fast(facts: ConvFacts) -> bool:
    """Whether the kernels' way of requantising is exact for every sum that the layer can have."""
    weights = np.abs(facts.weights.astype(np.int64).reshape(len(facts.weights), -1))
    shift = -facts.shift.astype(np.int64)
    lowest = 0 if facts.output_zero_point == facts.activation_min else 1
    if (shift < lowest).any() or (shift > HIGHEST_SHIFT).any():
        return False
    sums = weights.sum(axis=1) * 128 + np.abs(facts.folded_bias.astype(np.int64))
    rounding = (abs(facts.output_zero_point) + 2) << (shift + 1)
    return bool(
        (sums < 1 << 29).all() and ((sums * facts.multiplier.astype(np.int64) >> 30) + rounding < 1 << 31).all()
    )


def requantization(facts: ConvFacts) -> NDArray[np.int64]:
    """[O, 3]: multiplier, rounding, shift as the kernels take them."""
    shift = 1 - facts.shift.astype(np.int64)
    half = np.where(shift > 1, np.int64(1) << (shift - 1), 0)
    rounding = 1 + half + (facts.output_zero_point << shift)
    return np.stack([facts.multiplier.astype(np.int64), rounding, shift], axis=1)


def quant_rows(facts: ConvFacts) -> NDArray[np.int64]:
    """[O, 4]: bias for products with the raw input, and requantization(facts)."""
    return np.column_stack([facts.folded_bias.astype(np.int64), requantization(facts)])


def quant_table(rows: NDArray[np.int64], ctype: str = "eg_quant_rv32im") -> Table:
    """Rows of quant_rows as a table of C structs."""
    return Table(ctype, tuple(tuple(int(v) for v in row) for row in rows))


def activation_fields(facts: ConvFacts) -> tuple[tuple[str, int], ...]:
    """Fields of the params structs."""
    return (
        ("low", facts.activation_min),
        ("high", facts.activation_max),
        ("is_relu", int(facts.output_zero_point == facts.activation_min)),
    )
