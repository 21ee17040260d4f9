"""Random shapes, scales and constants for the generators of multiply-accumulate operators."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
LIMITS = {"INT4": (-8, 7), "INT8": (-128, 127), "INT16": (-32768, 32767), "INT32": (-(2**31), 2**31 - 1)}


def numpy_rng(rng: random.Random) -> np.random.Generator:
    return np.random.default_rng(rng.getrandbits(32))


def constant(rng: random.Random, shape: Sequence[int], dtype: str) -> NDArray[np.generic]:
    """Weights: over the whole range, near zero, or at the rails; floats of mixed magnitude."""
    draws = numpy_rng(rng)
    if dtype == "FLOAT32":
        values = draws.normal(0, 1, shape) * 10.0 ** draws.integers(-3, 3, shape)
        return np.asarray(values.astype(np.float32))
    low, high = LIMITS[dtype]
    kind = rng.randrange(4)
    if kind == 0:
        return np.asarray(draws.integers(low, high, shape, endpoint=True))
    if kind == 1:
        return np.asarray(draws.integers(max(low, -3), 3, shape, endpoint=True))
    if kind == 2:
        return np.asarray(np.where(draws.integers(0, 2, shape) == 1, high, low))
    return np.asarray(draws.integers(low // 2, high // 2, shape, endpoint=True))


def bias_values(rng: random.Random, count: int, dtype: str, spread: int = 20000) -> NDArray[np.generic]:
    """A bias: small, or now and then near the limits of int32."""
    draws = numpy_rng(rng)
    if dtype == "FLOAT32":
        return np.asarray(draws.normal(0, 5, count).astype(np.float32))
    if rng.random() < 0.15:
        edge = 2**31 - 1 if dtype == "INT32" else rng.choice((2**40, 2**62))
        return np.asarray(draws.choice(np.array([edge, -edge, edge - 1000, -edge + 1000]), count))
    return np.asarray(draws.integers(-spread, spread, count))


def zero_point(rng: random.Random, dtype: str) -> int:
    """A zero point; at the rails half of the time. Always 0 for int16."""
    if dtype != "INT8":
        return 0
    return rng.choice((-128, 127, 0, 0, rng.randint(-128, 127), rng.randint(-128, 127)))


def scale(rng: random.Random, low: float = -8.0, high: float = 2.0) -> float:
    """A scale between 2^low and 2^high; at times a power of two, or next to one."""
    value = 2.0 ** rng.uniform(low, high)
    kind = rng.randrange(6)
    if kind == 0:
        value = 2.0 ** round(rng.uniform(low, high))
    elif kind == 1:
        value = float(np.nextafter(np.float32(2.0 ** round(rng.uniform(low, high))), np.float32(0)))
    return float(np.float32(value))


def scales(rng: random.Random, count: int) -> float | list[float]:
    """One scale, or one for each of `count` channels."""
    if rng.random() < 0.3:
        return scale(rng)
    low, high = (-8.0, 2.0) if rng.random() < 0.7 else (-40.0, 6.0)
    return [scale(rng, low, high) for _ in range(count)]
