"""FULLY_CONNECTED."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import ACTIVATIONS, bias_values, constant, scale, scales, zero_point
from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class Dense:
    """`shape` is the input's; the output has the axes `lead` and `outputs`."""

    shape: tuple[int, ...] = (2, 7)
    lead: tuple[int, ...] = (2,)
    outputs: int = 5
    depth: int = 7
    filter_lead: tuple[int, ...] = ()
    axis: int = 0
    activation: str = "NONE"
    dtype: str = "INT8"
    weights: str = "INT8"
    bias: str | None = "INT32"
    bias_scale: float | None = None
    quantized_bias_type: str = "FLOAT32"
    keep_num_dims: bool = False
    dynamic: bool = False
    dynamic_bias: bool = False
    spare_rows: int = 0
    input_scale: float = 0.05
    filter_scale: float | Sequence[float] = 0.02
    output_scale: float = 0.07
    input_zero_point: int = 3
    filter_zero_point: int = 0
    output_zero_point: int = -5
    seed: int = 1

    def build(self) -> bytes:
        rng = random.Random(self.seed)
        real = self.dtype == "FLOAT32"
        builder = ModelBuilder()
        zero_points = (0, 0) if real else (self.input_zero_point, self.output_zero_point)
        x = builder.tensor(
            "x", self.shape, self.dtype, scale=None if real else self.input_scale, zero_point=zero_points[0]
        )
        filter_shape = (*self.filter_lead, self.outputs + self.spare_rows, self.depth)
        w = builder.tensor(
            "w",
            filter_shape,
            self.weights,
            scale=None if real else self.filter_scale,
            zero_point=self.filter_zero_point,
            axis=self.axis,
            data=None if self.dynamic else constant(rng, filter_shape, self.weights),
        )
        inputs, ports = [x, w], [x, w] if self.dynamic else [x]
        if self.bias:
            first = self.filter_scale if isinstance(self.filter_scale, float) else self.filter_scale[0]
            bias_scale = float(np.float32(self.input_scale * first)) if self.bias_scale is None else self.bias_scale
            values = None if self.dynamic_bias else bias_values(rng, self.outputs, self.bias)
            inputs.append(
                builder.tensor("b", (self.outputs,), self.bias, scale=None if real else bias_scale, data=values)
            )
            ports += inputs[2:] if self.dynamic_bias else []
        y = builder.tensor(
            "y",
            (*self.lead, self.outputs),
            self.dtype,
            scale=None if real else self.output_scale,
            zero_point=zero_points[1],
        )
        options = {
            "fused_activation_function": self.activation,
            "keep_num_dims": self.keep_num_dims,
            "quantized_bias_type": self.quantized_bias_type,
        }
        builder.node("FULLY_CONNECTED", inputs, [y], options)
        return builder.inputs(*ports).outputs(y).build()


