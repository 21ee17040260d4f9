"""AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D: sliding windows over NHWC tensors."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import activation_range, float_activation_range, windowed_output
from edgegen.ops.base import KernelCall, Lowering, Operator, Overlap, Struct, Target, TensorArg, constraint
from edgegen.ops.elementwise import SUFFIXES, wrong_arity
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.shapes import dims_struct, quantization_of, required
from edgegen.options import Pool2DOptions

_TYPES = {
    "AVERAGE_POOL_2D": (DType.INT8, DType.INT16, DType.FLOAT32),
    "MAX_POOL_2D": (DType.INT8, DType.INT16, DType.FLOAT32),
    "L2_POOL_2D": (DType.FLOAT32,),
}


class _Pool2D(Operator):
    types: ClassVar[tuple[str, ...]] = ("int8", "int16", "float32")
    kernel = ""
    math: tuple[str, ...] = ()

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output have the same type, one of those that the operator takes."""
        wrong = wrong_arity(node, 1)
        if wrong is not None:
            return wrong
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is output.dtype and source.dtype in _TYPES[node.op]:
            return None
        return f"types {source.dtype.value} to {output.dtype.value}"

    @constraint("export the model again; its shapes contradict each other")
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """Input and output are [N,H,W,C] with the same N and C."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if len(source.shape) != 4 or len(output.shape) != 4:
            return f"ranks {len(source.shape)} and {len(output.shape)}"
        if (source.shape[0], source.shape[3]) != (output.shape[0], output.shape[3]):
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        return None

    @constraint("train the model with quantisation that keeps a pool's scale and zero point")
    def same_scale(graph: Graph, node: Node) -> str | None:
        """Quantised inputs and outputs have the same zero point, and scales within 1e-6 of each other."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is DType.FLOAT32:
            return None
        (scale_in, zero_in), (scale_out, zero_out) = _scale_and_zero(source), _scale_and_zero(output)
        if abs(float(np.float32(scale_in) - np.float32(scale_out))) <= 1e-6 and zero_in == zero_out:
            return None
        return f"scale {scale_in:g} and zero point {zero_in} become {scale_out:g} and {zero_out}"

    @constraint("give the operator positive strides and filter sizes")
    def positive_window(graph: Graph, node: Node) -> str | None:
        """Strides and filter sizes are positive."""
        options = _options(node)
        sizes = options.stride_h, options.stride_w, options.filter_height, options.filter_width
        return None if min(sizes) > 0 else "a stride or filter size is not positive"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        options = _options(node)
        pad_h, pad_w = pool_padding(options, source)
        low, high = _clamp(options.fused_activation_function, output)
        params = Struct(
            "eg_pool_2d_f32_params" if output.dtype is DType.FLOAT32 else "eg_pool_2d_params",
            (
                ("stride_h", options.stride_h),
                ("stride_w", options.stride_w),
                ("filter_h", options.filter_height),
                ("filter_w", options.filter_width),
                ("pad_h", pad_h),
                ("pad_w", pad_w),
                ("activation_min", low),
                ("activation_max", high),
            ),
        )
        kernel = f"{self.kernel}_{SUFFIXES[source.dtype]}"
        window = Window(source.shape, output.shape, options.stride_h, options.stride_w, pad_h, pad_w)
        pixel_bytes = source.dtype.size_bytes(source.shape[3])
        whole = window_overlap(window, node.inputs[0], node.outputs[0], source.dtype.size_bytes(1))
        # Channel after channel: within a pixel, what is written is read before, and never again.
        overlap = Overlap(whole.input, whole.output, whole.gap_bytes - pixel_bytes)
        call = KernelCall(
            kernel,
            "eg_pool_2d.h",
            (f"{kernel}.c", *self.math),
            (
                params,
                dims_struct(source.shape),
                TensorArg(node.inputs[0]),
                dims_struct(output.shape),
                TensorArg(node.outputs[0], written=True),
            ),
            macs=output.elements * options.filter_height * options.filter_width,
            overlaps=(overlap,),
        )
        return Lowering((call,))


class AveragePool2D(_Pool2D):
    name = "AVERAGE_POOL_2D"
    kernel = "eg_average_pool_2d"

    @constraint("export the model again; its shapes contradict each other")
    def windows_touch_the_input(graph: Graph, node: Node) -> str | None:
        """Every window covers at least one element of the input."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        options = _options(node)
        steps = options.stride_h, options.stride_w
        for axis, stride, pad in zip((1, 2), steps, pool_padding(options, source), strict=True):
            if output.shape[axis] and (output.shape[axis] - 1) * stride - pad >= source.shape[axis]:
                return f"the last window along axis {axis} lies outside the input"
        return None


class MaxPool2D(_Pool2D):
    name = "MAX_POOL_2D"
    kernel = "eg_max_pool_2d"


class L2Pool2D(_Pool2D):
    name = "L2_POOL_2D"
    types = ("float32",)
    kernel = "eg_l2_pool_2d"
    math = ("eg_sqrtf.c",)

    @constraint("export the model again; its shapes contradict each other")
    def output_size(graph: Graph, node: Node) -> str | None:
        """The output has the size that input, filter, stride and padding give."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        options = _options(node)
        padding = options.padding if isinstance(options.padding, str) else ""
        height, _ = windowed_output(source.shape[1], options.filter_height, options.stride_h, 1, padding)
        width, _ = windowed_output(source.shape[2], options.filter_width, options.stride_w, 1, padding)
        return None if output.shape[1:3] == (height, width) else f"{output.shape[1:3]} instead of {(height, width)}"


def _options(node: Node) -> Pool2DOptions:
    assert isinstance(node.options, Pool2DOptions)
    return node.options


def pool_padding(options: Pool2DOptions, source: Tensor) -> tuple[int, int]:
    """(rows above, columns to the left) of padding."""
    if not isinstance(options.padding, str):
        return options.padding
    windows = (1, options.filter_height, options.stride_h), (2, options.filter_width, options.stride_w)
    rows, columns = (windowed_output(source.shape[i], size, step, 1, options.padding)[1] for i, size, step in windows)
    return rows, columns


def _scale_and_zero(tensor: Tensor) -> tuple[float, int]:
    return (tensor.quantization.scale, tensor.quantization.zero_point) if tensor.quantization else (0.0, 0)


def _clamp(activation: str, output: Tensor) -> tuple[int, int] | tuple[float, float]:
    if output.dtype is DType.FLOAT32:
        return float_activation_range(activation)
    if activation != "NONE":
        quantization_of(output)
    return activation_range(activation, output)
