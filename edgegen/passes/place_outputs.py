"""Gives every output of a graph bytes of its own, by a copy where they are a constant's, a variable's or an input's.

So a model's outputs are all read alike, and what an IF or WHILE copies from never is what it copies to. What the body
of a WHILE hands on as it is stays: the loop needs no copy of it at all.
"""

from __future__ import annotations

import dataclasses

from edgegen.ir import DType, Graph, Node
from edgegen.options import IfOptions, NoOptions, WhileOptions


def run(graph: Graph) -> Graph:
    if not graph.subgraphs:
        return _rewrite(graph, set(), set())
    bodies = while_bodies(graph)
    placed = []
    for index, subgraph in enumerate(graph.subgraphs):
        bare = dataclasses.replace(subgraph, subgraphs=())
        borrowed = {*bare.inputs, *(i for i, tensor in enumerate(bare.tensors) if tensor.is_variable)}
        twins = zip(bare.inputs, bare.outputs, strict=False) if index in bodies else ()
        handed_on = {position for position, (source, output) in enumerate(twins) if source == output}
        placed.append(_rewrite(bare, borrowed if index else set(), handed_on))
    return dataclasses.replace(placed[0], subgraphs=tuple(placed), source_sha256=graph.source_sha256, name=graph.name)


def while_bodies(graph: Graph) -> set[int]:
    """The subgraphs that are a WHILE's body and nothing else."""
    bodies, others = set(), set()
    for subgraph in graph.subgraphs:
        for node in subgraph.nodes:
            if isinstance(node.options, WhileOptions):
                bodies.add(node.options.body_subgraph_index)
                others.add(node.options.cond_subgraph_index)
            elif isinstance(node.options, IfOptions):
                others |= {node.options.then_subgraph_index, node.options.else_subgraph_index}
    return bodies - others


def _rewrite(graph: Graph, borrowed: set[int], handed_on: set[int]) -> Graph:
    """Copies the outputs, but for the positions `handed_on`, that are constants or lie outside the graph's arena."""
    tensors, nodes, outputs = list(graph.tensors), list(graph.nodes), list(graph.outputs)
    for position, index in enumerate(graph.outputs):
        tensor = graph.tensors[index]
        outside = tensor.is_constant or index in borrowed
        if outside and position not in handed_on and tensor.dtype is not DType.RESOURCE:
            outputs[position] = len(tensors)
            tensors.append(dataclasses.replace(tensor, data=None, is_variable=False))
            nodes.append(Node("EG_COPY", (index,), (outputs[position],), NoOptions(), index=len(nodes)))
    if len(nodes) == len(graph.nodes):
        return graph
    return dataclasses.replace(graph, tensors=tuple(tensors), nodes=tuple(nodes), outputs=tuple(outputs))
