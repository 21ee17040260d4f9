"""UNIDIRECTIONAL_SEQUENCE_LSTM."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import bias_values, constant, numpy_rng, scale, zero_point
from tests.model_builder import ModelBuilder

_TYPES = {"INT8": ("INT8", "INT32", "INT16"), "INT16": ("INT8", "INT64", "INT16"), "FLOAT32": ("FLOAT32",) * 3}


@dataclass(frozen=True)
class Lstm:
    """`weight_scales` are those of the input's, then of the recurrent weights, for input, forget, cell, output gate."""

    batches: int = 1
    steps: int = 3
    depth: int = 4
    units: int = 5
    time_major: bool = False
    activation: str = "TANH"
    cell_clip: float = 0.0
    dtype: str = "INT8"
    weight_scales: tuple[float, ...] = (0.01, 0.02, 0.015, 0.008, 0.02, 0.01, 0.03, 0.012)
    input_scale: float = 0.03
    hidden_scale: float = 1 / 128
    cell_scale: float = 2.0**-11
    zero_points: tuple[int, int] = (5, -3)
    weight_zero_point: int = 0
    state_rank: int = 2
    extra: int = -1
    seed: int = 1

    def build(self) -> bytes:
        builder = ModelBuilder()
        self.add(builder)
        return builder.build()

    def add(self, builder: ModelBuilder) -> None:
        """`extra` is the position of an input that no plain LSTM has."""
        rng = random.Random(self.seed)
        real = self.dtype == "FLOAT32"
        weight_type, bias_type, cell_type = _TYPES[self.dtype]
        points = (0, 0) if real else self.zero_points
        lead = (self.steps, self.batches) if self.time_major else (self.batches, self.steps)

        def tensor(
            name: str, shape: tuple[int, ...], dtype: str, tensor_scale: float, point: int = 0, **more: object
        ) -> int:
            quantized = None if real else tensor_scale
            return builder.tensor(name, shape, dtype, scale=quantized, zero_point=point, **more)  # type: ignore[arg-type]

        x = tensor("x", (*lead, self.depth), self.dtype, self.input_scale, points[0])
        inputs = [x] + [-1] * 23
        for gate in range(8):
            shape = (self.units, self.depth if gate < 4 else self.units)
            data = numpy_rng(rng).normal(0, 0.5, shape) if real else constant(rng, shape, weight_type)
            inputs[1 + gate] = tensor(
                f"w{gate}", shape, weight_type, self.weight_scales[gate], self.weight_zero_point, data=data
            )
        for gate in range(4):
            values = bias_values(rng, self.units, bias_type, 3000)
            inputs[12 + gate] = tensor(f"b{gate}", (self.units,), bias_type, 0.001, data=values)
        state_shape = (self.batches, self.units) if self.state_rank == 2 else (1, self.units * self.batches)
        inputs[18] = tensor("hidden", state_shape, self.dtype, self.hidden_scale, points[1], is_variable=True)
        inputs[19] = tensor("cell", (self.batches, self.units), cell_type, self.cell_scale, is_variable=True)
        if self.extra >= 0:
            inputs[self.extra] = tensor("extra", (self.units,), cell_type, 0.01, data=np.zeros(self.units))
        y = tensor("y", (*lead, self.units), self.dtype, self.hidden_scale, points[1])
        options = {
            "fused_activation_function": self.activation,
            "cell_clip": self.cell_clip,
            "time_major": self.time_major,
        }
        builder.node("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], options)
        builder.inputs(*builder.input_indices, x).outputs(*builder.output_indices, y)


_ROWS: dict[str, Lstm] = {
    "int8": Lstm(),
    "int8 batch": Lstm(batches=2),
    "int8 time major": Lstm(batches=2, time_major=True),
    "one step": Lstm(steps=1),
    "one unit": Lstm(units=1, depth=1),
    "cell clip": Lstm(cell_clip=0.2),
    "cell clip of zero steps": Lstm(cell_clip=0.0001),
    "no cell activation": Lstm(activation="NONE"),
    "coarse cell": Lstm(cell_scale=2.0**-8),
    "fine cell": Lstm(cell_scale=2.0**-15),
    "cell scale not a power of two": Lstm(cell_scale=0.0007),
    "zero points at the rails": Lstm(zero_points=(-128, 127)),
    "weight zero point": Lstm(weight_zero_point=7),
    "large weights": Lstm(weight_scales=(0.9, 0.5, 0.7, 0.3, 0.2, 0.4, 0.8, 0.6)),
    "peephole": Lstm(extra=9),
    "projection": Lstm(extra=17),
    "layer normalisation": Lstm(extra=20),
    "float": Lstm(dtype="FLOAT32", batches=2),
    "float cell clip": Lstm(dtype="FLOAT32", cell_clip=0.1),
    "float time major": Lstm(dtype="FLOAT32", batches=2, time_major=True, activation="NONE"),
    "int16": Lstm(dtype="INT16", input_scale=0.0003, hidden_scale=2.0**-15),
    "int16 batch": Lstm(dtype="INT16", input_scale=0.0003, hidden_scale=2.0**-15, batches=2, cell_clip=0.5),
}


def cases() -> Iterator[Case]:
    for name, row in _ROWS.items():
        yield Case("UNIDIRECTIONAL_SEQUENCE_LSTM", name, row.build())


def _make(rng: random.Random) -> bytes:
    dtype = rng.choice(("INT8", "INT8", "INT16", "FLOAT32"))
    return Lstm(
        batches=rng.choice((1, 1, 2, 3)),
        steps=rng.randint(1, 4),
        depth=rng.randint(1, 8),
        units=rng.randint(1, 7),
        time_major=rng.random() < 0.5,
        activation=rng.choice(("TANH", "TANH", "TANH", "NONE", "RELU")),
        cell_clip=rng.choice((0.0, 0.0, 0.3, 10.0)),
        dtype=dtype,
        weight_scales=tuple(scale(rng, -9.0, 0.0) for _ in range(8)),
        input_scale=scale(rng, -8.0, -3.0) / (256 if dtype == "INT16" else 1),
        hidden_scale=scale(rng, -8.0, -5.0) / (256 if dtype == "INT16" else 1),
        cell_scale=2.0 ** rng.randint(-15, -6) * rng.choice((1.0, 1.0, 1.3)),
        zero_points=(zero_point(rng, dtype), zero_point(rng, dtype)),
        weight_zero_point=rng.choice((0, 0, 0, -4)),
        seed=rng.getrandbits(31),
    ).build()


GENERATORS: dict[str, Generator] = {"UNIDIRECTIONAL_SEQUENCE_LSTM": _make}
