"""UNIDIRECTIONAL_SEQUENCE_LSTM: int8 and int16 with int8 weights, and float32; no peephole, projection, layer norm."""

from __future__ import annotations

import math

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import float32_product, quantize_multiplier, round_half_away
from edgegen.ops.base import (
    FieldValue,
    KernelCall,
    Lowering,
    Operator,
    Refusal,
    Struct,
    Target,
    TensorArg,
    TensorList,
    constraint,
    takes,
)
from edgegen.ops.convolution import positive_scale, reduced_multiplier
from edgegen.ops.logistic import sigmoid_table
from edgegen.ops.shapes import quantization_of, required
from edgegen.options import UnidirectionalSequenceLSTMOptions

_INPUT, _HIDDEN, _CELL = 0, 18, 19
# Gates in the order input, forget, cell, output.
_WEIGHTS, _RECURRENT, _BIASES = range(1, 5), range(5, 9), range(12, 16)
_UNSUPPORTED = {**dict.fromkeys(range(9, 12), "peepholes"), 16: "a projection", 17: "a projection"} | dict.fromkeys(
    range(20, 24), "layer normalisation"
)
_GATE_SCALE = 2.0**-12  # of a gate's sum
_UNIT_SCALE = 2.0**-15  # of a sigmoid or tanh
_FORMS: dict[tuple[DType, ...], str] = {
    (DType.INT8, DType.INT8, DType.INT32, DType.INT16): "s8",
    (DType.INT16, DType.INT8, DType.INT64, DType.INT16): "s16",
    (DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32): "f32",
}
_MAX_TANH_SHIFT = 14


class UnidirectionalSequenceLSTM(Operator):
    """The 24 inputs are those of TFLite; hidden and cell state are variables."""

    name = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    types = ("int8 x int8 -> int8, int16 cell", "int16 x int8 -> int16, int16 cell", "float32")

    counts = takes(1, 24)

    @constraint("use a plain LSTM layer")
    def plain(graph: Graph, node: Node) -> str | None:
        """There are no peepholes, no projection and no layer normalisation; every gate has weights and a bias."""
        if len(node.inputs) != 24:
            return f"it has {len(node.inputs)} inputs instead of 24"
        extra = [what for position, what in _UNSUPPORTED.items() if node.inputs[position] >= 0]
        if extra:
            return f"it has {extra[0]}"
        for position in (_INPUT, *_WEIGHTS, *_RECURRENT, *_BIASES, _HIDDEN, _CELL):
            required(graph, node.inputs[position])
        return None

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input, output and hidden state are int8 (int32 bias) or int16 (int64 bias) with int8 weights and an int16
        cell state, or all are float32."""
        tensors = {i: graph.tensors[i] for i in (*node.inputs, node.outputs[0]) if i >= 0}
        kinds = [tensors[node.inputs[position]].dtype for position in (_INPUT, 1, 12, _CELL)]
        same = (
            ({kinds[0]}, (node.inputs[_HIDDEN], node.outputs[0])),
            ({kinds[1]}, tuple(node.inputs[i] for i in (*_WEIGHTS, *_RECURRENT))),
            ({kinds[2]}, tuple(node.inputs[i] for i in _BIASES)),
        )
        if tuple(kinds) not in _FORMS or any({tensors[i].dtype for i in indices} != kind for kind, indices in same):
            return "hybrid or unquantised types " + ", ".join(kind.value for kind in kinds)
        return None

    @constraint("export the model again; its file is damaged")
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have three axes, shapes agree, and both states are variables."""
        source, hidden, cell = (graph.tensors[node.inputs[i]] for i in (_INPUT, _HIDDEN, _CELL))
        output = graph.tensors[node.outputs[0]]
        assert isinstance(node.options, UnidirectionalSequenceLSTMOptions)
        if len(source.shape) != 3 or len(hidden.shape) < 2:
            return f"its input has {len(source.shape)} axes, its hidden state {len(hidden.shape)}"
        units, depth = hidden.shape[1], source.shape[2]
        batches = source.shape[1 if node.options.time_major else 0]
        wrong = [
            *(i for i in _WEIGHTS if graph.tensors[node.inputs[i]].shape != (units, depth)),
            *(i for i in _RECURRENT if graph.tensors[node.inputs[i]].shape != (units, units)),
            *(i for i in _BIASES if graph.tensors[node.inputs[i]].shape != (units,)),
        ]
        if wrong:
            tensor = graph.tensors[node.inputs[wrong[0]]]
            return f"tensor '{tensor.name}' has the shape {list(tensor.shape)} for {units} units and {depth} inputs"
        if not hidden.elements == cell.elements == batches * units:
            return f"its states don't hold {batches} times {units} values"
        if output.shape != (*source.shape[:2], units):
            return f"its output has the shape {list(output.shape)}"
        fixed = [tensor.name for tensor in (hidden, cell) if not tensor.is_variable]
        return f"its state '{fixed[0]}' is not a variable" if fixed else None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, hidden = graph.tensors[node.inputs[_INPUT]], graph.tensors[node.inputs[_HIDDEN]]
        kinds = (source.dtype, *(graph.tensors[node.inputs[i]].dtype for i in (1, 12, _CELL)))
        suffix = _FORMS[kinds]
        units, depth = hidden.shape[1], source.shape[2]
        fields = _sizes(node, source.shape, units) + (
            _float_params(node) if suffix == "f32" else _quantized_params(graph, node, wide=suffix == "s16")
        )
        arguments = (
            Struct("eg_lstm_f32_params" if suffix == "f32" else "eg_lstm_params", fields),
            TensorArg(node.inputs[_INPUT]),
            TensorList(tuple(node.inputs[i] for i in (*_WEIGHTS, *_RECURRENT))),
            TensorList(tuple(node.inputs[i] for i in _BIASES)),
            TensorList((node.inputs[_HIDDEN], node.inputs[_CELL]), written=True),
            TensorArg(node.outputs[0], written=True),
        )
        kernel = f"eg_unidirectional_sequence_lstm_{suffix}"
        macs = math.prod(source.shape[:2]) * 4 * units * (depth + units)
        header = "eg_unidirectional_sequence_lstm.h"
        sources = (f"{kernel}.c", *(("eg_expf.c", "eg_expm1f.c", "eg_tanhf.c") if suffix == "f32" else ()))
        return Lowering((KernelCall(kernel, header, sources, arguments, macs=macs),))


