"""From an elementwise node of one changing tensor to what it makes of each value."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.passes.evaluate import evaluate

_UNARY = frozenset(
    {
        "ABS",
        "CAST",
        "DEQUANTIZE",
        "EG_LOOKUP",
        "ELU",
        "HARD_SWISH",
        "LEAKY_RELU",
        "LOGISTIC",
        "NEG",
        "QUANTIZE",
        "RELU",
        "RELU6",
        "RSQRT",
        "SQRT",
        "SQUARE",
        "TANH",
    }
)
_BINARY = frozenset({"ADD", "MAXIMUM", "MINIMUM", "MUL", "SUB"})

ALL_BYTES = np.arange(256, dtype=np.uint8).tobytes()
"""Every value of an 8-bit type, in the order of their bytes."""


def changing_input(graph: Graph, node: Node) -> int | None:
    """The one input that a node handles element by element, the others being one constant each; else None."""
    if len(node.outputs) != 1 or min(node.inputs, default=-1) < 0:
        return None
    if node.op in _UNARY:
        source = node.inputs[0]
    elif node.op in _BINARY and len(node.inputs) == 2:
        left, right = (graph.tensors[i] for i in node.inputs)
        if left.is_constant == right.is_constant or (left if left.is_constant else right).elements != 1:
            return None
        source = node.inputs[1 if left.is_constant else 0]
    else:
        return None
    info, output = graph.tensors[source], graph.tensors[node.outputs[0]]
    if info.is_constant or info.is_variable or output.is_variable or info.elements != output.elements:
        return None
    return source


def tabulate(graph: Graph, node: Node, source: int, values: bytes, count: int) -> bytes | None:
    """The node's output where its changing input `source` holds `count` elements `values`; None if uncertain."""
    tensors = []
    for index in (*node.inputs, *node.outputs):
        tensor = graph.tensors[index]
        if index in (source, *node.outputs):
            tensor = dataclasses.replace(tensor, shape=(count,))
        elif node.op in _BINARY:
            tensor = dataclasses.replace(tensor, shape=())
        tensors.append(tensor)
    inputs, output = tuple(range(len(node.inputs))), len(node.inputs)
    alone = dataclasses.replace(node, inputs=inputs, outputs=(output,))
    small = Graph(graph.name, tuple(tensors), (alone,), (), (output,))
    results = evaluate(small, alone, {node.inputs.index(source): values})
    return None if results is None else results[0]


def table_of(graph: Graph, node: Node) -> tuple[int, bytes] | None:
    """(changing input, 256 results in the order of its bytes) of an elementwise node from int8 to int8, else None."""
    source = changing_input(graph, node)
    if source is None or {graph.tensors[i].dtype for i in (source, *node.outputs)} != {DType.INT8}:
        return None
    table = tabulate(graph, node, source, ALL_BYTES, 256)
    return None if table is None else (source, table)
