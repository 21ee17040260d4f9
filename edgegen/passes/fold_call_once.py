"""Turns a CALL_ONCE that only gives variables constant values into their first values: no code, no call.

That is what TensorFlow makes of a streaming model's variables. It must come before anything else in the main graph
that reads or writes a variable, or runs a subgraph.
"""

from __future__ import annotations

import dataclasses

from edgegen.ir import Graph, Node, Tensor
from edgegen.ops.subgraphs import callees
from edgegen.options import CallOnceOptions, NoOptions, VarHandleOptions

_ACTING = frozenset({"READ_VARIABLE", "ASSIGN_VARIABLE"})


def run(graph: Graph) -> Graph:
    for position, node in enumerate(graph.nodes):
        if node.op in _ACTING or (callees(node.options) and not isinstance(node.options, CallOnceOptions)):
            break
        if isinstance(node.options, CallOnceOptions) and not (node.inputs or node.outputs):
            return _fold(graph, position, node.options.init_subgraph_index)
    return graph


def _fold(graph: Graph, position: int, index: int) -> Graph:
    values = _first_values(graph.subgraphs[index])
    handles = {
        _key(node.options): node.outputs[0]
        for node in graph.nodes
        if isinstance(node.options, VarHandleOptions) and node.outputs
    }
    if values is None or not values.keys() <= handles.keys():
        return graph
    tensors, folded = list(graph.tensors), []
    for key, value in values.items():
        inputs = (handles[key], len(tensors))
        folded.append(Node("EG_INITIAL_VALUE", inputs, (), NoOptions(), graph.nodes[position].index))
        tensors.append(value)
    nodes = (*graph.nodes[:position], *graph.nodes[position + 1 :], *folded)
    main = dataclasses.replace(graph, tensors=tuple(tensors), nodes=nodes, subgraphs=())
    if not any(callees(node.options) for node in nodes):
        return main
    return dataclasses.replace(main, subgraphs=(main, *graph.subgraphs[1:]))


def _first_values(graph: Graph) -> dict[str, Tensor] | None:
    """The constants that a subgraph assigns, by variable; None if it does anything else."""
    keys: dict[int, str] = {}
    values: dict[str, Tensor] = {}
    for node in graph.nodes:
        if isinstance(node.options, VarHandleOptions) and len(node.outputs) == 1:
            keys[node.outputs[0]] = _key(node.options)
            continue
        if node.op != "ASSIGN_VARIABLE" or len(node.inputs) != 2 or min(node.inputs) < 0:
            return None
        value = graph.tensors[node.inputs[1]]
        if node.inputs[0] not in keys or not value.is_constant:
            return None
        values[keys[node.inputs[0]]] = value
    return values


def _key(options: VarHandleOptions) -> str:
    return f"{options.container}/{options.shared_name}"
