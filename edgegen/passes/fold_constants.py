"""Computes at compile time what nodes make of constants alone, where the bytes they give are certain.

A constant takes flash where the node took a place in the arena and time: what would grow much stays a node.
"""

from __future__ import annotations

import dataclasses

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.passes.evaluate import evaluate
from edgegen.passes.subgraphs import each_subgraph

VIEWS = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})
"""Their output is the first input's bytes."""
_SHAPES_ONLY = frozenset({"SHAPE"})
"""Their output is known from the input's shape."""
_GROWTH = 4
"""A constant may become four times as large: int8 weights become float32."""
_SMALL_BYTES = 4096


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    tensors = list(graph.tensors)
    left = _SMALL_BYTES + _GROWTH * sum(len(tensor.data) for tensor in tensors if tensor.data is not None)
    kept = []
    for node in graph.nodes:
        sources = [tensors[i] for i in node.inputs if i >= 0]
        outputs = [tensors[i] for i in node.outputs]
        results = None
        if outputs and _reads_constants(node, sources):
            largest = max(_SMALL_BYTES, _GROWTH * sum(len(source.data or b"") for source in sources))
            if _bytes_of(outputs) <= min(largest, left):
                results = _results(dataclasses.replace(graph, tensors=tuple(tensors)), node)
        if results is None:
            kept.append(node)
            continue
        left -= sum(map(len, results))
        for output, data in zip(node.outputs, results, strict=True):
            tensors[output] = dataclasses.replace(tensors[output], data=data)
    if len(kept) == len(graph.nodes):
        return graph
    return dataclasses.replace(graph, tensors=tuple(tensors), nodes=tuple(kept))


def _reads_constants(node: Node, sources: list[Tensor]) -> bool:
    read = sources[:1] if node.op in VIEWS else sources
    return node.op in _SHAPES_ONLY or (bool(read) and all(source.is_constant for source in read))


def _bytes_of(outputs: list[Tensor]) -> int:
    sized = (DType.STRING, DType.RESOURCE, DType.VARIANT)
    return sum(0 if output.dtype in sized else output.size_bytes for output in outputs)


def _results(graph: Graph, node: Node) -> tuple[bytes, ...] | None:
    source = graph.tensors[node.inputs[0]] if node.inputs and node.inputs[0] >= 0 else None
    output = graph.tensors[node.outputs[0]]
    if source is None or source.data is None or source.elements != output.elements:
        return evaluate(graph, node, {})
    if node.op in VIEWS and source.dtype is output.dtype:
        return (source.data,)
    if node.op == "DEQUANTIZE" and (source.dtype, output.dtype) == (DType.FLOAT16, DType.FLOAT32):
        # TFLite Micro doesn't know it; every float16 is a float32.
        return (source.array().astype(output.dtype.numpy).tobytes(),)
    return evaluate(graph, node, {})
