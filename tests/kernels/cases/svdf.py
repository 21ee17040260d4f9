"""SVDF."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import bias_values, constant, scale, zero_point
from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class Svdf:
    """`dtype` is the input's, `memory_type` that of the time weights and the state."""

    batches: int = 1
    depth: int = 5
    units: int = 3
    rank: int = 2
    memory: int = 4
    activation: str = "NONE"
    dtype: str = "INT8"
    memory_type: str = "INT8"
    has_bias: bool = True
    is_variable: bool = True
    bias_scale: float | None = None
    scales: tuple[float, float, float, float, float] = (0.05, 0.02, 0.01, 0.03, 0.02)
    zero_points: tuple[int, int, int] = (3, 0, -5)
    seed: int = 1

    def build(self) -> bytes:
        builder = ModelBuilder()
        self.add(builder)
        return builder.build()

    def add(self, builder: ModelBuilder) -> None:
        """Scales are those of input, feature weights, time weights, state, output; zero points of all but weights."""
        rng = random.Random(self.seed)
        real = self.dtype == "FLOAT32"
        filters = self.units * self.rank
        scale_of = dict(zip(("x", "feature", "time", "state", "y"), self.scales, strict=True))

        def tensor(name: str, shape: tuple[int, ...], dtype: str, point: int = 0, **more: object) -> int:
            tensor_scale = None if real else scale_of[name]
            return builder.tensor(name, shape, dtype, scale=tensor_scale, zero_point=point, **more)  # type: ignore[arg-type]

        x = tensor("x", (self.batches, self.depth), self.dtype, self.zero_points[0])
        feature_shape, time_shape = (filters, self.depth), (filters, self.memory)
        feature = tensor("feature", feature_shape, self.dtype, data=constant(rng, feature_shape, self.dtype))
        time = tensor("time", time_shape, self.memory_type, data=constant(rng, time_shape, self.memory_type))
        bias = -1
        if self.has_bias:
            kind = "FLOAT32" if real else "INT32"
            product = float(np.float32(self.scales[3]) * np.float32(self.scales[2]))
            bias_scale = product if self.bias_scale is None else self.bias_scale
            bias = builder.tensor(
                "bias", (self.units,), kind, scale=None if real else bias_scale, data=bias_values(rng, self.units, kind)
            )
        state_point = self.zero_points[1] if self.memory_type == "INT8" else 0
        state = tensor(
            "state",
            (self.batches, filters * self.memory),
            self.memory_type,
            state_point,
            is_variable=self.is_variable,
        )
        y = tensor("y", (self.batches, self.units), self.dtype, self.zero_points[2])
        options = {"rank": self.rank, "fused_activation_function": self.activation}
        builder.node("SVDF", [x, feature, time, bias, state], [y], options)
        builder.inputs(*builder.input_indices, x).outputs(*builder.output_indices, y)


_ROWS: dict[str, Svdf] = {
    "int8": Svdf(),
    "int8 state zero point": Svdf(zero_points=(3, 9, -5)),
    "int8 state zero point wraps": Svdf(zero_points=(-128, 100, 127), scales=(1.0, 1.0, 0.1, 0.03, 0.02)),
    "int16 state": Svdf(memory_type="INT16", scales=(0.05, 0.02, 0.0001, 0.0003, 0.02)),
    "rank 1": Svdf(rank=1),
    "memory 1": Svdf(memory=1),
    "batch": Svdf(batches=3),
    "activation is ignored": Svdf(activation="RELU"),
    "no bias": Svdf(has_bias=False),
    "bias scale too far": Svdf(bias_scale=0.5),
    "state is no variable": Svdf(is_variable=False),
    "float": Svdf(dtype="FLOAT32", memory_type="FLOAT32", batches=2),
    "float relu": Svdf(dtype="FLOAT32", memory_type="FLOAT32", activation="RELU"),
    "float relu6": Svdf(dtype="FLOAT32", memory_type="FLOAT32", activation="RELU6"),
    "float relu n1 to 1": Svdf(dtype="FLOAT32", memory_type="FLOAT32", activation="RELU_N1_TO_1"),
}


def cases() -> Iterator[Case]:
    for name, row in _ROWS.items():
        yield Case("SVDF", name, row.build())


def _make(rng: random.Random) -> bytes:
    dtype, memory_type = rng.choice((("INT8", "INT8"), ("INT8", "INT16"), ("FLOAT32", "FLOAT32")))
    source, feature, time = scale(rng), scale(rng), scale(rng, -15.0, -2.0)
    state = float(np.float32(source * feature * 2.0 ** rng.uniform(-2, 8)))
    return Svdf(
        batches=rng.choice((1, 1, 2)),
        depth=rng.randint(1, 12),
        units=rng.randint(1, 6),
        rank=rng.randint(1, 3),
        memory=rng.randint(1, 7),
        activation=rng.choice(("NONE", "RELU", "RELU6", "RELU_N1_TO_1")),
        dtype=dtype,
        memory_type=memory_type,
        scales=(source, feature, time, state, float(np.float32(state * time * 2.0 ** rng.uniform(-2, 10)))),
        zero_points=(zero_point(rng, dtype), zero_point(rng, dtype), zero_point(rng, dtype)),
        seed=rng.getrandbits(31),
    ).build()


GENERATORS: dict[str, Generator] = {"SVDF": _make}
