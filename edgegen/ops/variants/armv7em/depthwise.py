"""DEPTHWISE_CONV_2D for Armv7E-M: 3x3 with stride 1 in bands of two lines, any other window tap by tap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import Argument, ConstArray, KernelCall, Lowering, Overlap, Scratch, Struct, Target, TensorArg
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.variants.armv7em.clamp import clamp_behind
from edgegen.ops.variants.armv7em.gemm import gemm_lowering
from edgegen.ops.variants.armv7em.packing import as_words
from edgegen.ops.variants.armv7em.requantize import (
    ChannelConstants,
    CommonShift,
    channel_constants,
    common_shift,
    sum_magnitude,
)

_LARGEST_IMMEDIATE = 4095
"""Of ADD, and of the offset in a load or store."""
_FEW_INPUTS = 8
"""Products with zeros cost one instruction each, the scalar kernel's more than eight."""
_USUAL_SHIFT = 12
_LEAST_NINE = 1200
"""Blocks of four channels, in all pixels, from which on 400 bytes of code for a 3x3 window of its own are worth it."""


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D of one batch; with few input channels as an ordinary convolution with many zeros.

    One input channel for all outputs is an ordinary convolution.
    """
    facts = conv_facts(graph, node)
    if facts is None or facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    return clamp_behind(_lower, facts, node)


def _lower(facts: ConvFacts, node: Node) -> Lowering | None:
    inputs, outputs = facts.input_shape[3], len(facts.weights)
    if inputs == 1:
        return gemm_lowering(facts, node)
    if inputs == outputs and outputs >= 4:
        return _lines_lowering(facts, node) or _taps_lowering(facts, node)
    lowering = gemm_lowering(_ordinary(facts), node) if inputs <= _FEW_INPUTS else None
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    return lowering and replace(lowering, calls=tuple(replace(call, macs=macs) for call in lowering.calls))


def _ordinary(facts: ConvFacts) -> ConvFacts:
    """The convolution with one group that a depthwise one is: weights of all other input channels are zero."""
    outputs, height, width, _ = facts.weights.shape
    inputs = facts.input_shape[3]
    weights = np.zeros((outputs, height, width, inputs), dtype=np.int8)
    channels = np.arange(outputs)
    weights[channels, :, :, channels * inputs // outputs] = facts.weights[..., 0]
    return replace(facts, weights=weights)


def _lines_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    _, height, width, channels = facts.input_shape
    geometry = (facts.weights.shape[1:3], facts.stride, facts.dilation, facts.pad)
    if geometry != ((3, 3), (1, 1), (1, 1), (1, 1)) or facts.output_shape != facts.input_shape:
        return None
    own = channel_constants(facts)
    if own is None or not own.relu or not bool((sum_magnitude(facts) < 1 << 23).all()):
        return None
    common = _packable(_usual_shift(facts))
    rows = (width, channels, height, width * channels)
    columns = (height, width * channels, width, channels)
    # Lines along the longer axis: what a line costs before its first output is paid less often.
    along, along_bytes, across, across_bytes = columns if height > width else rows
    if max(along_bytes, across_bytes, 8 * along) > _LARGEST_IMMEDIATE:
        return None
    weights = facts.weights[..., 0].astype(np.int64)
    if height > width:
        weights = weights.transpose(0, 2, 1)
    stream = _pack_lines(facts, weights, common) if common else _pack_own_lines(facts, weights, own)
    arguments: tuple[Argument, ...] = (
        along,
        along_bytes,
        across,
        across_bytes,
        channels,
        facts.input_zero_point,
        common.shift if common else 0,
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", as_words(stream.reshape(-1))),
        TensorArg(node.outputs[0], written=True),
        Scratch(32 * (along + 2)),
    )
    # Four channels are read two lines before they are written, and nobody else reads them.
    overlaps = (Overlap(node.inputs[0], node.outputs[0], where="same"),)
    macs = int(np.prod(facts.output_shape)) * 9
    kernel = "eg_depthwise_3x3_s8_armv7em"
    parts = ("stage", "pads", "weights") if common else ("stage", "pads")
    sources = tuple(f"eg_depthwise_{part}_s8_armv7em.c" for part in parts)
    return Lowering((KernelCall(kernel, f"{kernel}.h", sources, arguments, macs, overlaps),))


def _usual_shift(facts: ConvFacts) -> CommonShift | None:
    """One shift for all channels: the usual one where it serves, so that layers with equal code are more."""
    own = channel_constants(facts)
    usual = common_shift(facts, _USUAL_SHIFT) if own is not None and int(own.shift.min()) >= _USUAL_SHIFT else None
    return usual or common_shift(facts)


def _packable(common: CommonShift | None) -> CommonShift | None:
    """The same if each channel's rounding is the highest bit of its multiplier, 24 places lower, derived so."""
    if common is None:
        return None
    highest = np.frexp(common.multiplier.astype(np.float64))[1] - 1
    derived = (np.int64(1) << np.maximum(highest, 0)) >> 24
    return common if bool(((common.multiplier == 0) | (derived == common.rounding)).all()) else None


