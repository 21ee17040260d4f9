"""Splits the first layers into bands of rows, each computed through all of them, so that none is whole in memory.

The rows at the seams are computed twice: less memory for more work, so it is done where it is asked for only. Windows
are padded at the true edges of the image alone, and every output value is computed as before.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgegen.ir import DType, Graph, Node
from edgegen.ops.convolution import window_padding
from edgegen.ops.pool_2d import pool_padding
from edgegen.ops.rows import row_bytes
from edgegen.options import Conv2DOptions, DepthwiseConv2DOptions, JoinRowsOptions, Pool2DOptions, RowsOptions
from edgegen.passes.uses import count_uses

_ROW_WISE = frozenset({"EG_LOOKUP", "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "QUANTIZE", "RELU", "RELU6", "TANH"})
"""Each element of the output depends on the same element of the input, and the shape is nowhere but in the tensors."""
_BANDS = (2, 3, 4, 6, 8, 12, 16, 24)
# Kernels may rely on where the planner puts tensors.
_ALIGNMENT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Patching:
    """The nodes from position `first` to before `end`, in `bands` bands; `extra_work` is in values computed twice.

    `estimate_bytes` is what the arena needs about, without scratch memory, while they run.
    """

    first: int
    end: int
    bands: int
    extra_work: int
    estimate_bytes: int


@dataclass(frozen=True, slots=True)
class _Window:
    """How many rows a node reads for a row of its output: at a stride, from `pad` rows above the input on."""

    extent: int
    stride: int
    pad: int
    pad_columns: int


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows [first, end) that one node of a chain computes, and reads."""

    output: tuple[int, int]
    source: tuple[int, int]
    pad: int


def patchings(graph: Graph, limit_bytes: int) -> list[Patching]:
    """The ways to split that may keep the arena within a limit, the cheapest first; none without such layers."""
    chain = _first_chain(graph)
    found = []
    for first in chain:
        for end in range(first + 2, chain.stop + 1):
            if _outside_bytes(graph, range(first, end)) > limit_bytes:
                continue
            height = graph.tensors[graph.nodes[end - 1].outputs[0]].shape[1]
            for bands in (number for number in _BANDS if number <= height):
                plan = _plan(graph, range(first, end), bands)
                patching = _rate(graph, range(first, end), plan) if plan is not None else None
                if patching is not None and patching.estimate_bytes <= limit_bytes:
                    found.append(patching)
    return sorted(found, key=lambda p: (p.extra_work, p.estimate_bytes, p.first, p.end, p.bands))


def _outside_bytes(graph: Graph, chain: range) -> int:
    """What the nodes outside a chain need at least: the larger of a node's input and output."""
    others = (node for position, node in enumerate(graph.nodes) if position not in chain)
    tensors = {i for node in others for i in (*node.inputs, *node.outputs) if i >= 0}
    return max((graph.tensors[i].size_bytes for i in tensors if not graph.tensors[i].is_constant), default=0)


def split(graph: Graph, patching: Patching) -> Graph:
    """The graph with a chain of nodes in bands."""
    chain = range(patching.first, patching.end)
    plan = _plan(graph, chain, patching.bands)
    assert plan is not None
    tensors, nodes, joined = list(graph.tensors), [], []
    source = graph.nodes[chain.start].inputs[0]

    def rows_of(tensor: int, rows: tuple[int, int]) -> int:
        info = graph.tensors[tensor]
        shape = (info.shape[0], rows[1] - rows[0], *info.shape[2:])
        tensors.append(dataclasses.replace(info, name=f"{info.name} rows {rows[0]} to {rows[1] - 1}", shape=shape))
        return len(tensors) - 1

    for bands in plan:
        current = rows_of(source, bands[0].source)
        first_node = graph.nodes[chain.start]
        nodes.append(Node("EG_ROWS", (source,), (current,), RowsOptions(bands[0].source[0]), index=first_node.index))
        for position, band in zip(chain, bands, strict=True):
            node = graph.nodes[position]
            output = rows_of(node.outputs[0], band.output)
            nodes.append(_in_band(graph, node, band, current, output))
            current = output
        joined.append(current)
    last = graph.nodes[chain.stop - 1]
    join = JoinRowsOptions(*_consumed(graph, chain, plan))
    nodes.append(Node("EG_JOIN_ROWS", tuple(joined), last.outputs, join, index=last.index))
    kept = (*graph.nodes[: chain.start], *nodes, *graph.nodes[chain.stop :])
    return dataclasses.replace(graph, tensors=tuple(tensors), nodes=kept)


def _in_band(graph: Graph, node: Node, band: _Band, source: int, output: int) -> Node:
    options = node.options
    if isinstance(options, Conv2DOptions | DepthwiseConv2DOptions | Pool2DOptions):
        window = _window(graph, node)
        assert window is not None
        options = dataclasses.replace(options, padding=(band.pad, window.pad_columns))
    return dataclasses.replace(node, inputs=(source, *node.inputs[1:]), outputs=(output,), options=options)


def _first_chain(graph: Graph) -> range:
    """The positions of the first two or more nodes of which each reads windows of the one before it alone."""
    if graph.subgraphs:
        return range(0)
    uses = count_uses(graph)
    start = 0
    while start < len(graph.nodes):
        end = start
        while end < len(graph.nodes) and _window(graph, graph.nodes[end]) is not None:
            if end > start:
                tensor = graph.nodes[end - 1].outputs[0]
                if uses[tensor] != 1 or graph.nodes[end].inputs[0] != tensor:
                    break
            end += 1
        if end >= start + 2:
            return range(start, end)
        start = max(end, start + 1)
    return range(0)


