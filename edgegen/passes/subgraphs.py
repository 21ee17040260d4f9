"""Applies a rewrite of one graph to a model's every subgraph."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from edgegen.ir import Graph


def each_subgraph(graph: Graph, rewrite: Callable[[Graph], Graph]) -> Graph:
    """The model with `rewrite` applied to each graph; `subgraphs` and the main graph stay in step.

    The rewrite sees a graph that knows all the others, as they were before.
    """
    if not graph.subgraphs:
        return rewrite(graph)
    bare = tuple(dataclasses.replace(rewrite(subgraph), subgraphs=()) for subgraph in graph.every_graph())
    return dataclasses.replace(bare[0], subgraphs=bare, source_sha256=graph.source_sha256, name=graph.name)
