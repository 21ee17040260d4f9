"""Xtensa LX6 with MAC16: int8 widened to 16 bits, a load with every multiplication, hardware loops."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.variants.rv32im.quantize import lower_quantize
from edgegen.ops.variants.xtensa_mac16.add import lower_add
from edgegen.ops.variants.xtensa_mac16.convolution import lower_convolution
from edgegen.ops.variants.xtensa_mac16.depthwise import lower_depthwise
from edgegen.ops.variants.xtensa_mac16.int16 import lower_int16


def _lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    return lower_convolution(graph, node, target) or lower_int16(graph, node, target)


LOWERINGS = {
    "ADD": lower_add,
    "CONV_2D": _lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": _lower_convolution,
    "QUANTIZE": lower_quantize,
    "SUB": lower_add,
    "TRANSPOSE_CONV": lower_int16,
}
