"""MVE: DEPTHWISE_CONV_2D with channels as the lanes of vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import Argument, ConstArray, Direction, KernelCall, Lowering, Overlap, Struct, Target, TensorArg
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import window_overlap
from edgegen.ops.plain_facts import plain_facts
from edgegen.ops.variants.mve.convolution import lower_convolution
from edgegen.ops.variants.mve.facts import (
    LANES,
    RAW,
    conv_clamp,
    fits,
    is_signed,
    steps_and_padding,
    window,
)

_HEADER = "eg_depthwise_conv_2d_s8_mve.h"
_MOST_TAPS = 32  # EG_DEPTHWISE_TAPS_MVE
# Lanes of the four vectors in which 16 channels are requantised.
_ORDER = (0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15)


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D with depth multiplier 1; with one input channel it is a CONV_2D."""
    facts = plain_facts(graph, node)
    if facts is None or not fits(facts):
        return None
    if facts.groups == 1:
        return lower_convolution(graph, node, target)
    facts = _lying(facts)
    channels, filter_h, filter_w, _ = facts.weights.shape
    taps = filter_h * filter_w
    if facts.groups != channels or taps > _MOST_TAPS or not _pairs_fit(facts):
        return None
    source, output = node.inputs[0], node.outputs[0]
    quick = (filter_h, filter_w, facts.dilation) == (3, 3, (1, 1))
    group = LANES // channels if quick and facts.stride == (1, 1) and channels <= LANES // 2 else 1
    in_line = filter_h == 1 and not facts.reads_padding
    kind, kernel = ("9", "3x3") if quick else ("line", "1xn") if in_line else ("taps", "conv_2d")
    kernel, block = (
        f"eg_depthwise_{kernel}_s8_mve",
        f"eg_depthwise_{kind}{'_signed' if is_signed(facts) else ''}_s8_mve",
    )
    padding = np.full(-(-channels // LANES) * LANES, facts.input_zero_point, np.int8)
    arguments: tuple[Argument, ...] = (
        Struct("eg_depthwise_mve_params", _params(facts, group, block)),
        TensorArg(source),
        ConstArray.of("packed", pack_depthwise(facts, group, bias_first=not quick), align=16),
        *(() if in_line else (ConstArray.of("padding", padding, align=16),)),
        TensorArg(output, written=True),
        Direction(source, output),
    )
    macs = int(np.prod(facts.output_shape)) * taps
    overlaps = depthwise_overlaps(facts, source, output)
    call = KernelCall(kernel, _HEADER, (f"{kernel}.c", f"{block}.c"), arguments, macs, overlaps)
    return Lowering((call, *conv_clamp(facts, output)))


def _lying(facts: ConvFacts) -> ConvFacts:
    """A layer of one column as one of one row: the kernels do the pixels of a row together."""
    if not facts.input_shape[2] == facts.output_shape[2] == facts.weights.shape[2] == 1 or facts.pad[1]:
        return facts
    return replace(
        facts,
        input_shape=(1, 1, facts.input_shape[1], facts.input_shape[3]),
        output_shape=(1, 1, facts.output_shape[1], facts.output_shape[3]),
        weights=facts.weights.transpose(0, 2, 1, 3),
        stride=facts.stride[::-1],
        dilation=facts.dilation[::-1],
        pad=facts.pad[::-1],
    )


def _pairs_fit(facts: ConvFacts) -> bool:
    """Whether the products of the taps 2i and 2i + 1 have a 16-bit sum, in every channel."""
    weights = np.abs(facts.weights.astype(np.int64)).reshape(len(facts.weights), -1)
    weights = np.pad(weights, ((0, 0), (0, weights.shape[1] % 2)))
    return bool(((weights[:, 0::2] + weights[:, 1::2]) * RAW < 1 << 15).all())


def pack_depthwise(facts: ConvFacts, group: int, *, bias_first: bool) -> NDArray[np.int32]:
    """The constants of the depthwise kernels (eg_depthwise_conv_2d_s8_mve.h)."""
    channels = len(facts.weights)
    blocks = -(-channels * group // LANES)
    weights = np.tile(facts.weights.reshape(channels, -1), (group, 1))
    quant = np.stack([facts.folded_bias, facts.multiplier, facts.shift.astype(np.int32)], axis=-1)
    quant = np.tile(quant, (group, 1))
    missing = blocks * LANES - len(weights)
    weights = np.pad(weights, ((0, missing), (0, 0))).reshape(blocks, LANES, -1).swapaxes(1, 2)
    quant = np.pad(quant, ((0, missing), (0, 0))).reshape(blocks, LANES, 3)[:, _ORDER].swapaxes(1, 2)
    words = np.ascontiguousarray(weights).view(np.int32).reshape(blocks, -1)
    quant = quant.reshape(blocks, -1)
    bias = quant[:, : LANES if bias_first else 0]
    return np.concatenate([bias, words, quant[:, bias.shape[1] :]], axis=1).reshape(-1).astype(np.int32)


def depthwise_overlaps(facts: ConvFacts, source: int, output: int) -> tuple[Overlap, ...]:
    """From the front as for any window; from the back, a pixel must not be written below what is still read."""
    _, in_h, in_w, channels = facts.input_shape
    _, out_h, out_w, _ = facts.output_shape
    extent_h, extent_w = ((size - 1) * d for size, d in zip(facts.weights.shape[1:3], facts.dilation, strict=True))
    row = np.clip(np.arange(out_h) * facts.stride[0] - facts.pad[0] + extent_h, 0, in_h - 1)[:, None]
    column = np.clip(np.arange(out_w) * facts.stride[1] - facts.pad[1] + extent_w, 0, in_w - 1)[None, :]
    still_read = np.maximum.accumulate((row * in_w + column).reshape(-1)) + 1
    above = int(np.max(still_read - np.arange(out_h * out_w))) * channels
    below = window_overlap(window(facts), source, output)
    return Overlap(source, output, max(below.gap_bytes, 0)), Overlap(source, output, max(above, 1), "above")


def _params(facts: ConvFacts, group: int, block: str) -> tuple[tuple[str, int | str], ...]:
    _, input_h, input_w, channels = facts.input_shape
    return (
        ("input_h", input_h),
        ("input_w", input_w),
        ("channels", channels),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("output_h", facts.output_shape[1]),
        ("output_w", facts.output_shape[2]),
        *steps_and_padding(facts),
        ("output_offset", facts.output_zero_point),
        ("group", group),
        ("kernel_9", block if "_9_" in block else "NULL"),
        ("kernel_taps", block if "_taps_" in block else "NULL"),
        ("kernel_line", block if "_line_" in block else "NULL"),
    )
