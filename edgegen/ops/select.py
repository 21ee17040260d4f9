"""SELECT_V2: elements of one of two tensors, chosen by a third, all broadcast against each other."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Lowering, Operator, Target, constraint
from edgegen.ops.elementwise import SUFFIXES, elementwise_lowering, wrong_arity
from edgegen.ops.shapes import required


class SelectV2(Operator):
    name = "SELECT_V2"
    types = ("int8", "int16", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """The condition is bool; both choices and the output are int8, int16 or float32."""
        wrong = wrong_arity(node, 3)
        if wrong is not None:
            return wrong
        kinds = [required(graph, i).dtype for i in (*node.inputs, node.outputs[0])]
        same = len(set(kinds[1:])) == 1 and kinds[1] in (DType.INT8, DType.INT16, DType.FLOAT32)
        return None if same and kinds[0] is DType.BOOL else "types " + ", ".join(kind.value for kind in kinds)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        kernel = f"eg_select_v2_{SUFFIXES[graph.tensors[node.outputs[0]].dtype]}"
        return elementwise_lowering(graph, node, kernel, "eg_select.h")
