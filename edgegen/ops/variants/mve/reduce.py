"""MVE: MEAN and SUM of int8 over axes that lie between others, with channels as the lanes of vectors."""

from __future__ import annotations

import math
from dataclasses import replace

from edgegen.ir import DType, Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import Lowering, Target
from edgegen.ops.reduce import reduced_axes

_KERNEL = "eg_sum_s8_mve"
_FEWEST_CHANNELS = 3  # with less, vectors are nearly empty


def lower_sum_of_rows(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """MEAN or SUM over neighbouring axes, the last axis kept."""
    source = graph.tensors[node.inputs[0]]
    axes = sorted(reduced_axes(graph, node))
    if source.dtype is not DType.INT8 or source.elements == 0 or not axes:
        return None
    first, end = axes[0], axes[-1] + 1
    channels = math.prod(source.shape[end:])
    if len(axes) != end - first or channels < _FEWEST_CHANNELS:
        return None
    (call,) = operators()[node.op].lower(graph, node, target).calls
    params, _, read, write = call.arguments
    sizes = math.prod(source.shape[:first]), math.prod(source.shape[first:end]), channels
    arguments = (params, *sizes, read, write)
    return Lowering(
        (replace(call, kernel=_KERNEL, header=f"{_KERNEL}.h", sources=(f"{_KERNEL}.c",), arguments=arguments),)
    )
