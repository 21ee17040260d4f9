"""RELU, RELU6, LEAKY_RELU, HARD_SWISH, ELU: activation functions of one tensor."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import INTEGER_LIMITS, float32_product, quantize_multiplier, round_half_away
from edgegen.ops.base import (
    FieldValue,
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
from edgegen.ops.fixed_point import requantize, rounding_shift, wrap32
from edgegen.ops.lookup import all_values, lookup
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required
from edgegen.options import LeakyReluOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIX = {DType.INT8: "s8", DType.INT16: "s16", DType.FLOAT32: "f32"}
Fields = tuple[tuple[str, FieldValue], ...]


def float32_ratio(a: float, b: float) -> float:
    """a / b in float32 arithmetic. Raises Refusal where b is 0."""
    if b == 0.0:
        raise Refusal("its output has no scale", "convert the model with a representative data set")
    return float(np.float32(a) / np.float32(b))


def activation_call(
    graph: Graph, node: Node, kernel: str, ctype: str = "", fields: Fields = (), math: tuple[str, ...] = ()
) -> Lowering:
    """One call `kernel_<type>(params, input, output, count)`, without params where there are no fields.

    `math` are the sources of the functions that the kernel calls.
    """
    source, output = node.inputs[0], node.outputs[0]
    name = f"{kernel}_{SUFFIX[graph.tensors[source].dtype]}"
    params = (Struct(ctype, fields),) if fields else ()
    arguments = (*params, TensorArg(source), TensorArg(output, written=True), graph.tensors[output].elements)
    call = KernelCall(name, "eg_activations.h", (f"{name}.c", *math), arguments, overlaps=(Overlap(source, output),))
    return Lowering((call,))


class Activation(Operator):
    """An elementwise function of one tensor; `allowed` are its element types."""

    allowed: ClassVar[tuple[DType, ...]] = ()
    counts = takes(1)

    @constraint("export the model again; its shapes contradict each other")
    def same_elements(graph: Graph, node: Node) -> str | None:
        """Input and output have the same type and number of elements."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is output.dtype and source.elements == output.elements:
            return None
        return f"{source.dtype.value}{list(source.shape)} becomes {output.dtype.value}{list(output.shape)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        if source.dtype not in self.allowed:
            raise Refusal(f"it has no form for {source.dtype.value}", f"use {', '.join(t.value for t in self.allowed)}")
        return self.lower_typed(graph, node, source, output)

    @abstractmethod
    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        """Lowers a node whose type is allowed."""


