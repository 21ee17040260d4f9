"""ADD_N: the sum of two or more tensors of one shape."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import sum_params
from edgegen.ops.base import (
    Argument,
    KernelCall,
    Lowering,
    Operator,
    Overlap,
    Target,
    TensorArg,
    TensorList,
    constraint,
)
from edgegen.ops.elementwise import SUFFIXES, common_type, wrong_arity
from edgegen.ops.shapes import required


class AddN(Operator):
    name = "ADD_N"
    types = ("int8", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """All inputs and the output are int8 or float32; there are two inputs or more."""
        return wrong_arity(node, max(2, len(node.inputs))) or common_type(graph, node, (DType.INT8, DType.FLOAT32))

    @constraint("export the model again; its shapes contradict each other")
    def same_shapes(graph: Graph, node: Node) -> str | None:
        """All inputs have one shape, and the output as many elements."""
        shapes = {required(graph, i).shape for i in node.inputs}
        output = required(graph, node.outputs[0])
        if len(shapes) == 1 and required(graph, node.inputs[0]).elements == output.elements:
            return None
        return f"shapes {sorted(map(list, shapes))} become {list(output.shape)}"

    @constraint("give its inputs one scale, or use ADD")
    def same_scale(graph: Graph, node: Node) -> str | None:
        """int8 inputs have one scale and zero point."""
        tensors = [required(graph, i) for i in node.inputs]
        kinds = {(t.quantization.scale, t.quantization.zero_point) if t.quantization else None for t in tensors}
        return None if tensors[0].dtype is DType.FLOAT32 or len(kinds) == 1 else "scales or zero points differ"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        params: tuple[Argument, ...] = (sum_params(source, output),) if source.dtype is DType.INT8 else ()
        kernel = f"eg_add_n_{SUFFIXES[source.dtype]}"
        arguments = (
            *params,
            TensorList(node.inputs),
            len(node.inputs),
            TensorArg(node.outputs[0], written=True),
            output.elements,
        )
        overlaps = tuple(Overlap(index, node.outputs[0]) for index in node.inputs)
        macs = output.elements * len(node.inputs)
        return Lowering((KernelCall(kernel, "eg_add_n.h", (f"{kernel}.c",), arguments, macs, overlaps),))
