"""Which subgraphs a node runs, and where a graph stands among its model's subgraphs."""

from __future__ import annotations

from edgegen.ir import Graph, Options
from edgegen.options import CallOnceOptions, IfOptions, WhileOptions


def place_of(graph: Graph) -> int:
    """The index of a graph among its model's subgraphs: what tells apart the states of nodes with equal indices."""
    return next((i for i, other in enumerate(graph.subgraphs) if other.nodes is graph.nodes), 0)


def callees(options: Options) -> tuple[int, ...]:
    """The subgraphs that a node with these options runs: then and else, condition and body, or the one."""
    if isinstance(options, IfOptions):
        return options.then_subgraph_index, options.else_subgraph_index
    if isinstance(options, WhileOptions):
        return options.cond_subgraph_index, options.body_subgraph_index
    return (options.init_subgraph_index,) if isinstance(options, CallOnceOptions) else ()