def _pack_lines(facts: ConvFacts, weights: NDArray[np.int64], common: CommonShift) -> NDArray[np.int64]:
    """[channel, word]: what EG_DW_LOAD_COMMON reads. `weights` is [channel, across, along]."""
    byte = weights & 0xFF
    words = (
        byte[:, 0, 0] | byte[:, 0, 1] << 8 | byte[:, 1, 0] << 16 | byte[:, 1, 1] << 24,
        byte[:, 0, 2] | byte[:, 1, 2] << 8 | byte[:, 2, 0] << 16 | byte[:, 2, 1] << 24,
        byte[:, 2, 2] | common.multiplier << 8,
        common.multiplier >> 24 | facts.folded_bias.astype(np.int64) << 8,
    )
    return np.stack(words, axis=-1)


def _pack_own_lines(facts: ConvFacts, weights: NDArray[np.int64], own: ChannelConstants) -> NDArray[np.int64]:
    """[channel, word]: what EG_DW_LOAD_OWN reads."""
    top, middle, bottom = (weights[:, i] & 0xFF for i in range(3))
    words = top | middle << 8 | middle << 16 | bottom << 24
    bias = 256 * facts.folded_bias.astype(np.int64)[:, None]
    return np.concatenate([words, bias, np.stack([own.multiplier, own.shift, own.rounding], axis=-1)], axis=1)


def _taps_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    constants = channel_constants(facts)
    if constants is None or not bool((sum_magnitude(facts) < 1 << 23).all()):
        return None
    _, input_h, input_w, channels = facts.input_shape
    _, filter_h, filter_w, _ = facts.weights.shape
    taps = filter_h * filter_w
    common = _usual_shift(facts)
    form = "shift_" if common else "relu_" if constants.relu else ""
    block = f"eg_depthwise_taps_block_{form}s8_armv7em"
    rows = np.arange(filter_h)[:, None] * facts.dilation[0]
    offsets = (rows * input_w + np.arange(filter_w)[None, :] * facts.dilation[1]).reshape(-1) * channels
    nine = int(np.prod(facts.output_shape)) // 4
    fields = (
        ("input_h", input_h),
        ("input_w", input_w),
        ("channels", channels),
        ("filter_h", filter_h),
        ("filter_w", filter_w),
        ("output_h", facts.output_shape[1]),
        ("output_w", facts.output_shape[2]),
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
        ("zero_point", facts.input_zero_point),
        ("is_relu", int(constants.relu)),
        (
            "is_nine",
            int((filter_h, filter_w) == (3, 3) and nine >= _LEAST_NINE and offsets.max() <= _LARGEST_IMMEDIATE),
        ),
        ("block_words", 4 + 2 * -(-taps // 2) + (5 if constants.relu else 4)),
        ("zero", common.base if common else 2 * facts.output_zero_point + 1),
        ("shift", common.shift if common else 0),
        ("block", block),
    )
    arguments: tuple[Argument, ...] = (
        Struct("eg_depthwise_taps_armv7em_params", fields),
        ConstArray.of("offsets", _even(offsets), align=8),
        ConstArray.of("copy_offsets", _even(4 * np.arange(taps)), align=8),
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", _pack_taps(facts, constants, common)),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * -(-taps // 2) + channels // 4 * 4 + (4 * taps if channels % 4 else 0)),
    )
    window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
    whole = window_overlap(window, node.inputs[0], node.outputs[0])
    # Four channels after four: within a pixel, what is written is read before, and never again.
    overlap = Overlap(whole.input, whole.output, whole.gap_bytes - channels)
    macs = int(np.prod(facts.output_shape)) * taps
    kernel = "eg_depthwise_taps_s8_armv7em"
    sources = (
        f"{block}.c",
        "eg_depthwise_padded_pixel_armv7em.c",
        *(("eg_copy_taps_armv7em.c",) if channels % 4 else ()),
    )
    return Lowering((KernelCall(kernel, f"{kernel}.h", sources, arguments, macs, (overlap,)),))


def _even(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """Offsets of an even number of taps: a missing one is the last once more."""
    return np.pad(offsets, (0, len(offsets) % 2), mode="edge").astype(np.int32)


def _pack_taps(facts: ConvFacts, constants: ChannelConstants, common: CommonShift | None) -> NDArray[np.int32]:
    """The constants of eg_depthwise_taps_block_s8_armv7em, in the order in which it reads them."""
    channels = len(facts.weights)
    blocks = -(-channels // 4)
    fill = 4 * blocks - channels

    def in_blocks(column: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.pad(column, (0, fill)).reshape(blocks, 4)

    weights = facts.weights.reshape(channels, -1).astype(np.int64)
    weights = np.pad(weights, ((0, fill), (0, weights.shape[1] % 2))) & 0xFF
    quads = weights.reshape(blocks, 2, 2, -1, 2).transpose(0, 3, 1, 4, 2)  # [block, pair of taps, half, tap, channel]
    words = _in_words(quads.reshape(blocks, -1, 4))
    bias = in_blocks(256 * facts.folded_bias.astype(np.int64))
    multiplier = in_blocks(common.multiplier if common else constants.multiplier)
    if not constants.relu:
        return as_words(np.concatenate([bias + in_blocks(constants.shift - 1), words, multiplier], axis=1).reshape(-1))
    codes = _in_words(in_blocks(common.rounding if common else constants.shift - 1)[:, None])
    return as_words(np.concatenate([bias, words, codes, multiplier], axis=1).reshape(-1))


def _in_words(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Four bytes along the last axis as one word, the first one lowest."""
    words: NDArray[np.int64] = (values << np.array([0, 8, 16, 24])).sum(axis=-1)
    return words
