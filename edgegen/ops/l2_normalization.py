"""L2_NORMALIZATION: vectors along the last axis, divided by their length."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Argument, KernelCall, Lowering, Operator, Overlap, Target, TensorArg, constraint
from edgegen.ops.elementwise import SUFFIXES, common_type, wrong_arity, zero_point_of
from edgegen.ops.shapes import required
from edgegen.options import L2NormOptions


class L2Normalization(Operator):
    name = "L2_NORMALIZATION"
    types = ("int8", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are both int8 or both float32. The int8 output's scale is taken to be 1/128."""
        return wrong_arity(node, 1) or common_type(graph, node, (DType.INT8, DType.FLOAT32))

    @constraint("reshape its input")
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input has one to four axes, and the output its shape."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if 1 <= len(source.shape) <= 4 and source.shape == output.shape:
            return None
        return f"shape {list(source.shape)} becomes {list(output.shape)}"

    @constraint("put the activation into an operator of its own")
    def activation(graph: Graph, node: Node) -> str | None:
        """There is no fused activation."""
        assert isinstance(node.options, L2NormOptions)
        fused = node.options.fused_activation_function
        return None if fused == "NONE" else f"activation {fused}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source = graph.tensors[node.inputs[0]]
        params: tuple[Argument, ...] = (zero_point_of(source),) if source.dtype is DType.INT8 else ()
        depth = source.shape[-1]
        kernel = f"eg_l2_normalization_{SUFFIXES[source.dtype]}"
        sources = (f"{kernel}.c",) if source.dtype is DType.INT8 else (f"{kernel}.c", "eg_sqrtf.c")
        arguments = (
            *params,
            TensorArg(node.inputs[0]),
            TensorArg(node.outputs[0], written=True),
            source.elements // max(depth, 1),
            depth,
        )
        overlap = Overlap(node.inputs[0], node.outputs[0])
        # Whole vectors are read before they are written, so one may start where the other does, and before.
        call = KernelCall(kernel, "eg_l2_normalization.h", sources, arguments, 2 * source.elements, (overlap,))
        return Lowering((call,))
