"""Lets one node do what several would do alike: same operator, options and inputs, and outputs of one kind."""

from __future__ import annotations

import dataclasses

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops import operators
from edgegen.ops.base import Refusal, State, Target
from edgegen.passes.subgraphs import each_subgraph

_SMALL_BYTES = 64
"""Constants of up to so many bytes are one where their bytes are; larger ones only where they are one tensor."""


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    first: dict[object, Node] = {}
    same: dict[int, int] = {}
    kept = []
    for node in graph.nodes:
        inputs = tuple(same.get(i, i) for i in node.inputs)
        node = node if inputs == node.inputs else dataclasses.replace(node, inputs=inputs)
        twin = first.setdefault(_key(graph, node), node)
        if twin is node or not set(graph.outputs).isdisjoint(node.outputs) or not _is_pure(graph, node):
            kept.append(node)
            continue
        same.update(zip(node.outputs, twin.outputs, strict=True))
    return graph if len(kept) == len(graph.nodes) else dataclasses.replace(graph, nodes=tuple(kept))


def _key(graph: Graph, node: Node) -> object:
    inputs = tuple(_input_key(graph.tensor(i), i) for i in node.inputs)
    outputs = tuple(_kind(graph.tensors[i]) for i in node.outputs)
    return node.op, node.options, inputs, outputs


def _input_key(tensor: Tensor | None, index: int) -> object:
    if tensor is None or tensor.data is None or len(tensor.data) > _SMALL_BYTES:
        return index
    return *_kind(tensor), tensor.data


def _kind(tensor: Tensor) -> tuple[object, ...]:
    return tensor.shape, tensor.dtype, tensor.quantization


def _is_pure(graph: Graph, node: Node) -> bool:
    """Whether the node's outputs depend on its inputs alone, and nothing else on its running."""
    used = [graph.tensors[i] for i in (*node.inputs, *node.outputs) if i >= 0]
    operator = operators()[node.op]
    if not node.outputs or any(t.is_variable or t.dtype is DType.RESOURCE for t in used) or operator.subgraphs(node):
        return False
    try:
        calls = operator.lower(graph, node, Target()).calls
    except Refusal:
        return False
    return not any(call.ends_invoke or any(isinstance(a, State) for a in call.arguments) for call in calls)
