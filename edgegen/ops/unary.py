"""Elementwise functions of one tensor: ABS, NEG, roots, rounding, SIN, COS, LOG, EXP, LOGICAL_NOT."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import quantize_multiplier
from edgegen.ops.base import Argument, KernelCall, Lowering, Operator, Overlap, Refusal, Target, TensorArg, constraint
from edgegen.ops.elementwise import MAX_RANK, SUFFIXES, common_type, wrong_arity
from edgegen.ops.fixed_point import inverse_sqrt, requantize
from edgegen.ops.lookup import all_values, lookup
from edgegen.ops.mul import nonzero_scale
from edgegen.ops.shapes import quantization_of, required

_ROOT = ("eg_sqrtf.c",)


class _Unary(Operator):
    types: ClassVar[tuple[str, ...]] = ("float32",)
    kernel = ""
    math: ClassVar[tuple[str, ...]] = ()

    @constraint("do this operation in float32, or leave it out of what is quantised")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output have the same type, one of those that the operator takes."""
        return wrong_arity(node, 1) or common_type(graph, node, _TYPES.get(node.op, (DType.FLOAT32,)))

    @constraint("export the model again; its shapes contradict each other")
    def same_elements(graph: Graph, node: Node) -> str | None:
        """The output has as many elements as the input; for CEIL, ROUND and EXP, the same shape."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        exact = node.op in ("CEIL", "ROUND", "EXP")
        if source.shape == output.shape or (source.elements == output.elements and not exact):
            return None
        return f"shape {list(source.shape)} becomes {list(output.shape)}"

    @constraint("reshape it before and after this operator")
    def rank(graph: Graph, node: Node) -> str | None:
        """NEG, CEIL, FLOOR, ROUND and EXP take at most 6 axes."""
        axes = len(required(graph, node.inputs[0]).shape)
        limited = node.op in ("NEG", "CEIL", "FLOOR", "ROUND", "EXP")
        return f"it has {axes} axes" if limited and axes > MAX_RANK else None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return self.call(graph, node)

    def call(self, graph: Graph, node: Node, *params: Argument) -> Lowering:
        """One call `kernel(params..., input, output, count)`."""
        source, output = node.inputs[0], node.outputs[0]
        kernel = f"{self.kernel}_{SUFFIXES[graph.tensors[source].dtype]}"
        count = graph.tensors[source].elements
        arguments = (*params, TensorArg(source), TensorArg(output, written=True), count)
        header = "eg_logical.h" if node.op == "LOGICAL_NOT" else "eg_unary.h"
        call = KernelCall(kernel, header, (f"{kernel}.c", *self.math), arguments, count, (Overlap(source, output),))
        return Lowering((call,))


class Abs(_Unary):
    name = "ABS"
    types = ("int8", "int16", "float32")
    kernel = "eg_abs"

    @constraint("convert the model with a representative data set")
    def scales(graph: Graph, node: Node) -> str | None:
        """Input and output are quantised, int16 with zero point 0; int16 may also have no scales at all."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is DType.INT16 and source.quantization is None:
            return None
        return _scales(source, output)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        if source.dtype is DType.FLOAT32:
            return self.call(graph, node)
        unit, one = 1 << 30, 1  # as multiplier and shift: leaves a value as it is
        if source.quantization is None:
            return self.call(graph, node, unit, one, -32768)
        scale, output_scale = quantization_of(source).scale, nonzero_scale(output)
        if scale != output_scale:
            unit, one = quantize_multiplier(scale / output_scale)
        if source.dtype is DType.INT16:
            return self.call(graph, node, unit, one, 32767)
        sizes = np.abs(all_values(DType.INT8) - quantization_of(source).zero_point)
        results = requantize(sizes, unit, one) + quantization_of(output).zero_point
        return lookup(graph, node.inputs[0], node.outputs[0], np.clip(results, -128, 127))


class Rsqrt(_Unary):
    name = "RSQRT"
    types = ("int8", "int16", "float32")
    kernel = "eg_rsqrt"
    math = _ROOT

    @constraint("convert the model with a representative data set")
    def scales(graph: Graph, node: Node) -> str | None:
        """Input and output are quantised, int16 with zero point 0."""
        return _scales(required(graph, node.inputs[0]), required(graph, node.outputs[0]))

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        if source.dtype is DType.FLOAT32:
            return self.call(graph, node)
        root = math.sqrt(nonzero_scale(source)) * nonzero_scale(output)
        # The inverse root has 20 bits of fraction, which the multiplier takes away.
        multiplier, shift = quantize_multiplier(1.0 / root / (1 << 20))
        if multiplier == 0:
            raise Refusal("its scales are too large", "calibrate the model with representative data")
        if source.dtype is DType.INT16:
            return self.call(graph, node, multiplier, shift)
        zero = quantization_of(source).zero_point
        if source.is_constant and bool(np.any(source.array().astype(np.int64) < zero)):
            raise Refusal("it takes the root of a negative number", "export the model again; its data are damaged")
        results = np.full(256, 127, dtype=np.int64)  # for 0, and for negative numbers, which have no root
        for at, value in enumerate(all_values(DType.INT8) - zero):
            if value > 0:
                inverse, exponent = inverse_sqrt(int(value))
                root_20 = requantize(np.array([1]), inverse, exponent + 20)
                results[at] = requantize(root_20, multiplier, shift)[0] + quantization_of(output).zero_point
        return lookup(graph, node.inputs[0], node.outputs[0], np.clip(results, -128, 127))


class Neg(_Unary):
    name = "NEG"
    kernel = "eg_neg"


class Square(_Unary):
    name = "SQUARE"
    kernel = "eg_square"


class Sqrt(_Unary):
    name = "SQRT"
    kernel = "eg_sqrt"
    math = _ROOT


class Ceil(_Unary):
    name = "CEIL"
    kernel = "eg_ceil"


class Floor(_Unary):
    name = "FLOOR"
    kernel = "eg_floor"


class Round(_Unary):
    name = "ROUND"
    kernel = "eg_round"


class Sin(_Unary):
    name = "SIN"
    kernel = "eg_sin"
    math = ("eg_sinf.c", "eg_reduce_angle.c")


class Cos(_Unary):
    name = "COS"
    kernel = "eg_cos"
    math = ("eg_cosf.c", "eg_reduce_angle.c")


class Log(_Unary):
    name = "LOG"
    kernel = "eg_log"
    math = ("eg_logf.c",)


class Exp(_Unary):
    name = "EXP"
    kernel = "eg_exp"
    math = ("eg_expf.c",)


class LogicalNot(_Unary):
    name = "LOGICAL_NOT"
    types = ("bool",)
    kernel = "eg_logical_not"


_TYPES = {
    "ABS": (DType.INT8, DType.INT16, DType.FLOAT32),
    "RSQRT": (DType.INT8, DType.INT16, DType.FLOAT32),
    "LOGICAL_NOT": (DType.BOOL,),
}


def _scales(source: Tensor, output: Tensor) -> str | None:
    if source.dtype is DType.FLOAT32:
        return None
    for tensor in (source, output):
        if tensor.quantization is None:
            return f"tensor '{tensor.name}' has no scale"
        if tensor.dtype is DType.INT16 and tensor.quantization.zero_point:
            return f"tensor '{tensor.name}' has zero point {tensor.quantization.zero_point}"
    return None
