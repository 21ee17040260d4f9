"""What the MVE lowerings of convolutions share: proofs about a layer, its window, its activation."""

from __future__ import annotations

import numpy as np

from edgegen.ops.base import KernelCall, TensorArg
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import Window

LANES = 16
RAW = 128
"""The largest magnitude of an int8 input."""


def fits(facts: ConvFacts) -> bool:
    """Whether the layer has one batch, right shifts and sums within 31 bits, whatever the input."""
    if facts.input_shape[0] != 1 or 0 in facts.output_shape or 0 in facts.input_shape or (facts.shift > 0).any():
        return False
    weights = np.abs(facts.weights.astype(np.int64)).reshape(len(facts.weights), -1).sum(axis=1)
    sums = weights * (RAW + abs(facts.input_zero_point)) + np.abs(facts.bias.astype(np.int64))
    return bool((sums < 1 << 30).all()) and (not is_signed(facts) or signed_fits(facts))


def is_signed(facts: ConvFacts) -> bool:
    """Whether the second rounding of values below zero can show in the output."""
    return facts.activation_min < facts.output_zero_point


def signed_fits(facts: ConvFacts) -> bool:
    """Whether every channel has a second rounding: the signed kernels always round twice."""
    return bool((facts.shift < 0).all())


def window(facts: ConvFacts) -> Window:
    return Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)


def clamp(elements: int, low: int, high: int, output: int) -> tuple[KernelCall, ...]:
    """A call that applies an activation which does more than int8 does."""
    if (low, high) == (-128, 127):
        return ()
    arguments = (elements, low, high, TensorArg(output, written=True))
    return (KernelCall("eg_clamp_s8_mve", "eg_clamp_s8_mve.h", ("eg_clamp_s8_mve.c",), arguments),)


def conv_clamp(facts: ConvFacts, output: int) -> tuple[KernelCall, ...]:
    """The same for a convolution."""
    return clamp(int(np.prod(facts.output_shape)), facts.activation_min, facts.activation_max, output)


def steps_and_padding(facts: ConvFacts) -> tuple[tuple[str, int], ...]:
    return (
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
    )
