"""What CONV_2D and DEPTHWISE_CONV_2D share: type forms, checks, padding, per-channel scales, parameter structs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import activation_range, float_activation_range, quantize_multiplier
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Null,
    Operator,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
    takes,
)
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.shapes import dims_struct, quantization_of, required
from edgegen.options import Conv2DOptions, DepthwiseConv2DOptions, TransposeConvOptions

ConvOptions = Conv2DOptions | DepthwiseConv2DOptions

MAX_SHIFT_64 = 14
"""The largest left shift for which TFLite Micro's 64-bit requantisation is defined."""


class Convolution(Operator):
    """A 2-D convolution with inputs (input, filter, optional bias)."""

    channel_axis: ClassVar[int]
    """The filter's axis of output channels."""

    counts = takes(2, 3)

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are int8 with an int8 or int4 filter, int16 with an int8 filter, or all are float32."""
        return hybrid_types(graph, node)

    @constraint("export the model again; its file is damaged")
    def ranks(graph: Graph, node: Node) -> str | None:
        """Input, filter and output have four axes."""
        for index in (node.inputs[0], node.inputs[1], node.outputs[0]):
            tensor = graph.tensors[index]
            if len(tensor.shape) != 4:
                return f"tensor '{tensor.name}' has {len(tensor.shape)} axes instead of 4"
        return None

    @constraint("export the model again; its file is damaged")
    def batches(graph: Graph, node: Node) -> str | None:
        """The output's batch is not larger than the input's."""
        batch = graph.tensors[node.inputs[0]].shape[0], graph.tensors[node.outputs[0]].shape[0]
        return f"the batch of the input is {batch[0]}, of the output {batch[1]}" if batch[0] < batch[1] else None

    @constraint("export the model again; its file is damaged")
    def steps(graph: Graph, node: Node) -> str | None:
        """Strides and dilations are positive, and no window reaches a place beyond 2^31."""
        options = node.options
        assert isinstance(options, Conv2DOptions | DepthwiseConv2DOptions)
        steps = (options.stride_h, options.stride_w, options.dilation_h_factor, options.dilation_w_factor)
        if min(steps) < 1:
            return f"strides and dilations are {steps}"
        window, output = graph.tensors[node.inputs[1]].shape, graph.tensors[node.outputs[0]].shape
        reach = max(output[i] * steps[i - 1] + window[i] * steps[i + 1] for i in (1, 2))
        return f"its strides and dilations {steps} reach {reach} rows or columns" if reach >= 2**31 else None


def hybrid_types(graph: Graph, node: Node) -> str | None:
    """What is wrong with the types of (input, filter, bias) and output, for operators that multiply and accumulate."""
    source, weights = (required(graph, i) for i in node.inputs[:2])
    output = graph.tensors[node.outputs[0]]
    forms = {
        DType.INT8: (DType.INT8, DType.INT4),
        DType.INT16: (DType.INT8,),
        DType.FLOAT32: (DType.FLOAT32,),
    }
    if output.dtype is not source.dtype or weights.dtype not in forms.get(source.dtype, ()):
        kinds = ", ".join(t.dtype.value for t in (source, weights, output))
        return f"hybrid or unquantised types {kinds}"
    if weights.dtype is DType.INT4 and not weights.is_constant:
        return "its int4 filter is not constant"
    return None


def check_bias(bias: Tensor | None, channels: int, kinds: tuple[DType, ...]) -> None:
    """Raises Refusal unless the bias is absent, or of one of `kinds` with an element for each channel."""
    if bias is None:
        return
    if bias.dtype not in kinds:
        wanted = " or ".join(kind.value for kind in kinds)
        raise Refusal(f"its bias is {bias.dtype.value} where only {wanted} is defined", "convert the model again")
    if bias.elements < channels:
        raise Refusal(
            f"its bias has {bias.elements} values for {channels} output channels",
            "export the model again; its file is damaged",
        )


def optional(graph: Graph, node: Node, position: int) -> Tensor | None:
    """The tensor of input `position`, or None where it is omitted."""
    return graph.tensor(node.inputs[position]) if position < len(node.inputs) else None


def optional_arg(node: Node, position: int) -> Argument:
    """The argument for input `position`: a null pointer where it is omitted."""
    index = node.inputs[position] if position < len(node.inputs) else -1
    return TensorArg(index) if index >= 0 else Null()


def window_padding(options: ConvOptions | TransposeConvOptions, source: Tensor, weights: Tensor) -> tuple[int, int]:
    """(rows above, columns to the left) of padding: ComputePaddingHeightWidth in TFLite.

    Both are 0 where an output size comes out negative or a stride or dilation is not positive.
    """
    if not isinstance(options.padding, str):
        return options.padding
    dilation_h = dilation_w = 1
    if not isinstance(options, TransposeConvOptions):
        dilation_h, dilation_w = options.dilation_h_factor, options.dilation_w_factor
    axes = (
        (source.shape[1], weights.shape[1], options.stride_h, dilation_h),
        (source.shape[2], weights.shape[2], options.stride_w, dilation_w),
    )
    pads = []
    for size, window, stride, dilation in axes:
        if window <= 0 or stride <= 0 or dilation <= 0:
            return 0, 0
        effective = (window - 1) * dilation + 1
        span = size + stride - (1 if options.padding == "SAME" else effective)
        output = span // stride if span >= 0 else -(-span // stride)
        if output < 0:
            return 0, 0
        pads.append(max(0, (output - 1) * stride + effective - size) // 2)
    return pads[0], pads[1]


def channel_multipliers(source: Tensor, weights: Tensor, output: Tensor, channels: int) -> list[tuple[int, int]]:
    """(multiplier, shift) of each channel: input scale * filter scale / output scale, in double precision.

    This is PopulateConvolutionQuantizationParams in TFLite. Raises Refusal where scales and channels don't agree.
    """
    quantization = quantization_of(weights)
    scales = quantization.scales
    if len(scales) > 1 and (len(scales) != channels or weights.shape[quantization.axis or 0] != channels):
        raise Refusal(
            f"its filter has {len(scales)} scales along axis {quantization.axis or 0} for {channels} output channels",
            "quantise the filter per tensor or per output channel",
        )
    input_scale, output_scale = quantization_of(source).scale, positive_scale(output)
    pairs = [quantize_multiplier(input_scale * scale / output_scale) for scale in scales]
    return pairs * channels if len(pairs) == 1 else pairs


def positive_scale(tensor: Tensor) -> float:
    """The tensor's scale. Raises Refusal where it can't divide."""
    scale = quantization_of(tensor).scale
    if not scale > 0.0:
        raise Refusal(f"the scale of tensor '{tensor.name}' is {scale}", "give every quantised tensor a positive scale")
    return scale


def channel_quant(pairs: list[tuple[int, int]], *, wide: bool = False) -> Struct:
    """An eg_channel_quant. `wide` is for kernels with 64-bit accumulators, whose multipliers are Q15."""
    if wide:
        pairs = [reduced_multiplier(pair) for pair in pairs]
    return Struct(
        "eg_channel_quant",
        (
            ("multiplier", ConstArray.of("multiplier", np.array([m for m, _ in pairs], dtype=np.int32))),
            ("shift", ConstArray.of("shift", np.array([s for _, s in pairs], dtype=np.int8))),
        ),
    )


def reduced_multiplier(pair: tuple[int, int]) -> tuple[int, int]:
    """(multiplier in Q15, shift) from (multiplier in Q31, shift), as TFLite scales 64-bit accumulators."""
    multiplier, shift = pair
    if shift > MAX_SHIFT_64:
        raise Refusal(
            f"the ratio of its scales needs a left shift of {shift} bits; at most {MAX_SHIFT_64} are defined for int16",
            "calibrate the model with representative data",
        )
    return (multiplier + (1 << 15) >> 16 if multiplier < 0x7FFF0000 else 0x7FFF), shift


def stays_packed(weights: Tensor, target: Target) -> bool:
    """Whether int4 weights keep two values in a byte: half the flash, but more work for each value."""
    return weights.dtype is DType.INT4 and target.optimize == "size"


def weights_arg(graph: Graph, node: Node, target: Target) -> Argument:
    """The argument for the filter, input 1; int4 values are unpacked unless they stay packed."""
    weights = graph.tensors[node.inputs[1]]
    if stays_packed(weights, target) and weights.data is not None:
        return ConstArray("weights", "int8", weights.data, 16)
    return TensorArg(node.inputs[1])


def conv_call(graph: Graph, node: Node, target: Target, kernel: str, channels: int, macs: int) -> KernelCall:
    """The call of convolution kernel `kernel`_<type>, for a node that keeps the constraints of Convolution.

    A suffix _s4 means int8 with packed int4 weights, _s16b32 int16 with 32-bit accumulators and bias.
    """
    source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
    options = node.options
    assert isinstance(options, Conv2DOptions | DepthwiseConv2DOptions)
    bias = optional(graph, node, 2)
    geometry = _geometry(options, source, weights)
    arguments: tuple[Argument, ...]
    if source.dtype is DType.FLOAT32:
        check_bias(bias, channels, (DType.FLOAT32,))
        suffix = "f32"
        low_f, high_f = float_activation_range(options.fused_activation_function)
        fields = (*geometry, ("activation_min", low_f), ("activation_max", high_f))
        arguments = (Struct("eg_conv_2d_f32_params", fields),)
    else:
        suffix = _integer_suffix(options, source, bias, channels)
        suffix = "s4" if stays_packed(weights, target) else suffix
        pairs = channel_multipliers(source, weights, output, channels)
        low, high = activation_range(options.fused_activation_function, output)
        wide = source.dtype is DType.INT16  # zero points of int16 are taken to be 0
        offsets = (0, 0) if wide else (-quantization_of(source).zero_point, quantization_of(output).zero_point)
        arguments = (
            Struct(
                "eg_conv_2d_params",
                (
                    *geometry,
                    ("input_offset", offsets[0]),
                    ("output_offset", offsets[1]),
                    ("activation_min", low),
                    ("activation_max", high),
                ),
            ),
            channel_quant(pairs, wide=suffix == "s16"),
        )
    arguments += (
        dims_struct(source.shape),
        TensorArg(node.inputs[0]),
        dims_struct(weights.shape),
        weights_arg(graph, node, target),
        optional_arg(node, 2),
        dims_struct(output.shape),
        TensorArg(node.outputs[0], written=True),
    )
    pad_h, pad_w = window_padding(options, source, weights)
    window = Window(source.shape, output.shape, options.stride_h, options.stride_w, pad_h, pad_w)
    return KernelCall(
        f"{kernel}_{suffix}",
        f"{kernel}.h",
        (f"{kernel}_{suffix}.c",),
        arguments,
        macs=macs,
        overlaps=(window_overlap(window, node.inputs[0], node.outputs[0], source.dtype.numpy.itemsize),),
    )


def _geometry(options: ConvOptions, source: Tensor, weights: Tensor) -> tuple[tuple[str, int], ...]:
    pad_h, pad_w = window_padding(options, source, weights)
    return (
        ("stride_h", options.stride_h),
        ("stride_w", options.stride_w),
        ("dilation_h", options.dilation_h_factor),
        ("dilation_w", options.dilation_w_factor),
        ("pad_h", pad_h),
        ("pad_w", pad_w),
    )


def _integer_suffix(options: ConvOptions, source: Tensor, bias: Tensor | None, channels: int) -> str:
    """The kernel's type, after a check of the bias's."""
    if source.dtype is DType.INT8:
        check_bias(bias, channels, (DType.INT32,))
        return "s8"
    if isinstance(options, DepthwiseConv2DOptions):
        check_bias(bias, channels, (DType.INT64,))
        return "s16"
    check_bias(bias, channels, (DType.INT32, DType.INT64))
    narrow = options.quantized_bias_type == "INT32" if bias is None else bias.dtype is DType.INT32
    return "s16b32" if narrow else "s16"
