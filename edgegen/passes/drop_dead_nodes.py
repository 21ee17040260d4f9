"""Drops nodes whose results nothing reads: shape arithmetic in front of a RESHAPE whose shape is known, above all.

Nodes that stay keep their order: what reads and writes a variable, or ends an invocation, happens when it did.
"""

from __future__ import annotations

import dataclasses

from edgegen.ir import Graph, Node
from edgegen.ops import operators

# What these do is seen outside their outputs.
_SIDE_EFFECTS = frozenset({"ASSIGN_VARIABLE", "CALL_ONCE", "CIRCULAR_BUFFER", "EG_INITIAL_VALUE", "EG_UPDATE_ROW"})
# Inputs that only say what the output tensor's shape says already.
_SHAPE_INPUTS = {"RESHAPE": 1, "BROADCAST_TO": 1, "FILL": 0, "TRANSPOSE_CONV": 0}


def run(graph: Graph) -> Graph:
    graphs = graph.subgraphs or (graph,)
    acting = _acting(graphs)
    kept = tuple(_rewrite(dataclasses.replace(subgraph, subgraphs=()), acting) for subgraph in graphs)
    if not graph.subgraphs:
        return kept[0]
    return dataclasses.replace(kept[0], subgraphs=kept, source_sha256=graph.source_sha256, name=graph.name)


def _acting(graphs: tuple[Graph, ...]) -> set[int]:
    """The subgraphs in which something happens that is seen outside their outputs."""
    acting: set[int] = set()
    while True:
        found = {i for i, graph in enumerate(graphs) if any(_acts(graph, node, acting) for node in graph.nodes)}
        if found == acting:
            return acting
        acting = found


def _acts(graph: Graph, node: Node, acting: set[int]) -> bool:
    operator = operators().get(node.op)
    return (
        node.op in _SIDE_EFFECTS
        or any(i >= 0 and graph.tensors[i].is_variable for i in node.inputs)
        or (operator is not None and not acting.isdisjoint(operator.subgraphs(node)))
    )


def _rewrite(graph: Graph, acting: set[int]) -> Graph:
    read = set(graph.outputs)
    kept = []
    for node in reversed(graph.nodes):
        if _acts(graph, node, acting) or not read.isdisjoint(node.outputs):
            kept.append(node)
            shape_input = _SHAPE_INPUTS.get(node.op, -1)
            read.update(index for position, index in enumerate(node.inputs) if position != shape_input)
    if len(kept) == len(graph.nodes):
        return graph
    return dataclasses.replace(graph, nodes=tuple(reversed(kept)))
