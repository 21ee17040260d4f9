"""CUMSUM: running sums along one axis."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import sum_params
from edgegen.ops.base import Argument, KernelCall, Lowering, Operator, Overlap, Struct, Target, TensorArg, constraint
from edgegen.ops.elementwise import SUFFIXES, wrong_arity
from edgegen.ops.shapes import constant_axis, required
from edgegen.options import CumsumOptions


class Cumsum(Operator):
    name = "CUMSUM"
    types = ("int8", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output have the same shape and type, int8 or float32."""
        wrong = wrong_arity(node, 2)
        if wrong is not None:
            return wrong
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        same = (source.dtype, source.shape) == (output.dtype, output.shape)
        if same and source.dtype in (DType.INT8, DType.FLOAT32) and 1 <= len(source.shape) <= 6:
            return None
        return f"{source.dtype.value}{list(source.shape)} becomes {output.dtype.value}{list(output.shape)}"

    @constraint("make the axis a constant of the model")
    def axis(graph: Graph, node: Node) -> str | None:
        """The axis is one constant int32 that exists in the input."""
        constant_axis(graph, node)
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, CumsumOptions)
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        axis = constant_axis(graph, node)
        inner = math.prod(source.shape[axis + 1 :])
        layout = Struct(
            "eg_cumsum_axis",
            (
                ("outer", math.prod(source.shape[:axis])),
                ("depth", source.shape[axis]),
                ("inner", inner),
                ("exclusive", node.options.exclusive),
                ("reverse", node.options.reverse),
            ),
        )
        params: tuple[Argument, ...] = (sum_params(source, output),) if source.dtype is DType.INT8 else ()
        kernel = f"eg_cumsum_{SUFFIXES[source.dtype]}"
        arguments = (*params, layout, TensorArg(node.inputs[0]), TensorArg(node.outputs[0], written=True))
        front_to_back = inner == 1 and not node.options.reverse
        overlaps = (Overlap(node.inputs[0], node.outputs[0]),) if front_to_back else ()
        return Lowering((KernelCall(kernel, "eg_cumsum.h", (f"{kernel}.c",), arguments, source.elements, overlaps),))
