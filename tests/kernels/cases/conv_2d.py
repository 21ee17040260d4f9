"""CONV_2D and DEPTHWISE_CONV_2D."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import ACTIVATIONS, bias_values, constant, scale, scales, zero_point
from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class Conv:
    """One convolution; `groups` is for CONV_2D, `depth_multiplier` for DEPTHWISE_CONV_2D.

    `extra` is added to the output's height and width, which TFLite Micro does not check.
    """

    op: str = "CONV_2D"
    size: tuple[int, int] = (5, 6)
    kernel: tuple[int, int] = (3, 3)
    batch: int = 1
    channels: int = 3
    outputs: int = 4
    groups: int = 1
    depth_multiplier: int = 1
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: str = "SAME"
    activation: str = "NONE"
    dtype: str = "INT8"
    weights: str = "INT8"
    bias: str | None = "INT32"
    quantized_bias_type: str = "FLOAT32"
    dynamic: bool = False
    dynamic_bias: bool = False
    spare_filters: int = 0
    extra: tuple[int, int] = (0, 0)
    input_scale: float = 0.05
    filter_scale: float | Sequence[float] = 0.02
    output_scale: float = 0.07
    input_zero_point: int = 3
    output_zero_point: int = -5
    seed: int = 1

    def build(self) -> bytes:
        rng = random.Random(self.seed)
        depthwise = self.op == "DEPTHWISE_CONV_2D"
        outputs = self.channels * self.depth_multiplier if depthwise else self.outputs
        filter_shape = (
            (1, *self.kernel, outputs) if depthwise else (outputs, *self.kernel, self.channels // self.groups)
        )
        shape = (
            self.batch,
            *(
                max(0, _output_size(size, window, stride, dilation, self.padding) + extra)
                for size, window, stride, dilation, extra in zip(
                    self.size, self.kernel, self.stride, self.dilation, self.extra, strict=True
                )
            ),
            outputs,
        )
        real = self.dtype == "FLOAT32"
        builder = ModelBuilder()
        x = builder.tensor(
            "x",
            (self.batch, *self.size, self.channels),
            self.dtype,
            scale=None if real else self.input_scale,
            zero_point=self.input_zero_point if self.dtype == "INT8" else 0,
        )
        w = builder.tensor(
            "w",
            filter_shape,
            self.weights,
            scale=None if real else self.filter_scale,
            axis=3 if depthwise else 0,
            data=None if self.dynamic else constant(rng, filter_shape, self.weights),
        )
        inputs, ports = [x, w], [x, w] if self.dynamic else [x]
        if self.bias:
            values = None if self.dynamic_bias else bias_values(rng, outputs, self.bias)
            inputs.append(builder.tensor("b", (outputs,), self.bias, scale=None if real else 0.001, data=values))
            ports += inputs[2:] if self.dynamic_bias else []
        y = builder.tensor(
            "y",
            shape,
            self.dtype,
            scale=None if real else self.output_scale,
            zero_point=self.output_zero_point if self.dtype == "INT8" else 0,
        )
        options: dict[str, object] = {
            "padding": self.padding,
            "stride_h": self.stride[0],
            "stride_w": self.stride[1],
            "dilation_h_factor": self.dilation[0],
            "dilation_w_factor": self.dilation[1],
            "fused_activation_function": self.activation,
        }
        options |= (
            {"depth_multiplier": self.depth_multiplier}
            if depthwise
            else {"quantized_bias_type": self.quantized_bias_type}
        )
        builder.node(self.op, inputs, [y], options)
        return builder.inputs(*ports).outputs(y).build()


def _output_size(size: int, window: int, stride: int, dilation: int, padding: str) -> int:
    effective = (window - 1) * dilation + 1
    return -(-size // stride) if padding == "SAME" else (size - effective) // stride + 1


_ROWS: dict[str, Conv] = {
    "plain": Conv(),
    "valid": Conv(padding="VALID"),
    "stride": Conv(stride=(2, 3)),
    "stride over window": Conv(stride=(4, 4), kernel=(2, 1), padding="VALID"),
    "dilation": Conv(size=(7, 8), dilation=(2, 3)),
    "pointwise": Conv(kernel=(1, 1), channels=7, outputs=5),
    "window larger than input": Conv(size=(2, 3), kernel=(5, 7)),
    "even window": Conv(kernel=(2, 4), stride=(2, 1)),
    "batch": Conv(batch=3),
    "no bias": Conv(bias=None),
    "per channel": Conv(filter_scale=(0.5, 0.001, 2.0, 1e-12)),
    "left shift": Conv(filter_scale=(30.0, 500.0, 1e6, 0.1)),
    "relu": Conv(activation="RELU"),
    "relu6": Conv(activation="RELU6", output_scale=0.03),
    "relu n1 to 1": Conv(activation="RELU_N1_TO_1", output_scale=0.03),
    "tanh is ignored": Conv(activation="TANH"),
    "zero points low": Conv(input_zero_point=-128, output_zero_point=-128),
    "zero points high": Conv(input_zero_point=127, output_zero_point=127),
    "filter is an input": Conv(dynamic=True),
    "filter and bias are inputs": Conv(dynamic=True, dynamic_bias=True),
    "output larger than computed": Conv(extra=(2, 3)),
    "output smaller than computed": Conv(extra=(-1, -2), padding="VALID"),
    "filter over the input's edge": Conv(size=(1, 2), kernel=(4, 3), padding="VALID", stride=(4, 2), extra=(1, 1)),
    "empty": Conv(batch=0),
    "int4": Conv(weights="INT4"),
    "int16": Conv(dtype="INT16", bias="INT64", output_scale=30.0),
    "int16 no bias": Conv(dtype="INT16", bias=None, output_scale=9.0),
    "float": Conv(dtype="FLOAT32", weights="FLOAT32", bias="FLOAT32", activation="RELU6"),
    "float no bias": Conv(dtype="FLOAT32", weights="FLOAT32", bias=None, stride=(2, 1)),
}
_CONV_ROWS: dict[str, Conv] = {
    "groups": Conv(channels=6, outputs=4, groups=2),
    "groups of one": Conv(channels=4, outputs=8, groups=4),
    "int16 groups": Conv(channels=6, outputs=4, groups=2, dtype="INT16", bias="INT64", output_scale=11.0),
    "int16 bias int32": Conv(dtype="INT16", bias="INT32", output_scale=30.0),
    "int16 no bias, 32 bits": Conv(dtype="INT16", bias=None, quantized_bias_type="INT32", output_scale=9.0),
}
_DEPTHWISE_ROWS: dict[str, Conv] = {
    "multiplier": Conv(depth_multiplier=3, channels=2, filter_scale=0.03),
    "int16 multiplier": Conv(depth_multiplier=2, channels=3, dtype="INT16", bias="INT64"),
    "float multiplier": Conv(depth_multiplier=2, dtype="FLOAT32", weights="FLOAT32", bias="FLOAT32"),
    "per channel multiplier": Conv(depth_multiplier=2, channels=2, filter_scale=(0.5, 0.001, 2.0, 0.01)),
}


def cases() -> Iterator[Case]:
    for name, row in (_ROWS | _CONV_ROWS).items():
        yield Case("CONV_2D", name, row.build())
    for name, row in (_ROWS | _DEPTHWISE_ROWS).items():
        many = not isinstance(row.filter_scale, float)
        channels = 4 // row.depth_multiplier if many else row.channels
        yield Case("DEPTHWISE_CONV_2D", name, replace(row, op="DEPTHWISE_CONV_2D", channels=channels).build())


def _random(op: str) -> Generator:
    def make(rng: random.Random) -> bytes:
        dtype, weights, biases = rng.choice(
            (
                ("INT8", "INT8", ("INT32",)),
                ("INT8", "INT8", ("INT32",)),
                ("INT8", "INT4", ("INT32",)),
                ("INT16", "INT8", ("INT64",) if op == "DEPTHWISE_CONV_2D" else ("INT32", "INT64")),
                ("FLOAT32", "FLOAT32", ("FLOAT32",)),
            )
        )
        groups = rng.choice((1, 1, 1, 2, 3))
        channels, outputs = groups * rng.randint(1, 5), groups * rng.randint(1, 5)
        multiplier = rng.choice((1, 1, 1, 2, 3))
        kernel = rng.randint(1, 4), rng.randint(1, 4)
        dilation = rng.choice(((1, 1), (1, 1), (2, 1), (2, 3)))
        padding = rng.choice(("SAME", "VALID"))
        smallest = [(k - 1) * d + 1 if padding == "VALID" else 1 for k, d in zip(kernel, dilation, strict=True)]
        filter_scale = scales(rng, channels * multiplier if op == "DEPTHWISE_CONV_2D" else outputs)
        input_scale = scale(rng)
        product = input_scale * float(np.mean(filter_scale))
        return Conv(
            op=op,
            size=(rng.randint(smallest[0], smallest[0] + 6), rng.randint(smallest[1], smallest[1] + 6)),
            kernel=kernel,
            batch=rng.choice((1, 1, 2)),
            channels=channels,
            outputs=outputs,
            groups=groups,
            depth_multiplier=multiplier,
            stride=(rng.randint(1, 3), rng.randint(1, 3)),
            dilation=dilation,
            padding=padding,
            activation=rng.choice(ACTIVATIONS),
            dtype=dtype,
            weights=weights,
            bias=rng.choice((*biases, *biases, None)),
            quantized_bias_type=rng.choice(("FLOAT32", "INT32", "INT64")),
            dynamic=weights != "INT4" and rng.random() < 0.15,
            dynamic_bias=rng.random() < 0.1,
            extra=rng.choice(((0, 0), (0, 0), (0, 0), (1, -1), (-2, 2))),
            input_scale=input_scale,
            filter_scale=filter_scale,
            output_scale=float(np.float32(product * 2.0 ** rng.uniform(-3, 12))),
            input_zero_point=zero_point(rng, dtype),
            output_zero_point=zero_point(rng, dtype),
            seed=rng.getrandbits(31),
        ).build()

    return make


GENERATORS: dict[str, Generator] = {op: _random(op) for op in ("CONV_2D", "DEPTHWISE_CONV_2D")}
