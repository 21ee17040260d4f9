"""Removes nodes whose output is their input: what reads the one then reads the other.

Where the two differ in shape or scale, or where the output is the graph's, a RESHAPE stays, which costs nothing.
"""

from __future__ import annotations

import dataclasses

from edgegen.ir import DType, Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import Refusal, Target
from edgegen.ops.pad import constant_int32
from edgegen.options import Pool2DOptions, ReshapeOptions
from edgegen.passes.fold_constants import VIEWS
from edgegen.passes.subgraphs import each_subgraph
from edgegen.passes.tabulate import ALL_BYTES, table_of

_MOVING = frozenset(
    {
        "BATCH_TO_SPACE_ND",
        "BROADCAST_TO",
        "CAST",
        "CONCATENATION",
        "DEPTH_TO_SPACE",
        "PACK",
        "RESIZE_NEAREST_NEIGHBOR",
        "REVERSE_V2",
        "SLICE",
        "SPACE_TO_BATCH_ND",
        "SPACE_TO_DEPTH",
        "SPLIT",
        "SPLIT_V",
        "STRIDED_SLICE",
        "TRANSPOSE",
        "UNPACK",
    }
)
"""Their lowering is a view where they move nothing."""


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def view(node: Node, source: int, shape: tuple[int, ...]) -> Node:
    """The RESHAPE that stands for a node whose output, of that shape, holds the bytes of `source`."""
    return Node("RESHAPE", (source,), node.outputs, ReshapeOptions(shape), node.index)


def _rewrite(graph: Graph) -> Graph:
    same: dict[int, int] = {}
    viewed: dict[int, int] = {}
    kept: list[Node] = []
    for node in graph.nodes:
        inputs = tuple(same.get(i, i) for i in node.inputs)
        node = node if inputs == node.inputs else dataclasses.replace(node, inputs=inputs)
        source = _unchanged(graph, node)
        if source is None:
            kept.append(node)
            continue
        output = node.outputs[0]
        source = viewed.get(source, source)
        info, result = graph.tensors[source], graph.tensors[output]
        alike = (info.shape, info.quantization) == (result.shape, result.quantization)
        if alike and output not in graph.outputs:
            same[output] = source
            continue
        viewed[output] = source
        moved = node.op not in VIEWS or source != node.inputs[0]
        kept.append(view(node, source, result.shape) if moved else node)
    if kept == list(graph.nodes):
        return graph
    return dataclasses.replace(graph, nodes=tuple(kept))


def _unchanged(graph: Graph, node: Node) -> int | None:
    """The input whose bytes, of the same type, the node's one output holds; None if it has no such input."""
    if len(node.outputs) != 1 or not node.inputs:
        return None
    source = node.inputs[0] if node.op in VIEWS else _moved(graph, node)
    if source is None or source < 0:
        return None
    info, output = graph.tensors[source], graph.tensors[node.outputs[0]]
    fixed = info.is_constant or info.is_variable or output.is_variable
    return None if fixed or info.dtype is not output.dtype else source


def _moved(graph: Graph, node: Node) -> int | None:
    source, output = node.inputs[0], graph.tensors[node.outputs[0]]
    if node.op in _MOVING:
        try:
            lowering = operators()[node.op].lower(graph, node, Target())
        except Refusal:
            return None
        return lowering.views[0][1] if not lowering.calls and len(lowering.views) == 1 else None
    if source >= 0 and graph.tensors[source].shape == output.shape:
        if node.op in ("PAD", "PADV2"):
            return None if any(constant_int32(graph.tensors[node.inputs[1]])) else source
        if node.op == "RESIZE_BILINEAR" and output.dtype is DType.INT8:
            return source
        if isinstance(node.options, Pool2DOptions) and node.op != "L2_POOL_2D" and _pools_nothing(node.options):
            return source if output.dtype in (DType.INT8, DType.INT16) else None
    found = table_of(graph, node)
    return found[0] if found is not None and found[1] == ALL_BYTES else None


def _pools_nothing(options: Pool2DOptions) -> bool:
    sizes = options.filter_height, options.filter_width, options.stride_h, options.stride_w
    return sizes == (1, 1, 1, 1) and options.fused_activation_function == "NONE"
