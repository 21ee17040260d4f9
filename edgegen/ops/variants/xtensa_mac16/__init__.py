"""Xtensa LX6 with MAC16: int8 widened to 16 bits, a load with every multiplication, hardware loops."""

from __future__ import annotations

from edgegen.ops.variants.xtensa_mac16.add import lower_add
from edgegen.ops.variants.xtensa_mac16.convolution import lower_convolution
from edgegen.ops.variants.xtensa_mac16.depthwise import lower_depthwise

LOWERINGS = {
    "ADD": lower_add,
    "CONV_2D": lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": lower_convolution,
    "SUB": lower_add,
}
