"""MVE: MUL, MAXIMUM and MINIMUM of int8, broadcast or not."""

from __future__ import annotations

from dataclasses import replace

from edgegen.ir import DType, Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import KernelCall, Lowering, Struct, Target

_HEADER = "eg_mul_s8_mve.h"
_WALKS = ((1, 1), (1, 0), (0, 1))


def lower_product(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """MUL whose scaling is a right shift."""
    if graph.tensors[node.outputs[0]].dtype is not DType.INT8:
        return None
    (call,) = operators()[node.op].lower(graph, node, target).calls
    params, walk, *_ = call.arguments
    assert isinstance(params, Struct) and isinstance(walk, Struct)
    shift = dict(params.fields)["shift"]
    return _vector_call(call, walk) if isinstance(shift, int) and shift < 0 else None


def lower_extreme(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """MAXIMUM or MINIMUM."""
    if graph.tensors[node.outputs[0]].dtype is not DType.INT8:
        return None
    (call,) = operators()[node.op].lower(graph, node, target).calls
    walk = call.arguments[0]
    assert isinstance(walk, Struct)
    return _vector_call(call, walk)


def _vector_call(call: KernelCall, walk: Struct) -> Lowering | None:
    """The same call, which reads a vector's inputs before it writes them."""
    steps = dict(walk.fields)["step"]
    assert isinstance(steps, tuple)
    if steps[:2] not in _WALKS:
        return None
    kernel = f"{call.kernel}_mve"
    return Lowering((replace(call, kernel=kernel, header=_HEADER, sources=(f"{kernel}.c",)),))
