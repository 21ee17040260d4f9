"""Rewrites of the graph that leave every output bit as it is, in the order in which they run.

To add one: write `passes/<name>.py` with `run(graph) -> graph` and put it where it belongs in `PREPARATION` or
`PASSES`.
"""

from __future__ import annotations

from collections.abc import Callable

from edgegen.ir import Graph
from edgegen.ops import broken_rule
from edgegen.passes import (
    common_subexpressions,
    dead_channels,
    drop_dead_nodes,
    drop_no_ops,
    fold_activations,
    fold_call_once,
    fold_constants,
    fold_padding,
    list_items,
    merge_lookups,
    place_outputs,
)

PREPARATION: tuple[Callable[[Graph], Graph], ...] = (
    fold_call_once.run,
    fold_constants.run,
    list_items.run,
    drop_dead_nodes.run,
)
"""They may make a graph compile that wouldn't otherwise, so they run before rules are checked: on broken graphs too."""

PASSES: tuple[Callable[[Graph], Graph], ...] = (
    merge_lookups.run,
    drop_dead_nodes.run,
    fold_activations.run,
    drop_no_ops.run,
    common_subexpressions.run,
    drop_dead_nodes.run,
    fold_padding.run,
    dead_channels.run,
    place_outputs.run,
)
"""They see only graphs whose every node keeps its operator's rules."""


def run_passes(graph: Graph) -> Graph:
    """Runs every pass in order; a graph with a node that can't be compiled comes back prepared only."""
    for run in PREPARATION:
        graph = run(graph)
    if any(broken_rule(sub, node) for sub in graph.every_graph() for node in sub.nodes):
        return graph  # lowering it tells the user of every such node
    for run in PASSES:
        graph = run(graph)
    return graph
