"""TRANSPOSE_CONV: int8, int16 with int8 weights, and float32; per-channel or per-tensor scales."""

from __future__ import annotations

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import activation_range, float_activation_range
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Struct,
    Target,
    TensorArg,
    constraint,
)
from edgegen.ops.convolution import (
    channel_multipliers,
    channel_quant,
    check_bias,
    optional,
    optional_arg,
    window_padding,
)
from edgegen.ops.shapes import dims_struct, quantization_of, required
from edgegen.options import TransposeConvOptions


class TransposeConv(Operator):
    """Inputs are (output shape, filter, input, optional bias); the shape of the output tensor decides."""

    name = "TRANSPOSE_CONV"
    types = ("int8 x int8 -> int8", "int16 x int8 -> int16", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are int8 with an int8 filter, int16 with an int8 filter, or all are float32."""
        if len(node.inputs) not in (3, 4):
            return f"it has {len(node.inputs)} inputs"
        tensors = required(graph, node.inputs[2]), required(graph, node.inputs[1]), graph.tensors[node.outputs[0]]
        kinds = tuple(tensor.dtype for tensor in tensors)
        if kinds in (
            (DType.INT8, DType.INT8, DType.INT8),
            (DType.INT16, DType.INT8, DType.INT16),
            (DType.FLOAT32, DType.FLOAT32, DType.FLOAT32),
        ):
            return None
        return "hybrid or unquantised types " + ", ".join(kind.value for kind in kinds)

    @constraint("export the model again; its file is damaged")
    def sizes(graph: Graph, node: Node) -> str | None:
        """Input, filter and output have four axes that agree; the strides are positive and below 2^15."""
        source, weights, output = (graph.tensors[i] for i in (node.inputs[2], node.inputs[1], node.outputs[0]))
        for tensor in (source, weights, output):
            if len(tensor.shape) != 4:
                return f"tensor '{tensor.name}' has {len(tensor.shape)} axes instead of 4"
        assert isinstance(node.options, TransposeConvOptions)
        if not (0 < node.options.stride_h < 2**15 and 0 < node.options.stride_w < 2**15):
            return f"its strides are {node.options.stride_h} and {node.options.stride_w}"
        fits = output.shape[0] <= source.shape[0] and output.shape[3] <= weights.shape[0]
        if not fits or weights.shape[3] != source.shape[3]:
            return f"shapes {list(source.shape)}, {list(weights.shape)} and {list(output.shape)} don't agree"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, weights, output = (graph.tensors[i] for i in (node.inputs[2], node.inputs[1], node.outputs[0]))
        options = node.options
        assert isinstance(options, TransposeConvOptions)
        bias = optional(graph, node, 3)
        channels, kernel_h, kernel_w, _ = weights.shape
        # The padding is that of the convolution from the output to the input.
        pad_h, pad_w = window_padding(options, output, weights)
        geometry = (
            ("stride_h", options.stride_h),
            ("stride_w", options.stride_w),
            ("pad_h", pad_h),
            ("pad_w", pad_w),
        )
        bias_arg = optional_arg(node, 3)
        arguments: tuple[Argument, ...]
        if source.dtype is DType.FLOAT32:
            check_bias(bias, channels, (DType.FLOAT32,))
            low_f, high_f = float_activation_range(options.fused_activation_function)
            limits = (("activation_min", low_f), ("activation_max", high_f))
            arguments = (Struct("eg_transpose_conv_f32_params", (*geometry, *limits)),)
            suffix = "f32"
        else:
            wide = source.dtype is DType.INT16
            if wide and bias is not None and bias.dtype is DType.INT16 and bias.is_constant:
                check_bias(bias, channels, (DType.INT16,))
                bias_arg = ConstArray.of("bias", bias.array().astype(np.int64), align=8)
            else:
                check_bias(bias, channels, (DType.INT64 if wide else DType.INT32,))
            suffix = "s16" if wide else "s8"
            low, high = activation_range(options.fused_activation_function, output)
            fields = (*geometry, *_offsets(source, output), ("activation_min", low), ("activation_max", high))
            pairs = channel_multipliers(source, weights, output, channels)
            arguments = (Struct("eg_transpose_conv_params", fields), channel_quant(pairs, wide=wide))
        arguments += (
            dims_struct(source.shape),
            TensorArg(node.inputs[2]),
            dims_struct(weights.shape),
            TensorArg(node.inputs[1]),
            bias_arg,
            dims_struct(output.shape),
            TensorArg(node.outputs[0], written=True),
        )
        kernel = f"eg_transpose_conv_{suffix}"
        macs = source.elements * kernel_h * kernel_w * channels
        return Lowering((KernelCall(kernel, "eg_transpose_conv.h", (f"{kernel}.c",), arguments, macs=macs),))


def _offsets(source: Tensor, output: Tensor) -> tuple[tuple[str, int], ...]:
    """(input_offset, output_offset); zero points of int16 are taken to be 0."""
    offsets = (-quantization_of(source).zero_point, quantization_of(output).zero_point)
    if source.dtype is DType.INT16:
        offsets = 0, 0
    return ("input_offset", offsets[0]), ("output_offset", offsets[1])
