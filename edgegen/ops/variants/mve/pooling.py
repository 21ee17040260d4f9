"""MVE: AVERAGE_POOL_2D and MAX_POOL_2D of int8 with channels as the lanes of vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import KernelCall, Lowering, Struct, Target
from edgegen.ops.pool_2d import AveragePool2D, MaxPool2D, pool_padding
from edgegen.ops.variants.mve.facts import clamp
from edgegen.options import Pool2DOptions

_HEADER = "eg_pool_2d_s8_mve.h"
_MOST_VALUES = 255  # their sum fits in 16 bits
_RAW = 128


def lower_max_pool(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """MAX_POOL_2D of int8."""
    source, output, options = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]], node.options
    if output.dtype is not DType.INT8:
        return None
    assert isinstance(options, Pool2DOptions)
    plain = (options.filter_height, options.filter_width) == (2, 2) and lies_inside(source, output, options)
    (call,) = MaxPool2D().lower(graph, node, target).calls
    return Lowering((_vector_call(call, f"eg_max_pool_{'2x2' if plain else '2d'}_s8_mve"),))


def lower_average_pool(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """AVERAGE_POOL_2D of int8 whose windows all lie within the input."""
    source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
    options = node.options
    assert isinstance(options, Pool2DOptions)
    if output.dtype is not DType.INT8 or not lies_inside(source, output, options):
        return None
    mean = mean_constants(options.filter_height * options.filter_width)
    if mean is None:
        return None
    (call,) = AveragePool2D().lower(graph, node, target).calls
    params = call.arguments[0]
    assert isinstance(params, Struct)
    fields = {name: value for name, value in params.fields if isinstance(value, int)}
    half, multiplier, shift = mean
    constants = Struct("eg_mean_mve", (("half", half), ("multiplier", multiplier), ("shift", shift)))
    call = replace(call, arguments=(params, constants, *call.arguments[1:]))
    call = _vector_call(call, "eg_average_pool_2d_s8_mve")
    activation = clamp(output.elements, fields["activation_min"], fields["activation_max"], node.outputs[0])
    return Lowering((call, *activation))


def mean_constants(count: int) -> tuple[int, int, int] | None:
    """(half, multiplier, shift) that divide every possible sum of `count` values exactly, or None."""
    if count > _MOST_VALUES:
        return None
    half = count // 2
    sums = np.arange(_RAW * count + half + 1, dtype=np.int64)
    for shift in range(9):
        multiplier = -(-(1 << (16 + shift)) // count)
        if multiplier < 1 << 16 and (sums * multiplier >> (16 + shift) == sums // count).all():
            return half, multiplier, shift
    return None


def lies_inside(source: Tensor, output: Tensor, options: Pool2DOptions) -> bool:
    """Whether no window reaches into padding."""
    if any(pool_padding(options, source)):
        return False
    windows = (1, options.stride_h, options.filter_height), (2, options.stride_w, options.filter_width)
    return all((output.shape[axis] - 1) * stride + size <= source.shape[axis] for axis, stride, size in windows)


def _vector_call(call: KernelCall, kernel: str) -> KernelCall:
    """The scalar call with a vector kernel, which reads the windows of a vector's channels before it writes them."""
    return replace(call, kernel=kernel, header=_HEADER, sources=(f"{kernel}.c",))
