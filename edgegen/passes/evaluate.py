"""From a node and constants to the bytes it computes, by NumPy models of the kernels that it would call.

The models are equal to the kernels in every bit. Where that isn't certain (a kernel without a model, a NaN, whose bits
no rule fixes) there is no result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops import broken_rule, operators
from edgegen.ops.arithmetic import INTEGER_LIMITS
from edgegen.ops.base import ConstArray, Lowering, Refusal, Struct, Target, TensorArg
from edgegen.ops.fixed_point import doubling_high_mul, requantize, rounding_shift, wrap32

Values = NDArray[Any]
Fields = dict[str, Any]

_TYPES = {
    "bool": DType.BOOL,
    "s8": DType.INT8,
    "u8": DType.UINT8,
    "s16": DType.INT16,
    "s32": DType.INT32,
    "u32": DType.UINT32,
    "s64": DType.INT64,
    "f32": DType.FLOAT32,
}
_UNSIZED = (DType.INT4, DType.STRING, DType.RESOURCE, DType.VARIANT)
_ADD_SHIFT_S8 = 20


def evaluate(graph: Graph, node: Node, given: Mapping[int, bytes]) -> tuple[bytes, ...] | None:
    """The bytes of each of the node's outputs, or None.

    Inputs are the graph's constants and what is `given`, by tensor index.
    """
    used = [graph.tensors[i] for i in (*node.inputs, *node.outputs) if i >= 0]
    operator = operators().get(node.op)
    if operator is None or operator.subgraphs(node) or any(t.is_variable or t.dtype in _UNSIZED for t in used):
        return None
    if broken_rule(graph, node):
        return None
    try:
        lowering = operator.lower(graph, node, Target())
    except Refusal:
        return None
    if any(call.kernel not in _KERNELS for call in lowering.calls):
        return None
    try:
        with np.errstate(all="ignore"):
            return _Memory(graph, given).run(lowering, node)
    except _Uncertain:
        return None


class _Uncertain(Exception):
    """What the kernel computes can't be told here."""


class _Memory:
    """The bytes of tensors while kernels run."""

    def __init__(self, graph: Graph, given: Mapping[int, bytes]) -> None:
        self.graph = graph
        self.given = given
        self.written: dict[int, NDArray[np.uint8]] = {}

    def run(self, lowering: Lowering, node: Node) -> tuple[bytes, ...]:
        for call in lowering.calls:
            _KERNELS[call.kernel](self, *call.arguments)
        sources = dict(lowering.views)
        results = []
        for output in node.outputs:
            if output not in self.written and output not in sources:
                raise _Uncertain
            results.append(self.read(TensorArg(sources.get(output, output))).tobytes())
        return tuple(results)

    def read(self, pointer: object, dtype: DType = DType.UINT8) -> Values:
        """The array behind a pointer."""
        if isinstance(pointer, ConstArray):
            return np.frombuffer(pointer.data, dtype.numpy)
        if not isinstance(pointer, TensorArg):
            raise _Uncertain
        if pointer.index in self.written:
            return self.written[pointer.index].view(dtype.numpy)
        data = self.given.get(pointer.index, self.graph.tensors[pointer.index].data)
        if data is None:
            raise _Uncertain
        values = np.frombuffer(data, dtype.numpy)
        if dtype is DType.FLOAT32 and np.isnan(values).any():
            raise _Uncertain
        return values

    def buffer(self, pointer: TensorArg) -> NDArray[np.uint8]:
        """The bytes behind a pointer to an output."""
        size = self.graph.tensors[pointer.index].size_bytes
        return self.written.setdefault(pointer.index, np.zeros(size, dtype=np.uint8))

    def write(self, pointer: TensorArg, values: Values, dtype: DType) -> None:
        """Fills an output from its start."""
        if dtype is DType.FLOAT32 and np.isnan(values).any():
            raise _Uncertain
        data = np.frombuffer(np.ascontiguousarray(values.astype(dtype.numpy)).tobytes(), dtype=np.uint8)
        self.buffer(pointer)[: len(data)] = data


def _offsets(walk: tuple[Any, ...], array: int) -> NDArray[np.int64]:
    """Where array `array` of an eg_walk is at each of its positions, in order."""
    size, step, rank, loops = walk
    offsets = np.arange(size, dtype=np.int64) * step[array]
    if rank:
        for loop in np.frombuffer(loops.data, dtype="<i4").reshape(rank, -1)[::-1].tolist():
            offsets = (np.arange(loop[0], dtype=np.int64)[:, None] * loop[1 + array] + offsets).reshape(-1)
    return np.asarray(offsets)


