"""ADD, SUB and SQUARED_DIFFERENCE of two tensors, broadcast against each other."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node, Tensor
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
from edgegen.options import AddOptions, SubOptions

_TYPES = (DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32)
_LEFT_SHIFT = {DType.INT8: 20, DType.INT16: 15}


class Add(Operator):
    name = "ADD"
    types = ("int8", "int16", "int32", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int16, int32 or float32."""
        return wrong_arity(node, 2) or common_type(graph, node, _TYPES)

    @constraint("keep int32 tensors unquantised")
    def plain_int32(graph: Graph, node: Node) -> str | None:
        """int32 inputs have no scale."""
        return quantised_int32(graph, node.inputs)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, AddOptions)
        left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        params: tuple[Argument, ...]
        if output.dtype is DType.FLOAT32:
            params = float_activation_range(node.options.fused_activation_function)
        elif output.dtype is DType.INT32:  # TFLite Micro ignores the activation here
            params = integer_activation_range("NONE")
        else:
            ratios = _sum_ratios(left, right, output)
            params = (add_params(left, right, output, ratios, node.options.fused_activation_function),)
        return elementwise_lowering(graph, node, f"eg_add_{SUFFIXES[output.dtype]}", "eg_add.h", *params)


class Sub(Operator):
    name = "SUB"
    types = ("int8", "int16", "int32", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int16, int32 or float32."""
        return wrong_arity(node, 2) or common_type(graph, node, _TYPES)

    @constraint("keep int32 tensors unquantised")
    def plain_int32(graph: Graph, node: Node) -> str | None:
        """int32 inputs and outputs have no scale."""
        return quantised_int32(graph, (*node.inputs, *node.outputs))

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SubOptions)
        left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        activation = node.options.fused_activation_function
        params: tuple[Argument, ...]
        if output.dtype is DType.FLOAT32:
            params = float_activation_range(activation)
        elif output.dtype is DType.INT32:
            params = integer_activation_range(activation)
        else:
            params = (add_params(left, right, output, _sum_ratios(left, right, output), activation),)
        return elementwise_lowering(graph, node, f"eg_sub_{SUFFIXES[output.dtype]}", "eg_add.h", *params)


class SquaredDifference(Operator):
    name = "SQUARED_DIFFERENCE"
    types = ("int8", "int16", "int32", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int16, int32 or float32."""
        return wrong_arity(node, 2) or common_type(graph, node, _TYPES)

    @constraint("quantise int16 symmetrically")
    def zero_points(graph: Graph, node: Node) -> str | None:
        """int16 tensors have zero point 0."""
        return nonzero_int16(graph, node)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        kernel = f"eg_squared_difference_{SUFFIXES[output.dtype]}"
        if output.dtype in (DType.FLOAT32, DType.INT32):
            return elementwise_lowering(graph, node, kernel, "eg_squared_difference.h")
        scales = [quantization_of(tensor).scale for tensor in (left, right, output)]
        twice_largest = 2 * max(scales[:2])
        unit = (1 << (14 if output.dtype is DType.INT8 else 0)) * scales[2]
        ratios = [*(_ratio(scale, twice_largest) for scale in scales[:2]), _ratio(twice_largest * twice_largest, unit)]
        params = add_params(left, right, output, ratios, "NONE", output_below_one=False)
        return elementwise_lowering(graph, node, kernel, "eg_squared_difference.h", params)


def add_params(
    left: Tensor, right: Tensor, output: Tensor, ratios: list[float], activation: str, *, output_below_one: bool = True
) -> Struct:
    """An eg_add_params; `ratios` are the real multipliers of the inputs and of the output."""
    (mult1, shift1), (mult2, shift2) = (smaller_than_one(ratio) for ratio in ratios[:2])
    mult3, shift3 = smaller_than_one(ratios[2]) if output_below_one else quantize_multiplier(ratios[2])
    low, high = activation_range(activation, output)
    return Struct(
        "eg_add_params",
        (
            ("input1_offset", -zero_point_of(left)),
            ("input1_multiplier", mult1),
            ("input1_shift", shift1),
            ("input2_offset", -zero_point_of(right)),
            ("input2_multiplier", mult2),
            ("input2_shift", shift2),
            ("output_multiplier", mult3),
            ("output_shift", shift3),
            ("output_offset", zero_point_of(output)),
            ("activation_min", low),
            ("activation_max", high),
        ),
    )


def sum_params(source: Tensor, output: Tensor) -> Struct:
    """An eg_add_params for ADD_N and CUMSUM, which add int8 values of one scale."""
    scale, output_scale = quantization_of(source).scale, quantization_of(output).scale
    ratios = [_ratio(scale, 2 * scale), _ratio(scale, 2 * scale), _ratio(2 * scale, (1 << 20) * output_scale)]
    return add_params(source, source, output, ratios, "NONE")


def smaller_than_one(ratio: float) -> tuple[int, int]:
    """QuantizeMultiplierSmallerThanOneExp: (multiplier in Q31, shift <= 0). Raises Refusal where TFLite aborts."""
    multiplier, shift = quantize_multiplier(ratio) if 0 < ratio < 1 else (0, 1)
    if shift > 0:
        raise Refusal(
            f"its scales have the ratio {ratio:g}, which must lie between 0 and 1",
            "calibrate the model with representative data: the scales of inputs and output are too far apart",
        )
    return multiplier, shift


def quantised_int32(graph: Graph, indices: tuple[int, ...]) -> str | None:
    """What breaks the rule that int32 tensors have no scale, or None."""
    for tensor in (required(graph, i) for i in indices):
        if tensor.dtype is DType.INT32 and tensor.quantization is not None:
            return f"tensor '{tensor.name}' is quantised to int32"
    return None


def nonzero_int16(graph: Graph, node: Node) -> str | None:
    """What breaks the rule that int16 tensors have zero point 0, or None."""
    for tensor in (required(graph, i) for i in (*node.inputs, *node.outputs)):
        if tensor.dtype is DType.INT16 and tensor.quantization and tensor.quantization.zero_point:
            return f"tensor '{tensor.name}' has zero point {tensor.quantization.zero_point}"
    return None


def _sum_ratios(left: Tensor, right: Tensor, output: Tensor) -> list[float]:
    """From the inputs to twice the larger of their scales, and from there to the output's, in double precision."""
    scales = [quantization_of(tensor).scale for tensor in (left, right, output)]
    twice_largest = 2 * max(scales[:2])
    inputs = [_ratio(scale, twice_largest) for scale in scales[:2]]
    return [*inputs, _ratio(twice_largest, (1 << _LEFT_SHIFT[output.dtype]) * scales[2])]


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else float("nan")
