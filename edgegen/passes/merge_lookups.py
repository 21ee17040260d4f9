"""Turns a chain of elementwise nodes, from an 8-bit tensor to another, into one table of 256 results.

What lies between may be of any type: int16, or float32 between DEQUANTIZE and QUANTIZE.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.options import NoOptions
from edgegen.passes.subgraphs import each_subgraph
from edgegen.passes.tabulate import ALL_BYTES, changing_input, tabulate
from edgegen.passes.uses import count_uses

_BYTES = (DType.INT8, DType.UINT8)


@dataclass(frozen=True, slots=True)
class _Function:
    """A tensor as a function of the 8-bit tensor `source`: its values for that one's 256, after `nodes` nodes."""

    source: int
    values: bytes
    nodes: int


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    candidates = [changing_input(graph, node) for node in graph.nodes]
    elementwise = {node.outputs[0] for node, source in zip(graph.nodes, candidates, strict=True) if source is not None}
    if not any(source in elementwise for source in candidates):
        return graph
    uses = count_uses(graph)
    tensors, nodes = list(graph.tensors), list(graph.nodes)
    functions: dict[int, _Function] = {}
    for position, (node, source) in enumerate(zip(graph.nodes, candidates, strict=True)):
        if source is None or (source not in functions and graph.tensors[source].dtype not in _BYTES):
            continue
        before = functions.get(source) if uses[source] == 1 else None
        if before is None:
            if graph.tensors[source].dtype not in _BYTES:
                continue
            before = _Function(source, ALL_BYTES, 0)
        values = tabulate(graph, node, source, before.values, 256)
        if values is None:
            continue
        output = node.outputs[0]
        functions[output] = _Function(before.source, values, before.nodes + 1)
        if before.nodes and graph.tensors[output].dtype in _BYTES:
            inputs = (before.source, len(tensors))
            tensors.append(Tensor(graph.tensors[output].name + "/table", (256,), DType.UINT8, data=values))
            nodes[position] = Node("EG_LOOKUP", inputs, node.outputs, NoOptions(), node.index)
    if len(tensors) == len(graph.tensors):
        return graph
    return dataclasses.replace(graph, tensors=tuple(tensors), nodes=tuple(nodes))
