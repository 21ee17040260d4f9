"""Random graphs full of what the graph passes look for: padding, no-ops, chains, constants, twins."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from tests.random_graphs import RandomGraph, Value

Pattern: TypeAlias = "Callable[[PatternGraph], bool]"

_CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
_WINDOWS = (*_CONVOLUTIONS * 3, "MAX_POOL_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D")


class PatternGraph(RandomGraph):
    """Random nodes, and patterns between them."""

    patterns: Sequence[Pattern] = ()
    plain = 0.35
    """How many of the steps are none of the patterns."""

    def step(self) -> bool:
        return super().step() if self.rng.random() < self.plain else self.rng.choice(self.patterns)(self)

    def _like(self, value: Value, shape: tuple[int, ...] | None = None) -> Value:
        """A new tensor with the scale of another."""
        return self._new(shape or value.shape, value.dtype, scale=value.scale, zero_point=value.zero_point)

    def _scalar(self, value: Value, number: int) -> int:
        shape = self.rng.choice([(), (1,), (1,) * len(value.shape)])
        data = np.full(shape, number)
        return self.builder.tensor(
            "scalar", shape, value.dtype, scale=value.scale, zero_point=value.zero_point, data=data
        )

    def padded_window(self) -> bool:
        """One PAD or two, read by convolutions and pools, sometimes by something else as well."""
        source = self._pick(rank=4, dtype="INT8")
        if source is None:
            return False
        for _ in range(self.rng.choice([1, 1, 1, 1, 2])):
            fill = self.rng.choice([None, None, None, None, source.zero_point, source.zero_point, -128, 5])
            source = self.padded(source, fill, channels=int(self.rng.random() < 0.1))
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.window(source)
        if self.rng.random() < 0.08:
            self._node("RELU", [source.index], [self._new(source.shape, "INT8")])
        return True

    def padded(self, source: Value, fill: int | None, *, channels: int = 0) -> Value:
        """A PAD, or a PADV2 where `fill` is given, of rows, columns and perhaps channels."""
        draws = [[self.rng.choice([0, 1, 1, 2]), self.rng.choice([0, 0, 1, 2])] for _ in range(2)]
        amounts = np.array([[0, 0], *draws, [0, channels]])
        shape = tuple(size + int(sum(extra)) for size, extra in zip(source.shape, amounts, strict=True))
        output, inputs = self._like(source, shape), [source.index, self._const(amounts)]
        if fill is not None:
            inputs.append(self._scalar(source, fill))
        self._node("PAD" if fill is None else "PADV2", inputs, [output])
        return output

    def window(self, source: Value, operators: Sequence[str] = _WINDOWS) -> None:
        """A convolution or pool of exactly this tensor, with windows that suit the padding."""
        rng, values, (n, h, w, c) = self.rng, self.values, source.shape
        op = rng.choice(operators)
        pools = op.endswith("POOL_2D")
        stride_h, stride_w, same = rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 2, 3]), rng.random() < 0.5
        dilation = 1 if pools else rng.choice([1, 1, 1, 2])
        kernel_h, kernel_w = (min(rng.choice([1, 2, 3, 3, 3, 4, 5]), (size - 1) // dilation + 1) for size in (h, w))
        steps = (h, kernel_h, stride_h), (w, kernel_w, stride_w)
        out_h, out_w = (-(-(z if same else z - (k - 1) * dilation) // step) for z, k, step in steps)
        activation = rng.choice(["NONE", "RELU", "RELU6"])
        options = {"padding": "SAME" if same else "VALID", "stride_h": stride_h, "stride_w": stride_w,
                   "fused_activation_function": activation}  # fmt: skip
        if pools:
            output = self._like(source, (n, out_h, out_w, c))
            self._node(op, [source.index], [output], options | {"filter_height": kernel_h, "filter_width": kernel_w})
            return
        depthwise = op == "DEPTHWISE_CONV_2D"
        multiplier = rng.choice([1, 1, 2])
        channels = c * multiplier if depthwise else rng.randint(1, 9)
        shape = (1, kernel_h, kernel_w, channels) if depthwise else (channels, kernel_h, kernel_w, c)
        scales = values.uniform(0.002, 0.03, channels)
        data = values.integers(-127, 128, shape)
        weights = self.builder.tensor("w", shape, scale=scales, axis=3 if depthwise else 0, data=data)
        bias_data = values.integers(-5000, 5000, channels)
        bias = self.builder.tensor("b", (channels,), "INT32", scale=scales * source.scale, data=bias_data)
        options |= {"dilation_h_factor": dilation, "dilation_w_factor": dilation}
        options |= {"depth_multiplier": multiplier} if depthwise else {}
        self._node(op, [source.index, weights, bias], [self._new((n, out_h, out_w, channels), "INT8")], options)

    def no_op(self) -> bool:
        """A node that changes nothing, or nearly one."""
        rng, source = self.rng, self._pick(dtype="INT8" if self.rng.random() < 0.8 else None)
        if source is None:
            return False
        shape, rank, n = source.shape, len(source.shape), self._const
        kind = rng.choice(["QUANTIZE", "RELU", "SLICE", "STRIDED_SLICE", "PAD", "CONCATENATION", "SPLIT", "PACK",
                           "TRANSPOSE", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "MAX_POOL_2D", "AVERAGE_POOL_2D",
                           "ADD", "MUL", "RESHAPE"])  # fmt: skip
        index, output = source.index, self._like
        if kind in ("QUANTIZE", "RELU"):
            return self._node(kind, [index], [output(source)])
        if kind == "SLICE":
            return self._node(kind, [index, n(np.zeros(rank)), n(np.array(shape))], [output(source)])
        if kind == "STRIDED_SLICE":
            return rank <= 4 and self._node(
                kind, [index, n(np.zeros(rank)), n(np.array(shape)), n(np.ones(rank))], [output(source)], {}
            )
        if kind == "PAD":
            return self._node(kind, [index, n(np.zeros((rank, 2)))], [output(source)])
        if kind == "CONCATENATION":
            return self._node(kind, [index], [output(source)], {"axis": rng.randrange(rank)})
        if kind == "SPLIT":
            axis = n(np.array(rng.randrange(rank)))
            return self._node(kind, [axis, index], [output(source)], {"num_splits": 1})
        if kind == "PACK":
            axis = rng.randint(0, rank)
            longer, options = (*shape[:axis], 1, *shape[axis:]), {"axis": axis, "values_count": 1}
            return rank < 4 and self._node(kind, [index], [output(source, longer)], options)
        if kind == "TRANSPOSE":
            order = rng.sample(range(rank), rank)
            return self._node(kind, [index, n(np.array(order))], [output(source, tuple(shape[i] for i in order))])
        if kind == "RESHAPE":
            middle = output(source, (1, int(np.prod(shape))))
            self._node(kind, [index, n(np.array(middle.shape))], [middle], {"new_shape": list(middle.shape)})
            return self._node(kind, [middle.index, n(np.array(shape))], [output(source)], {"new_shape": list(shape)})
        if kind.startswith("RESIZE") and rank == 4 and source.dtype == "INT8":
            options = rng.choice([{}, {"align_corners": True}, {"half_pixel_centers": True}])
            return self._node(kind, [index, n(np.array(shape[1:3]))], [output(source)], dict(options))
        if kind.endswith("POOL_2D") and rank == 4:
            ones = dict.fromkeys(("filter_height", "filter_width", "stride_h", "stride_w"), 1)
            options = {"padding": rng.choice(["SAME", "VALID"]), "fused_activation_function": "NONE"} | ones
            return self._node(kind, [index], [output(source)], options)
        if kind == "ADD" and source.dtype == "INT8":
            return self._node(kind, [index, self._scalar(source, source.zero_point)], [output(source)], {})
        if kind == "MUL" and source.dtype == "INT8":
            one = self.builder.tensor("one", (1,), "INT8", scale=1 / 64, zero_point=0, data=np.array([64]))
            return self._node(kind, [one, index], [output(source)], {})
        return False

    def chain(self) -> bool:
        """Two to five elementwise nodes in a row, some of them in int16 or float32."""
        source = self._pick(dtype="INT8")
        if source is None:
            return False
        for _ in range(self.rng.randint(2, 5)):
            source = self._link(source)
            if self.rng.random() < 0.05:
                self._node("RELU", [source.index], [self._new(source.shape, "INT8")])
        return True

    def _link(self, source: Value) -> Value:
        rng = self.rng
        op = rng.choice(["QUANTIZE", "LOGISTIC", "TANH", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH", "ELU", "ABS",
                         "ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM", "INT16", "FLOAT32"])  # fmt: skip
        if op in ("INT16", "FLOAT32"):
            return self._detour(source, op)
        scale = zero_point = None
        if op in ("LOGISTIC", "TANH"):
            scale, zero_point = (1 / 256, -128) if op == "LOGISTIC" else (1 / 128, 0)
        elif op.endswith("IMUM"):
            scale, zero_point = source.scale, source.zero_point
        output = self._new(source.shape, "INT8", scale=scale, zero_point=zero_point)
        inputs, options = [source.index], {"LEAKY_RELU": {"alpha": rng.choice([0.1, 0.3, -0.5])}}.get(op)
        if op in ("ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM"):
            inputs.insert(rng.randint(0, 1), self._scalar(source, rng.randint(-128, 127)))
            activation = rng.choice(["NONE", "RELU", "RELU6"])
            options = None if op.endswith("IMUM") else {"fused_activation_function": activation}
        self._node(op, inputs, [output], dict(options) if options else None)
        return output

    def _detour(self, source: Value, dtype: str) -> Value:
        """To another type, through nothing or a few functions of it, and back."""
        middle = self._new(source.shape, dtype)
        self._node("QUANTIZE" if dtype == "INT16" else "DEQUANTIZE", [source.index], [middle])
        for _ in range(self.rng.randint(0, 3) if dtype == "FLOAT32" else 0):
            op = self.rng.choice(["ABS", "NEG", "SQUARE", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH", "ADD", "MUL"])
            after, inputs = self._new(source.shape, dtype), [middle.index]
            if op in ("ADD", "MUL"):
                inputs.append(self._const(np.array([self.rng.uniform(-2, 2)]), dtype))
            options = {"LEAKY_RELU": {"alpha": 0.25}, "ADD": {}, "MUL": {}}.get(op)
            self._node(op, inputs, [after], dict(options) if options is not None else None)
            middle = after
        output = self._new(source.shape, "INT8")
        self._node("QUANTIZE", [middle.index], [output])
        return output

    def clamped(self) -> bool:
        """An activation of its own behind a node that could do it itself."""
        before = len(self.tensors)
        steps = [RandomGraph.convolution, RandomGraph.fully_connected, RandomGraph.binary, RandomGraph.pool]
        if not self.rng.choice(steps)(self) or len(self.tensors) == before or self.tensors[-1].dtype != "INT8":
            return False
        source = self.tensors[-1]
        op = self.rng.choice(["RELU", "RELU", "RELU6", "RELU6", "MAXIMUM", "MINIMUM", "QUANTIZE"])
        near = round(source.zero_point + self.rng.choice([0, 1 / source.scale, 6 / source.scale]))
        inputs = [source.index]
        if op.endswith("IMUM"):
            inputs.append(self._scalar(source, min(max(near, -128), 127)))
        same = self.rng.random() < 0.85 or op.endswith("IMUM")
        return self._node(op, inputs, [self._like(source) if same else self._new(source.shape, "INT8")])

    def constants(self) -> bool:
        """An operand that a few nodes make of constants."""
        rng, target = self.rng, self._pick(rank=4, dtype="INT8")
        if target is None:
            return False
        n, h, w, c = target.shape
        data = self.values.integers(-128, 128, (n, c, h, w))
        scale, zero_point = target.scale, target.zero_point
        made = self.builder.tensor("made", data.shape, "INT8", scale=scale, zero_point=zero_point, data=data)
        last = Value(made, data.shape, "INT8", scale, zero_point)
        rows: list[tuple[str, list[int], tuple[int, ...] | None, dict[str, object] | None]]
        rows = [("TRANSPOSE", [self._const(np.array([0, 2, 3, 1]))], target.shape, None)]
        for _ in range(rng.randint(0, 3)):
            rows.append(rng.choice([
                ("QUANTIZE", [], None, None),
                ("LOGISTIC", [], None, None),
                ("RELU6", [], None, None),
                ("ADD", [self._scalar(last, 3)], None, {}),
                ("MUL", [self._scalar(last, -7)], None, {"fused_activation_function": "RELU"}),
                ("REVERSE_V2", [self._const(np.array([3]))], None, None),
                ("FLOAT32", [], None, None),
            ]))  # fmt: skip
        for op, extra, shape, options in rows:
            if op == "FLOAT32":
                last = self._detour(last, op)
                continue
            scale, zero_point = (1 / 256, -128) if op == "LOGISTIC" else (last.scale, last.zero_point)
            output = self._new(shape or last.shape, "INT8", scale=scale, zero_point=zero_point)
            self._node(op, [last.index, *extra], [output], options)
            last = output
        output = self._new(target.shape, "INT8")
        return self._node(rng.choice(["ADD", "MUL", "SUB"]), [target.index, last.index], [output], {})

    def twins(self) -> bool:
        """The node before once more, or a few, and the sum of both results."""
        if not self.builder.nodes:
            return False
        for node in self.builder.nodes[-self.rng.randint(1, 3) :]:
            values = [value for i in node.outputs for value in self.tensors if value.index == i]
            if len(values) != len(node.outputs):
                return False
            same = self.rng.random() < 0.9
            outputs = [self._like(v) if same else self._new(v.shape, v.dtype) for v in values]
            self._node(node.op, list(node.inputs), outputs, dict(node.options) if node.options is not None else None)
            for value, twin in zip(values, outputs, strict=True):
                if value.dtype == "INT8":
                    self._node("ADD", [value.index, twin.index], [self._new(value.shape, "INT8")], {})
        return True


PATTERNS: dict[str, Pattern] = {
    "padded_window": PatternGraph.padded_window,
    "no_op": PatternGraph.no_op,
    "chain": PatternGraph.chain,
    "clamped": PatternGraph.clamped,
    "constants": PatternGraph.constants,
    "twins": PatternGraph.twins,
}


def random_patterns(rng: random.Random) -> bytes:
    """A model of a few patterns with other nodes between them."""
    graph = PatternGraph(rng)
    graph.patterns = [*PATTERNS.values()]
    return graph.build(rng.randint(1, 6))


def one_pattern(rng: random.Random, name: str) -> bytes:
    """A model of one pattern, twice or three times; twins are of other nodes."""
    graph = PatternGraph(rng)
    graph.patterns, graph.plain = [PATTERNS[name]], 0.5 if name == "twins" else 0.0
    return graph.build(rng.randint(2, 3))


def padded_windows(rng: random.Random) -> bytes:
    """A model of three dozen convolutions over padded inputs, of up to 16 channels."""
    graph = PatternGraph(rng)
    for channels in (1, 3, 4, 8, 12, 16):
        source = graph._new((1, rng.randint(3, 9), rng.randint(3, 9), channels), "INT8")
        graph.inputs.append(source)
        for _ in range(6):
            graph.window(graph.padded(source, None), _CONVOLUTIONS)
    graph.builder.inputs(*(value.index for value in graph.inputs))
    return graph.build(0)
