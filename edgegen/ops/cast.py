"""CAST: values of another type."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Overlap, Target, TensorArg, constraint, takes
from edgegen.ops.shapes import required
from edgegen.ops.strided import box, strided_copy

_SUFFIX = {
    DType.BOOL: "bool",
    DType.INT8: "s8",
    DType.INT16: "s16",
    DType.INT32: "s32",
    DType.UINT32: "u32",
    DType.FLOAT32: "f32",
}


class Cast(Operator):
    name = "CAST"
    types = ("bool, int8, int16, int32, uint32 and float32 to each other",)
    counts = takes(1)

    @constraint("cast between other types, or leave the cast out of the model")
    def element_types(graph: Graph, node: Node) -> str | None:
        """bool, int8, int16, int32, uint32 and float32 become each other."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype not in _SUFFIX or output.dtype not in _SUFFIX:
            return f"{source.dtype.value} to {output.dtype.value}"
        if source.elements != output.elements:
            return f"{source.elements} elements become {output.elements}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        size_in, size_out = source.dtype.size_bytes(1), output.dtype.size_bytes(1)
        result = TensorArg(node.outputs[0], written=True)
        plain = DType.FLOAT32 not in (source.dtype, output.dtype) and output.dtype is not DType.BOOL
        if source.dtype is output.dtype or (plain and size_in == size_out):
            return Lowering(views=((node.outputs[0], node.inputs[0]),))
        if plain and size_in > size_out:
            # Little endian: the low bytes come first.
            extents = (source.elements, size_out)
            return Lowering(strided_copy(TensorArg(node.inputs[0]), result, box(extents, (size_in, 1)), 1))
        kernel = f"eg_cast_{_SUFFIX[source.dtype]}_{_SUFFIX[output.dtype]}"
        overlaps = (Overlap(node.inputs[0], node.outputs[0]),) if size_out <= size_in else ()
        arguments = (TensorArg(node.inputs[0]), result, source.elements)
        return Lowering((KernelCall(kernel, "eg_cast.h", (f"{kernel}.c",), arguments, overlaps=overlaps),))
