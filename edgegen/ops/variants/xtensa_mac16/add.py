"""ADD and SUB in int8 for Xtensa MAC16: what each input value contributes is looked up in a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import Add, Sub
from edgegen.ops.arithmetic import requantize
from edgegen.ops.base import ConstArray, Lowering, Struct, Target, TensorArg
from edgegen.ops.elementwise import elementwise_loops

_FRACTION_BITS = 20  # that inputs get before they are scaled: EG_ADD_SHIFT_S8
_LEAST_ELEMENTS = 256  # the tables are 2 KB
_MOST_SHIFT = 22


def lower_add(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """Tensors of one shape."""
    left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
    if output.dtype is not DType.INT8 or output.elements < _LEAST_ELEMENTS or target.optimize == "size":
        return None
    if elementwise_loops((left, right), output) != [(output.elements, (1, 1))]:
        return None
    scalar = (Add() if node.op == "ADD" else Sub()).lower(graph, node, target).calls[0]
    struct = scalar.arguments[0]
    assert isinstance(struct, Struct)
    params = {name: value for name, value in struct.fields if isinstance(value, int)}
    shift, zero_point = -params["output_shift"], params["output_offset"]
    if not 1 <= shift <= _MOST_SHIFT or (params["activation_min"], params["activation_max"]) != (-128, 127):
        return None
    tables = np.concatenate([_contributions(params, 1, 1), _contributions(params, 2, 1 if node.op == "ADD" else -1)])
    fields = (
        ("multiplier", params["output_multiplier"]),
        ("rounding", 1 + (1 << shift) + (zero_point << shift + 1)),
        ("right", shift + 1),
        ("is_signed", int(zero_point > params["activation_min"])),
    )
    arguments = (
        Struct("eg_add_mac16_params", fields),
        output.elements,
        ConstArray.of("tables", tables),
        TensorArg(node.inputs[0]),
        TensorArg(node.inputs[1]),
        TensorArg(node.outputs[0], written=True),
    )
    kernel = "eg_add_s8_xtensa_mac16"
    call = replace(scalar, kernel=kernel, header=f"{kernel}.h", sources=(f"{kernel}.c",), arguments=arguments)
    return Lowering((call,))


def _contributions(params: dict[str, int], number: int, sign: int) -> NDArray[np.int32]:
    """Four times what input `number` adds to the sum, for the bytes 0 to 255: less than 2^30."""
    values = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64) + params[f"input{number}_offset"]
    multiplier, shift = (np.array([params[f"input{number}_{name}"]]) for name in ("multiplier", "shift"))
    scaled: NDArray[np.int64] = requantize(values << _FRACTION_BITS, multiplier, shift)
    return (4 * sign * scaled).astype(np.int32)
