"""What `--optimize size` builds for RV32IM: one body for all convolutions, one for all depthwise ones."""

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
    small_pointwise_overlap,
    small_window_overlap,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.variants import FastLowering

_HEADER = "eg_small_s8_rv32im.h"
_PIXELS, _CHANNELS = 3, 4  # of a block
_FEW_MACS = 16 * 1024
"""A FULLY_CONNECTED of more keeps its own kernel: for one row the shared body takes three times as long."""


def preferring_size(lower: FastLowering) -> FastLowering:
    """The same lowering but for convolutions that the small bodies serve, where size counts."""

    def chosen(graph: Graph, node: Node, target: Target) -> Lowering | None:
        small = _lower_small(graph, node) if target.optimize == "size" else None
        return lower(graph, node, target) if small is None else small

    return chosen


def _lower_small(graph: Graph, node: Node) -> Lowering | None:
    facts = small_facts(graph, node)
    channels = compact_channels(graph, node, facts) if facts is not None else None
    if facts is None or channels is None:
        return None
    if facts.groups == 1:
        return _convolution(facts, channels, node)
    if facts.groups == len(facts.weights) == facts.input_shape[3] and len(facts.weights) >= _CHANNELS:
        return _depthwise(facts, channels, node)
    return None


def _convolution(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering | None:
    count, depth = len(facts.weights), facts.weights[0].size
    macs = int(np.prod(facts.output_shape)) * depth
    if facts.op == "FULLY_CONNECTED" and macs > _FEW_MACS and facts.output_shape[2] < _PIXELS:
        return None
    pointwise = is_pointwise(facts)
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", in_fours(facts.weights.reshape(count, depth)), align=1)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * count + (_PIXELS + (not pointwise)) * depth),
    )
    overlap = small_pointwise_overlap(facts, node, _PIXELS) if pointwise else small_window_overlap(facts, node)
    kernel = "eg_conv_small_s8_rv32im"
    sources = (f"{kernel}.c", "eg_gemm_small_s8_rv32im.c", "eg_expand_channels.c", "eg_copy_window.c")
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, (overlap,)),))


def in_fours(rows: NDArray[np.int8]) -> NDArray[np.int8]:
    """[channel, depth] as [fours of channels, depth, 4], filled up with zeros."""
    count, depth = rows.shape
    filled = np.pad(rows, ((0, -count % _CHANNELS), (0, 0)))
    return np.ascontiguousarray(filled.reshape(-1, _CHANNELS, depth).swapaxes(1, 2))


def _depthwise(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering:
    count, height, width, _ = facts.weights.shape
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", facts.weights.reshape(count, -1).T, align=1)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(9 * count + 8 * height * width),
    )
    kernel = "eg_depthwise_small_s8_rv32im"
    macs = int(np.prod(facts.output_shape)) * height * width
    overlaps = (small_window_overlap(facts, node),)
    return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c", "eg_expand_channels.c"), arguments, macs, overlaps),))