_ROWS: dict[str, Dense] = {
    "plain": Dense(),
    "no bias": Dense(bias=None),
    "one output": Dense(outputs=1),
    "one input": Dense(shape=(2, 1), depth=1),
    "batch in front": Dense(shape=(2, 3, 4, 7), lead=(2, 3, 4), keep_num_dims=True),
    "flattens": Dense(shape=(2, 3, 4), lead=(2,), depth=12),
    "filter of rank 4": Dense(filter_lead=(1, 1)),
    "per channel": Dense(filter_scale=(0.5, 0.001, 2.0, 1e-12, 0.03)),
    "left shift": Dense(filter_scale=900.0),
    "filter zero point": Dense(filter_zero_point=9),
    "bias scale just near enough": Dense(bias_scale=0.05 * 0.02 + 0.0013),
    "bias scale too far": Dense(bias_scale=0.05 * 0.02 + 0.0015),
    "relu": Dense(activation="RELU"),
    "relu6": Dense(activation="RELU6", output_scale=0.03),
    "relu n1 to 1": Dense(activation="RELU_N1_TO_1", output_scale=0.03),
    "zero points low": Dense(input_zero_point=-128, output_zero_point=-128),
    "zero points high": Dense(input_zero_point=127, output_zero_point=127),
    "filter is an input": Dense(dynamic=True),
    "filter and bias are inputs": Dense(dynamic=True, dynamic_bias=True),
    "more rows than outputs": Dense(spare_rows=2),
    "float, more rows than outputs": Dense(spare_rows=2, dtype="FLOAT32", weights="FLOAT32", bias="FLOAT32"),
    "empty": Dense(shape=(0, 7), lead=(0,)),
    "int4": Dense(weights="INT4"),
    "int4 of odd count": Dense(weights="INT4", outputs=3),
    "int4 per channel": Dense(weights="INT4", filter_scale=(0.5, 0.001, 2.0, 0.1, 0.03)),
    "int16": Dense(dtype="INT16", bias="INT64", output_scale=30.0),
    "int16 per channel": Dense(
        dtype="INT16", bias="INT64", filter_scale=(0.5, 0.001, 2.0, 0.1, 0.03), output_scale=30.0
    ),
    "int16 bias int32": Dense(dtype="INT16", bias="INT32", output_scale=9.0),
    "int16 no bias": Dense(dtype="INT16", bias=None, output_scale=3.0),
    "int16 no bias, 32 bits": Dense(dtype="INT16", bias=None, quantized_bias_type="INT32", output_scale=3.0),
    "hybrid": Dense(dtype="FLOAT32", bias="FLOAT32"),
    "float": Dense(dtype="FLOAT32", weights="FLOAT32", bias="FLOAT32", activation="RELU"),
    "float no bias": Dense(dtype="FLOAT32", weights="FLOAT32", bias=None, shape=(1, 14)),
}


def cases() -> Iterator[Case]:
    for name, row in _ROWS.items():
        yield Case("FULLY_CONNECTED", name, row.build())


def _make(rng: random.Random) -> bytes:
    dtype, weights, biases = rng.choice(
        (
            ("INT8", "INT8", ("INT32",)),
            ("INT8", "INT8", ("INT32",)),
            ("INT8", "INT4", ("INT32",)),
            ("INT16", "INT8", ("INT32", "INT64")),
            ("FLOAT32", "FLOAT32", ("FLOAT32",)),
        )
    )
    outputs, depth = rng.randint(1, 9), rng.randint(1, 40)
    lead = tuple(rng.randint(1, 3) for _ in range(rng.randint(0, 3)))
    shape = rng.choice(((*lead, depth), (math.prod(lead) * depth,), (1, math.prod(lead), depth)))
    filter_scale = scale(rng) if weights == "INT4" and rng.random() < 0.9 else scales(rng, outputs)
    input_scale = scale(rng)
    product = input_scale * float(np.mean(filter_scale))
    return Dense(
        shape=shape,
        lead=lead,
        outputs=outputs,
        depth=depth,
        filter_lead=rng.choice(((), (), (1,))) if isinstance(filter_scale, float) else (),
        activation=rng.choice(ACTIVATIONS),
        dtype=dtype,
        weights=weights,
        bias=rng.choice((*biases, *biases, None)),
        bias_scale=rng.choice((None, None, None, None, scale(rng))),
        quantized_bias_type=rng.choice(("FLOAT32", "INT32", "INT64")),
        dynamic=weights != "INT4" and rng.random() < 0.15,
        dynamic_bias=rng.random() < 0.1,
        spare_rows=rng.choice((0, 0, 0, 0, 2)) if isinstance(filter_scale, float) else 0,
        input_scale=input_scale,
        filter_scale=filter_scale,
        output_scale=float(np.float32(product * 2.0 ** rng.uniform(-3, 12))),
        input_zero_point=rng.randint(-300, 300) if dtype == "INT16" else zero_point(rng, dtype),
        filter_zero_point=rng.choice((0, 0, 0, 5, -128)) if weights == "INT8" else 0,
        output_zero_point=rng.choice((0, 32767, -5)) if dtype == "INT16" else zero_point(rng, dtype),
        seed=rng.getrandbits(31),
    ).build()


GENERATORS: dict[str, Generator] = {"FULLY_CONNECTED": _make}
