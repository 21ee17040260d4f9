"""Lets the window of a convolution or MAX_POOL_2D reach over the edge where a PAD made the input larger.

A convolution's taps beyond the edge add nothing, as taps on zero points do. MAX_POOL_2D doesn't see what is beyond:
that is the same only if the padding can't be the largest value. AVERAGE_POOL_2D would divide by fewer values, so its
PAD stays.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.convolution import window_padding
from edgegen.ops.pad import constant_int32
from edgegen.ops.pool_2d import pool_padding
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.options import Conv2DOptions, DepthwiseConv2DOptions, Pool2DOptions
from edgegen.passes.subgraphs import each_subgraph
from edgegen.passes.uses import count_uses
from edgegen.passes.value_ranges import range_of, value_ranges

_ConvOptions = Conv2DOptions | DepthwiseConv2DOptions


def run(graph: Graph) -> Graph:
    return each_subgraph(graph, _rewrite)


def _rewrite(graph: Graph) -> Graph:
    # The last PAD first: the one before it then sees the convolution behind it.
    for position in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[position]
        edges = _edges(graph, node) if node.op in ("PAD", "PADV2") else None
        if edges is None:
            continue
        readers = {i: _padded(graph, node, edges, reader) for i, reader in _readers(graph, node.outputs[0])}
        found = [reader for reader in readers.values() if reader is not None]
        if found and len(found) == count_uses(graph)[node.outputs[0]]:
            nodes = [readers.get(i) or other for i, other in enumerate(graph.nodes) if i != position]
            graph = dataclasses.replace(graph, nodes=tuple(nodes))
    return graph


def _readers(graph: Graph, tensor: int) -> list[tuple[int, Node]]:
    return [(i, node) for i, node in enumerate(graph.nodes) if tensor in node.inputs]


def _edges(graph: Graph, node: Node) -> tuple[int, int] | None:
    """(rows above, columns to the left) that a PAD adds, if it adds rows and columns only and changes no scale."""
    source, pairs, output = (graph.tensors[i] for i in (*node.inputs[:2], node.outputs[0]))
    numbers = constant_int32(pairs)
    if len(source.shape) != 4 or min(numbers) < 0 or any(numbers[:2]) or any(numbers[6:]):
        return None
    if source.is_constant or source.is_variable or source.quantization != output.quantization:
        return None
    return numbers[2], numbers[4]


def _fill(graph: Graph, node: Node) -> float | None:
    """The value that a PAD fills with; None where it isn't known."""
    output = graph.tensors[node.outputs[0]]
    if len(node.inputs) < 3:
        return scale_and_zero_point(output)[1] if output.dtype is DType.INT8 else 0
    value = graph.tensors[node.inputs[2]]
    return float(np.asarray(value.array()).reshape(-1)[0]) if value.is_constant else None


def _padded(graph: Graph, pad: Node, edges: tuple[int, int], reader: Node) -> Node | None:
    """The reader of a PAD's output as it reads the PAD's input; None where its results could differ."""
    source, padded = graph.tensors[pad.inputs[0]], graph.tensors[pad.outputs[0]]
    fill, options = _fill(graph, pad), reader.options
    if fill is None or reader.inputs[0] != pad.outputs[0] or reader.inputs.count(pad.outputs[0]) != 1:
        return None
    if isinstance(options, _ConvOptions) and reader.op in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        weights = graph.tensors[reader.inputs[1]]
        zero = scale_and_zero_point(source)[1] if source.dtype is DType.INT8 else 0
        if fill != zero or (source.dtype is DType.FLOAT32 and not _is_finite(graph, reader.inputs[1])):
            return None
        own = window_padding(options, padded, weights)
        dilations = options.dilation_h_factor, options.dilation_w_factor
        extents = [(size - 1) * step + 1 for size, step in zip(weights.shape[1:3], dilations, strict=True)]
    elif isinstance(options, Pool2DOptions) and reader.op == "MAX_POOL_2D" and source.dtype is DType.INT8:
        if fill > range_of(graph, value_ranges(graph), pad.inputs[0]).low.min(initial=127):
            return None
        own = pool_padding(options, padded)
        extents = [options.filter_height, options.filter_width]
    else:
        return None
    steps, output = (options.stride_h, options.stride_w), graph.tensors[reader.outputs[0]].shape
    total = edges[0] + own[0], edges[1] + own[1]
    for axis in (0, 1):
        last = (output[1 + axis] - 1) * steps[axis] - total[axis]
        if total[axis] >= extents[axis] or last >= source.shape[1 + axis]:
            return None  # a window would see nothing of the input
    moved = dataclasses.replace(options, padding=total)
    return dataclasses.replace(reader, inputs=(pad.inputs[0], *reader.inputs[1:]), options=moved)


def _is_finite(graph: Graph, index: int) -> bool:
    tensor = graph.tensors[index]
    return tensor.is_constant and bool(np.isfinite(tensor.array().astype(np.float32)).all())
