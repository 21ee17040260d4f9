"""One row of the kernel tests: a model of one node (or few), compared with TFLite Micro over three invocations."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edgegen.ir import DType, Tensor

Generator = Callable[[random.Random], bytes]
"""Makes the bytes of a random model around one operator. A case module lists its own in GENERATORS by operator."""


@dataclass(frozen=True, slots=True)
class Case:
    """`operator` is the one under test, `name` tells the row, `model` is a .tflite."""

    operator: str
    name: str
    model: bytes

    @property
    def id(self) -> str:
        return f"{self.operator}-{self.name}"


def make_inputs(tensors: Sequence[Tensor], seed: int, invocations: int = 3) -> list[list[np.ndarray]]:
    """Inputs for consecutive invocations: uniform over the type, bell-shaped around the zero point, constant."""
    rng = np.random.default_rng(seed)
    return [[_values(rng, tensor, i % 3) for tensor in tensors] for i in range(invocations)]


def seed_of(model: bytes) -> int:
    """A seed that depends on nothing but the model."""
    return int(hashlib.sha256(model).hexdigest()[:8], 16)


def _values(rng: np.random.Generator, tensor: Tensor, kind: int) -> np.ndarray:
    shape, dtype = tensor.shape, tensor.dtype.numpy
    if dtype.kind == "f":
        draws = (rng.uniform(-1, 1, shape), rng.normal(0, 3, shape), np.zeros(shape))
        return np.asarray(draws[kind]).astype(dtype)
    if tensor.dtype is DType.BOOL:
        return np.asarray(rng.integers(0, 2, shape)).astype(dtype)
    if dtype.itemsize > 2:  # indices and lengths: small, never negative
        return np.asarray(rng.integers(0, 2, shape)).astype(dtype)
    info = np.iinfo(dtype)
    zero_point = tensor.quantization.zero_point if tensor.quantization else 0
    spread = (int(info.max) - int(info.min)) / 8
    draws = (
        rng.integers(info.min, info.max, shape, endpoint=True),
        np.clip(np.rint(rng.normal(zero_point, spread, shape)), info.min, info.max),
        np.full(shape, zero_point),
    )
    return np.asarray(draws[kind]).astype(dtype)
