"""CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV in int16 for Xtensa MAC16, which multiplies them as they are."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, Lowering, Target
from edgegen.ops.int16_calls import constant_weights, with_packed_weights
from edgegen.ops.variants.rv32im.int16 import lower_int16 as lower_narrow


def lower_int16(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """Layers with an even number of input channels; any other four channels at a time, without MAC16."""
    weights = constant_weights(graph, node)
    if weights is None or weights.shape[3] % 2 or weights[0].size >= 1 << 16:
        return lower_narrow(graph, node, target)
    packed = ConstArray.of("packed", np.append(weights.astype(np.int16).reshape(-1), np.zeros(2, np.int16)))
    kernel = "eg_conv_2d_s16_xtensa_mac16"
    return with_packed_weights(graph, node, packed, "xtensa_mac16", f"{kernel}.h", ("eg_dot_s16_xtensa_mac16.c",))
