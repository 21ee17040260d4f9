"""Everything known at compile time about one int8 convolution or fully connected layer, as arrays.

Passes reason with it and the kernels of an instruction set pack their weights from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import activation_range
from edgegen.ops.convolution import channel_multipliers, optional, window_padding
from edgegen.ops.fully_connected import fully_connected_multipliers
from edgegen.ops.shapes import quantization_of
from edgegen.options import Conv2DOptions, DepthwiseConv2DOptions, FullyConnectedOptions


@dataclass(frozen=True, slots=True, eq=False)
class ConvFacts:
    """Shapes are [N,H,W,C]; FULLY_CONNECTED is a 1x1 convolution over one row of `batches` pixels.

    `weights` is int8 [O,KH,KW,I]; for DEPTHWISE_CONV_2D it is [O,KH,KW,1], and output channel o reads input channel
    o // depth_multiplier. `bias` is int32 [O] (zeros where omitted), `multiplier` int32 [O], `shift` int8 [O].
    """

    op: str
    input_shape: tuple[int, int, int, int]
    output_shape: tuple[int, int, int, int]
    weights: NDArray[np.int8]
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int32]
    shift: NDArray[np.int8]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    pad: tuple[int, int]
    input_zero_point: int
    output_zero_point: int
    activation_min: int
    activation_max: int

    @property
    def groups(self) -> int:
        return self.input_shape[3] // int(self.weights.shape[3])

    @property
    def is_pointwise(self) -> bool:
        """1x1, stride 1, no padding, one group: every pixel alone."""
        return (
            self.op != "DEPTHWISE_CONV_2D"
            and self.weights.shape[1:3] == (1, 1)
            and self.stride == (1, 1)
            and self.pad == (0, 0)
            and self.groups == 1
            and self.input_shape[:3] == self.output_shape[:3]
        )

    @property
    def reads_padding(self) -> bool:
        """Whether any window reaches outside the input."""
        for axis in (0, 1):
            extent = (self.weights.shape[1 + axis] - 1) * self.dilation[axis] + 1
            end = (self.output_shape[1 + axis] - 1) * self.stride[axis] - self.pad[axis] + extent
            if self.pad[axis] > 0 or end > self.input_shape[1 + axis]:
                return True
        return False

    @property
    def folded_bias(self) -> NDArray[np.int32]:
        """bias - zero_point * sum of weights, modulo 2^32: for kernels that multiply the raw input.

        Exact where padding is read as the input's zero point.
        """
        sums = self.weights.astype(np.int64).reshape(self.weights.shape[0], -1).sum(axis=1)
        folded: NDArray[np.int32] = (self.bias - self.input_zero_point * sums).astype(np.int32)
        return folded


def conv_facts(graph: Graph, node: Node) -> ConvFacts | None:
    """The facts of a node that keeps its operator's constraints; None unless int8 with constant int8 weights.

    Raises Refusal like the operator's own lowering.
    """
    if node.op not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return None
    source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
    bias = optional(graph, node, 2)
    if source.dtype is not DType.INT8 or weights.dtype not in (DType.INT8, DType.INT4) or not weights.is_constant:
        return None
    if bias is not None and not (bias.is_constant and bias.dtype is DType.INT32):
        return None
    if node.op == "FULLY_CONNECTED":
        return _fully_connected_facts(node, source, weights, bias, output)
    options = node.options
    assert isinstance(options, Conv2DOptions | DepthwiseConv2DOptions)
    values = np.asarray(weights.array(), dtype=np.int8)
    if isinstance(options, DepthwiseConv2DOptions):
        values = np.ascontiguousarray(values.transpose(3, 1, 2, 0))
    channels = values.shape[0]
    if channels != output.shape[3] or source.shape[0] != output.shape[0]:
        return None
    pairs = channel_multipliers(source, weights, output, channels)
    low, high = activation_range(options.fused_activation_function, output)
    return ConvFacts(
        node.op,
        _four(source.shape),
        _four(output.shape),
        values,
        _bias(bias, channels),
        np.array([m for m, _ in pairs], dtype=np.int32),
        np.array([s for _, s in pairs], dtype=np.int8),
        (options.stride_h, options.stride_w),
        (options.dilation_h_factor, options.dilation_w_factor),
        window_padding(options, source, weights),
        quantization_of(source).zero_point,
        quantization_of(output).zero_point,
        low,
        high,
    )


def _fully_connected_facts(
    node: Node, source: Tensor, weights: Tensor, bias: Tensor | None, output: Tensor
) -> ConvFacts | None:
    options = node.options
    assert isinstance(options, FullyConnectedOptions)
    quantization = quantization_of(weights)
    depth, accum_depth = output.shape[-1], weights.shape[-1]
    batches = math.prod(output.shape[:-1])
    if len(quantization.scales) == 1 and quantization.zero_point != 0:
        return None
    if weights.elements != depth * accum_depth or source.elements != batches * accum_depth:
        return None
    pairs = fully_connected_multipliers(source, weights, bias, output)
    pairs = pairs * depth if len(pairs) == 1 else pairs
    low, high = activation_range(options.fused_activation_function, output)
    return ConvFacts(
        node.op,
        (1, 1, batches, accum_depth),
        (1, 1, batches, depth),
        np.asarray(weights.array(), dtype=np.int8).reshape(depth, 1, 1, accum_depth),
        _bias(bias, depth),
        np.array([m for m, _ in pairs], dtype=np.int32),
        np.array([s for _, s in pairs], dtype=np.int8),
        (1, 1),
        (1, 1),
        (0, 0),
        quantization_of(source).zero_point,
        quantization_of(output).zero_point,
        low,
        high,
    )


def _bias(bias: Tensor | None, channels: int) -> NDArray[np.int32]:
    if bias is None:
        return np.zeros(channels, dtype=np.int32)
    return np.asarray(bias.array(), dtype=np.int32).reshape(-1)[:channels]


def _four(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    n, h, w, c = shape
    return n, h, w, c
