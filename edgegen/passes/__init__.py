"""Rewrites of the graph that leave every output bit as it is, in the order in which they run.

To add one: write `passes/<name>.py` with `run(graph) -> graph` and put it into `PASSES` where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable

from edgegen.ir import Graph
from edgegen.passes import (
    dead_channels,
    drop_dead_nodes,
    fold_call_once,
    fold_constant_views,
    list_items,
    place_outputs,
)

PASSES: tuple[Callable[[Graph], Graph], ...] = (
    fold_call_once.run,
    fold_constant_views.run,
    list_items.run,
    drop_dead_nodes.run,
    dead_channels.run,
    place_outputs.run,
)


def run_passes(graph: Graph) -> Graph:
    """Runs every pass in order."""
    for run in PASSES:
        graph = run(graph)
    return graph
