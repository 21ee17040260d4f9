"""From int8 weights to the words of the packed form, two output channels in one 16-bit lane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.variants.armv7em.requantize import sum_magnitude


def fits_packed_form(facts: ConvFacts) -> bool:
    """Whether 256 * sum fits 32 bits, and the lanes 256 * A + B fit 16, whatever the input."""
    return int(facts.weights.min(initial=0)) > -128 and bool((sum_magnitude(facts) < 1 << 23).all())


def lane_words(rows: NDArray[np.int8]) -> NDArray[np.int64]:
    """int8 [channels, depth], both filled up to even channels and whole fours, as [pairs, fours, 2] words.

    The lanes of a word are 256 * A + B for inputs (0, 2), those of the next one for inputs (1, 3).
    """
    channels, depth = rows.shape
    flat = np.pad(rows.astype(np.int64), ((0, channels % 2), (0, -depth % 4)))
    lanes = (256 * flat[0::2] + flat[1::2]).reshape(len(flat) // 2, -1, 4) & 0xFFFF
    return np.stack([lanes[..., 0] | lanes[..., 2] << 16, lanes[..., 1] | lanes[..., 3] << 16], axis=-1)


def bias_words(facts: ConvFacts, padded: int) -> NDArray[np.int64]:
    """What the sums of the pairs start with, [pairs, 2]: 256 * A + B, and B. `padded` counts the channels."""
    bias = np.pad(facts.folded_bias.astype(np.int64), (0, padded - len(facts.weights)))
    return np.stack([256 * bias[0::2] + bias[1::2], bias[1::2]], axis=-1)


def as_words(values: NDArray[np.int64]) -> NDArray[np.int32]:
    """The low 32 bits of each value, as int32."""
    return (values & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
