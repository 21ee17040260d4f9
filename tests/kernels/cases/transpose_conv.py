"""TRANSPOSE_CONV."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import ACTIVATIONS, bias_values, constant, scale, scales, zero_point
from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class TransposeConv:
    """One transposed convolution; `extra` is added to the output's height and width, which need not fit the input's."""

    size: tuple[int, int] = (3, 4)
    kernel: tuple[int, int] = (3, 3)
    batch: int = 1
    channels: int = 3
    outputs: int = 4
    stride: tuple[int, int] = (1, 1)
    padding: str = "SAME"
    extra: int = 0
    activation: str = "NONE"
    dtype: str = "INT8"
    weights: str = "INT8"
    bias: str | None = "INT32"
    dynamic: bool = False
    input_scale: float = 0.05
    filter_scale: float | Sequence[float] = 0.02
    output_scale: float = 0.07
    input_zero_point: int = 3
    output_zero_point: int = -5
    seed: int = 1

    def build(self) -> bytes:
        rng = random.Random(self.seed)
        real = self.dtype == "FLOAT32"
        zero_points = (self.input_zero_point, self.output_zero_point) if self.dtype == "INT8" else (0, 0)
        height, width = (
            max(1, (size * stride if self.padding == "SAME" else (size - 1) * stride + window) + self.extra)
            for size, window, stride in zip(self.size, self.kernel, self.stride, strict=True)
        )
        shape = (self.batch, height, width, self.outputs)
        filter_shape = (self.outputs, *self.kernel, self.channels)
        builder = ModelBuilder()
        out_shape = builder.tensor("shape", (4,), "INT32", data=shape)
        x = builder.tensor(
            "x",
            (self.batch, *self.size, self.channels),
            self.dtype,
            scale=None if real else self.input_scale,
            zero_point=zero_points[0],
        )
        w = builder.tensor(
            "w",
            filter_shape,
            self.weights,
            scale=None if real else self.filter_scale,
            data=None if self.dynamic else constant(rng, filter_shape, self.weights),
        )
        inputs, ports = [out_shape, w, x], [x, w] if self.dynamic else [x]
        if self.bias:
            values = bias_values(rng, self.outputs, self.bias) if self.bias != "INT16" else range(self.outputs)
            inputs.append(builder.tensor("b", (self.outputs,), self.bias, scale=None if real else 0.001, data=values))
        y = builder.tensor("y", shape, self.dtype, scale=None if real else self.output_scale, zero_point=zero_points[1])
        options = {
            "padding": self.padding,
            "stride_h": self.stride[0],
            "stride_w": self.stride[1],
            "fused_activation_function": self.activation,
        }
        builder.node("TRANSPOSE_CONV", inputs, [y], options)
        return builder.inputs(*ports).outputs(y).build()


_ROWS: dict[str, TransposeConv] = {
    "plain": TransposeConv(),
    "stride": TransposeConv(stride=(2, 3)),
    "stride over window": TransposeConv(stride=(3, 4), kernel=(2, 1)),
    "valid": TransposeConv(padding="VALID", stride=(2, 2)),
    "pointwise": TransposeConv(kernel=(1, 1)),
    "window larger than input": TransposeConv(size=(2, 1), kernel=(5, 4), stride=(2, 1)),
    "output larger": TransposeConv(stride=(2, 2), padding="VALID", extra=2),
    "output smaller": TransposeConv(stride=(2, 2), padding="VALID", extra=-1),
    "batch": TransposeConv(batch=2),
    "no bias": TransposeConv(bias=None),
    "per channel": TransposeConv(filter_scale=(0.5, 0.001, 2.0, 1e-12)),
    "left shift": TransposeConv(filter_scale=200.0),
    "relu": TransposeConv(activation="RELU"),
    "relu6": TransposeConv(activation="RELU6", output_scale=0.03),
    "relu n1 to 1": TransposeConv(activation="RELU_N1_TO_1", output_scale=0.03),
    "zero points low": TransposeConv(input_zero_point=-128, output_zero_point=-128),
    "zero points high": TransposeConv(input_zero_point=127, output_zero_point=127),
    "filter is an input": TransposeConv(dynamic=True),
    "int16": TransposeConv(dtype="INT16", bias="INT64", output_scale=30.0, stride=(2, 2)),
    "int16 bias int16": TransposeConv(dtype="INT16", bias="INT16", output_scale=9.0),
    "int16 no bias": TransposeConv(dtype="INT16", bias=None, output_scale=9.0, filter_scale=(0.5, 0.001, 2.0, 0.1)),
    "float": TransposeConv(dtype="FLOAT32", weights="FLOAT32", bias="FLOAT32", activation="RELU6", stride=(2, 1)),
    "float no bias": TransposeConv(dtype="FLOAT32", weights="FLOAT32", bias=None, stride=(2, 3), padding="VALID"),
}


def cases() -> Iterator[Case]:
    for name, row in _ROWS.items():
        yield Case("TRANSPOSE_CONV", name, row.build())


def _make(rng: random.Random) -> bytes:
    dtype, weights, biases = rng.choice(
        (
            ("INT8", "INT8", ("INT32",)),
            ("INT8", "INT8", ("INT32",)),
            ("INT16", "INT8", ("INT64", "INT16")),
            ("FLOAT32", "FLOAT32", ("FLOAT32",)),
        )
    )
    outputs = rng.randint(1, 5)
    filter_scale = scales(rng, outputs)
    input_scale = scale(rng)
    product = input_scale * float(np.mean(filter_scale))
    return TransposeConv(
        size=(rng.randint(1, 5), rng.randint(1, 5)),
        kernel=(rng.randint(1, 5), rng.randint(1, 5)),
        batch=rng.choice((1, 1, 2)),
        channels=rng.randint(1, 6),
        outputs=outputs,
        stride=(rng.randint(1, 4), rng.randint(1, 4)),
        padding=rng.choice(("SAME", "VALID")),
        extra=rng.choice((0, 0, 0, 1, 2, -1)),
        activation=rng.choice(ACTIVATIONS),
        dtype=dtype,
        weights=weights,
        bias=rng.choice((*biases, *biases, None)),
        dynamic=rng.random() < 0.15,
        input_scale=input_scale,
        filter_scale=filter_scale,
        output_scale=float(np.float32(product * 2.0 ** rng.uniform(-3, 12))),
        input_zero_point=zero_point(rng, dtype),
        output_zero_point=zero_point(rng, dtype),
        seed=rng.getrandbits(31),
    ).build()


GENERATORS: dict[str, Generator] = {"TRANSPOSE_CONV": _make}
