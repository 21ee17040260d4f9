"""What `--optimize size` builds for Armv7E-M: one body for all convolutions, one for all depthwise ones."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Overlap, Scratch, Target, TensorArg
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
from edgegen.ops.variants.armv7em.packing import as_words, lane_words

_HEADER = "eg_small_s8_armv7em.h"
_PIXELS = 3
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
    if facts is None or (facts.activation_min, facts.activation_max) != (-128, 127):
        return None
    channels = compact_channels(graph, node, facts)
    if channels is None:
        return None
    if facts.groups == 1:
        return _convolution(facts, channels, node)
    if facts.groups == len(facts.weights) == facts.input_shape[3] and len(facts.weights) >= 4:
        return _depthwise(facts, channels, node)
    return None


def _convolution(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering | None:
    count, macs = len(facts.weights), int(np.prod(facts.output_shape)) * facts.weights[0].size
    if count < 2 or int(facts.weights.min()) == -128:  # two of them don't fit a 16-bit lane
        return None
    if facts.op == "FULLY_CONNECTED" and macs > _FEW_MACS and facts.output_shape[2] == 1:
        return None
    rows = facts.weights.reshape(count, -1)
    if count % 2:
        rows = np.concatenate([rows[:-1], rows[-2:]])
    words = as_words(lane_words(rows).reshape(-1))
    steps = -(-facts.weights[0].size // 4)
    copies = not is_pointwise(facts) or facts.input_shape[3] % 4 != 0
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", words)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * count + (8 + 4 * copies) * _PIXELS * steps),
    )
    pointwise = is_pointwise(facts)
    overlap = small_pointwise_overlap(facts, node, _PIXELS) if pointwise else small_window_overlap(facts, node)
    kernel = "eg_conv_small_s8_armv7em"
    sources = (f"{kernel}.c", "eg_gemm_small_s8_armv7em.c", "eg_expand_channels.c", "eg_copy_window.c")
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, (overlap,)),))


def _depthwise(facts: ConvFacts, channels: CompactChannels, node: Node) -> Lowering:
    count, height, width, _ = facts.weights.shape
    arguments = (
        small_params(facts, channels, ConstArray.of("weights", facts.weights.reshape(count, -1).T, align=1)),
        TensorArg(node.inputs[0]),
        TensorArg(node.outputs[0], written=True),
        Scratch(9 * count + 12 * (height * width + 1)),
    )
    overlap = _two_pixels_overlap(facts, node)
    kernel = "eg_depthwise_small_s8_armv7em"
    sources = (f"{kernel}.c", "eg_depthwise_block_s8_armv7em.c", "eg_expand_channels.c")
    macs = int(np.prod(facts.output_shape)) * height * width
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, (overlap,)),))


def _two_pixels_overlap(facts: ConvFacts, node: Node) -> Overlap:
    """Two pixels at a time, four channels after four: what a block of channels writes, later ones must not read."""
    _, in_h, in_w, channels = facts.input_shape
    _, out_h, out_w, _ = facts.output_shape
    row = np.clip(np.arange(out_h) * facts.stride[0] - facts.pad[0], 0, in_h - 1)[:, None]
    column = np.clip(np.arange(out_w) * facts.stride[1] - facts.pad[1], 0, in_w - 1)[None, :]
    first_read = (row * in_w + column).reshape(-1)
    still_read = np.minimum.accumulate(first_read[::-1])[::-1][::2]
    written = np.minimum(np.arange(2, len(first_read) + 2, 2), len(first_read))
    gap = int(np.max(written - still_read)) * channels
    # Within whole fours of channels, those of a pixel that are written are read before, and never again.
    return Overlap(node.inputs[0], node.outputs[0], gap - (channels if channels % 4 == 0 else 0))
