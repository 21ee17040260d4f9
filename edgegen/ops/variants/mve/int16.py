"""MVE: CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV in int16, eight products an instruction, sums of 64 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, Lowering, Target
from edgegen.ops.int16_calls import constant_weights, with_packed_weights
from edgegen.ops.variants.rv32im.int16 import lower_int16 as lower_narrow

_CHANNELS, _LANES = 4, 8


def lower_int16(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """Layers with a multiple of eight input channels; any other four output channels at a time, without vectors."""
    weights = constant_weights(graph, node)
    if weights is None or weights.shape[3] % _LANES:
        return lower_narrow(graph, node, target)
    packed = ConstArray.of("packed", _pack(weights))
    return with_packed_weights(graph, node, packed, "mve", "eg_conv_2d_s16_mve.h", ("eg_dot_4_s16_mve.c",))


def _pack(weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """[O / 4, KH * KW * C / 8, 4, 8]."""
    flat = weights.reshape(len(weights), -1)
    whole = np.pad(flat, ((0, -len(flat) % _CHANNELS), (0, 0)))
    blocks = whole.reshape(-1, _CHANNELS, flat.shape[1] // _LANES, _LANES)
    return np.ascontiguousarray(blocks.swapaxes(1, 2))
