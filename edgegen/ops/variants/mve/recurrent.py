"""MVE: UNIDIRECTIONAL_SEQUENCE_LSTM and SVDF of int8, with vector dot products and, for LSTM, four units at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, Lowering, Struct, Target, TensorList
from edgegen.ops.svdf import SVDF
from edgegen.ops.unidirectional_sequence_lstm import UnidirectionalSequenceLSTM

_GATES = 4
_LSTM = "eg_unidirectional_sequence_lstm_s8"


def lower_svdf(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """SVDF of int8."""
    (call,) = SVDF().lower(graph, node, target).calls
    if call.kernel == "eg_svdf_f32":
        return None
    kernel = f"{call.kernel}_mve"
    return Lowering((replace(call, kernel=kernel, header="eg_svdf_mve.h", sources=(f"{kernel}.c",)),))


def lower_lstm(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """LSTM of int8 with constant weights and biases, the weights' zero points 0."""
    (call,) = UnidirectionalSequenceLSTM().lower(graph, node, target).calls
    if call.kernel != _LSTM:
        return None
    params, source, weights, biases, states, output = call.arguments
    assert isinstance(params, Struct) and isinstance(weights, TensorList) and isinstance(biases, TensorList)
    tensors = [graph.tensors[i] for i in (*weights.indices, *biases.indices)]
    if not all(tensor.is_constant for tensor in tensors):
        return None
    zero_points = [t.quantization.zero_point for t in tensors[: 2 * _GATES] if t.quantization]
    if any(zero_points):
        return None
    arrays = [tensor.array().astype(np.int64) for tensor in tensors]
    bias = ConstArray.of("bias", _folded_bias(dict(params.fields), arrays), align=16)
    kernel = f"{_LSTM}_mve"
    arguments = (params, source, weights, bias, states, output)
    call = replace(call, kernel=kernel, header=f"{kernel}.h", sources=(f"{kernel}.c",), arguments=arguments)
    return Lowering((call,))


def _folded_bias(fields: dict[str, object], arrays: list[NDArray[np.int64]]) -> NDArray[np.int32]:
    """[units, 2, gates]: what the zero points of input and hidden state add to a gate's sums, and its bias."""
    of_input, of_hidden, biases = arrays[:_GATES], arrays[_GATES : 2 * _GATES], arrays[2 * _GATES :]
    input_offset, hidden_offset = fields["input_offset"], fields["hidden_offset"]
    assert isinstance(input_offset, int) and isinstance(hidden_offset, int)
    sums = [
        [w.sum(axis=1) * input_offset + b for w, b in zip(of_input, biases, strict=True)],
        [w.sum(axis=1) * hidden_offset for w in of_hidden],
    ]
    return np.array(sums).transpose(2, 0, 1).astype(np.int32)  # modulo 2^32, as the kernels add
