"""The operators that edgegen compiles, one family a file."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from edgegen.ir import Graph, Node
from edgegen.ops.base import Operator, Refusal
from edgegen.registry import classes


@functools.cache
def operators() -> Mapping[str, Operator]:
    """Every operator by TFLite name."""
    found = classes(importlib.import_module(__name__), Operator)  # type: ignore[type-abstract]
    return {name: operator() for name, operator in found.items()}


def broken_rule(graph: Graph, node: Node) -> Refusal | None:
    """Why edgegen can't compile a node, as far as its operator's rules tell; lowering it may still find more."""
    operator = operators().get(node.op)
    if operator is None:
        return Refusal("edgegen has no kernel for this operator", "see `edgegen ops`")
    # TFLite Micro takes them for shapes known at run time only; [0] is an old way to write a scalar.
    if any(0 in graph.tensors[i].shape and graph.tensors[i].shape != (0,) for i in node.outputs if i >= 0):
        return Refusal("its output has no elements", "remove it from the model")
    try:
        for rule in operator.constraints():
            reason = rule.check(graph, node)
            if reason is not None:
                return Refusal(reason, rule.remedy)
    except Refusal as refusal:
        return refusal
    return None