def _fields(struct: Struct) -> Fields:
    return dict(struct.fields)


def _copy(memory: _Memory, source: object, output: TensorArg, size: int) -> None:
    memory.buffer(output)[:size] = memory.read(source)[:size]


def _copy_strided(memory: _Memory, params: Struct, source: object, output: TensorArg) -> None:
    fields = _fields(params)
    unit = np.arange(fields["unit_bytes"])
    read = fields["input_offset"] + _offsets(fields["walk"], 0)[:, None] + unit
    written = fields["output_offset"] + _offsets(fields["walk"], 1)[:, None] + unit
    memory.buffer(output)[written] = memory.read(source)[read]


def _lookup(memory: _Memory, table: ConstArray, source: object, output: TensorArg, count: int) -> None:
    memory.buffer(output)[:count] = memory.read(table)[memory.read(source)[:count]]


def _one(function: Callable[..., Values], source_type: str, output_type: str) -> Callable[..., None]:
    """The model of a kernel (params..., input, output, count); `function` takes the values, then the params."""

    def run(memory: _Memory, *arguments: Any) -> None:
        *params, source, output, count = arguments
        fields = [_fields(p) for p in params]
        dtype = _TYPES[source_type]
        values = memory.read(source, dtype)[:count]
        values = values if dtype is DType.FLOAT32 else values.astype(np.int64)
        memory.write(output, function(values, *fields), _TYPES[output_type])

    return run


def _two(function: Callable[..., Values], kind: str) -> Callable[..., None]:
    """The model of a kernel (params..., walk, input, input, output); `function` takes both values, then the params."""

    def run(memory: _Memory, *arguments: Any) -> None:
        *params, walk, left, right, output = arguments
        loops = tuple(value for _, value in walk.fields)
        dtype = _TYPES[kind]
        pair = [memory.read(pointer, dtype)[_offsets(loops, i)] for i, pointer in enumerate((left, right))]
        pair = pair if dtype is DType.FLOAT32 else [values.astype(np.int64) for values in pair]
        memory.write(output, function(*pair, *(_fields(p) if isinstance(p, Struct) else p for p in params)), dtype)

    return run


def _requantized(kind: str) -> Callable[[Values, Fields], Values]:
    low, high = INTEGER_LIMITS[_TYPES[kind]]

    def function(values: Values, p: Fields) -> Values:
        scaled = requantize(wrap32(values + p["input_offset"]), p["multiplier"], p["shift"])
        return wrap32(scaled + p["output_offset"]).clip(low, high)

    return function


def _quantized(kind: str) -> Callable[[Values, Fields], Values]:
    low, high = INTEGER_LIMITS[_TYPES[kind]]

    def function(values: Values, p: Fields) -> Values:
        steps = (values / np.float32(p["scale"])).clip(np.float32(-1048576), np.float32(1048576))
        whole = np.trunc(steps)
        rest = steps - whole
        rounded = whole.astype(np.int64) + (rest >= 0.5) - (rest <= -0.5)
        return np.asarray((rounded + p["zero_point"]).clip(low, high))

    return function


def _dequantized(values: Values, p: Fields) -> Values:
    return np.asarray(np.float32(p["scale"]) * (values - p["zero_point"]).astype(np.float32))


def _added_s8(sign: int) -> Callable[[Values, Values, Fields], Values]:
    def function(left: Values, right: Values, p: Fields) -> Values:
        scaled = [
            _add_scale((values + p[f"input{i}_offset"]) << _ADD_SHIFT_S8, p, f"input{i}")
            for i, values in ((1, left), (2, right))
        ]
        result = _add_scale(scaled[0] + sign * scaled[1], p, "output") + p["output_offset"]
        return np.asarray(result.clip(p["activation_min"], p["activation_max"]))

    return function


def _add_scale(values: Values, p: Fields, which: str) -> Values:
    return rounding_shift(doubling_high_mul(values, p[f"{which}_multiplier"]), -p[f"{which}_shift"])


