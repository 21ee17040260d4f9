"""Models of one node, from shapes: for operators that only move data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class T:
    """A tensor: constant if it has `data`, else an input (or output) of the model."""

    shape: Sequence[int]
    kind: str = "INT8"
    data: ArrayLike | None = None
    scale: float | None = None
    zero_point: int = 0


def ints(*values: int, kind: str = "INT32") -> T:
    """A constant list of integers."""
    return T((len(values),), kind, values)


def single(op: str, inputs: Sequence[T], outputs: Sequence[T], options: Mapping[str, Any] | None = None) -> bytes:
    builder = ModelBuilder()
    indices = [
        builder.tensor(f"t{i}", t.shape, t.kind, data=t.data, scale=t.scale, zero_point=t.zero_point)
        for i, t in enumerate((*inputs, *outputs))
    ]
    sources, results = indices[: len(inputs)], indices[len(inputs) :]
    builder.node(op, sources, results, options)
    ports = [index for index, t in zip(sources, inputs, strict=True) if t.data is None]
    return builder.inputs(*ports).outputs(*results).build()
