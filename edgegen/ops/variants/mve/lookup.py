"""MVE: elementwise functions of 8-bit values, 16 lookups at a time."""

from __future__ import annotations

from dataclasses import replace

from edgegen.ir import Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import Lowering, Target

_KERNEL = "eg_lookup_8_mve"


def lower_lookup(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """The operator's own lowering where it is one table of 256 results."""
    scalar = operators()[node.op].lower(graph, node, target)
    if [call.kernel for call in scalar.calls] != ["eg_lookup_8"]:
        return None
    call = replace(scalar.calls[0], kernel=_KERNEL, header=f"{_KERNEL}.h", sources=(f"{_KERNEL}.c",))
    return replace(scalar, calls=(call,))
