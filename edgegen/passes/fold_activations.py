"""Lets a node clamp its results itself where one that only clamps them follows: RELU after a convolution."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgegen.ir import Graph, Node, Options
from edgegen.ops.arithmetic import activation_range
from edgegen.ops.base import Refusal
from edgegen.passes.drop_no_ops import view
from edgegen.passes.subgraphs import each_subgraph
from edgegen.passes.tabulate import table_of
from edgegen.passes.uses import count_uses

_CLAMPING = frozenset(
    {"ADD", "AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MAX_POOL_2D", "MUL", "SUB"}
)
"""In int8, the last thing they do is to clamp to `activation_range` of their fused activation."""
_ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    nodes = list(graph.nodes)
    producers = {
        node.outputs[0]: position
        for position, node in enumerate(nodes)
        if node.op in _CLAMPING and len(node.outputs) == 1
    }
    uses = count_uses(graph)
    for position, node in enumerate(nodes):
        # More than one use: somebody reads what isn't clamped.
        source = next((i for i in node.inputs if i in producers and uses[i] == 1), None)
        if source is None:
            continue
        producer = nodes[producers[source]]
        clamped = _clamped(graph, producer, node, source)
        if clamped is not None:
            nodes[producers[source]] = dataclasses.replace(producer, options=clamped)
            nodes[position] = view(node, source, graph.tensors[node.outputs[0]].shape)
            producers.pop(node.outputs[0], None)  # it clamps nothing any more
    return dataclasses.replace(graph, nodes=tuple(nodes)) if nodes != list(graph.nodes) else graph


def _clamped(graph: Graph, producer: Node, node: Node, source: int) -> Options | None:
    """The producer's options with the activation that clamps to what is left after both; None if there is none."""
    found = table_of(graph, node)
    if found is None or found[0] != source:
        return None
    table = np.frombuffer(found[1], dtype=np.int8).astype(np.int64)
    values = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64)
    if (table != values.clip(table.min(), table.max())).any():
        return None
    options = producer.options
    try:
        bounds = activation_range(getattr(options, "fused_activation_function", ""), graph.tensors[source])
        wanted = tuple(int(table[bound & 255]) for bound in bounds)
        for name in _ACTIVATIONS:
            if bounds[0] <= bounds[1] and activation_range(name, graph.tensors[source]) == wanted:
                return dataclasses.replace(options, fused_activation_function=name)  # type: ignore[call-arg]
    except Refusal:
        return None  # its lowering reports it
    return None
