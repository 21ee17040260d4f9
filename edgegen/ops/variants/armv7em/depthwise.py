"""DEPTHWISE_CONV_2D for Armv7E-M: 3x3 with stride 1 in bands of two lines, any other window tap by tap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import Argument, ConstArray, KernelCall, Lowering, Overlap, Scratch, Struct, Target, TensorArg
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.variants.armv7em.convolution import gemm_lowering
from edgegen.ops.variants.armv7em.packing import as_words
from edgegen.ops.variants.armv7em.requantize import ChannelConstants, channel_constants, common_shift, sum_magnitude

_LARGEST_IMMEDIATE = 4095
"""Of ADD, and of the offset in a load or store."""


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D of one batch, each output channel from its own input channel, at least four of them.

    One input channel for all outputs is an ordinary convolution.
    """
    facts = conv_facts(graph, node)
    if facts is None or facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    if facts.input_shape[3] == 1:
        return gemm_lowering(facts, node)
    if facts.input_shape[3] != len(facts.weights) or len(facts.weights) < 4:
        return None
    return _lines_lowering(facts, node) or _taps_lowering(facts, node)


def _lines_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    _, height, width, channels = facts.input_shape
    geometry = (facts.weights.shape[1:3], facts.stride, facts.dilation, facts.pad)
    if geometry != ((3, 3), (1, 1), (1, 1), (1, 1)) or facts.output_shape != facts.input_shape:
        return None
    own = channel_constants(facts)
    if own is None or not own.relu or not bool((sum_magnitude(facts) < 1 << 23).all()):
        return None
    common = common_shift(facts)
    shift = common.shift if common else 0
    quant = (common.multiplier, common.rounding) if common else (own.multiplier, own.shift, own.rounding)
    rows = (width, channels, height, width * channels)
    columns = (height, width * channels, width, channels)
    # Lines along the longer axis: what a line costs before its first output is paid less often.
    along, along_bytes, across, across_bytes = columns if height > width else rows
    if max(along_bytes, across_bytes, 8 * along) > _LARGEST_IMMEDIATE:
        return None
    weights = facts.weights[..., 0].astype(np.int64)
    if height > width:
        weights = weights.transpose(0, 2, 1)
    top, middle, bottom = (weights[:, i] & 0xFF for i in range(3))  # [channel, across, along]
    words = top | middle << 8 | middle << 16 | bottom << 24
    columns_of_words = [words, 256 * facts.folded_bias.astype(np.int64)[:, None], np.stack(quant, axis=-1)]
    stream = np.concatenate(columns_of_words, axis=1)
    arguments: tuple[Argument, ...] = (
        along,
        along_bytes,
        across,
        across_bytes,
        channels,
        facts.input_zero_point,
        shift,
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", as_words(stream.reshape(-1))),
        TensorArg(node.outputs[0], written=True),
        Scratch(32 * (along + 2)),
    )
    # Four channels are read two lines before they are written, and nobody else reads them.
    overlaps = (Overlap(node.inputs[0], node.outputs[0], where="same"),)
    macs = int(np.prod(facts.output_shape)) * 9
    header = "eg_depthwise_3x3_s8_armv7em.h"
    return Lowering(
        (
            KernelCall(
                "eg_depthwise_3x3_s8_armv7em", header, ("eg_depthwise_stage_s8_armv7em.c",), arguments, macs, overlaps
            ),
        )
    )


def _taps_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    constants = channel_constants(facts)
    if constants is None or not bool((sum_magnitude(facts) < 1 << 23).all()):
        return None
    _, input_h, input_w, channels = facts.input_shape
    _, filter_h, filter_w, _ = facts.weights.shape
    taps = filter_h * filter_w
    block = f"eg_depthwise_taps_block{'_relu' if constants.relu else ''}_s8_armv7em"
    rows = np.arange(filter_h)[:, None] * facts.dilation[0]
    offsets = (rows * input_w + np.arange(filter_w)[None, :] * facts.dilation[1]).reshape(-1) * channels
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
        ("is_nine", int((filter_h, filter_w) == (3, 3) and int(offsets.max()) <= _LARGEST_IMMEDIATE)),
        ("block", block),
    )
    arguments: tuple[Argument, ...] = (
        Struct("eg_depthwise_taps_armv7em_params", fields),
        ConstArray.of("offsets", _even(offsets), align=8),
        ConstArray.of("copy_offsets", _even(4 * np.arange(taps)), align=8),
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", _pack_taps(facts, constants), align=8),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * -(-taps // 2) + channels // 4 * 4 + (4 * taps if channels % 4 else 0)),
    )
    window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
    whole = window_overlap(window, node.inputs[0], node.outputs[0])
    # Four channels after four: within a pixel, what is written is read before, and never again.
    overlap = Overlap(whole.input, whole.output, whole.gap_bytes - channels)
    macs = int(np.prod(facts.output_shape)) * taps
    header = "eg_depthwise_taps_s8_armv7em.h"
    call = KernelCall("eg_depthwise_taps_s8_armv7em", header, (f"{block}.c",), arguments, macs, (overlap,))
    return Lowering((call,))


def _even(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """Offsets of an even number of taps: a missing one is the last once more."""
    return np.pad(offsets, (0, len(offsets) % 2), mode="edge").astype(np.int32)


def _pack_taps(facts: ConvFacts, constants: ChannelConstants) -> NDArray[np.int32]:
    """The constants of eg_depthwise_taps_block_s8_armv7em, in the order in which it reads them."""
    channels = len(facts.weights)
    blocks = -(-channels // 4)
    fill = 4 * blocks - channels
    weights = facts.weights.reshape(channels, -1).astype(np.int64)
    weights = np.pad(weights, ((0, fill), (0, weights.shape[1] % 2))) & 0xFFFF
    words = (weights[:, 0::2] | weights[:, 1::2] << 16).reshape(blocks, 4, -1).transpose(0, 2, 1).reshape(blocks, -1)
    bias = np.pad(256 * facts.folded_bias.astype(np.int64), (0, fill)).reshape(blocks, 4)
    quant = np.stack([constants.multiplier, constants.rounding, constants.shift], axis=-1)
    quant = np.pad(quant, ((0, fill), (0, 0))).reshape(blocks, 12)
    return as_words(np.concatenate([bias, words, quant], axis=1).reshape(-1))
