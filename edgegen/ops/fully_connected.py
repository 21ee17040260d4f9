"""FULLY_CONNECTED: int8, int8 with int4 weights, int16 and float32; per-channel or per-tensor scales."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import activation_range, float32_product, float_activation_range, quantize_multiplier
from edgegen.ops.base import (
    Argument,
    KernelCall,
    Lowering,
    Operator,
    Overlap,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
    takes,
)
from edgegen.ops.convolution import (
    channel_quant,
    check_bias,
    hybrid_types,
    optional,
    optional_arg,
    positive_scale,
    stays_packed,
    weights_arg,
)
from edgegen.ops.shapes import quantization_of
from edgegen.options import FullyConnectedOptions


class FullyConnected(Operator):
    name = "FULLY_CONNECTED"
    types = (
        "int8 x int8 -> int8",
        "int8 x int4 -> int8",
        "int16 x int8 -> int16",
        "float32",
    )

    counts = takes(2, 3)

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are int8 with int8 or int4 weights, int16 with int8 weights, or all are float32."""
        return hybrid_types(graph, node)

    @constraint("export the model again; its file is damaged")
    def sizes(graph: Graph, node: Node) -> str | None:
        """The weights have at least two axes, [..., output depth, accumulation depth]; the input fills every row."""
        source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
        if len(weights.shape) < 2 or not output.shape:
            return f"its weights have {len(weights.shape)} axes, its output {len(output.shape)}"
        depth = output.shape[-1]
        if depth > weights.shape[-2]:
            return f"the weights have {weights.shape[-2]} rows, the output {depth} channels"
        needed = math.prod(output.shape[:-1]) * weights.shape[-1]
        if source.elements < needed:
            return f"the input has {source.elements} values where the output takes {needed}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
        options = node.options
        assert isinstance(options, FullyConnectedOptions)
        bias = optional(graph, node, 2)
        batches, depth, accum_depth = math.prod(output.shape[:-1]), output.shape[-1], weights.shape[-1]
        arguments: tuple[Argument, ...]
        if source.dtype is DType.FLOAT32:
            check_bias(bias, depth, (DType.FLOAT32,))
            suffix = "f32"
            low, high = float_activation_range(options.fused_activation_function)
            arguments = (Struct("eg_fully_connected_f32_params", (("activation_min", low), ("activation_max", high))),)
        else:
            suffix = _integer_suffix(options, source, bias, depth)
            arguments = _quantized_params(options, source, weights, bias, output, wide=suffix == "s16")
        kernel = f"eg_fully_connected_{'s4' if stays_packed(weights, target) else suffix}"
        arguments += (
            batches,
            TensorArg(node.inputs[0]),
            accum_depth,
            weights_arg(graph, node, target),
            optional_arg(node, 2),
            depth,
            TensorArg(node.outputs[0], written=True),
        )
        # Row n of the output is written while row n of the input is read, and no row before it.
        gap = max(depth, batches * depth - (batches - 1) * accum_depth) * source.dtype.numpy.itemsize
        call = KernelCall(
            kernel,
            "eg_fully_connected.h",
            (f"{kernel}.c",),
            arguments,
            macs=batches * depth * accum_depth,
            overlaps=(Overlap(node.inputs[0], node.outputs[0], gap),),
        )
        return Lowering((call,))


def _integer_suffix(options: FullyConnectedOptions, source: Tensor, bias: Tensor | None, depth: int) -> str:
    """The kernel's type, after a check of the bias's."""
    if source.dtype is DType.INT8:
        check_bias(bias, depth, (DType.INT32,))
        return "s8"
    check_bias(bias, depth, (DType.INT32, DType.INT64))
    narrow = options.quantized_bias_type == "INT32" if bias is None else bias.dtype is DType.INT32
    return "s16b32" if narrow else "s16"


def _quantized_params(
    options: FullyConnectedOptions, source: Tensor, weights: Tensor, bias: Tensor | None, output: Tensor, *, wide: bool
) -> tuple[Argument, ...]:
    per_channel = len(quantization_of(weights).scales) > 1
    pairs = fully_connected_multipliers(source, weights, bias, output)
    low, high = activation_range(options.fused_activation_function, output)
    fields = (
        ("input_offset", -quantization_of(source).zero_point),
        ("filter_offset", 0 if per_channel else -quantization_of(weights).zero_point),
        ("output_offset", quantization_of(output).zero_point),
        ("activation_min", low),
        ("activation_max", high),
        ("quant_stride", 1 if per_channel else 0),
    )
    return Struct("eg_fully_connected_params", fields), channel_quant(pairs, wide=wide)


def fully_connected_multipliers(
    source: Tensor, weights: Tensor, bias: Tensor | None, output: Tensor
) -> list[tuple[int, int]]:
    """(multiplier, shift) of each row of the weights, or the one pair of all rows."""
    if len(quantization_of(weights).scales) > 1:
        return _row_multipliers(source, weights, output)
    return [_multiplier(source, weights, bias, output)]


def _row_multipliers(source: Tensor, weights: Tensor, output: Tensor) -> list[tuple[int, int]]:
    """(multiplier, shift) of each row of the weights: input scale * weight scale / output scale, in double."""
    quantization = quantization_of(weights)
    scales, axis = quantization.scales, quantization.axis or 0
    if weights.dtype is DType.INT4:
        raise Refusal("int4 weights with a scale per channel are not defined", "quantise int4 weights per tensor")
    if weights.shape[axis] != len(scales) or len(scales) < output.shape[-1]:
        raise Refusal(
            f"its weights have {len(scales)} scales along axis {axis} for {output.shape[-1]} output channels",
            "quantise the weights per tensor or per output channel",
        )
    input_scale, output_scale = quantization_of(source).scale, positive_scale(output)
    return [quantize_multiplier(input_scale * scale / output_scale) for scale in scales[: output.shape[-1]]]


def _multiplier(source: Tensor, weights: Tensor, bias: Tensor | None, output: Tensor) -> tuple[int, int]:
    """(multiplier, shift) for weights with one scale: the product in float32, the quotient in double.

    This is GetQuantizedConvolutionMultipler in TFLite, which also wants the bias's scale near that product.
    """
    input_scale, filter_scale = quantization_of(source).scale, quantization_of(weights).scale
    output_scale = positive_scale(output)
    if bias is not None:
        bias_scale = bias.quantization.scale if bias.quantization else 0.0
        if not abs(input_scale * filter_scale - bias_scale) / output_scale <= 0.02:
            raise Refusal(
                f"the bias's scale {bias_scale:g} is not input scale * weight scale, {input_scale * filter_scale:g}",
                "quantise the bias with the product of both scales",
            )
    product = float32_product(input_scale, filter_scale)
    if not product >= 0:
        raise Refusal("its scales are negative", "give every quantised tensor a positive scale")
    return quantize_multiplier(product / output_scale)
