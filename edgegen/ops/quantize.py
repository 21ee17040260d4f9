"""QUANTIZE and DEQUANTIZE: between float32 and integers, and from one scale to another."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import INTEGER_LIMITS, quantize_multiplier
from edgegen.ops.base import KernelCall, Lowering, Operator, Overlap, Struct, Target, TensorArg, constraint, takes
from edgegen.ops.fixed_point import requantize, wrap32
from edgegen.ops.lookup import all_values, lookup
from edgegen.ops.shapes import required

_SUFFIX = {
    DType.FLOAT32: "f32",
    DType.INT32: "s32",
    DType.INT16: "s16",
    DType.INT8: "s8",
    DType.UINT8: "u8",
}
_FORMS = {
    DType.FLOAT32: (DType.INT8, DType.INT16),
    DType.INT32: (DType.INT8, DType.INT16),
    DType.INT16: (DType.INT8, DType.INT16, DType.INT32),
    DType.INT8: (DType.INT8, DType.UINT8, DType.INT16, DType.INT32),
    DType.UINT8: (DType.INT8,),
}


def scale_and_zero_point(tensor: Tensor) -> tuple[float, int]:
    """The (first) scale and zero point, both 0 where the tensor has none, as in TFLite."""
    quantization = tensor.quantization
    return (quantization.scale, quantization.zero_point) if quantization else (0.0, 0)


class _Elementwise(Operator):
    counts = takes(1)

    @constraint("export the model again; its shapes contradict each other")
    def same_elements(graph: Graph, node: Node) -> str | None:
        """Input and output have the same number of elements."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        return None if source.elements == output.elements else f"shapes {list(source.shape)} and {list(output.shape)}"


class Quantize(_Elementwise):
    name = "QUANTIZE"
    types = tuple(f"{i.value} -> {o.value}" for i, outputs in _FORMS.items() for o in outputs)

    @constraint("quantise to int8 or int16")
    def element_types(graph: Graph, node: Node) -> str | None:
        """float32, int32, int16, int8 and uint8 become int8; some become int16, int32 or uint8."""
        source, output = required(graph, node.inputs[0]).dtype, required(graph, node.outputs[0]).dtype
        return None if output in _FORMS.get(source, ()) else f"{source.value} to {output.value}"

    @constraint("quantise activations per tensor")
    def one_scale(graph: Graph, node: Node) -> str | None:
        """The output has one scale."""
        quantization = required(graph, node.outputs[0]).quantization
        count = len(quantization.scales) if quantization else 0
        return None if count == 1 else f"it has {count}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        (scale_in, zero_in), (scale_out, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
        kernel = f"eg_quantize_{_SUFFIX[source.dtype]}_{_SUFFIX[output.dtype]}"
        overlaps = (Overlap(node.inputs[0], node.outputs[0]),) if output.size_bytes <= source.size_bytes else ()
        if source.dtype is DType.FLOAT32:
            params = Struct("eg_quantize_float_params", (("scale", scale_out), ("zero_point", zero_out)))
        else:
            multiplier, shift = quantize_multiplier(scale_in / scale_out)
            bytes_only = source.size_bytes == output.size_bytes == source.elements
            if bytes_only and (target.optimize == "speed" or DType.UINT8 in (source.dtype, output.dtype)):
                scaled = wrap32(requantize(all_values(source.dtype) - zero_in, multiplier, shift) + zero_out)
                return lookup(graph, node.inputs[0], node.outputs[0], scaled.clip(*INTEGER_LIMITS[output.dtype]))
            params = Struct(
                "eg_quantize_params",
                (
                    ("input_offset", -zero_in),
                    ("multiplier", multiplier),
                    ("shift", shift),
                    ("output_offset", zero_out),
                ),
            )
        arguments = (params, TensorArg(node.inputs[0]), TensorArg(node.outputs[0], written=True), source.elements)
        return Lowering((KernelCall(kernel, "eg_quantize.h", (f"{kernel}.c",), arguments, overlaps=overlaps),))


class Dequantize(_Elementwise):
    name = "DEQUANTIZE"
    types = ("int8 -> float32", "int16 -> float32", "uint8 -> float32")

    @constraint("dequantise int8, int16 or uint8 to float32")
    def element_types(graph: Graph, node: Node) -> str | None:
        """The input is int8, int16 or uint8, the output float32."""
        source, output = required(graph, node.inputs[0]).dtype, required(graph, node.outputs[0]).dtype
        if source in (DType.INT8, DType.INT16, DType.UINT8) and output is DType.FLOAT32:
            return None
        return f"{source.value} to {output.value}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source = graph.tensors[node.inputs[0]]
        scale, zero_point = scale_and_zero_point(source)
        params = Struct("eg_dequantize_params", (("scale", scale), ("zero_point", zero_point)))
        kernel = f"eg_dequantize_{_SUFFIX[source.dtype]}"
        arguments = (params, TensorArg(node.inputs[0]), TensorArg(node.outputs[0], written=True), source.elements)
        return Lowering((KernelCall(kernel, "eg_quantize.h", (f"{kernel}.c",), arguments),))
