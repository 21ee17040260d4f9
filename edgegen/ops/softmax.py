"""SOFTMAX and LOG_SOFTMAX over the last axis."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import quantize_multiplier, round_half_away
from edgegen.ops.base import (
    ConstArray,
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
    of_types,
    takes,
)
from edgegen.ops.fixed_point import doubling_high_mul, exp_on_negative_values, wrap32
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required
from edgegen.options import SoftmaxOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCALED_DIFF_BITS = 5
# exp() below this contributes 0 to a sum in Q12.19, and 0 to any output.
_NEGLIGIBLE = 1 << 11


def softmax_scaling(beta: float, scale: float) -> tuple[int, int, int]:
    """(multiplier, shift, diff_min) of input differences in Q5.26: PreprocessSoftmaxScaling, CalculateInputRadius.

    Raises Refusal where TFLite Micro aborts: a scale so small that the multiplier is 1 or less.
    """
    real = min(beta * scale * (1 << (31 - _SCALED_DIFF_BITS)), 2.0**31 - 1)
    if not real > 1.0:
        raise Refusal(f"its input scale times beta, {beta * scale:g}, is too small", "check the scale and beta")
    multiplier, shift = quantize_multiplier(real) if real < 2.0**30 else (int(real), 31)
    limit = ((1 << _SCALED_DIFF_BITS) - 1) * (1 << (31 - _SCALED_DIFF_BITS)) / (1 << shift)
    return multiplier, shift, -math.floor(limit)


def _exp_table(beta: float, scale: float) -> NDArray[np.int64]:
    """exp(beta * scale * -d) in Q0.31 for d = 0, 1, ... as far as it matters."""
    multiplier, shift, diff_min = softmax_scaling(beta, scale)
    differences = -np.arange(min(255, -diff_min) + 1, dtype=np.int64)
    scaled = doubling_high_mul(wrap32(differences << shift), multiplier)
    table = exp_on_negative_values(scaled, _SCALED_DIFF_BITS)
    return table[: int(np.flatnonzero(table >= _NEGLIGIBLE)[-1]) + 1]


def interpolation_table(function: Callable[[float], float], scales: tuple[float, float], zero_in: int) -> ConstArray:
    """513 int16 results between which a kernel interpolates: LUTPopulateInt16, in float32 arithmetic.

    `scales` are those of input and output; the output's zero point is 0.
    """
    scale_in, scale_out = (np.float32(scale) for scale in scales)
    low, high = scale_in * np.float32(-32768 - zero_in), scale_in * np.float32(32767 - zero_in)
    step = (high - low) / np.float32(512)
    unit = np.float32(65536) / (scale_out * np.float32(32767) - scale_out * np.float32(-32768))

    def value(x: np.float32) -> np.float32:
        return np.float32(function(float(x))) * unit

    table = []
    for i in range(512):
        at = low + np.float32(i) * step
        here, there = value(at), value(low + np.float32(i + 1) * step)
        middle = _rounded(value(at + step / np.float32(2)))
        error = _rounded((there + _rounded(here)) / np.float32(2)) - middle
        table.append(_rounded(here) - _rounded(error / np.float32(2)))
    table.append(_rounded(value(high)))
    return ConstArray.of("interpolation_table", np.clip(np.array(table), -32768, 32767).astype(np.int16))


def _rounded(value: np.float32) -> np.float32:
    return np.float32(round_half_away(float(value)))


class _OverRows(Operator):
    counts = takes(1)

    @constraint("export the model again; its shapes contradict each other")
    def same_shape(graph: Graph, node: Node) -> str | None:
        """Input and output have the same shape, of at least one dimension."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.shape and source.shape == output.shape:
            return None
        return f"shapes {list(source.shape)} and {list(output.shape)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        kernel, ctype, fields, math_sources = self.kernel(node, source, output)
        rows = (("rows", source.elements // source.shape[-1]), ("depth", source.shape[-1]))
        arguments = (
            Struct(ctype, (*rows, *fields)),
            TensorArg(node.inputs[0]),
            TensorArg(node.outputs[0], written=True),
        )
        overlaps = (Overlap(node.inputs[0], node.outputs[0]),) if output.dtype is source.dtype else ()
        sources = (f"{kernel}.c", *math_sources)
        return Lowering((KernelCall(kernel, "eg_softmax.h", sources, arguments, overlaps=overlaps),))

    @abstractmethod
    def kernel(
        self, node: Node, source: Tensor, output: Tensor
    ) -> tuple[str, str, tuple[tuple[str, FieldValue], ...], tuple[str, ...]]:
        """(kernel, type of its params, their fields after rows and depth, further sources)."""


class Softmax(_OverRows):
    name = "SOFTMAX"
    types = ("int8 -> int8", "int8 -> int16", "int16", "float32")

    @constraint("convert the model with a representative data set")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Output scale and zero point: 1/256, -128 for int8; 1/65536, -32768 for int8 to int16; 1/32768, 0 for int16.

        The zero point of int16 inputs is 0 too.
        """
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        form = source.dtype, output.dtype
        if form == (DType.FLOAT32, DType.FLOAT32):
            return None
        wanted = _OUTPUTS.get(form)
        if wanted is None:
            return f"{source.dtype.value} to {output.dtype.value}"
        scale, zero_point = scale_and_zero_point(output)
        exact = form == (DType.INT8, DType.INT8)
        tolerance = np.float32(0.0 if exact else 0.001) * np.float32(wanted[0])
        if abs(np.float32(scale) - np.float32(wanted[0])) > tolerance or zero_point != wanted[1]:
            return f"scale {scale:g}, zero point {zero_point}"
        if source.dtype is DType.INT16 and scale_and_zero_point(source)[1]:
            return f"its input has zero point {scale_and_zero_point(source)[1]}"
        return None

    def kernel(
        self, node: Node, source: Tensor, output: Tensor
    ) -> tuple[str, str, tuple[tuple[str, FieldValue], ...], tuple[str, ...]]:
        assert isinstance(node.options, SoftmaxOptions)
        beta, (scale, _) = node.options.beta, scale_and_zero_point(source)
        if source.dtype is DType.FLOAT32:
            return "eg_softmax_f32", "eg_softmax_float_params", (("beta", beta),), ("eg_expf.c",)
        if source.dtype is DType.INT8:
            kernel = "eg_softmax_s8" if output.dtype is DType.INT8 else "eg_softmax_s8_s16"
            return kernel, "eg_softmax_params", _exp_fields(beta, scale), ()
        if source.shape[-1] > 65536:
            raise Refusal(f"rows of {source.shape[-1]} overflow its sum", "split them")
        multiplier, shift = quantize_multiplier(scale * beta / (10.0 / 65535.0))
        steps = float(np.float32(10) / np.float32(65535)), float(np.float32(1) / np.float32(65535))
        result_step = float(np.float32(2) / np.float32(65535))
        fields = (
            ("multiplier", multiplier),
            ("shift", shift),
            ("exp_table", interpolation_table(math.exp, (steps[0], result_step), 32767)),
            ("reciprocal_table", interpolation_table(_one_over_one_plus, (steps[1], result_step), -32768)),
        )
        return "eg_softmax_s16", "eg_softmax_int16_params", fields, ()


_OUTPUTS = {
    (DType.INT8, DType.INT8): (1 / 256, -128),
    (DType.INT8, DType.INT16): (1 / 65536, -32768),
    (DType.INT16, DType.INT16): (1 / 32768, 0),
}


def _one_over_one_plus(x: float) -> float:
    return float(np.float32(1) / (np.float32(1) + np.float32(x)))


def _exp_fields(beta: float, scale: float) -> tuple[tuple[str, FieldValue], ...]:
    table = _exp_table(beta, scale)
    return ("table_size", len(table)), ("exp_table", ConstArray.of("exp_table", table.astype(np.int32)))


class LogSoftmax(_OverRows):
    name = "LOG_SOFTMAX"
    types = ("int8", "float32")
    element_types = of_types(DType.INT8, DType.FLOAT32)

    @constraint("convert the model with a representative data set")
    def output_scale(graph: Graph, node: Node) -> str | None:
        """In int8 the output has scale 16/256 and zero point 127."""
        output = required(graph, node.outputs[0])
        scale, zero_point = scale_and_zero_point(output)
        if output.dtype is DType.FLOAT32 or (scale, zero_point) == (16 / 256, 127):
            return None
        return f"scale {scale:g}, zero point {zero_point}"

    def kernel(
        self, node: Node, source: Tensor, output: Tensor
    ) -> tuple[str, str, tuple[tuple[str, FieldValue], ...], tuple[str, ...]]:
        if source.dtype is DType.FLOAT32:
            return "eg_log_softmax_f32", "eg_softmax_float_params", (("beta", 1.0),), ("eg_expf.c", "eg_logf.c")
        scale, _ = scale_and_zero_point(source)
        multiplier, shift, diff_min = softmax_scaling(1.0, scale)
        back, back_shift = quantize_multiplier((1 << (31 - shift)) / multiplier)
        fields = (
            *_exp_fields(1.0, scale),
            ("multiplier", multiplier),
            ("shift", shift),
            ("difference_min", diff_min),
            ("reverse_multiplier", back),
            ("reverse_shift", back_shift),
        )
        return "eg_log_softmax_s8", "eg_log_softmax_params", fields, ()
