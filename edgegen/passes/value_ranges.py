"""From a graph to the values that each channel of its int8 tensors can take, whatever the input: intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node
from edgegen.ops.arithmetic import requantize
from edgegen.ops.base import Refusal
from edgegen.ops.conv_facts import ConvFacts, conv_facts

_LOW, _HIGH = -128, 127
_INT32 = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class ChannelRange:
    """Bounds, both included, of every channel along a tensor's last axis."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Channels that are one value whatever the input."""
        equal: NDArray[np.bool_] = self.low == self.high
        return equal


def value_ranges(graph: Graph) -> dict[int, ChannelRange]:
    """Ranges of the int8 tensors that nodes compute, by tensor index; a tensor that is missing can hold anything."""
    ranges: dict[int, ChannelRange] = {}
    for node in graph.nodes:
        if len(node.outputs) != 1 or graph.tensors[node.outputs[0]].dtype is not DType.INT8:
            continue
        found = _node_range(graph, node, ranges)
        if found is not None:
            ranges[node.outputs[0]] = found
    return ranges


def range_of(graph: Graph, ranges: dict[int, ChannelRange], index: int) -> ChannelRange:
    """The known range of a tensor, else that of its type."""
    channels = graph.tensors[index].shape[-1] if graph.tensors[index].shape else 1
    return ranges.get(index) or ChannelRange(np.full(channels, _LOW), np.full(channels, _HIGH))


def _node_range(graph: Graph, node: Node, ranges: dict[int, ChannelRange]) -> ChannelRange | None:
    source = range_of(graph, ranges, node.inputs[0]) if node.inputs and node.inputs[0] >= 0 else None
    if source is None or graph.tensors[node.inputs[0]].dtype is not DType.INT8:
        return None
    channels = graph.tensors[node.outputs[0]].shape[-1] if graph.tensors[node.outputs[0]].shape else 1
    if node.op in ("AVERAGE_POOL_2D", "MAX_POOL_2D") and len(source.low) == channels:
        return _pool_range(graph, node, source)
    if node.op in ("RESHAPE", "SQUEEZE", "EXPAND_DIMS") and len(source.low) and channels % len(source.low) == 0:
        repeats = channels // len(source.low)
        return ChannelRange(np.tile(source.low, repeats), np.tile(source.high, repeats))
    if node.op == "PAD" and len(source.low) == channels:
        quantization = graph.tensors[node.outputs[0]].quantization
        if quantization is None:
            return None
        fill = quantization.zero_point
        return ChannelRange(np.minimum(source.low, fill), np.maximum(source.high, fill))
    try:
        facts = conv_facts(graph, node)
    except Refusal:
        return None  # the operator's own lowering reports it
    return None if facts is None else conv_range(facts, source)


def _pool_range(graph: Graph, node: Node, source: ChannelRange) -> ChannelRange:
    # A fused activation can only narrow it, except where it is constant already and clamped: leave that one open.
    activation = getattr(node.options, "fused_activation_function", "NONE")
    if activation != "NONE":
        return range_of(graph, {}, node.outputs[0])
    return source


def accumulator_range(facts: ConvFacts, source: ChannelRange) -> ChannelRange:
    """Bounds of each output channel's sum of products and bias, in exact arithmetic (not modulo 2^32)."""
    channels, _, _, depth = facts.weights.shape
    low, high = (bound.astype(np.int64) - facts.input_zero_point for bound in (source.low, source.high))
    if facts.input_shape[3] % len(low):  # FULLY_CONNECTED cuts its rows across the input's last axis
        low, high = low.min(keepdims=True), high.max(keepdims=True)
    repeats = facts.input_shape[3] // len(low)
    low, high = np.tile(low, repeats), np.tile(high, repeats)
    # first_channel[o] + i is the input channel behind weights[o, :, :, i].
    first_channel = np.arange(channels) // max(1, channels // facts.groups) * depth
    reads = first_channel[:, None] + np.arange(depth)[None, :]
    weights = facts.weights.astype(np.int64)
    at_low, at_high = weights * low[reads][:, None, None, :], weights * high[reads][:, None, None, :]
    least, most = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    if facts.reads_padding:
        least, most = np.minimum(least, 0), np.maximum(most, 0)
    bias = facts.bias.astype(np.int64)
    return ChannelRange(least.sum(axis=(1, 2, 3)) + bias, most.sum(axis=(1, 2, 3)) + bias)


def conv_range(facts: ConvFacts, source: ChannelRange) -> ChannelRange:
    """The output's range: requantisation never decreases, so the bounds of the sum give those of the output."""
    sums = accumulator_range(facts, source)
    left = np.maximum(facts.shift, 0).astype(np.int64)
    bounds = []
    for bound in (sums.low, sums.high):
        scaled = requantize(bound, facts.multiplier, facts.shift) + facts.output_zero_point
        bounds.append(np.clip(scaled, facts.activation_min, facts.activation_max))
    wraps = (sums.low << left < -_INT32) | (sums.high << left >= _INT32)
    low = np.where(wraps, facts.activation_min, bounds[0])
    high = np.where(wraps, facts.activation_max, bounds[1])
    return ChannelRange(low, high)
