"""SVDF: int8 with int8 or int16 state, and float32."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import float32, float32_product, float_activation_range, quantize_multiplier
from edgegen.ops.base import (
    Argument,
    KernelCall,
    Lowering,
    Operator,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
    takes,
)
from edgegen.ops.convolution import positive_scale
from edgegen.ops.shapes import quantization_of, required
from edgegen.options import SVDFOptions

_FORMS: dict[tuple[DType, ...], str] = {
    (DType.INT8, DType.INT8, DType.INT8, DType.INT32, DType.INT8, DType.INT8): "s8",
    (DType.INT8, DType.INT8, DType.INT16, DType.INT32, DType.INT16, DType.INT8): "s16",
    (DType.FLOAT32,) * 6: "f32",
}


class SVDF(Operator):
    """Inputs: input [N,I], feature weights [F,I], time weights [F,M], bias [F/rank], state [N,F*M] (a variable)."""

    name = "SVDF"
    types = ("int8, int8 state", "int8, int16 state", "float32")
    counts = takes(5)

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Types are int8 (time weights and state int8 or int16, bias int32) or float32."""
        kinds = tuple(required(graph, i).dtype for i in (*node.inputs, node.outputs[0]))
        return None if kinds in _FORMS else "hybrid or unquantised types " + ", ".join(kind.value for kind in kinds)

    @constraint("export the model again; its file is damaged")
    def shapes(graph: Graph, node: Node) -> str | None:
        """The shapes agree, no axis is empty, and the state is a variable."""
        source, feature, time, bias, state = (graph.tensors[i] for i in node.inputs)
        output = graph.tensors[node.outputs[0]]
        assert isinstance(node.options, SVDFOptions)
        for tensor in (source, feature, time, state, output):
            if len(tensor.shape) != 2 or 0 in tensor.shape:
                return f"tensor '{tensor.name}' has the shape {list(tensor.shape)}"
        (batches, depth), (filters, memory), rank = source.shape, time.shape, node.options.rank
        if rank < 1 or filters % rank:
            return f"its rank {rank} does not divide its {filters} filters"
        units = filters // rank
        expected = ((filters, depth), (batches, filters * memory), (batches, units))
        if (feature.shape, state.shape, output.shape) != expected or bias.shape[:1] != (units,):
            return "its shapes don't agree"
        return None if state.is_variable else f"its state '{state.name}' is not a variable"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, feature, time, bias, state = (graph.tensors[i] for i in node.inputs)
        output = graph.tensors[node.outputs[0]]
        options = node.options
        assert isinstance(options, SVDFOptions)
        suffix = _FORMS[(*(t.dtype for t in (source, feature, time, bias, state)), output.dtype)]
        (batches, depth), (filters, memory) = source.shape, time.shape
        sizes = (
            ("batches", batches),
            ("input_depth", depth),
            ("units", filters // options.rank),
            ("rank", options.rank),
            ("memory", memory),
        )
        if suffix == "f32":
            params = Struct("eg_svdf_f32_params", (*sizes, *_float_activation(options.fused_activation_function)))
        else:
            params = Struct("eg_svdf_params", (*sizes, *_scales(source, feature, time, bias, state, output)))
        arguments: tuple[Argument, ...] = (
            params,
            *(TensorArg(i) for i in node.inputs[:4]),
            TensorArg(node.inputs[4], written=True),
            TensorArg(node.outputs[0], written=True),
        )
        kernel = f"eg_svdf_{suffix}"
        macs = batches * filters * (depth + memory)
        return Lowering((KernelCall(kernel, "eg_svdf.h", (f"{kernel}.c",), arguments, macs=macs),))


def _float_activation(activation: str) -> tuple[tuple[str, float], ...]:
    if activation in ("TANH", "SIGN_BIT"):
        raise Refusal(f"the fused activation {activation} of a float SVDF has no kernel", "use NONE, RELU or RELU6")
    low, high = float_activation_range(activation)
    if activation == "NONE":  # infinities pass
        low, high = float("-inf"), float("inf")
    elif activation == "RELU":
        high = float("inf")
    return ("activation_min", low), ("activation_max", high)


def _scales(
    source: Tensor, feature: Tensor, time: Tensor, bias: Tensor, state: Tensor, output: Tensor
) -> tuple[tuple[str, int], ...]:
    """The two requantisations, their ratios in float32 as TFLite Micro computes them, and the zero points."""
    state_scale, output_scale = positive_scale(state), positive_scale(output)
    sums_scale = float32_product(state_scale, quantization_of(time).scale)
    bias_scale = bias.quantization.scale if bias.quantization else 0.0
    if not abs(bias_scale - sums_scale) < 1e-5:
        raise Refusal(
            f"the bias's scale {bias_scale:g} is not state scale * time weight scale, {sums_scale:g}",
            "quantise the bias with the product of both scales",
        )
    into_state = float32(float32_product(quantization_of(source).scale, quantization_of(feature).scale) / state_scale)
    state_multiplier, state_shift = quantize_multiplier(into_state)
    output_multiplier, output_shift = quantize_multiplier(float32(sums_scale / output_scale))
    return (
        ("input_offset", -quantization_of(source).zero_point),
        ("state_zero_point", quantization_of(state).zero_point),
        ("state_multiplier", state_multiplier),
        ("state_shift", state_shift),
        ("output_offset", quantization_of(output).zero_point),
        ("output_multiplier", output_multiplier),
        ("output_shift", output_shift),
    )
