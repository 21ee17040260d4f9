"""MAXIMUM and MINIMUM of two tensors, broadcast against each other."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Lowering, Operator, Target, constraint
from edgegen.ops.elementwise import SUFFIXES, common_type, elementwise_lowering, wrong_arity

_TYPES = (DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.FLOAT32)


class _Extreme(Operator):
    types = ("int8", "int16", "int32", "int64", "float32")
    kernel = ""

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are int8, int16, int32, int64 or float32; their scales are not looked at."""
        return wrong_arity(node, 2) or common_type(graph, node, _TYPES)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        suffix = SUFFIXES[graph.tensors[node.outputs[0]].dtype]
        return elementwise_lowering(graph, node, f"{self.kernel}_{suffix}", "eg_maximum.h")


class Maximum(_Extreme):
    name = "MAXIMUM"
    kernel = "eg_maximum"


class Minimum(_Extreme):
    name = "MINIMUM"
    kernel = "eg_minimum"
