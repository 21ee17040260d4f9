"""Armv6-M (Cortex-M0, M0+): as RV32IM with fewer registers: two pixels in one word, one MULS for both."""

from __future__ import annotations

from edgegen.ops.variants.armv6m.convolution import lower_convolution
from edgegen.ops.variants.armv6m.depthwise import lower_depthwise
from edgegen.ops.variants.rv32im.add import lowering_of_add

LOWERINGS = {
    "ADD": lowering_of_add("armv6m"),
    "CONV_2D": lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": lower_convolution,
    "SUB": lowering_of_add("armv6m"),
}
