"""Armv6-M (Cortex-M0, M0+): as RV32IM with fewer registers: two pixels in one word, one MULS for both."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.variants.armv6m.convolution import lower_convolution
from edgegen.ops.variants.armv6m.depthwise import lower_depthwise
from edgegen.ops.variants.rv32im.add import lowering_of_add
from edgegen.ops.variants.rv32im.int16 import lower_int16
from edgegen.ops.variants.rv32im.quantize import lower_quantize


def _lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    return lower_convolution(graph, node, target) or lower_int16(graph, node, target)


LOWERINGS = {
    "ADD": lowering_of_add("armv6m"),
    "CONV_2D": _lower_convolution,
    "DEPTHWISE_CONV_2D": lower_depthwise,
    "FULLY_CONNECTED": _lower_convolution,
    "QUANTIZE": lower_quantize,
    "SUB": lowering_of_add("armv6m"),
    "TRANSPOSE_CONV": lower_int16,
}
