"""Checks that a graph read from a file can be executed in the order it is in."""

from __future__ import annotations

import dataclasses
import graphlib

from edgegen.errors import InputError
from edgegen.ir import Graph, Node
from edgegen.model_io.flatbuffer import Source, printable
from edgegen.options import CallOnceOptions, IfOptions, WhileOptions

# Inputs and outputs together, of a graph or a node.
MAX_TENSORS_LISTED = 4096


def check_graph(source: Source, graph: Graph, prefix: str) -> Graph:
    """Raises InputError unless every index is in range and every value is there before it is used.

    `prefix` says in messages which subgraph this is. Returns the graph; tensors without elements that nothing writes
    have become constants, since a file can't tell the two apart.
    """
    count = len(graph.tensors)
    for what, indices in (("input", graph.inputs), ("output", graph.outputs)):
        for index in indices:
            if not 0 <= index < count:
                raise source.error(f"{prefix}graph {what}", f"tensor {index} is out of range, there are {count}")
    if len(graph.inputs) + len(graph.outputs) > MAX_TENSORS_LISTED:
        raise source.error(f"{prefix}graph", f"it has more than {MAX_TENSORS_LISTED} inputs and outputs")
    if len(set(graph.inputs)) != len(graph.inputs):
        raise source.error(f"{prefix}graph input", "a tensor is listed twice")
    for index in graph.inputs:
        if graph.tensors[index].elements and graph.tensors[index].is_constant:
            raise source.error(f"{prefix}graph input", f"{_describe(graph, index)} is a constant")
    for node in graph.nodes:
        _check_indices(source, graph, node, prefix)
    graph = _fill_empty(graph)
    _check_order(source, graph, prefix)
    return graph


def _place(prefix: str, node: Node) -> str:
    return f"{prefix}node {node.index} ({printable(node.op)})"


def _describe(graph: Graph, index: int) -> str:
    return f"tensor {index} '{printable(graph.tensors[index].name)}'"


def _check_indices(source: Source, graph: Graph, node: Node, prefix: str) -> None:
    count = len(graph.tensors)
    for index in node.inputs:
        if not -1 <= index < count:
            raise source.error(_place(prefix, node), f"input tensor {index} is out of range, there are {count}")
    for index in node.outputs:
        if not 0 <= index < count:
            raise source.error(_place(prefix, node), f"output tensor {index} is out of range, there are {count}")


def _fill_empty(graph: Graph) -> Graph:
    written = {index for node in graph.nodes for index in node.outputs} | set(graph.inputs)
    tensors = tuple(
        dataclasses.replace(tensor, data=b"")
        if tensor.data is None and tensor.elements == 0 and index not in written and not tensor.is_variable
        else tensor
        for index, tensor in enumerate(graph.tensors)
    )
    return dataclasses.replace(graph, tensors=tensors)


def _check_order(source: Source, graph: Graph, prefix: str) -> None:
    tensors = graph.tensors
    available = {i for i, tensor in enumerate(tensors) if tensor.is_constant or tensor.is_variable}
    inputs = set(graph.inputs)
    available |= inputs
    producers: dict[int, Node] = {}
    for node in graph.nodes:
        for index in node.inputs:
            if index >= 0 and index not in available:
                raise source.error(
                    _place(prefix, node), f"it reads {_describe(graph, index)} before any node has written it"
                )
        for index in node.outputs:
            if index in producers:
                other = producers[index]
                raise source.error(
                    _place(prefix, node),
                    f"it writes {_describe(graph, index)}, as does node {other.index} ({other.op})",
                )
            if tensors[index].is_constant:
                raise source.error(_place(prefix, node), f"it writes {_describe(graph, index)}, which is constant")
            if index in inputs:
                raise source.error(_place(prefix, node), f"it writes {_describe(graph, index)}, an input of the model")
            producers[index] = node
            available.add(index)
    for index in graph.outputs:
        if index not in available:
            raise source.error(f"{prefix}graph output", f"nothing writes {_describe(graph, index)}")


def check_subgraph_calls(source: Source, graphs: list[Graph]) -> None:
    """Raises InputError if a node calls a subgraph that does not exist, or one that calls itself in the end."""
    calls: dict[int, set[int]] = {}
    for number, graph in enumerate(graphs):
        calls[number] = set()
        for node in graph.nodes:
            for index in _called(node):
                if not 0 <= index < len(graphs):
                    where = f"subgraph {number}, node {node.index} ({node.op})"
                    raise source.error(where, f"subgraph {index} is out of range, the model has {len(graphs)}")
                calls[number].add(index)
    try:
        graphlib.TopologicalSorter(calls).prepare()
    except graphlib.CycleError as error:
        raise InputError(
            f"{source.name}: subgraph {error.args[1][0]}: it ends up calling itself\n"
            "Recursion can't be compiled; write the loop as a WHILE."
        ) from error


def _called(node: Node) -> tuple[int, ...]:
    options = node.options
    if isinstance(options, IfOptions):
        return options.then_subgraph_index, options.else_subgraph_index
    if isinstance(options, WhileOptions):
        return options.cond_subgraph_index, options.body_subgraph_index
    if isinstance(options, CallOnceOptions):
        return (options.init_subgraph_index,)
    return ()
