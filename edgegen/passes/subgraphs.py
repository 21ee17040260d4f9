"""Applies a rewrite of one graph to a model's every subgraph."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from edgegen.ir import Graph


def each_subgraph(graph: Graph, rewrite: Callable[[Graph], Graph]) -> Graph:
    """The model with `rewrite` applied to each graph; `subgraphs` and the main graph stay in step."""
    if not graph.subgraphs:
        return rewrite(graph)
    bare = tuple(rewrite(dataclasses.replace(subgraph, subgraphs=())) for subgraph in graph.subgraphs)
    return dataclasses.replace(bare[0], subgraphs=bare, source_sha256=graph.source_sha256, name=graph.name)
