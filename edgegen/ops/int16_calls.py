"""From nodes that multiply int16 values with int8 weights to calls of kernels that take the weights packed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Struct, Target
from edgegen.ops.shapes import dims_struct, quantization_of
from edgegen.options import Conv2DOptions

_FILTER = 5  # position among a convolution's arguments


def constant_weights(graph: Graph, node: Node) -> NDArray[np.int8] | None:
    """The weights as [O,KH,KW,C] of a CONV_2D, FULLY_CONNECTED or TRANSPOSE_CONV node; None where kernels don't suit.

    They take one group, dilation along the height only, int8 weights and zero points of 0.
    """
    source = graph.tensors[node.inputs[2 if node.op == "TRANSPOSE_CONV" else 0]]
    weights, output = graph.tensors[node.inputs[1]], graph.tensors[node.outputs[0]]
    if source.dtype is not DType.INT16 or weights.dtype is not DType.INT8 or not weights.is_constant:
        return None
    if 0 in source.shape or 0 in output.shape or 0 in weights.shape:
        return None
    values = np.asarray(weights.array(), dtype=np.int8)
    if node.op == "FULLY_CONNECTED":
        offsets = (quantization_of(tensor).zero_points for tensor in (source, weights, output))
        rows = values.reshape(-1, 1, 1, weights.shape[-1])
        return rows if not any(map(any, offsets)) and len(rows) == output.shape[-1] else None
    dilation_w = node.options.dilation_w_factor if isinstance(node.options, Conv2DOptions) else 1
    suits = dilation_w == 1 and weights.shape[3] == source.shape[3] and len(values) == output.shape[3]
    return values if suits else None


def with_packed_weights(
    graph: Graph, node: Node, packed: ConstArray, suffix: str, header: str, sources: tuple[str, ...]
) -> Lowering | None:
    """The scalar kernel's call with `packed` in place of the weights, for kernel <scalar kernel>_<suffix>."""
    (call,) = operators()[node.op].lower(graph, node, Target()).calls
    if node.op == "FULLY_CONNECTED":
        call = _as_convolution(call)
    kernel = f"{call.kernel}_{suffix}"
    arguments = (*call.arguments[:_FILTER], packed, *call.arguments[_FILTER + 1 :])
    return Lowering(
        (replace(call, kernel=kernel, header=header, sources=(f"{kernel}.c", *sources), arguments=arguments),)
    )


def _as_convolution(call: KernelCall) -> KernelCall:
    """FULLY_CONNECTED as a 1x1 CONV_2D over one row of pixels."""
    params, quant, batches, source, depth, weights, bias, outputs, output = call.arguments
    assert isinstance(params, Struct) and isinstance(quant, Struct)
    assert isinstance(batches, int) and isinstance(depth, int) and isinstance(outputs, int)
    limits = tuple(field for field in params.fields if field[0].startswith("activation"))
    steps = tuple((f"{name}_{axis}", 1) for name in ("stride", "dilation") for axis in "hw")
    zeros = tuple((name, 0) for name in ("pad_h", "pad_w", "input_offset", "output_offset"))
    if dict(params.fields)["quant_stride"] == 0:
        quant = _repeated(quant, outputs)
    arguments = (
        Struct("eg_conv_2d_params", (*steps, *zeros, *limits)),
        quant,
        dims_struct((1, 1, batches, depth)),
        source,
        dims_struct((outputs, 1, 1, depth)),
        weights,
        bias,
        dims_struct((1, 1, batches, outputs)),
        output,
    )
    return replace(call, kernel=call.kernel.replace("fully_connected", "conv_2d"), arguments=arguments)


def _repeated(quant: Struct, outputs: int) -> Struct:
    """One multiplier and shift for every output."""
    fields = []
    for name, values in quant.fields:
        assert isinstance(values, ConstArray)
        fields.append((name, replace(values, data=values.data * outputs)))
    return Struct(quant.ctype, tuple(fields))
