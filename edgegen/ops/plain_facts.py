"""A convolution's facts in the plainest form that gives the same bytes, so that faster kernels suit more layers."""

from __future__ import annotations

import dataclasses

import numpy as np

from edgegen.ir import Graph, Node
from edgegen.ops.arithmetic import requantize
from edgegen.ops.conv_facts import ConvFacts, conv_facts

_INT32 = 1 << 31
_MULTIPLIER, _SHIFT = 1 << 30, -2  # together 1/8


def plain_facts(graph: Graph, node: Node) -> ConvFacts | None:
    """`conv_facts`, made plain."""
    facts = conv_facts(graph, node)
    if facts is None or 0 in facts.output_shape or 0 in facts.input_shape:
        return facts
    if facts.groups == 1 and facts.op == "DEPTHWISE_CONV_2D" and facts.output_shape[3] > 1:
        facts = dataclasses.replace(facts, op="CONV_2D")  # every output channel reads the only input channel
    return settle(_flatten(facts))


def _flatten(facts: ConvFacts) -> ConvFacts:
    """A layer with one output pixel whose window is one run of the input, as FULLY_CONNECTED."""
    depth = facts.weights[0].size
    if facts.groups != 1 or not reads_one_run(facts):
        return facts
    return dataclasses.replace(
        facts,
        op="FULLY_CONNECTED",
        input_shape=(1, 1, 1, depth),
        weights=facts.weights.reshape(-1, 1, 1, depth),
        stride=(1, 1),
    )


def reads_one_run(facts: ConvFacts) -> bool:
    """Whether there is one output pixel and its window is one run of the input, from its start."""
    if facts.output_shape[:3] != (1, 1, 1) or facts.input_shape[0] != 1:
        return False
    if facts.reads_padding or facts.dilation[0] * facts.dilation[1] != 1:
        return False
    return bool(facts.weights.shape[1] == 1 or facts.weights.shape[2] == facts.input_shape[2])


def settle(facts: ConvFacts) -> ConvFacts:
    """The same layer, bit for bit: channels that no int8 input can change have weights of 0 and a bias of their own.

    Converters give such a channel a scale near 0 and a bias near 2^31: one of them would keep a whole layer from the
    kernels that prove their sums to fit.
    """
    weights = facts.weights.astype(np.int64).reshape(len(facts.weights), -1)
    positive, negative = np.maximum(weights, 0).sum(axis=1), np.minimum(weights, 0).sum(axis=1)
    # Of the input less its zero point, which padding is too: 0 lies between.
    lowest, highest = min(-128 - facts.input_zero_point, 0), max(127 - facts.input_zero_point, 0)
    bias = facts.bias.astype(np.int64)
    low = bias + positive * lowest + negative * highest
    high = bias + positive * highest + negative * lowest
    left = np.maximum(facts.shift, 0).astype(np.int64)
    exact = (low << left >= -_INT32) & (high << left < _INT32)
    first, last = (
        np.clip(
            requantize(bound, facts.multiplier, facts.shift) + facts.output_zero_point,
            facts.activation_min,
            facts.activation_max,
        )
        for bound in (low, high)
    )
    constant = exact & (first == last)
    if not constant.any():
        return facts
    return dataclasses.replace(
        facts,
        weights=np.where(constant[:, None, None, None], 0, facts.weights).astype(np.int8),
        bias=np.where(constant, 8 * (first - facts.output_zero_point), bias).astype(np.int32),
        multiplier=np.where(constant, _MULTIPLIER, facts.multiplier).astype(np.int32),
        shift=np.where(constant, _SHIFT, facts.shift).astype(np.int8),
    )
