"""From a graph to an execution order of its nodes that needs less memory at its peak."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.memory.plan import aligned

_WIDTH = 64
_NARROWEST = 4
_WORK = 2_000_000
"""States kept per step: small graphs are searched exactly, large ones by a beam of `_WIDTH` or, for huge ones, less."""
_IN_ORDER = frozenset({"ASSIGN_VARIABLE", "CALL_ONCE", "IF", "READ_VARIABLE", "VAR_HANDLE", "WHILE"})
"""Operators whose effects reach beyond their outputs: they keep their places among each other."""

_IN_BANDS = frozenset({"EG_ROWS", "EG_JOIN_ROWS"})
"""Made by passes.patches, whose order of bands is what saves memory."""


def search_order(graph: Graph) -> tuple[int, ...]:
    """Positions of the nodes in the best order found, by the bytes that tensors hold at the worst step.

    Scratch and overlaps are not seen here: the caller plans both orders and keeps the better. Deterministic.
    """
    if any(node.op in _IN_BANDS for node in graph.nodes):
        return tuple(range(len(graph.nodes)))
    search = _Search(graph)
    if not search.has_choice():
        return tuple(range(len(graph.nodes)))
    return search.run()


class _Search:
    """Breadth-first over sets of executed nodes; of two ways to one set only the better survives."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        producer = {output: position for position, node in enumerate(graph.nodes) for output in node.outputs}
        self.needs: list[set[int]] = []
        fixed = None
        for position, node in enumerate(graph.nodes):
            needs = {producer[i] for i in node.inputs if i in producer}
            if _is_fixed(graph, node):
                needs |= {fixed} if fixed is not None else set()
                fixed = position
            self.needs.append(needs)
        self.sizes = [0 if t.is_constant or t.is_variable else aligned(t.size_bytes) for t in graph.tensors]
        self.readers: dict[int, set[int]] = {}
        for position, node in enumerate(graph.nodes):
            for tensor in node.inputs:
                self.readers.setdefault(tensor, set()).add(position)

    def has_choice(self) -> bool:
        """Whether some step could run another node than the one it runs."""
        return any(position and position - 1 not in self._all_needs(position) for position in range(len(self.needs)))

    def _all_needs(self, position: int) -> set[int]:
        found: set[int] = set()
        open_nodes = list(self.needs[position])
        while open_nodes:
            node = open_nodes.pop()
            if node not in found:
                found.add(node)
                open_nodes += self.needs[node]
        return found

    def run(self) -> tuple[int, ...]:
        count = len(self.graph.nodes)
        needs = [sum(1 << need for need in found) for found in self.needs]
        live = sum(self.sizes[i] for i in set(self.graph.inputs))
        # Executed nodes as bits -> (peak so far, bytes live now, order).
        states: dict[int, tuple[int, int, tuple[int, ...]]] = {0: (live, live, ())}
        width = max(_NARROWEST, min(_WIDTH, _WORK // (count * count)))
        for _ in range(count):
            found: dict[int, tuple[int, int, tuple[int, ...]]] = {}
            for done, (peak, live, order) in states.items():
                for position in range(count):
                    if done >> position & 1 or needs[position] & ~done:
                        continue
                    after = done | 1 << position
                    grown = live + sum(self.sizes[i] for i in self.graph.nodes[position].outputs if i >= 0)
                    now = max(peak, grown), grown - self._freed(position, after), (*order, position)
                    if after not in found or now < found[after]:
                        found[after] = now
            best = sorted(found.items(), key=lambda item: item[1])[:width]
            states = dict(best)
        return min(states.values())[2]

    def _freed(self, position: int, done: int) -> int:
        """Bytes of the tensors that nothing reads once `position` has run as well."""
        node = self.graph.nodes[position]
        freed = 0
        for tensor in {*node.inputs, *node.outputs}:
            readers = self.readers.get(tensor, set())
            if tensor >= 0 and tensor not in self.graph.outputs and all(done >> r & 1 for r in readers):
                freed += self.sizes[tensor]
        return freed


def _is_fixed(graph: Graph, node: Node) -> bool:
    return node.op in _IN_ORDER or any(i >= 0 and graph.tensors[i].is_variable for i in node.inputs)
