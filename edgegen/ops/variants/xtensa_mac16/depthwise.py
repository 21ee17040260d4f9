"""DEPTHWISE_CONV_2D for Xtensa MAC16: one channel at a time, its plane widened line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Overlap, Scratch, Struct, Target, TensorArg
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.plain_facts import plain_facts, reads_one_run
from edgegen.ops.variants.xtensa_mac16.convolution import lower_convolution
from edgegen.ops.variants.xtensa_mac16.requantize import TILE_BYTES, clamps, fits, is_signed, quant, round_up, words

_HEADER = "eg_depthwise_conv_2d_s8_xtensa_mac16.h"
_ALIGNMENT_BYTES = 16  # of every tensor in the arena


def lower_depthwise(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """DEPTHWISE_CONV_2D with one batch and no dilation whose sums fit the kernels' range."""
    facts = plain_facts(graph, node)
    if facts is None or facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape:
        return None
    lines = Lines.of(facts, TILE_BYTES)
    suits = facts.dilation == (1, 1) and fits(facts)
    if facts.op != node.op and not (lines.is_3x3 and suits):
        return lower_convolution(graph, node, target)
    if not suits:
        return None
    source, output = node.inputs[0], node.outputs[0]
    if facts.groups == facts.output_shape[3] and reads_one_run(facts):
        return _lower_pixel(facts, source, output)
    packed = ConstArray.of("packed", lines.pack(facts), align=4)
    arguments = (
        Struct("eg_depthwise_mac16_params", lines.params(facts)),
        TensorArg(source),
        packed,
        TensorArg(output, written=True),
        Scratch(lines.scratch_bytes),
    )
    sources = ["eg_depthwise_stage_xtensa_mac16.c"]
    if lines.is_3x3:
        sources += [f"eg_depthwise_3x3_stride_{stride}_s8_xtensa_mac16.c" for stride in (1, 2)]
    kernel = f"eg_depthwise_{'3x3_' if lines.is_3x3 else ''}conv_2d_s8_xtensa_mac16"
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    call = KernelCall(kernel, _HEADER, (f"{kernel}.c", *sources), arguments, macs)
    call = replace(call, overlaps=lines.overlaps(facts, source, output))
    return Lowering((call, *clamps(facts, output)))


def _lower_pixel(facts: ConvFacts, source: int, output: int) -> Lowering:
    """One output pixel whose window is a run of the input."""
    channels, taps = facts.output_shape[3], facts.weights[0].size
    weights = np.pad(facts.weights.reshape(channels, taps).astype(np.int16), ((0, 0), (0, taps % 2)))
    packed = np.concatenate([quant(facts), words(weights)], axis=1).reshape(-1)
    arguments = (
        taps,
        channels,
        int(is_signed(facts)),
        TensorArg(source),
        ConstArray.of("packed", np.append(packed, np.int32(0))),
        TensorArg(output, written=True),
    )
    kernel = "eg_depthwise_pixel_s8_xtensa_mac16"
    overlaps = (Overlap(source, output),)
    call = KernelCall(kernel, f"{kernel}.h", (f"{kernel}.c",), arguments, channels * taps, overlaps)
    return Lowering((call, *clamps(facts, output)))


