"""ARG_MAX and ARG_MIN: where the largest or smallest element along an axis is."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Target, TensorArg, constraint
from edgegen.ops.elementwise import SUFFIXES, wrong_arity
from edgegen.ops.shapes import constant_axis, required


class _ArgExtreme(Operator):
    types = ("int8 -> int32", "float32 -> int32")
    kernel = ""

    @constraint("convert the model with output type int32")
    def element_types(graph: Graph, node: Node) -> str | None:
        """The input is int8 or float32, the output int32."""
        wrong = wrong_arity(node, 2)
        if wrong is not None:
            return wrong
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype in (DType.INT8, DType.FLOAT32) and output.dtype is DType.INT32:
            return None
        return f"types {source.dtype.value} to {output.dtype.value}"

    @constraint("make the axis a constant of the model")
    def axis(graph: Graph, node: Node) -> str | None:
        """The axis is one constant int32 that exists in the input, along which there is an element."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        axis = constant_axis(graph, node)
        if len(source.shape) > 6:
            return f"the input has {len(source.shape)} axes; at most 6 are defined"
        wanted = math.prod(source.shape[:axis] + source.shape[axis + 1 :])
        if source.shape[axis] == 0 or wanted != output.elements:
            return f"shape {list(source.shape)} becomes {list(output.shape)} along axis {axis}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source = graph.tensors[node.inputs[0]]
        axis = constant_axis(graph, node)
        kernel = f"{self.kernel}_{SUFFIXES[source.dtype]}"
        arguments = (
            TensorArg(node.inputs[0]),
            TensorArg(node.outputs[0], written=True),
            math.prod(source.shape[:axis]),
            source.shape[axis],
            math.prod(source.shape[axis + 1 :]),
        )
        return Lowering((KernelCall(kernel, "eg_arg_max.h", (f"{kernel}.c",), arguments, source.elements),))


class ArgMax(_ArgExtreme):
    name = "ARG_MAX"
    kernel = "eg_arg_max"


class ArgMin(_ArgExtreme):
    name = "ARG_MIN"
    kernel = "eg_arg_min"
