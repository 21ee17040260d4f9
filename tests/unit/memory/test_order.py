"""The order found is valid, and better where a better one exists."""

from __future__ import annotations

import itertools
import random

import pytest

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.memory.order import search_order
from edgegen.memory.plan import aligned
from edgegen.options import NoOptions


def graph_of(sizes: list[int], nodes: list[tuple[str, list[int], list[int]]], outputs: list[int]) -> Graph:
    tensors = tuple(Tensor(f"t{i}", (size,), DType.INT8) for i, size in enumerate(sizes))
    made = tuple(Node(op, tuple(i), tuple(o), NoOptions(), n) for n, (op, i, o) in enumerate(nodes))
    return Graph("g", tensors, made, (0,), tuple(outputs))


def peak(graph: Graph, order: tuple[int, ...]) -> int:
    """The bytes live at the worst step of an order, counted from first principles."""
    worst = 0
    for step in range(len(order)):
        before = {i for p in order[: step + 1] for i in graph.nodes[p].outputs} | set(graph.inputs)
        after = {i for p in order[step:] for i in graph.nodes[p].inputs} | set(graph.outputs)
        now = set(graph.nodes[order[step]].outputs) | set(graph.nodes[order[step]].inputs)
        worst = max(worst, sum(aligned(graph.tensors[i].size_bytes) for i in (before & after) | now))
    return worst


def is_valid(graph: Graph, order: tuple[int, ...]) -> bool:
    known = set(graph.inputs)
    for position in order:
        if not set(graph.nodes[position].inputs) <= known:
            return False
        known |= set(graph.nodes[position].outputs)
    return sorted(order) == list(range(len(graph.nodes)))


def test_branches_run_one_after_the_other() -> None:
    """Two branches blow up and shrink again: interleaved they would hold both large tensors."""
    nodes = [
        ("A", [0], [1]),
        ("A", [0], [2]),
        ("A", [1], [3]),
        ("A", [2], [4]),
        ("ADD", [3, 4], [5]),
    ]
    graph = graph_of([16, 1024, 1024, 16, 16, 16], nodes, [5])
    order = search_order(graph)
    assert is_valid(graph, order)
    assert peak(graph, order) < peak(graph, (0, 1, 2, 3, 4))


@pytest.mark.parametrize("seed", range(30))
def test_small_graphs_are_searched_exactly(seed: int) -> None:
    rng = random.Random(seed)
    sizes = [rng.choice([16, 48, 256, 1000])]
    nodes: list[tuple[str, list[int], list[int]]] = []
    for _ in range(6):
        inputs = rng.sample(range(len(sizes)), min(len(sizes), rng.randint(1, 2)))
        nodes.append(("A", inputs, [len(sizes)]))
        sizes.append(rng.choice([16, 48, 256, 1000]))
    graph = graph_of(sizes, nodes, [len(sizes) - 1])
    order = search_order(graph)
    assert is_valid(graph, order)
    best = min(peak(graph, o) for o in itertools.permutations(range(6)) if is_valid(graph, o))
    assert peak(graph, order) == best


def test_side_effects_keep_their_order() -> None:
    nodes = [("VAR_HANDLE", [], [1]), ("READ_VARIABLE", [1], [2]), ("A", [0], [3]), ("ASSIGN_VARIABLE", [1, 3], [])]
    graph = graph_of([16, 16, 1000, 16], nodes, [2])
    order = search_order(graph)
    assert [p for p in order if nodes[p][0].endswith("VARIABLE")] == [1, 3]


def test_chain_stays_as_it_is() -> None:
    graph = graph_of([16] * 5, [("A", [i], [i + 1]) for i in range(4)], [4])
    assert search_order(graph) == (0, 1, 2, 3)
