"""Random int8 and int16 graphs of one to a dozen nodes, with branches, views, slices and several outputs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.model_builder import ModelBuilder

_BYTES = 20_000


@dataclass(frozen=True)
class Value:
    """A tensor of the graph under construction."""

    index: int
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


class RandomGraph:
    """Adds one random node after the other to tensors that exist already."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.values = np.random.default_rng(rng.getrandbits(32))
        self.builder = ModelBuilder()
        self.tensors: list[Value] = []
        self.read: set[int] = set()
        self.inputs = []
        for position in range(rng.choice([1, 1, 1, 2])):
            shape = (1, rng.randint(1, 7), rng.randint(1, 7), rng.choice([1, 2, 3, 4, 5, 8]))
            dtype = "INT8" if position == 0 or rng.random() < 0.8 else "INT16"
            self.inputs.append(self._new(shape, dtype))
        self.builder.inputs(*(value.index for value in self.inputs))

    def build(self, nodes: int) -> bytes:
        """The model, after `nodes` more nodes; every tensor that none of them reads is an output."""
        added = 0
        while added < nodes:
            added += bool(self.step())
        unread = [value.index for value in self.tensors if value.index not in self.read]
        made = [i for i in unread if i not in self.builder.input_indices]
        some = [v.index for v in self.tensors if v.index in self.read and self.rng.random() < 0.05]
        return self.builder.outputs(
            *(made or unread), *(i for i in some if i not in self.builder.input_indices)
        ).build()

    def step(self) -> bool:
        """Adds a random node if it finds tensors that suit it; whether it did."""
        return self.rng.choice(_STEPS)(self)

    def _new(
        self, shape: tuple[int, ...], dtype: str, *, scale: float | None = None, zero_point: int | None = None
    ) -> Value:
        scale = self.rng.choice([0.0039, 0.02, 0.11, 0.7]) * self.rng.uniform(0.5, 2) if scale is None else scale
        if zero_point is None:
            zero_point = self.rng.choice([-128, 0, 127, self.rng.randint(-128, 127)]) if dtype == "INT8" else 0
        index = self.builder.tensor(f"t{len(self.builder.tensors)}", shape, dtype, scale=scale, zero_point=zero_point)
        value = Value(index, shape, dtype, float(np.float32(scale)), zero_point)
        self.tensors.append(value)
        return value

    def _const(self, data: np.ndarray, dtype: str = "INT32") -> int:
        return self.builder.tensor(f"c{len(self.builder.tensors)}", data.shape, dtype, data=data)

    def _pick(self, *, rank: int | None = None, dtype: str | None = None) -> Value | None:
        fit = [
            value
            for value in self.tensors
            if (rank is None or len(value.shape) == rank) and (dtype is None or value.dtype == dtype)
        ]
        return self.rng.choice(fit[-5:]) if fit else None

    def _node(self, op: str, inputs: list[int], outputs: list[Value], options: dict[str, object] | None = None) -> bool:
        self.builder.node(op, inputs, [value.index for value in outputs], options)
        self.read.update(inputs)
        return True

    def convolution(self) -> bool:
        source = self._pick(rank=4, dtype="INT8")
        if source is None:
            return False
        rng, (n, h, w, c) = self.rng, source.shape
        depthwise = rng.random() < 0.4
        kernel_h, kernel_w = rng.randint(1, min(3, h)), rng.randint(1, min(3, w))
        stride_h, stride_w, same = rng.choice([1, 1, 2]), rng.choice([1, 1, 2]), rng.random() < 0.5
        multiplier = rng.choice([1, 1, 2])
        channels = c * multiplier if depthwise else rng.randint(1, 9)
        out_h = -(-h // stride_h) if same else (h - kernel_h) // stride_h + 1
        out_w = -(-w // stride_w) if same else (w - kernel_w) // stride_w + 1
        shape = (1, kernel_h, kernel_w, channels) if depthwise else (channels, kernel_h, kernel_w, c)
        scales = self.values.uniform(0.002, 0.03, channels if rng.random() < 0.8 else 1)
        data = self.values.integers(-128 if rng.random() < 0.1 else -127, 128, shape)
        weights = self.builder.tensor("w", shape, scale=scales, axis=3 if depthwise else 0, data=data)
        reach = rng.choice([100, 5_000, 400_000, 2**31 - 1])
        bias_data = self.values.integers(-reach, reach, channels)
        bias = self.builder.tensor("b", (channels,), "INT32", scale=scales * source.scale, data=bias_data)
        output = self._new((n, out_h, out_w, channels), "INT8")
        options = {
            "padding": "SAME" if same else "VALID", "stride_h": stride_h, "stride_w": stride_w,
            "fused_activation_function": rng.choice(["NONE", "NONE", "RELU", "RELU6", "RELU_N1_TO_1"]),
            "dilation_h_factor": 1, "dilation_w_factor": 1,
        } | ({"depth_multiplier": multiplier} if depthwise else {})  # fmt: skip
        inputs = [source.index, weights] + ([bias] if rng.random() < 0.8 else [])
        return self._node("DEPTHWISE_CONV_2D" if depthwise else "CONV_2D", inputs, [output], options)

    def fully_connected(self) -> bool:
        source = self._pick(rank=2, dtype="INT8")
        if source is None:
            return False
        rows, channels = source.shape[1], self.rng.randint(1, 9)
        weights = self.builder.tensor(
            "w", (channels, rows), scale=self.values.uniform(0.002, 0.03, 1),
            data=self.values.integers(-127, 128, (channels, rows)),
        )  # fmt: skip
        output = self._new((source.shape[0], channels), "INT8")
        options = {"fused_activation_function": self.rng.choice(["NONE", "RELU"])}
        return self._node("FULLY_CONNECTED", [source.index, weights], [output], options)

    def pool(self) -> bool:
        source = self._pick(rank=4)
        if source is None:
            return False
        n, h, w, c = source.shape
        size = self.rng.randint(1, min(h, w))
        stride = self.rng.randint(1, size)
        same = self.rng.random() < 0.5
        out_h, out_w = (-(-s // stride) if same else (s - size) // stride + 1 for s in (h, w))
        output = self._new((n, out_h, out_w, c), source.dtype, scale=source.scale, zero_point=source.zero_point)
        options = {
            "padding": "SAME" if same else "VALID", "stride_w": stride, "stride_h": stride, "filter_width": size,
            "filter_height": size, "fused_activation_function": self.rng.choice(["NONE", "NONE", "RELU"]),
        }  # fmt: skip
        return self._node(self.rng.choice(["AVERAGE_POOL_2D", "MAX_POOL_2D"]), [source.index], [output], options)

    def binary(self) -> bool:
        left = self._pick()
        assert left is not None
        fit = [v for v in self.tensors if v.dtype == left.dtype and v.shape == left.shape]
        right = self.rng.choice(fit).index
        op = self.rng.choice(["ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM"])
        scale, zero_point = (left.scale, left.zero_point) if op.endswith("IMUM") else (None, None)
        if op.endswith("IMUM") or self.rng.random() < 0.3:  # a constant, often broadcast
            shape = tuple(size if self.rng.random() < 0.6 else 1 for size in left.shape)
            data = self.values.integers(-128, 128, shape)
            right = self.builder.tensor(
                "k", shape, left.dtype, scale=left.scale, zero_point=left.zero_point, data=data
            )  # fmt: skip
        output = self._new(left.shape, left.dtype, scale=scale, zero_point=zero_point)
        activation = {} if op.endswith("IMUM") else {"fused_activation_function": self.rng.choice(["NONE", "RELU"])}
        pair = [left.index, right] if self.rng.random() < 0.7 else [right, left.index]
        return self._node(op, pair, [output], activation or None)

    def unary(self) -> bool:
        op = self.rng.choice(["LOGISTIC", "TANH", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH", "QUANTIZE", "SOFTMAX"])
        source = self._pick(dtype="INT8" if op in ("HARD_SWISH", "RELU", "RELU6", "SOFTMAX") else None)
        # TFLite Micro aborts on a SOFTMAX whose exponentials sum to more than 256.
        if source is None or (op == "SOFTMAX" and source.shape[-1] > 255):
            return False
        scale = zero_point = None
        if op in ("LOGISTIC", "SOFTMAX", "TANH"):
            wide = source.dtype == "INT16"
            zero_point = 0 if wide or op == "TANH" else -128
            scale = 1 / 32768 if wide else 1 / 128 if op == "TANH" else 1 / 256
        options = {"LEAKY_RELU": {"alpha": 0.2}, "SOFTMAX": {"beta": 1.0}}.get(op)
        output = self._new(source.shape, source.dtype, scale=scale, zero_point=zero_point)
        return self._node(op, [source.index], [output], dict(options) if options else None)

    def reshape(self) -> bool:
        source = self._pick()
        assert source is not None
        count = int(np.prod(source.shape))
        divisor = self.rng.choice([d for d in range(1, count + 1) if count % d == 0])
        shape = self.rng.choice([(1, count), (count // divisor, divisor), (1, 1, count // divisor, divisor)])
        output = self._new(shape, source.dtype, scale=source.scale, zero_point=source.zero_point)
        target = self._const(np.array(shape))
        return self._node("RESHAPE", [source.index, target], [output], {"new_shape": list(shape)})

    def transpose(self) -> bool:
        source = self._pick(rank=4)
        if source is None:
            return False
        order = self.rng.sample(range(4), 4)
        shape = tuple(source.shape[axis] for axis in order)
        output = self._new(shape, source.dtype, scale=source.scale, zero_point=source.zero_point)
        return self._node("TRANSPOSE", [source.index, self._const(np.array(order))], [output])

    def pad(self) -> bool:
        source = self._pick(rank=4)
        if source is None:
            return False
        amounts = np.array([[0, 0], *([self.rng.randint(0, 2), self.rng.randint(0, 2)] for _ in range(3))])
        shape = tuple(size + int(sum(extra)) for size, extra in zip(source.shape, amounts, strict=True))
        if np.prod(shape) > _BYTES:
            return False
        output = self._new(shape, source.dtype, scale=source.scale, zero_point=source.zero_point)
        return self._node("PAD", [source.index, self._const(amounts)], [output])

    def concatenation(self) -> bool:
        first = self._pick(rank=4)
        if first is None:
            return False
        axis = self.rng.randint(1, 3)
        fit = [
            v
            for v in self.tensors
            if v.dtype == first.dtype
            and len(v.shape) == 4
            and all(a == b for i, (a, b) in enumerate(zip(v.shape, first.shape, strict=True)) if i != axis)
            and (v.scale, v.zero_point) == (first.scale, first.zero_point)
        ]
        chosen = [first, *(self.rng.choice(fit) for _ in range(self.rng.randint(1, 2)))]
        shape = tuple(sum(v.shape[i] for v in chosen) if i == axis else first.shape[i] for i in range(4))
        if np.prod(shape) > _BYTES:
            return False
        output = self._new(shape, first.dtype, scale=first.scale, zero_point=first.zero_point)
        options = {"axis": self.rng.choice([axis, axis - 4]), "fused_activation_function": "NONE"}
        return self._node("CONCATENATION", [v.index for v in chosen], [output], options)

    def split(self) -> bool:
        source = self._pick(rank=4)
        if source is None:
            return False
        axes = [axis for axis in range(1, 4) if source.shape[axis] % 2 == 0]
        if not axes:
            return False
        axis = self.rng.choice(axes)
        shape = tuple(size // 2 if i == axis else size for i, size in enumerate(source.shape))
        parts = [self._new(shape, source.dtype, scale=source.scale, zero_point=source.zero_point) for _ in range(2)]
        return self._node("SPLIT", [self._const(np.array(axis)), source.index], parts, {"num_splits": 2})

    def strided_slice(self) -> bool:
        source = self._pick(rank=4)
        if source is None:
            return False
        begin = [self.rng.randint(0, size - 1) for size in source.shape]
        end = [self.rng.randint(b + 1, size) for b, size in zip(begin, source.shape, strict=True)]
        steps = [self.rng.randint(1, 2) for _ in range(4)]
        shape = tuple(-(-(e - b) // s) for b, e, s in zip(begin, end, steps, strict=True))
        output = self._new(shape, source.dtype, scale=source.scale, zero_point=source.zero_point)
        inputs = [source.index, *(self._const(np.array(values)) for values in (begin, end, steps))]
        return self._node("STRIDED_SLICE", inputs, [output], {})

    def mean(self) -> bool:
        source = self._pick(rank=4, dtype="INT8")
        if source is None:
            return False
        keep = self.rng.random() < 0.5
        n, _, _, c = source.shape
        output = self._new((n, 1, 1, c) if keep else (n, c), source.dtype)
        return self._node("MEAN", [source.index, self._const(np.array([1, 2]))], [output], {"keep_dims": keep})


_STEPS: list[Callable[[RandomGraph], bool]] = [
    RandomGraph.convolution,
    RandomGraph.convolution,
    RandomGraph.fully_connected,
    RandomGraph.pool,
    RandomGraph.binary,
    RandomGraph.binary,
    RandomGraph.unary,
    RandomGraph.unary,
    RandomGraph.reshape,
    RandomGraph.transpose,
    RandomGraph.pad,
    RandomGraph.concatenation,
    RandomGraph.split,
    RandomGraph.strided_slice,
    RandomGraph.mean,
]


def random_graph(rng: random.Random) -> bytes:
    """A model of one to twelve nodes."""
    return RandomGraph(rng).build(rng.randint(1, 12))
