"""RV32IM (ESP32-C3, C6): two pixels or channels in one word, one MUL for both, as far as sums provably fit."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.variants.rv32im.add import lowering_of_add
from edgegen.ops.variants.rv32im.convolution import lower_convolution
from edgegen.ops.variants.rv32im.depthwise import lower_depthwise
from edgegen.ops.variants.rv32im.int16 import lower_int16
from edgegen.ops.variants.rv32im.quantize import lower_quantize
from edgegen.ops.variants.rv32im.size import preferring_size


def _lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    return lower_convolution(graph, node, target) or lower_int16(graph, node, target)


LOWERINGS = {
    "ADD": lowering_of_add("rv32im"),
    "CONV_2D": preferring_size(_lower_convolution),
    "DEPTHWISE_CONV_2D": preferring_size(lower_depthwise),
    "FULLY_CONNECTED": preferring_size(_lower_convolution),
    "QUANTIZE": lower_quantize,
    "SUB": lowering_of_add("rv32im"),
    "TRANSPOSE_CONV": lower_int16,
}
