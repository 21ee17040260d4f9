"""EG_ROWS and EG_JOIN_ROWS: edgegen's own operators for layers that are computed in bands of rows (passes.patches).

They move nothing: the rows of one [1,H,W,C] tensor follow each other, so a band is a part of the whole.
"""

from __future__ import annotations

import math

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Operator, Overlap, Target
from edgegen.options import JoinRowsOptions, RowsOptions


class Rows(Operator):
    name = "EG_ROWS"
    types = ("any",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, RowsOptions)
        start = node.options.first_row * row_bytes(graph, node.inputs[0])
        return Lowering(parts=((node.outputs[0], node.inputs[0], start),))


class JoinRows(Operator):
    name = "EG_JOIN_ROWS"
    types = ("any",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        options, output = node.options, node.outputs[0]
        assert isinstance(options, JoinRowsOptions)
        parts, start = [], 0
        for tensor in node.inputs:
            parts.append((tensor, output, start))
            start += graph.tensors[tensor].size_bytes
        overlaps = (Overlap(options.consumed, output, options.gap_bytes),) if options.consumed >= 0 else ()
        return Lowering(parts=tuple(parts), overlaps=overlaps)


def row_bytes(graph: Graph, tensor: int) -> int:
    """Bytes of one row of a [1,H,W,C] tensor."""
    info = graph.tensors[tensor]
    return info.dtype.size_bytes(math.prod(info.shape[2:]))
