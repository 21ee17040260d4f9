"""RV32IM (ESP32-C3, C6): two pixels or channels in one word, one MUL for both, as far as sums provably fit."""

from __future__ import annotations

from edgegen.ops.variants.rv32im.add import lowering_of_add
from edgegen.ops.variants.rv32im.convolution import lower_convolution
from edgegen.ops.variants.rv32im.depthwise import lower_depthwise

LOWERINGS = {
    "ADD": lowering_of_add("rv32im"),
    "CONV_2D": lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": lower_convolution,
    "SUB": lowering_of_add("rv32im"),
}
