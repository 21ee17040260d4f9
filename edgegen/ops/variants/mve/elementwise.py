"""MVE: ADD and SUB of int8 as one linear form, wherever that is equal for every pair of inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.add import Add, Sub
from edgegen.ops.base import Argument, KernelCall, Lowering, Overlap, Struct, Target, TensorArg
from edgegen.ops.elementwise import elementwise_loops
from edgegen.ops.fixed_point import requantize
from edgegen.ops.variants.mve.facts import clamp

_ADD_SHIFT = 20  # EG_ADD_SHIFT_S8
_LIMIT = 1 << 31


@dataclass(frozen=True, slots=True)
class LinearForm:
    """(a * multiplier1 + b * multiplier2 + offset) >> shift, saturated to int8; the sum stays within 32 bits."""

    multiplier1: int
    multiplier2: int
    offset: int
    shift: int


def lower_sum(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """ADD or SUB of two int8 tensors of one shape whose results a linear form gives exactly."""
    left, right, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
    if output.dtype is not DType.INT8 or elementwise_loops((left, right), output) != [(output.elements, (1, 1))]:
        return None
    scalar = (Add() if node.op == "ADD" else Sub()).lower(graph, node, target)
    params = scalar.calls[0].arguments[0]
    assert isinstance(params, Struct)
    fields = {name: value for name, value in params.fields if isinstance(value, int)}
    form = linear_form(*sum_table(fields, -1 if node.op == "SUB" else 1))
    if form is None:
        return None
    constants = Struct(
        "eg_add_mve_params",
        (
            ("multiplier1", form.multiplier1),
            ("multiplier2", form.multiplier2),
            ("offset", form.offset),
            ("shift", form.shift),
        ),
    )
    inputs = TensorArg(node.inputs[0]), TensorArg(node.inputs[1])
    arguments: tuple[Argument, ...] = (constants, output.elements, *inputs, TensorArg(node.outputs[0], written=True))
    overlaps = tuple(Overlap(index, node.outputs[0]) for index in node.inputs)
    kernel = "eg_add_s8_mve"
    call = KernelCall(kernel, f"{kernel}.h", (f"{kernel}.c",), arguments, output.elements, overlaps)
    return Lowering(
        (call, *clamp(output.elements, fields["activation_min"], fields["activation_max"], node.outputs[0]))
    )


def sum_table(fields: dict[str, int], sign: int) -> tuple[NDArray[np.int64], float, float]:
    """What the scalar kernel gives for every pair [a + 128, b + 128], saturated, and the inputs' real multipliers."""
    values = np.arange(-128, 128, dtype=np.int64)
    terms = [
        requantize(
            (values + fields[f"{name}_offset"]) << _ADD_SHIFT, fields[f"{name}_multiplier"], fields[f"{name}_shift"]
        )
        for name in ("input1", "input2")
    ]
    sums = terms[0][:, None] + sign * terms[1][None, :]
    table = requantize(sums, fields["output_multiplier"], fields["output_shift"]) + fields["output_offset"]
    real = [
        fields[f"{name}_multiplier"] * 2.0 ** (fields[f"{name}_shift"] - 31) for name in ("input1", "input2", "output")
    ]
    unit = real[2] * (1 << _ADD_SHIFT)
    return np.clip(table, -128, 127), real[0] * unit, sign * real[1] * unit


def linear_form(table: NDArray[np.int64], real1: float, real2: float) -> LinearForm | None:
    """The form that gives `table` for every pair, or None: ties rounded away from zero may rule it out."""
    values = np.arange(-128, 128, dtype=np.int64)
    high, low = table == 127, table == -128
    for shift in range(30, 7, -1):
        multiplier1, multiplier2 = round(real1 * 2**shift), round(real2 * 2**shift)
        products = values[:, None] * multiplier1 + values[None, :] * multiplier2
        # The offsets that put each sum into its result's interval; a saturated result's is open on one side.
        least = int(np.max((table << shift) - products, where=~low, initial=-_LIMIT))
        most = int(np.min(((table + 1) << shift) - 1 - products, where=~high, initial=_LIMIT - 1))
        offset = (least + most) // 2
        fits = np.abs(products).max() + abs(offset) < _LIMIT and max(abs(multiplier1), abs(multiplier2)) < _LIMIT
        if least <= most and fits:
            return LinearForm(multiplier1, multiplier2, offset, shift)
    return None
