"""EG_UPDATE_ROW: edgegen's own operator for a list with one item replaced, in place where nothing else reads it."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Overlap, Target, TensorArg


class UpdateRow(Operator):
    """Inputs: list [N, ..], row [..], index. Without an output the list itself changes, in its owner's memory."""

    name = "EG_UPDATE_ROW"
    types = ("any",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        rows, row, index = node.inputs
        result = node.outputs[0] if node.outputs else rows
        arguments = (
            TensorArg(rows),
            TensorArg(row),
            TensorArg(index),
            graph.tensors[rows].shape[0],
            graph.tensors[row].size_bytes,
            TensorArg(result, written=True),
        )
        overlaps = (Overlap(rows, result),) if node.outputs else ()
        call = KernelCall("eg_update_row", "eg_copy.h", ("eg_update_row.c",), arguments, overlaps=overlaps)
        return Lowering((call,))
