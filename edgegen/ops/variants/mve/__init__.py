"""Arm MVE (Cortex-M55, M85): vectors of 128 bits, dot products of 16 int8 values in one instruction."""

from __future__ import annotations

from edgegen.ops.variants.mve.convolution import lower_convolution
from edgegen.ops.variants.mve.depthwise import lower_depthwise
from edgegen.ops.variants.mve.elementwise import lower_sum
from edgegen.ops.variants.mve.pooling import lower_average_pool, lower_max_pool

LOWERINGS = {
    "ADD": lower_sum,
    "AVERAGE_POOL_2D": lower_average_pool,
    "CONV_2D": lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": lower_convolution,
    "MAX_POOL_2D": lower_max_pool,
    "SUB": lower_sum,
}