@dataclass(frozen=True, slots=True)
class Lines:
    """How a depthwise layer is cut in lines: `run` is the axis (1 height, 2 width) along which a line goes."""

    run: int
    line_bytes: int
    strip: int
    is_3x3: bool
    filter_words: int
    scratch_bytes: int

    @classmethod
    def of(cls, facts: ConvFacts, budget_bytes: int) -> Lines:
        """Lines along the longer axis; as many at a time as `budget_bytes` hold, at least one."""
        height, width = ((facts.output_shape[axis], facts.weights.shape[axis]) for axis in (1, 2))
        run = 1 if height > width else 2
        filter_run, filter_lines = facts.weights.shape[run], facts.weights.shape[3 - run]
        stride, line_stride = facts.stride[run - 1], facts.stride[2 - run]
        is_3x3 = facts.weights.shape[1:3] == (3, 3) and stride in (1, 2) and not is_signed(facts)
        odd = stride % 2
        filter_words = 0 if is_3x3 else round_up(filter_run + odd, 4) // 2
        line_bytes = 2 * round_up((facts.output_shape[run] - 1) * stride + filter_run, 2)
        tail = 4 * filter_words + 16
        most = ((budget_bytes - tail) // line_bytes - filter_lines) // line_stride + 1
        strip = max(1, min(facts.output_shape[3 - run], most))
        lines = (strip - 1) * line_stride + filter_lines
        return cls(run, line_bytes, strip, is_3x3, filter_words, lines * line_bytes + tail)

    def overlaps(self, facts: ConvFacts, source: int, output: int) -> tuple[Overlap, ...]:
        """Where an output only overwrites what was widened before: values of its own channel, that come first."""
        shrinks = facts.output_shape[1] <= facts.input_shape[1] and facts.output_shape[2] <= facts.input_shape[2]
        if facts.groups != facts.output_shape[3] or not shrinks:
            return ()
        whole = self.strip == facts.output_shape[3 - self.run]
        ahead = whole or facts.weights.shape[3 - self.run] > facts.pad[2 - self.run]
        if ahead and (whole or self.run == 2) and _ALIGNMENT_BYTES % facts.groups == 0:
            return (Overlap(source, output),)  # every distance in the arena is one of whole pixels
        if ahead and (whole or self.run == 2 or facts.input_shape == facts.output_shape):
            return (Overlap(source, output, where="same"),)
        return ()

    def pack(self, facts: ConvFacts) -> NDArray[np.int32]:
        """Each channel's constants and weights as eg_depthwise_conv_2d_s8_xtensa_mac16.h tells."""
        channels = len(facts.weights)
        weights = facts.weights[..., 0].astype(np.int16)
        weights = weights.transpose(0, 2, 1) if self.run == 1 else weights
        if self.is_3x3:
            values = np.pad(weights.reshape(channels, 9), ((0, 0), (0, 1)))
        else:
            places = range(1 + facts.stride[self.run - 1] % 2)
            rest = 2 * self.filter_words - weights.shape[2]
            values = np.stack([np.pad(weights, ((0, 0), (0, 0), (i, rest - i))) for i in places], axis=1)
        return np.concatenate([quant(facts), words(values.reshape(channels, -1))], axis=1).reshape(-1)

    def params(self, facts: ConvFacts) -> tuple[tuple[str, int], ...]:
        run, across = self.run, 3 - self.run
        input_steps = (0, facts.input_shape[2] * facts.input_shape[3], facts.input_shape[3])
        output_steps = (0, facts.output_shape[2] * facts.output_shape[3], facts.output_shape[3])
        values = 5 if self.is_3x3 else (1 + facts.stride[run - 1] % 2) * facts.weights.shape[across] * self.filter_words
        return (
            ("channels", facts.input_shape[3]),
            ("depth_multiplier", facts.output_shape[3] // facts.input_shape[3]),
            ("input_run", facts.input_shape[run]),
            ("input_run_step", input_steps[run]),
            ("input_lines", facts.input_shape[across]),
            ("input_line_step", input_steps[across]),
            ("filter_run", facts.weights.shape[run]),
            ("filter_lines", facts.weights.shape[across]),
            ("output_run", facts.output_shape[run]),
            ("output_run_step", output_steps[run]),
            ("output_lines", facts.output_shape[across]),
            ("output_line_step", output_steps[across]),
            ("stride_run", facts.stride[run - 1]),
            ("stride_line", facts.stride[across - 1]),
            ("pad_run", facts.pad[run - 1]),
            ("pad_line", facts.pad[across - 1]),
            ("zero_point", facts.input_zero_point),
            ("line_bytes", self.line_bytes),
            ("strip", self.strip),
            ("packed_words", 4 + values),
            ("filter_words", self.filter_words),
            ("is_signed", int(is_signed(facts))),
        )
