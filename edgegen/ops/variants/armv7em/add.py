"""ADD and SUB of int8 tensors of one shape for Armv7E-M: a linear function that is proved on all pairs of values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import Add, Sub
from edgegen.ops.arithmetic import requantize
from edgegen.ops.base import Lowering, Struct, Target, TensorArg
from edgegen.ops.elementwise import elementwise_loops

_LEFT_SHIFT = 20  # fraction bits that inputs get before they are scaled: EG_ADD_SHIFT_S8
_VALUES = np.arange(-128, 128, dtype=np.int64)
_FIRST_STEP, _MOST_ROUNDS = 16, 12


def lower_sum(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """Four elements and more, whose sums have a linear form."""
    left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
    if output.dtype is not DType.INT8 or output.elements < 4:
        return None
    if elementwise_loops((left, right), output) != [(output.elements, (1, 1))]:
        return None
    scalar = (Add() if node.op == "ADD" else Sub()).lower(graph, node, target).calls[0]
    struct = scalar.arguments[0]
    assert isinstance(struct, Struct)
    params = {name: value for name, value in struct.fields if isinstance(value, int)}
    form = linear_form(params, -1 if node.op == "SUB" else 1)
    if form is None:
        return None
    arguments = (
        *form,
        output.elements,
        TensorArg(node.inputs[0]),
        TensorArg(node.inputs[1]),
        TensorArg(node.outputs[0], written=True),
    )
    call = replace(scalar, kernel="eg_add_s8_armv7em", header="eg_add_s8_armv7em.h", sources=(), arguments=arguments)
    return Lowering((call,))


def linear_form(params: dict[str, int], sign: int) -> tuple[int, int, int, int] | None:
    """(a, b, c, shift) with output = (a * left + b * right + c) >> shift, saturated to int8, for all inputs.

    TFLite Micro's own result is a table of 256 x 256. For given slopes each of its entries bounds c. The search walks
    from the ideal slopes to where the bounds meet; a little steeper ones send ties away from zero, as wanted.
    """
    ratios = [
        params[f"input{i}_multiplier"] * params["output_multiplier"] * 2.0**exponent
        for i, exponent in ((i, params[f"input{i}_shift"] + params["output_shift"] + _LEFT_SHIFT - 62) for i in (1, 2))
    ]
    wanted = _table(params, sign)
    for bits in (24, 23, 22, 21, 20):
        shift = min(int(np.floor(bits - np.log2(max(ratios)))), 30) if max(ratios) > 0 else 0
        if shift < 1:
            return None
        form = _search(wanted, [round(ratio * 2.0**shift) for ratio in ratios], sign, shift)
        if form is not None:
            return form
    return None


def _search(wanted: NDArray[np.int64], slopes: list[int], sign: int, shift: int) -> tuple[int, int, int, int] | None:
    low, high = _bounds(wanted, slopes[0], sign * slopes[1], shift)
    step = _FIRST_STEP
    for _ in range(_MOST_ROUNDS):
        if low <= high or not step or not _fits(slopes[0], slopes[1], (low + high) // 2):
            break
        tries = [[slopes[0] + i * step, slopes[1] + j * step] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
        found = [(_bounds(wanted, a, sign * b, shift), [a, b]) for a, b in tries]
        bounds, chosen = min(found, key=lambda entry: entry[0][0] - entry[0][1])
        if bounds[0] - bounds[1] < low - high:
            (low, high), slopes = bounds, chosen
        else:
            step //= 2
    a, b, c = slopes[0], sign * slopes[1], (low + high) // 2
    return (a, b, c, shift) if low <= high and _fits(a, b, c) else None


def _fits(a: int, b: int, c: int) -> bool:
    """Whether every sum fits 32 bits."""
    return 128 * (abs(a) + abs(b)) + abs(c) < 1 << 31


def _bounds(wanted: NDArray[np.int64], a: int, b: int, shift: int) -> tuple[int, int]:
    """The lowest and the highest c that give every output; there is none if the first is larger."""
    sums = a * _VALUES[:, None] + b * _VALUES[None, :]
    low = np.max((wanted << shift) - sums, where=wanted > -128, initial=-(1 << 40))
    high = np.min((wanted + 1 << shift) - 1 - sums, where=wanted < 127, initial=1 << 40)
    return int(low), int(high)


def _table(params: dict[str, int], sign: int) -> NDArray[np.int64]:
    """The scalar kernel's output for each pair of values, in order from -128."""

    def scale(values: NDArray[np.int64], name: str) -> NDArray[np.int64]:
        multiplier = np.array(params[f"{name}_multiplier"], dtype=np.int32)
        return requantize(values, multiplier, np.array(params[f"{name}_shift"], dtype=np.int8))

    left, right = (scale(_VALUES + params[f"{name}_offset"] << _LEFT_SHIFT, name) for name in ("input1", "input2"))
    sums = scale(left[:, None] + sign * right[None, :], "output") + params["output_offset"]
    table: NDArray[np.int64] = np.clip(sums, params["activation_min"], params["activation_max"])
    return table