def _multiplied_s8(left: Values, right: Values, p: Fields) -> Values:
    product = (left + p["input1_offset"]) * (right + p["input2_offset"])
    result = wrap32(requantize(product, p["multiplier"], p["shift"]) + p["output_offset"])
    return result.clip(p["activation_min"], p["activation_max"])


def _clamped(function: Callable[[Values, Values], Values], *, wraps: bool) -> Callable[..., Values]:
    def clamped(left: Values, right: Values, low: float, high: float) -> Values:
        values = function(left, right)
        if wraps:
            return wrap32(values).clip(low, high)
        raised = np.where(values < np.float32(low), np.float32(low), values)
        return np.where(np.float32(high) < raised, np.float32(high), raised)

    return clamped


def _larger(left: Values, right: Values) -> Values:
    chosen: Values = np.where(left > right, left, right)
    return chosen


def _smaller(left: Values, right: Values) -> Values:
    chosen: Values = np.where(left < right, left, right)
    return chosen


def _root(values: Values) -> Values:
    if np.signbit(values).any():
        raise _Uncertain
    return np.asarray(np.sqrt(values))


def _hard_swish(values: Values) -> Values:
    shifted = values + np.float32(3)
    positive = np.where(np.float32(0) < shifted, shifted, np.float32(0))
    return np.asarray(values * np.where(positive < 6, positive, np.float32(6)) / np.float32(6))


def _relu6(values: Values) -> Values:
    return np.where(values > 6, np.float32(6), np.where(values < 0, np.float32(0), values))


def _cast_to(kind: str) -> Callable[[Values], Values]:
    return lambda values: values.astype(_TYPES[kind].numpy)


_KERNELS: dict[str, Callable[..., None]] = {
    "eg_copy": _copy,
    "eg_copy_strided": _copy_strided,
    "eg_lookup_8": _lookup,
    "eg_relu6_s8": _one(lambda x, p: x.clip(p["activation_min"], p["activation_max"]), "s8", "s8"),
    "eg_relu_f32": _one(lambda x: np.where(x < 0, np.float32(0), x), "f32", "f32"),
    "eg_relu6_f32": _one(_relu6, "f32", "f32"),
    "eg_leaky_relu_f32": _one(lambda x, p: np.where(x > 0, x, x * np.float32(p["alpha"])), "f32", "f32"),
    "eg_hard_swish_f32": _one(_hard_swish, "f32", "f32"),
    "eg_abs_f32": _one(np.abs, "f32", "f32"),
    "eg_neg_f32": _one(np.negative, "f32", "f32"),
    "eg_square_f32": _one(np.square, "f32", "f32"),
    "eg_sqrt_f32": _one(_root, "f32", "f32"),
    "eg_rsqrt_f32": _one(lambda x: np.float32(1) / _root(x), "f32", "f32"),
    "eg_add_s8": _two(_added_s8(1), "s8"),
    "eg_sub_s8": _two(_added_s8(-1), "s8"),
    "eg_mul_s8": _two(_multiplied_s8, "s8"),
    **{f"eg_dequantize_{kind}": _one(_dequantized, kind, "f32") for kind in ("s8", "u8", "s16")},
    **{f"eg_quantize_f32_{kind}": _one(_quantized(kind), "f32", kind) for kind in ("s8", "s16")},
    **{
        f"eg_quantize_{source}_{output}": _one(_requantized(output), source, output)
        for source in ("s8", "s16", "s32")
        for output in ("s8", "s16", "s32")
    },
    **{f"eg_maximum_{kind}": _two(_larger, kind) for kind in ("s8", "s16", "s32", "f32")},
    **{f"eg_minimum_{kind}": _two(_smaller, kind) for kind in ("s8", "s16", "s32", "f32")},
    **{f"eg_add_{kind}": _two(_clamped(np.add, wraps=kind == "s32"), kind) for kind in ("s32", "f32")},
    **{f"eg_sub_{kind}": _two(_clamped(np.subtract, wraps=kind == "s32"), kind) for kind in ("s32", "f32")},
    **{f"eg_mul_{kind}": _two(_clamped(np.multiply, wraps=kind == "s32"), kind) for kind in ("s32", "f32")},
    **{
        f"eg_cast_{source}_{output}": _one(_cast_to(output), source, output)
        for source, outputs in (("s8", "s16 s32 f32"), ("s16", "s32 f32"), ("s32", "f32"), ("bool", "s16 s32 f32"))
        for output in outputs.split()
    },
}