def _window(graph: Graph, node: Node) -> _Window | None:
    """How a node reads rows; None where it doesn't, or not so simply."""
    if len(node.outputs) != 1 or not node.inputs:
        return None
    source, output, options = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]], node.options
    if any(tensor.is_constant or tensor.is_variable for tensor in (source, output)) or DType.INT4 is source.dtype:
        return None
    if any(len(tensor.shape) != 4 or tensor.shape[0] != 1 for tensor in (source, output)):
        return None
    if any(i >= 0 and not graph.tensors[i].is_constant for i in node.inputs[1:]):
        return None
    if isinstance(options, Conv2DOptions | DepthwiseConv2DOptions):
        weights = graph.tensors[node.inputs[1]]
        extent = (weights.shape[1] - 1) * options.dilation_h_factor + 1
        return _Window(extent, options.stride_h, *window_padding(options, source, weights))
    if isinstance(options, Pool2DOptions) and node.op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        return _Window(options.filter_height, options.stride_h, *pool_padding(options, source))
    return _Window(1, 1, 0, 0) if node.op in _ROW_WISE and source.shape == output.shape else None


def _plan(graph: Graph, chain: range, bands: int) -> list[list[_Band]] | None:
    """For each band what each node of the chain does; None where a part of a tensor would begin out of line."""
    last = graph.nodes[chain.stop - 1].outputs[0]
    height = graph.tensors[last].shape[1]
    plan = []
    for number in range(bands):
        rows = number * height // bands, (number + 1) * height // bands
        steps = list(_backwards(graph, chain, rows))
        if len(steps) != len(chain):
            return None
        plan.append(steps[::-1])
    source = graph.nodes[chain.start].inputs[0]
    starts = [band[0].source[0] * row_bytes(graph, source) for band in plan]
    starts += [band[-1].output[0] * row_bytes(graph, last) for band in plan]
    return None if any(start % _ALIGNMENT_BYTES for start in starts) else plan


def _backwards(graph: Graph, chain: range, rows: tuple[int, int]) -> Iterator[_Band]:
    """What the nodes of a chain do for `rows` of its output, the last node first; ends where one reads nothing."""
    for position in reversed(chain):
        node = graph.nodes[position]
        window = _window(graph, node)
        assert window is not None
        top = rows[0] * window.stride - window.pad
        bottom = (rows[1] - 1) * window.stride - window.pad + window.extent
        source = max(top, 0), min(bottom, graph.tensors[node.inputs[0]].shape[1])
        if source[1] <= source[0] or max(-top, 0) >= window.extent:
            return
        yield _Band(rows, source, max(-top, 0))
        rows = source


def _consumed(graph: Graph, chain: range, plan: Sequence[Sequence[_Band]]) -> tuple[int, int]:
    """The chain's input and how far before it its output must begin to be written over what no band reads any more.

    A band writes its rows when its own input has been read: only what later bands read counts. -1 where something
    else reads the input.
    """
    source, output = graph.nodes[chain.start].inputs[0], graph.nodes[chain.stop - 1].outputs[0]
    if count_uses(graph)[source] != 1:
        return -1, 0
    gaps = [
        band[-1].output[1] * row_bytes(graph, output) - later[0].source[0] * row_bytes(graph, source)
        for band, later in itertools.pairwise(plan)
    ]
    return source, max(gaps)


def _rate(graph: Graph, chain: range, plan: Sequence[Sequence[_Band]]) -> Patching:
    source, output = graph.nodes[chain.start].inputs[0], graph.nodes[chain.stop - 1].outputs[0]
    consumed, gap = _consumed(graph, chain, plan)
    sizes = graph.tensors[source].size_bytes, graph.tensors[output].size_bytes
    whole = max(sizes[0], sizes[1] - gap) + max(gap, 0) if consumed >= 0 else sum(sizes)
    within = work = 0
    for bands in plan:
        for position, band in zip(chain, bands, strict=True):
            node = graph.nodes[position]
            read = (band.source[1] - band.source[0]) * row_bytes(graph, node.inputs[0])
            written = (band.output[1] - band.output[0]) * row_bytes(graph, node.outputs[0])
            read *= position != chain.start
            written *= position != chain.stop - 1
            within = max(within, read, written)
            work += _work(graph, node, band.output[1] - band.output[0])
    before = sum(_work(graph, graph.nodes[p], graph.tensors[graph.nodes[p].outputs[0]].shape[1]) for p in chain)
    return Patching(chain.start, chain.stop, len(plan), work - before, whole + within)


def _work(graph: Graph, node: Node, rows: int) -> int:
    """Products, or values read, for some rows of a node's output."""
    _, _, width, channels = graph.tensors[node.outputs[0]].shape
    options = node.options
    if isinstance(options, Conv2DOptions):
        weights = graph.tensors[node.inputs[1]]
        return rows * width * weights.elements
    if isinstance(options, DepthwiseConv2DOptions):
        weights = graph.tensors[node.inputs[1]]
        return rows * width * channels * weights.shape[1] * weights.shape[2]
    window = options.filter_height * options.filter_width if isinstance(options, Pool2DOptions) else 1
    return rows * width * channels * window
