"""Rules that signal operators share: fixed element types for each input and output, and tensors of one axis."""

from __future__ import annotations

from collections.abc import Sequence

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Rule, constraint


def signature(inputs: Sequence[DType], outputs: Sequence[DType]) -> Rule:
    """The rule that the tensors have exactly these types."""

    def check(graph: Graph, node: Node) -> str | None:
        found = [graph.tensors[i].dtype for i in (*node.inputs, *node.outputs)]
        return None if found == [*inputs, *outputs] else "types " + ", ".join(kind.value for kind in found)

    given, results = (", ".join(kind.value for kind in kinds) for kinds in (inputs, outputs))
    check.__doc__ = f"The inputs are {given}, the outputs {results}."
    return constraint("convert the front end with the signal library of TFLite Micro")(check)


def one_axis() -> Rule:
    """The rule that every tensor has exactly one axis."""

    def check(graph: Graph, node: Node) -> str | None:
        ranks = [len(graph.tensors[i].shape) for i in (*node.inputs, *node.outputs)]
        return None if set(ranks) == {1} else f"they have {', '.join(map(str, ranks))} axes"

    check.__doc__ = "Every input and output has one axis."
    return constraint("reshape the signal to one axis")(check)
