"""CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV in int16 for cores without DSP instructions: four channels at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, Lowering, Target
from edgegen.ops.int16_calls import constant_weights, with_packed_weights

_CHANNELS = 4  # of a block


def lower_int16(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """Layers whose products provably sum up to an int32."""
    weights = constant_weights(graph, node)
    if weights is None or not _fits(weights):
        return None
    packed = ConstArray.of("packed", _pack(weights))
    return with_packed_weights(graph, node, packed, "narrow", "eg_conv_2d_s16_narrow.h", ("eg_dot_4_s16.c",))


def _fits(weights: NDArray[np.int8]) -> bool:
    flat = np.abs(weights.astype(np.int64)).reshape(len(weights), -1)
    return bool((flat.sum(axis=1) << 15 < 1 << 31).all())


def _pack(weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """[O / 4, KH, KW, C, 4]."""
    whole = np.pad(weights, ((0, -len(weights) % _CHANNELS), (0, 0), (0, 0), (0, 0)))
    blocks = whole.reshape(-1, _CHANNELS, *weights.shape[1:])
    return np.ascontiguousarray(blocks.transpose(0, 2, 3, 4, 1))
