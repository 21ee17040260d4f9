"""Armv7E-M (Cortex-M4, M7, M33): two output channels in one 16-bit lane, depthwise rows in vertical pairs."""

from __future__ import annotations

from edgegen.ops.variants.armv7em.add import lower_sum
from edgegen.ops.variants.armv7em.convolution import lower_convolution
from edgegen.ops.variants.armv7em.depthwise import lower_depthwise
from edgegen.ops.variants.armv7em.fully_connected import lower_fully_connected
from edgegen.ops.variants.armv7em.pooling import lower_average_pool, lower_max_pool
from edgegen.ops.variants.armv7em.size import preferring_size

LOWERINGS = {
    "ADD": lower_sum,
    "AVERAGE_POOL_2D": lower_average_pool,
    "CONV_2D": preferring_size(lower_convolution),
    "DEPTHWISE_CONV_2D": preferring_size(lower_depthwise),
    "FULLY_CONNECTED": preferring_size(lower_fully_connected),
    "MAX_POOL_2D": lower_max_pool,
    "SUB": lower_sum,
}
