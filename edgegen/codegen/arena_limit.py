"""Keeps a model's arena below a limit: the first layers in bands of rows, the least work that is enough."""

from __future__ import annotations

from edgegen.codegen.program import build_program
from edgegen.errors import EdgegenError
from edgegen.ir import Graph
from edgegen.ops.base import Target
from edgegen.passes.patches import patchings, split

_TRIES = 16


def limit_arena(graph: Graph, target: Target, limit_bytes: int) -> Graph:
    """The graph as it is where its arena is no larger than `limit_bytes`, else with its first layers in bands.

    Inputs and outputs are whole in any case. Raises EdgegenError with the smallest arena that was found where none is
    small enough.
    """
    plain = build_program(graph, target)
    if plain.arena_bytes <= limit_bytes:
        return graph
    best = plain
    hopeful = patchings(graph, limit_bytes)
    # Spread over all that may do, cheapest first, then those that were passed over.
    stride = max(1, len(hopeful) // _TRIES)
    for position in range(0, len(hopeful), stride):
        found = build_program(split(graph, hopeful[position]), target)
        if found.arena_bytes <= limit_bytes:
            cheaper = (split(graph, patching) for patching in hopeful[max(position - stride + 1, 0) : position])
            fitting = (bands for bands in cheaper if build_program(bands, target).arena_bytes <= limit_bytes)
            return next(fitting, split(graph, hopeful[position]))
        best = min(best, found, key=lambda program: program.arena_bytes)
    whole = max((graph.tensors[i].size_bytes for i in (*graph.inputs, *graph.outputs)), default=0)
    least = (
        f"{best.arena_bytes} with its first layers in bands of rows" if best is not plain else "no bands of rows help"
    )
    raise EdgegenError(
        f"{graph.name}: the arena can't be kept within {limit_bytes} bytes: it needs {plain.arena_bytes}, and {least} "
        f"(its largest input or output alone has {whole})\n"
        "what would help: a higher --arena-limit, a smaller input or fewer channels"
    )