def _sizes(node: Node, shape: tuple[int, ...], units: int) -> tuple[tuple[str, FieldValue], ...]:
    assert isinstance(node.options, UnidirectionalSequenceLSTMOptions)
    time_major = node.options.time_major
    steps, batches = shape[:2] if time_major else reversed(shape[:2])
    step, batch = (batches, 1) if time_major else (1, steps)
    return (
        ("steps", steps),
        ("batches", batches),
        ("input_depth", shape[2]),
        ("units", units),
        ("row_step", step),
        ("row_batch", batch),
        # An activation other than TANH leaves the cell gate as it is.
        ("cell_tanh", int(node.options.fused_activation_function == "TANH")),
    )


def _float_params(node: Node) -> tuple[tuple[str, FieldValue], ...]:
    assert isinstance(node.options, UnidirectionalSequenceLSTMOptions)
    return (("cell_clip", max(node.options.cell_clip, 0.0)),)


def _quantized_params(graph: Graph, node: Node, *, wide: bool) -> tuple[tuple[str, FieldValue], ...]:
    assert isinstance(node.options, UnidirectionalSequenceLSTMOptions)
    source, hidden, cell = (graph.tensors[node.inputs[i]] for i in (_INPUT, _HIDDEN, _CELL))
    cell_scale, hidden_scale = positive_scale(cell), positive_scale(hidden)
    gates: list[FieldValue] = []
    for input_weights, recurrent_weights in zip(_WEIGHTS, _RECURRENT, strict=True):
        gate: list[tuple[str, int]] = []
        for name, values, position in (("input", source, input_weights), ("hidden", hidden, recurrent_weights)):
            weights = graph.tensors[node.inputs[position]]
            multiplier, shift = _gate_multiplier(values, weights, wide=wide)
            offset = -quantization_of(weights).zero_point
            gate += [(f"{name}_multiplier", multiplier), (f"{name}_shift", shift), (f"{name}_filter_offset", offset)]
        gates.append(tuple(value for _, value in gate))
    forget = quantize_multiplier(_UNIT_SCALE * cell_scale / cell_scale)
    update = quantize_multiplier(_UNIT_SCALE * _UNIT_SCALE / cell_scale)
    result = quantize_multiplier(_UNIT_SCALE * _UNIT_SCALE / hidden_scale)
    clip = node.options.cell_clip
    tanh_multiplier, tanh_shift = _tanh_scaling(cell_scale)
    return (
        ("input_offset", -quantization_of(source).zero_point),
        ("hidden_offset", -quantization_of(hidden).zero_point),
        ("gates", tuple(gates)),
        ("forget_multiplier", forget[0]),
        ("forget_shift", forget[1]),
        ("update_multiplier", update[0]),
        ("update_shift", update[1]),
        ("output_multiplier", result[0]),
        ("output_shift", result[1]),
        ("cell_clip", int(min(clip / cell_scale, 32767.0)) if clip > 0 else 32768),
        ("tanh_multiplier", tanh_multiplier),
        ("tanh_shift", tanh_shift),
        ("sigmoid_table", sigmoid_table()),
    )


def _gate_multiplier(values: Tensor, weights: Tensor, *, wide: bool) -> tuple[int, int]:
    """(multiplier, shift) from a product of `values` and `weights` to a gate's sum: the product in float32."""
    quantization = quantization_of(weights)
    if len(quantization.scales) > 1:
        raise Refusal(f"weights '{weights.name}' have a scale per channel", "quantise LSTM weights per tensor")
    product = float32_product(quantization_of(values).scale, quantization.scale)
    if not product >= 0:
        raise Refusal("its scales are negative", "give every quantised tensor a positive scale")
    pair = quantize_multiplier(product / _GATE_SCALE)
    return reduced_multiplier(pair) if wide else pair


def _tanh_scaling(cell_scale: float) -> tuple[int, int]:
    """(multiplier, right shift) from the cell state to steps of the sigmoid table: 3 * 2^(12 + log2 of the scale)."""
    log2 = np.log(np.float32(cell_scale)) * (np.float32(1) / np.log(np.float32(2)))
    shift = 12 + round_half_away(float(log2))
    if not -31 <= shift <= _MAX_TANH_SHIFT:
        raise Refusal(
            f"the cell state's scale {cell_scale:g} is out of range", "calibrate the model with representative data"
        )
    return (3 << shift, 0) if shift >= 0 else (3, -shift)
