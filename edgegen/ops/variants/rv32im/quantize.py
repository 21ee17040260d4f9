"""QUANTIZE from float32 to int8 for cores without a float unit: the steps between outputs are a sorted table."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import ConstArray, Lowering, Target
from edgegen.ops.quantize import Quantize, scale_and_zero_point

_LEAST_ELEMENTS = 64  # the table is 1 KB
_INFINITY = 0x7F800000


def lower_quantize(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """The output never decreases where the input grows, so 255 inputs tell all: the first of each output but -128."""
    source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
    if source.dtype is not DType.FLOAT32 or output.dtype is not DType.INT8 or source.elements < _LEAST_ELEMENTS:
        return None
    scale, zero_point = scale_and_zero_point(output)
    if not (math.isfinite(scale) and scale > 0) or target.optimize == "size":
        return None
    (call,) = Quantize().lower(graph, node, target).calls
    kernel = "eg_quantize_steps_f32_s8"
    steps = ConstArray.of("steps", first_inputs(scale, zero_point))
    arguments = (steps, *call.arguments[1:])
    return Lowering(
        (replace(call, kernel=kernel, header=f"{kernel}.h", sources=(f"{kernel}.c",), arguments=arguments),)
    )


def first_inputs(scale: float, zero_point: int) -> NDArray[np.int32]:
    """For outputs -127 to 127 the key of the smallest float32 that gives it or more; keys are ordered as floats are."""
    wanted = np.arange(-127, 128)
    low = np.full(255, -_INFINITY - 1, dtype=np.int64)  # of -infinity
    high = np.full(255, _INFINITY, dtype=np.int64)
    while (low < high).any():
        middle = (low + high) >> 1
        reached = _quantized(middle, scale, zero_point) >= wanted
        low, high = np.where(reached, low, np.minimum(middle + 1, high)), np.where(reached, middle, high)
    return high.astype(np.int32)


def _quantized(keys: NDArray[np.int64], scale: float, zero_point: int) -> NDArray[np.int64]:
    """What eg_quantize_f32_s8 gives for the floats with these keys."""
    bits = keys.astype(np.int32)
    values = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).view(np.float32)
    with np.errstate(over="ignore", under="ignore"):
        bounded = np.clip(values / np.float32(scale), -(2.0**20), 2.0**20).astype(np.float64)
    rounded = np.trunc(bounded) + (bounded - np.trunc(bounded) >= 0.5) - (bounded - np.trunc(bounded) <= -0.5)
    quantized: NDArray[np.int64] = np.clip(rounded + zero_point, -128, 127).astype(np.int64)
    return quantized
