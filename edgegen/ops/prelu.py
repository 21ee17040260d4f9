"""PRELU: negative inputs times a learned slope, broadcast to the input."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.arithmetic import quantize_multiplier
from edgegen.ops.base import Lowering, Operator, Refusal, Struct, Target, constraint, takes
from edgegen.ops.elementwise import elementwise_lowering
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required

_FORMS = {DType.FLOAT32: DType.FLOAT32, DType.INT8: DType.INT8, DType.INT16: DType.INT8}
_SUFFIX = {DType.FLOAT32: "f32", DType.INT8: "s8", DType.INT16: "s16"}


class Prelu(Operator):
    name = "PRELU"
    types = ("int8", "int16 with int8 slopes", "float32")
    counts = takes(2)

    @constraint("quantise input and output alike, slopes to int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are int8, int16 or float32; the slopes are int8, or float32."""
        source, alpha, output = (required(graph, i).dtype for i in (*node.inputs, node.outputs[0]))
        if source is output and _FORMS.get(source) is alpha:
            return None
        return f"types {source.value}, {alpha.value} and {output.value}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, alpha, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        kernel = f"eg_prelu_{_SUFFIX[source.dtype]}"
        if source.dtype is DType.FLOAT32:
            return elementwise_lowering(graph, node, kernel, "eg_prelu.h")
        (scale_in, zero_in), (scale_out, zero_out) = scale_and_zero_point(source), scale_and_zero_point(output)
        scale_alpha, zero_alpha = scale_and_zero_point(alpha)
        if scale_out == 0.0:
            raise Refusal("its output has no scale", "convert the model with a representative data set")
        positive, positive_shift = quantize_multiplier(scale_in / scale_out)
        negative, negative_shift = quantize_multiplier(scale_in * scale_alpha / scale_out)
        params = Struct(
            "eg_prelu_params",
            (
                ("input_offset", -zero_in),
                ("alpha_offset", -zero_alpha),
                ("output_offset", zero_out),
                ("multiplier", positive),
                ("shift", positive_shift),
                ("negative_multiplier", negative),
                ("negative_shift", negative_shift),
            ),
        )
        return elementwise_lowering(graph, node, kernel, "eg_prelu.h", params)
