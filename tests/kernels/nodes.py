"""Models of one node with one output, as plain values: for the rows and generators of elementwise operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import ArrayLike

from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class Port:
    """A tensor; constant where `data` is given."""

    shape: tuple[int, ...] = (2, 3)
    dtype: str = "INT8"
    scale: float | None = None
    zero_point: int = 0
    data: ArrayLike | None = None

    def add(self, builder: ModelBuilder, name: str) -> int:
        return builder.tensor(
            name, self.shape, self.dtype, scale=self.scale, zero_point=self.zero_point, data=self.data
        )


@dataclass(frozen=True)
class NodeModel:
    """One node; its inputs that are not constant are the model's."""

    op: str
    inputs: tuple[Port, ...]
    output: Port
    options: Mapping[str, Any] | None = field(default_factory=dict)

    def add(self, builder: ModelBuilder) -> None:
        """Adds the node to a model, next to what is there."""
        inputs = [port.add(builder, f"input_{len(builder.tensors)}") for port in self.inputs]
        output = self.output.add(builder, f"output_{len(builder.tensors)}")
        builder.node(self.op, inputs, [output], self.options)
        dynamic = [index for index, port in zip(inputs, self.inputs, strict=True) if port.data is None]
        builder.inputs(*builder.input_indices, *dynamic).outputs(*builder.output_indices, output)

    def build(self) -> bytes:
        builder = ModelBuilder()
        self.add(builder)
        return builder.build()