def _two_slopes(graph: Graph, node: Node, source: Tensor, output: Tensor, alpha: float) -> Lowering:
    """Quantised identity for positive inputs, `alpha` times the input for negative ones: QuantizeLeakyRelu."""
    (scale_in, zero_in), (scale_out, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
    if scale_out == 0.0:
        raise Refusal("its output has no scale", "convert the model with a representative data set")
    # The build of TFLite Micro that edgegen equals divides in double precision here, whatever its source says.
    identity, identity_shift = quantize_multiplier(scale_in / scale_out)
    slope = scale_in * alpha / scale_out
    multiplier, shift = quantize_multiplier(abs(slope))
    sign = -1 if slope < 0 else 1
    if source.dtype is DType.INT8:
        values = all_values(DType.INT8) - zero_in
        negative = sign * requantize(values, multiplier, shift)
        results = np.where(values >= 0, requantize(values, identity, identity_shift), negative)
        return lookup(graph, node.inputs[0], node.outputs[0], wrap32(results + zero_out).clip(-128, 127))
    fields = (
        ("input_offset", -zero_in),
        ("output_offset", zero_out),
        ("multiplier", identity),
        ("shift", identity_shift),
        ("negative_multiplier", multiplier),
        ("negative_shift", shift),
        ("negative_sign", sign),
    )
    return activation_call(graph, node, "eg_leaky_relu", "eg_leaky_relu_params", fields)


class Relu(Activation):
    name = "RELU"
    types = ("int8", "int16", "float32")
    allowed = (DType.INT8, DType.INT16, DType.FLOAT32)

    @constraint("quantise int16 tensors symmetrically")
    def symmetric_int16(graph: Graph, node: Node) -> str | None:
        """In int16 the zero points are 0."""
        for tensor in (required(graph, node.inputs[0]), required(graph, node.outputs[0])):
            if tensor.dtype is DType.INT16 and scale_and_zero_point(tensor)[1]:
                return f"zero point {scale_and_zero_point(tensor)[1]}"
        return None

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        if source.dtype is DType.FLOAT32:
            return activation_call(graph, node, "eg_relu")
        return _two_slopes(graph, node, source, output, 0.0)


class Relu6(Activation):
    name = "RELU6"
    types = ("int8", "int16", "float32")
    allowed = (DType.INT8, DType.INT16, DType.FLOAT32)

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        if source.dtype is DType.FLOAT32:
            return activation_call(graph, node, "eg_relu6")
        # TFLite Micro copies values between the bounds: the output's own scale plays no part.
        scale, zero = scale_and_zero_point(source)
        low, high = INTEGER_LIMITS[source.dtype]
        six = min(max(round_half_away(float32_ratio(6.0, scale)) + zero, low), high)
        fields = (("activation_min", zero), ("activation_max", six))
        return activation_call(graph, node, "eg_relu6", "eg_relu6_params", fields)


class LeakyRelu(Activation):
    name = "LEAKY_RELU"
    types = ("int8", "int16", "float32")
    allowed = (DType.INT8, DType.INT16, DType.FLOAT32)

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        assert isinstance(node.options, LeakyReluOptions)
        if source.dtype is DType.FLOAT32:
            return activation_call(
                graph, node, "eg_leaky_relu", "eg_leaky_relu_float_params", (("alpha", node.options.alpha),)
            )
        return _two_slopes(graph, node, source, output, node.options.alpha)


class HardSwish(Activation):
    name = "HARD_SWISH"
    types = ("int8", "float32")
    allowed = (DType.INT8, DType.FLOAT32)

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        if source.dtype is DType.FLOAT32:
            return activation_call(graph, node, "eg_hard_swish")
        return lookup(graph, node.inputs[0], node.outputs[0], _hard_swish(source, output))


def _hard_swish(source: Tensor, output: Tensor) -> NDArray[np.int64]:
    """x * relu6(x + 3) / 6 for every int8 value, in the 16-bit fixed point of reference/hard_swish.h."""
    (scale_in, zero_in), (scale_out, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
    fine_scale = float32_product(1 / 128, scale_in)
    multiplier, exponent = quantize_multiplier(float32_ratio(fine_scale, scale_out))
    if exponent > 0:
        raise Refusal(f"its output scale {scale_out:g} is too fine", "calibrate the model with representative data")
    reluish_scale = float(np.float32(3.0) / np.float32(32768.0))
    reluish_multiplier, reluish_exponent = quantize_multiplier(float32_ratio(fine_scale, reluish_scale))
    fine = _wrap16((all_values(DType.INT8) - zero_in) << 7)
    unshifted = _high_mul16(fine, _to_int16_multiplier(multiplier))
    reluish = fine
    if reluish_exponent > 0:
        reluish = (reluish << (reluish_exponent - 1)).clip(-32768, 32767)
    reluish = _high_mul16(reluish, _to_int16_multiplier(reluish_multiplier))
    if reluish_exponent > 0:
        reluish = (reluish << 1).clip(-32768, 32767)
    elif reluish_exponent < 0:
        reluish = _rounding_shift16(reluish, -reluish_exponent)
    reluish = (reluish + (1 << 15)) >> 1
    product = reluish * unshifted
    truncated = np.sign(product) * (np.abs(product) >> 15)
    return _wrap16(_rounding_shift16(truncated, -exponent) + zero_out).clip(-128, 127)


class Elu(Activation):
    name = "ELU"
    types = ("int8", "float32")
    allowed = (DType.INT8, DType.FLOAT32)

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        if source.dtype is DType.FLOAT32:
            return activation_call(graph, node, "eg_elu", math=("eg_expm1f.c",))
        return lookup(graph, node.inputs[0], node.outputs[0], _elu(source, output))


def _elu(source: Tensor, output: Tensor) -> NDArray[np.int64]:
    """x, or exp(x) - 1 below 0, for every int8 value, in float32 arithmetic: PopulateLookupTable."""
    (scale_in, zero_in), (scale_out, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
    inverse = np.float32(float32_ratio(1.0, scale_out))
    real = np.float32(scale_in) * (all_values(DType.INT8) - zero_in).astype(np.float32)
    exponential = np.exp(np.minimum(real, np.float32(0)).astype(np.float64)).astype(np.float32)
    scaled = np.where(real < 0, exponential - np.float32(1), real) * inverse
    rounded = np.trunc(scaled.astype(np.float64) + np.copysign(0.5, scaled))
    return (rounded.astype(np.float32) + np.float32(zero_out)).clip(-128, 127).astype(np.int64)


def _wrap16(values: NDArray[np.int64]) -> NDArray[np.int64]:
    wrapped: NDArray[np.int64] = ((values + 2**15) & 0xFFFF) - 2**15
    return wrapped


def _rounding_shift16(values: NDArray[np.int64], exponent: int) -> NDArray[np.int64]:
    """RoundingDivideByPOT of int16, whose mask overflows beyond 15 bits."""
    return rounding_shift(values, exponent) if exponent <= 15 else np.where(values >= 0, 1, -1)


def _high_mul16(values: NDArray[np.int64], multiplier: int) -> NDArray[np.int64]:
    """SaturatingRoundingDoublingHighMul of int16."""
    product: NDArray[np.int64] = np.minimum((values * multiplier + (1 << 14)) >> 15, 32767)
    return product


def _to_int16_multiplier(multiplier: int) -> int:
    """DownScaleInt32ToInt16Multiplier."""
    return 32767 if multiplier >= 2**31 - 1 - (1 << 15) else (multiplier + (1 << 15)) >> 16
