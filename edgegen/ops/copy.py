"""EG_COPY: edgegen's own operator for a graph output that would otherwise have no place in the arena."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Target, TensorArg


class Copy(Operator):
    name = "EG_COPY"
    types = ("any",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = node.inputs[0], node.outputs[0]
        size = graph.tensors[source].size_bytes
        arguments = (TensorArg(source), TensorArg(output, written=True), size)
        return Lowering((KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), arguments),))
