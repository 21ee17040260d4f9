"""Turns a RESHAPE, SQUEEZE or EXPAND_DIMS of a constant into a constant of the new shape."""

from __future__ import annotations

import dataclasses

from edgegen.ir import Graph
from edgegen.passes.subgraphs import each_subgraph

_VIEWS = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    tensors = list(graph.tensors)
    kept = []
    for node in graph.nodes:
        source = tensors[node.inputs[0]] if node.op in _VIEWS and node.inputs[0] >= 0 else None
        if source is None or source.data is None:
            kept.append(node)
            continue
        output = tensors[node.outputs[0]]
        if source.dtype is not output.dtype or source.elements != output.elements:
            kept.append(node)  # broken: the operator's own rules will name it
            continue
        tensors[node.outputs[0]] = dataclasses.replace(output, data=source.data)
    if len(kept) == len(graph.nodes):
        return graph
    return dataclasses.replace(graph, tensors=tuple(tensors), nodes=tuple(kept))
