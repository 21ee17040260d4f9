"""LOGISTIC and TANH."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops import fixed_point
from edgegen.ops.activations import Activation, activation_call
from edgegen.ops.arithmetic import quantize_multiplier
from edgegen.ops.base import ConstArray, Lowering, Refusal
from edgegen.ops.lookup import all_values, lookup
from edgegen.ops.quantize import scale_and_zero_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INPUT_INTEGER_BITS = 4
# Where TFLite Micro's table of the sigmoid is one above the nearest integer.
_ROUNDED_UP = frozenset(
    (
        *(4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44, 45, 46),
        *(49, 50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255),
    )
)


def checked_log2(value: float) -> int | None:
    """The integer log2 of a float32 that is within 0.1 % of a power of two, else None: CheckedLog2."""
    if value <= 0.0:
        return None
    log2 = np.float32(math.log(value)) * (np.float32(1.0) / np.float32(math.log(2.0)))
    rounded = math.floor(abs(float(log2)) + 0.5) * (1 if log2 >= 0 else -1)
    return rounded if abs(log2 - np.float32(rounded)) < np.float32(1e-3) else None


def sigmoid_table() -> ConstArray:
    """logistic(i / 24) in Q0.16 for i = 0 to 255, rounded as the table in TFLite Micro's kernels/internal/common.h."""
    values = [math.floor(65536 / (1 + math.exp(-i / 24)) + 0.5) + (i in _ROUNDED_UP) for i in range(256)]
    return ConstArray.of("sigmoid_table", np.array(values, dtype=np.uint16))


class _Sigmoid(Activation):
    allowed = (DType.INT8, DType.INT16, DType.FLOAT32)
    types = ("int8", "int16", "float32")
    kernel: ClassVar[str]
    math: ClassVar[tuple[str, ...]]
    pot_shifts: ClassVar[tuple[int, ...]]
    """Input scales of 2^(shift - 12) that TFLite Micro multiplies exactly."""

    def lower_typed(self, graph: Graph, node: Node, source: Tensor, output: Tensor) -> Lowering:
        if source.dtype is DType.FLOAT32:
            return activation_call(graph, node, self.kernel, math=self.math)
        if source.dtype is DType.INT8:
            return lookup(graph, node.inputs[0], node.outputs[0], self._int8_results(source, output))
        multiplier, shift = self._int16_scaling(source, output)
        fields = (("multiplier", multiplier), ("shift", shift), ("table", sigmoid_table()))
        return activation_call(graph, node, self.kernel, "eg_sigmoid_params", fields)

    def _int8_results(self, source: Tensor, output: Tensor) -> NDArray[np.int64]:
        scale, zero_point = scale_and_zero_point(source)
        self.check_int8_output(output)
        real = scale * (1 << (31 - _INPUT_INTEGER_BITS))
        if not real >= 0.5:
            raise Refusal(f"its input scale {scale:g} is too small", "calibrate the model with representative data")
        values = all_values(DType.INT8) - zero_point
        # From 2^30 on only the limits count.
        multiplier, shift = quantize_multiplier(min(real, 2.0**29))
        limit = ((1 << _INPUT_INTEGER_BITS) - 1) * (1 << (31 - _INPUT_INTEGER_BITS)) // (1 << math.frexp(real)[1])
        results = self.int8_function(fixed_point.requantize(values, multiplier, shift))
        return np.where(values <= -limit, -128, np.where(values >= limit, 127, results.clip(-128, 127)))

    def _int16_scaling(self, source: Tensor, output: Tensor) -> tuple[int, int]:
        (scale, zero_in), (out_scale, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
        if zero_in or zero_out or checked_log2(out_scale) != -15:
            raise Refusal("int16 needs zero points 0 and an output scale of 1/32768", "quantise it so")
        log2 = checked_log2(scale)
        if log2 is not None and 12 + log2 in self.pot_shifts:
            return 3 << (12 + log2), 0
        real, shift = scale * 4096.0 * 3.0, 0
        while real <= 32767.0 / 2.0 and shift <= 30:
            shift += 1
            real *= 2.0
        if not 1 <= real < 2**31:
            raise Refusal(f"its input scale is {scale:g}", "give it a scale between 1e-9 and 1e5")
        return int(real), shift

    @abstractmethod
    def check_int8_output(self, output: Tensor) -> None:
        """Raises Refusal for an output that int8 results don't fit."""

    @abstractmethod
    def int8_function(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """The function in units of the int8 output; values in Q4.27."""


class Logistic(_Sigmoid):
    name = "LOGISTIC"
    kernel = "eg_logistic"
    math = ("eg_expf.c",)
    pot_shifts = (0,)

    def check_int8_output(self, output: Tensor) -> None:
        zero_point = scale_and_zero_point(output)[1]
        if zero_point != -128:
            raise Refusal(f"its output has zero point {zero_point}, not -128", "quantise the output to [0, 1)")

    def int8_function(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        return fixed_point.rounding_shift(fixed_point.logistic(values, _INPUT_INTEGER_BITS), 23) - 128


class Tanh(_Sigmoid):
    name = "TANH"
    kernel = "eg_tanh"
    math = ("eg_tanhf.c", "eg_expm1f.c")
    pot_shifts = (0, 1)

    def check_int8_output(self, output: Tensor) -> None:
        """Any scale is taken for 1/128."""

    def int8_function(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        return fixed_point.rounding_shift(fixed_point.tanh(values, _INPUT_INTEGER_BITS), 24)
