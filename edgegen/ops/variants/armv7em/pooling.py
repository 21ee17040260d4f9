"""AVERAGE_POOL_2D and MAX_POOL_2D for Armv7E-M: four channels at a time."""

from __future__ import annotations

from dataclasses import replace

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.pool_2d import AveragePool2D, MaxPool2D
from edgegen.options import Pool2DOptions

_LARGEST_WINDOW = 255  # times -128 fits int16


def lower_average_pool(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """int8, four channels and more, windows whose sums fit int16; the scalar kernel's overlap holds here too."""
    source = graph.tensors[node.inputs[0]]
    options = node.options
    assert isinstance(options, Pool2DOptions)
    rows, columns = min(options.filter_height, source.shape[1]), min(options.filter_width, source.shape[2])
    if source.dtype is not DType.INT8 or source.shape[3] < 4 or rows * columns > _LARGEST_WINDOW:
        return None
    (call,) = AveragePool2D().lower(graph, node, target).calls
    name = "eg_average_pool_2d_s8_armv7em"
    return Lowering((replace(call, kernel=name, header=f"{name}.h", sources=()),))


def lower_max_pool(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """int8, four channels and more; the scalar kernel's overlap holds here too."""
    source = graph.tensors[node.inputs[0]]
    if source.dtype is not DType.INT8 or source.shape[3] < 4:
        return None
    (call,) = MaxPool2D().lower(graph, node, target).calls
    name = "eg_max_pool_2d_s8_armv7em"
    return Lowering((replace(call, kernel=name, header=f"{name}.h", sources=()),))
