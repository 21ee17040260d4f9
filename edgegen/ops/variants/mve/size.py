"""What `--optimize size` builds for MVE: one body for all convolutions, one for all depthwise ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Scratch, Target, TensorArg
from edgegen.ops.compact_channels import (
    CompactChannels,
    compact_channels,
    is_pointwise,
    small_facts,
    small_params,
    small_window_overlap,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.variants import FastLowering
from edgegen.ops.variants.mve.facts import LANES

_HEADER = "eg_small_s8_mve.h"
_PIXELS, _CHANNELS = 2, 4  # of a block
_LONGEST_ROW = 1 << 15  # bytes: positions in a row have 16 bits, and may be negative
_FEW_MACS = 16 * 1024
"""A FULLY_CONNECTED of more keeps its own kernel: for one row the shared body takes twice as long."""


def preferring_size(lower: FastLowering) -> FastLowering:
    """The same lowering but for convolutions that the small bodies serve, where size counts."""

    def chosen(graph: Graph, node: Node, target: Target) -> Lowering | None:
        small = _lower_small(graph, node) if target.optimize == "size" else None
        return lower(graph, node, target) if small is None else small

    return chosen


def _lower_small(graph: Graph, node: Node) -> Lowering | None:
    facts = small_facts(graph, node)
    if facts is None or (facts.activation_min, facts.activation_max) != (-128, 127):
        return None
    channels = compact_channels(graph, node, facts)
    if channels is None:
        return None
    if facts.groups == 1:
        return _convolution(facts, channels, node)
    if facts.groups == len(facts.weights) == facts.input_shape[3] and int(facts.weights.min()) > -128:
        return _depthwise(facts, channels, node)  # the products of two taps have a 16-bit sum
    return None


def _convolution(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering | None:
    count, depth = len(facts.weights), facts.weights[0].size
    macs = int(np.prod(facts.output_shape)) * depth
    if facts.op == "FULLY_CONNECTED" and macs > _FEW_MACS and facts.output_shape[2] == 1:
        return None
    pointwise = is_pointwise(facts)
    if not pointwise and facts.input_shape[2] * facts.input_shape[3] >= _LONGEST_ROW:
        return None
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", pack(facts.weights.reshape(count, depth)), align=1)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * (-(-count // _CHANNELS) * _CHANNELS) + (0 if pointwise else _PIXELS * depth)),
    )
    # In place, the first channels of two pixels are written while the others still read them; copies are made before.
    overlap = small_window_overlap(facts, node, count if pointwise else 0)
    kernel = "eg_conv_small_s8_mve"
    sources = (f"{kernel}.c", "eg_gemm_small_s8_mve.c", "eg_expand_channels.c")
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, (overlap,)),))


def pack(rows: NDArray[np.int8]) -> NDArray[np.int8]:
    """[channel, depth] for eg_gemm_small_s8_mve. The last four channels may begin with some that came before."""
    count, depth = rows.shape
    steps = (depth - 1) // LANES
    first = depth - LANES * steps
    rows = np.pad(rows, ((0, max(_CHANNELS - count, 0)), (0, 0)))
    starts = [min(start, len(rows) - _CHANNELS) for start in range(0, count, _CHANNELS)]
    parts = []
    for start in starts:
        four = rows[start : start + _CHANNELS]
        parts += [
            four[:, :first].reshape(-1),
            four[:, first:].reshape(_CHANNELS, steps, LANES).swapaxes(0, 1).reshape(-1),
        ]
    behind = 0 if steps else LANES - first  # a vector is read whole
    return np.pad(np.concatenate(parts), (0, behind))


def _depthwise(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering:
    count, height, width, _ = facts.weights.shape
    taps = height * width
    weights = np.pad(facts.weights.reshape(count, taps).T, ((0, 1 - taps % 2), (0, 0)))
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", weights, align=1)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * (-(-count // LANES) * LANES) + 4 * (taps + 1) + count),
    )
    kernel = "eg_depthwise_small_s8_mve"
    sources = (f"{kernel}.c", "eg_depthwise_block_s8_mve.c", "eg_expand_channels.c")
    macs = int(np.prod(facts.output_shape)) * taps
    overlaps = (small_window_overlap(facts, node),)
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, overlaps),))
