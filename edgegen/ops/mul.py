"""MUL and DIV of two tensors, and FLOOR_DIV and FLOOR_MOD, broadcast against each other."""

from __future__ import annotations

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.add import nonzero_int16, quantised_int32
from edgegen.ops.arithmetic import activation_range, float_activation_range, quantize_multiplier
from edgegen.ops.base import Argument, Lowering, Operator, Refusal, Struct, Target, constraint
from edgegen.ops.elementwise import (
    SUFFIXES,
    common_type,
    elementwise_lowering,
    integer_activation_range,
    wrong_arity,
    zero_point_of,
)
from edgegen.ops.shapes import quantization_of, required
from edgegen.options import DivOptions, MulOptions


class Mul(Operator):
    name = "MUL"
    types = ("int8", "int16", "int32", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int16, int32 or float32."""
        return wrong_arity(node, 2) or common_type(graph, node, (DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32))

    @constraint("quantise int16 symmetrically")
    def zero_points(graph: Graph, node: Node) -> str | None:
        """int16 tensors have zero point 0."""
        return nonzero_int16(graph, node)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, MulOptions)
        left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        activation = node.options.fused_activation_function
        params: tuple[Argument, ...]
        if output.dtype is DType.FLOAT32:
            params = float_activation_range(activation)
        elif output.dtype is DType.INT32:
            params = integer_activation_range(activation)
        else:
            scale = nonzero_scale(output)
            ratio = quantization_of(left).scale * quantization_of(right).scale / scale
            params = (_scaled_params("eg_mul_params", left, right, output, ratio, activation),)
        return elementwise_lowering(graph, node, f"eg_mul_{SUFFIXES[output.dtype]}", "eg_mul.h", *params)


class Div(Operator):
    name = "DIV"
    types = ("int8", "int32", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int32 or float32."""
        return wrong_arity(node, 2) or common_type(graph, node, (DType.INT8, DType.INT32, DType.FLOAT32))

    @constraint("keep int32 tensors unquantised")
    def plain_int32(graph: Graph, node: Node) -> str | None:
        """int32 inputs have no scale."""
        return quantised_int32(graph, node.inputs)

    @constraint("divide by something else")
    def integer_divisor(graph: Graph, node: Node) -> str | None:
        """A constant integer divisor has no zero."""
        divisor = required(graph, node.inputs[1])
        if not divisor.is_constant or divisor.dtype is DType.FLOAT32:
            return None
        zero = divisor.quantization.zero_point if divisor.quantization else 0
        return "it divides by zero" if bool(np.any(divisor.array() == zero)) else None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, DivOptions)
        left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        activation = node.options.fused_activation_function
        params: tuple[Argument, ...]
        if output.dtype is DType.FLOAT32:
            params = float_activation_range(activation)
        elif output.dtype is DType.INT32:
            params = integer_activation_range(activation)
        else:
            ratio = quantization_of(left).scale / (nonzero_scale(right) * nonzero_scale(output))
            if ratio >= 1 << 23:
                raise Refusal(
                    f"the ratio of its scales, {ratio:g}, must stay below 2^23",
                    "calibrate the model with representative data",
                )
            params = (_scaled_params("eg_div_params", left, right, output, ratio, activation),)
        return elementwise_lowering(graph, node, f"eg_div_{SUFFIXES[output.dtype]}", "eg_div.h", *params)


class _FloatDivision(Operator):
    types = ("float32",)
    kernel = ""
    math: tuple[str, ...] = ()

    @constraint("do this operation in float32, or fold it into the model's constants")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are float32."""
        return wrong_arity(node, 2) or common_type(graph, node, (DType.FLOAT32,))

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return elementwise_lowering(graph, node, self.kernel, "eg_div.h", math=self.math)


class FloorDiv(_FloatDivision):
    name = "FLOOR_DIV"
    kernel = "eg_floor_div_f32"

    @constraint("divide by something else")
    def divisor(graph: Graph, node: Node) -> str | None:
        """A constant divisor has no zero."""
        divisor = required(graph, node.inputs[1])
        return "it divides by zero" if divisor.is_constant and bool(np.any(divisor.array() == 0)) else None


class FloorMod(_FloatDivision):
    name = "FLOOR_MOD"
    kernel = "eg_floor_mod_f32"
    math = ("eg_fmodf.c",)


def nonzero_scale(tensor: Tensor) -> float:
    """The tensor's scale. Raises Refusal where it is 0 or missing."""
    scale = quantization_of(tensor).scale
    if scale == 0:
        raise Refusal(f"tensor '{tensor.name}' has scale 0", "give every quantised tensor a finite, positive scale")
    return scale


def _scaled_params(ctype: str, left: Tensor, right: Tensor, output: Tensor, ratio: float, activation: str) -> Struct:
    multiplier, shift = quantize_multiplier(ratio)
    low, high = activation_range(activation, output)
    return Struct(
        ctype,
        (
            ("input1_offset", -zero_point_of(left)),
            ("input2_offset", -zero_point_of(right)),
            ("multiplier", multiplier),
            ("shift", shift),
            ("output_offset", zero_point_of(output)),
            ("activation_min", low),
            ("activation_max", high),
        ),
    )
