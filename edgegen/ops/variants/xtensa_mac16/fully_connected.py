"""FULLY_CONNECTED of one row for Xtensa MAC16: where a widened input would raise the arena's peak, or for size."""

from __future__ import annotations

import math

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Scratch, Struct, TensorArg
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.variants.xtensa_mac16.requantize import ORDER, clamps, fits, is_signed, quant, quant_deep

_HEADER = "eg_fully_connected_s8_xtensa_mac16.h"
_CHUNK = 36  # values: with the sums of a group 128 bytes, a little more for each group against less for each chunk
_GROUP = 12


def lower_chunked(graph: Graph, node: Node, facts: ConvFacts, optimize: str) -> Lowering | None:
    """One row whose input isn't widened as a whole; None where there is room for that, or it doesn't suit.

    For size, the weights stay bytes.
    """
    outputs, _, _, depth = facts.weights.shape
    deep = not fits(facts)
    small = optimize == "size" and not deep
    scratch = Scratch(2 * _CHUNK + 8 + 4 * _GROUP)
    room = max(_bytes(graph, other) for other in graph.nodes) - _bytes(graph, node)
    if facts.input_shape[2] != 1 or depth % 4 or (not small and 2 * depth + 8 <= room + scratch.size_bytes):
        return None
    weights = facts.weights.reshape(outputs, depth)
    if not small:
        weights = weights.reshape(outputs, depth // 4, 4)[..., ORDER].reshape(outputs, depth).astype(np.int16)
    parts = [
        weights[first : first + _GROUP, done : done + _CHUNK].reshape(-1)
        for first in range(0, outputs, _GROUP)
        for done in range(0, depth, _CHUNK)
    ]
    fields = (
        ("depth", depth),
        ("outputs", outputs),
        ("chunk", _CHUNK),
        ("group", _GROUP),
        ("is_signed", int(is_signed(facts))),
    )
    arguments = (
        Struct("eg_fully_connected_mac16_params", fields),
        TensorArg(node.inputs[0]),
        ConstArray.of("weights", np.concatenate([*parts, np.zeros(2, weights.dtype)]), align=4),
        ConstArray.of("quant", quant_deep(facts) if deep else quant(facts)),
        TensorArg(node.outputs[0], written=True),
        scratch,
    )
    kind = "deep_" if deep else ("narrow_" if small else "")
    kernel = f"eg_fully_connected_{kind}s8_xtensa_mac16"
    call = KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, outputs * depth)
    return Lowering((call, *clamps(facts, node.outputs[0])))


def _bytes(graph: Graph, node: Node) -> int:
    """Of a node's inputs and outputs in the arena."""
    tensors = [graph.tensors[i] for i in {*node.inputs, *node.outputs} if i >= 0]
    return sum(math.ceil(t.size_bytes / 16) * 16 for t in tensors if not t.is_constant)
