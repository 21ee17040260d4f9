"""Comparisons and logical operators: EQUAL to LESS_EQUAL, LOGICAL_AND, LOGICAL_OR."""

from __future__ import annotations

from typing import ClassVar

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import smaller_than_one
from edgegen.ops.base import Argument, Lowering, Operator, Struct, Target, constraint
from edgegen.ops.elementwise import SUFFIXES, common_type, elementwise_lowering, wrong_arity, zero_point_of
from edgegen.ops.shapes import quantization_of, required

_ORDERED = (DType.INT8, DType.INT32, DType.INT64, DType.FLOAT32)


class _Comparison(Operator):
    types: ClassVar[tuple[str, ...]] = ("int8", "int32", "int64", "float32")
    kernel = ""
    exchanged = False

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs have the same type, one of those that the operator compares."""
        return wrong_arity(node, 2) or common_type(graph, node, _ALLOWED[node.op], output=False)

    @constraint("export the model again; its types contradict each other")
    def bool_output(graph: Graph, node: Node) -> str | None:
        """The output is bool."""
        kind = required(graph, node.outputs[0]).dtype
        return None if kind is DType.BOOL else f"the output is {kind.value}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        if self.exchanged:
            node = Node(node.op, node.inputs[::-1], node.outputs, node.options, node.index)
        kind = graph.tensors[node.inputs[0]].dtype
        params: tuple[Argument, ...] = (_compare_params(graph, node),) if kind is DType.INT8 else ()
        return elementwise_lowering(graph, node, f"{self.kernel}_{SUFFIXES[kind]}", "eg_compare.h", *params)


class Equal(_Comparison):
    name = "EQUAL"
    types = ("int8", "int32", "int64", "float32", "bool")
    kernel = "eg_equal"


class NotEqual(_Comparison):
    name = "NOT_EQUAL"
    types = ("int8", "int32", "int64", "float32", "bool")
    kernel = "eg_not_equal"


class Greater(_Comparison):
    name = "GREATER"
    kernel = "eg_less"
    exchanged = True


class GreaterEqual(_Comparison):
    name = "GREATER_EQUAL"
    kernel = "eg_less_equal"
    exchanged = True


class Less(_Comparison):
    name = "LESS"
    kernel = "eg_less"


class LessEqual(_Comparison):
    name = "LESS_EQUAL"
    kernel = "eg_less_equal"


class _Logical(Operator):
    types = ("bool",)
    kernel = ""

    @constraint("make its inputs with a comparison")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are bool."""
        return wrong_arity(node, 2) or common_type(graph, node, (DType.BOOL,))

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return elementwise_lowering(graph, node, self.kernel, "eg_logical.h")


class LogicalAnd(_Logical):
    name = "LOGICAL_AND"
    kernel = "eg_logical_and_bool"


class LogicalOr(_Logical):
    name = "LOGICAL_OR"
    kernel = "eg_logical_or_bool"


_ALLOWED = {
    "EQUAL": (*_ORDERED, DType.BOOL),
    "NOT_EQUAL": (*_ORDERED, DType.BOOL),
    "GREATER": _ORDERED,
    "GREATER_EQUAL": _ORDERED,
    "LESS": _ORDERED,
    "LESS_EQUAL": _ORDERED,
}


def _compare_params(graph: Graph, node: Node) -> Struct:
    """An eg_compare_params: the scales themselves as multipliers."""
    left, right = (graph.tensors[i] for i in node.inputs)
    (mult1, shift1), (mult2, shift2) = (smaller_than_one(quantization_of(t).scale) for t in (left, right))
    return Struct(
        "eg_compare_params",
        (
            ("input1_offset", -zero_point_of(left)),
            ("input1_multiplier", mult1),
            ("input1_shift", shift1),
            ("input2_offset", -zero_point_of(right)),
            ("input2_multiplier", mult2),
            ("input2_shift", shift2),
        ),
    )
