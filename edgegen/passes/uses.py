"""How often each tensor of a graph is read: by nodes, and as an output of the graph."""

from __future__ import annotations

from collections import Counter

from edgegen.ir import Graph


def count_uses(graph: Graph) -> Counter[int]:
    uses = Counter(graph.outputs)
    for node in graph.nodes:
        uses.update(node.inputs)
    return uses
