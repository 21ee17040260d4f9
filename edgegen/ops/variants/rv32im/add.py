"""ADD and SUB in int8 for RV32IM and Armv6-M: what an input value adds is looked up in a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import Add, Sub
from edgegen.ops.arithmetic import requantize
from edgegen.ops.base import ConstArray, Lowering, Struct, Target, TensorArg
from edgegen.ops.elementwise import elementwise_loops
from edgegen.ops.variants.rv32im.requantize import HIGHEST_SHIFT

_LEFT_SHIFT = 20  # fraction bits that inputs get before they are scaled: EG_ADD_SHIFT_S8


def lowering_of_add(isa: str) -> Callable[[Graph, Node, Target], Lowering | None]:
    """ADD and SUB with kernel eg_add_s8_<isa>, which requantises as RV32IM's does."""
    return lambda graph, node, target: _lower_add(graph, node, target, isa)


def _lower_add(graph: Graph, node: Node, target: Target, isa: str) -> Lowering | None:
    """int8 tensors of one shape, of 256 elements or more: two tables are 2 KB."""
    left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
    if output.dtype is not DType.INT8 or output.elements < 256:
        return None
    if elementwise_loops((left, right), output) != [(output.elements, (1, 1))]:
        return None
    scalar = (Add() if node.op == "ADD" else Sub()).lower(graph, node, target).calls[0]
    struct = scalar.arguments[0]
    assert isinstance(struct, Struct)
    params = {name: value for name, value in struct.fields if isinstance(value, int)}
    shift = -params["output_shift"]
    if not 1 <= shift <= HIGHEST_SHIFT:
        return None
    zero_point, low = params["output_offset"], params["activation_min"]
    fields = (
        ("bias", 0),
        ("multiplier", params["output_multiplier"]),
        ("rounding", 1 + (1 << shift) + (zero_point << shift + 1)),
        ("shift", shift + 1),
    )
    arguments = (
        Struct(f"eg_quant_{isa}", fields),
        low,
        params["activation_max"],
        int(zero_point == low),
        output.elements,
        ConstArray.of("left", _contributions(params, 1, 1)),
        TensorArg(node.inputs[0]),
        ConstArray.of("right", _contributions(params, 2, 1 if node.op == "ADD" else -1)),
        TensorArg(node.inputs[1]),
        TensorArg(node.outputs[0], written=True),
    )
    call = replace(
        scalar,
        kernel=f"eg_add_s8_{isa}",
        header=f"eg_add_s8_{isa}.h",
        sources=(f"eg_add_s8_{isa}.c",),
        arguments=arguments,
    )
    return Lowering((call,))


def _contributions(params: dict[str, int], position: int, sign: int) -> NDArray[np.int32]:
    """What input `position` (1 or 2) adds to the sum, for the bytes 0 to 255. Two of them stay below 2^29."""
    values = np.arange(256).astype(np.uint8).view(np.int8).astype(np.int64)
    scaled = requantize(
        values + params[f"input{position}_offset"] << _LEFT_SHIFT,
        np.array(params[f"input{position}_multiplier"], dtype=np.int32),
        np.array(params[f"input{position}_shift"], dtype=np.int8),
    )
    return (sign * scaled).astype(np.int32)
