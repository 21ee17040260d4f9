"""Fixed-point parameters as TFLite Micro computes them: multipliers, shifts, activation clamps.

The formulas are those of tensorflow/lite/kernels/internal/quantization_util.cc and kernel_util.cc. Scales are
float32; where TFLite multiplies in float32 before it widens to double, so does this file, since the last bit decides.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Tensor
from edgegen.ops.base import Refusal

INTEGER_LIMITS: dict[DType, tuple[int, int]] = {
    DType.INT4: (-8, 7),
    DType.INT8: (-128, 127),
    DType.UINT8: (0, 255),
    DType.INT16: (-32768, 32767),
    DType.INT32: (-(2**31), 2**31 - 1),
    DType.INT64: (-(2**63), 2**63 - 1),
    DType.UINT16: (0, 65535),
    DType.UINT32: (0, 2**32 - 1),
}
FLOAT_MAX = 3.4028234663852886e38


def round_half_away(value: float) -> int:
    """C's round(): halves go away from zero. Exact for every double."""
    whole = math.floor(abs(value))
    if abs(value) - whole >= 0.5:
        whole += 1
    return -whole if value < 0 else whole


def quantize_multiplier(real: float) -> tuple[int, int]:
    """`real` as multiplier * 2^(shift - 31): (multiplier in Q31, shift); QuantizeMultiplier in TFLite.

    Raises Refusal where TFLite Micro's own arithmetic is undefined: not finite, or a left shift of more than 30.
    """
    if not math.isfinite(real):
        raise Refusal(f"the ratio of its scales is {real}", "give every quantised tensor a finite, positive scale")
    if real == 0.0:
        return 0, 0
    mantissa, shift = math.frexp(real)
    multiplier = round_half_away(mantissa * (1 << 31))
    if multiplier == 1 << 31:
        multiplier //= 2
        shift += 1
    if shift < -31:
        return 0, 0
    if shift > 30:
        raise Refusal(
            f"the ratio of its scales, {real:g}, needs a left shift of {shift} bits; at most 30 are defined",
            "calibrate the model with representative data",
        )
    return multiplier, shift


def float32(value: float) -> float:
    """Rounds to float32 and back, as storing in a C float does."""
    return float(np.float32(value))


def float32_product(a: float, b: float) -> float:
    """a * b in float32 arithmetic."""
    return float(np.float32(a) * np.float32(b))


def quantize_clamp_bound(real: float, scale: float, zero_point: int) -> int:
    """TFLite's Quantize of an activation bound: zero_point + round(real / scale), the division in float32."""
    steps = float(np.float32(real) / np.float32(scale))
    if not abs(steps) <= 2.0**31:
        raise Refusal(
            f"its fused activation's bound {real:g} is {steps:g} steps of the output's scale {scale:g}",
            "calibrate the model with representative data",
        )
    return zero_point + round_half_away(steps)


def activation_range(activation: str, output: Tensor) -> tuple[int, int]:
    """(activation_min, activation_max) in the output's quantised units: CalculateActivationRangeQuantized."""
    low, high = INTEGER_LIMITS[output.dtype]
    quantization = output.quantization
    if activation == "NONE" or quantization is None:
        return low, high
    scale, zero_point = quantization.scale, quantization.zero_point
    if activation == "RELU":
        return max(low, quantize_clamp_bound(0.0, scale, zero_point)), high
    bounds = {"RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0)}.get(activation)
    if bounds is None:
        return low, high
    return (
        max(low, quantize_clamp_bound(bounds[0], scale, zero_point)),
        min(high, quantize_clamp_bound(bounds[1], scale, zero_point)),
    )


def float_activation_range(activation: str) -> tuple[float, float]:
    """CalculateActivationRange for float outputs."""
    return {
        "RELU": (0.0, FLOAT_MAX),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }.get(activation, (-FLOAT_MAX, FLOAT_MAX))


def windowed_output(size: int, window: int, stride: int, dilation: int, padding: str) -> tuple[int, int]:
    """(output size, leading padding) of a sliding window along one axis: ComputePaddingHeightWidth in TFLite."""
    effective = (window - 1) * dilation + 1
    if stride == 0:
        return 0, 0
    output = -(-size // stride) if padding == "SAME" else (size + stride - effective) // stride
    total = max(0, (output - 1) * stride + effective - size)
    return output, total // 2


def requantize(acc: NDArray[np.int64], multiplier: NDArray[np.int32], shift: NDArray[np.int8]) -> NDArray[np.int64]:
    """`eg_requantize` on arrays that broadcast: acc * multiplier * 2^(shift - 31), rounded twice."""
    left = np.maximum(shift, 0).astype(np.int64)
    right = np.maximum(-shift.astype(np.int64), 0)
    shifted = (acc << left).astype(np.int32).astype(np.int64)
    high = (shifted * multiplier.astype(np.int64) + (1 << 30)) >> 31
    mask = (np.int64(1) << right) - 1
    threshold = (mask >> 1) + (high < 0)
    return (high >> right) + ((high & mask) > threshold)
