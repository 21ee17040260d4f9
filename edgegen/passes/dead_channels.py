"""Removes channels that are one constant whatever the input, or that nothing reads; no output bit changes.

A constant channel that a convolution reads becomes part of its bias. Where padding is visible the sum of the taps
would differ at the borders, so there only channels that are constantly the zero point go.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import DType, Graph, Node, Quantization, Tensor
from edgegen.ops.base import Refusal
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.options import DepthwiseConv2DOptions
from edgegen.passes.value_ranges import ChannelRange, range_of, value_ranges

Mask = NDArray[np.bool_]
_POINTWISE = frozenset({"AVERAGE_POOL_2D", "MAX_POOL_2D"})
_VIEWS = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})


def run(graph: Graph) -> Graph:
    """Shrinks the main graph; models with several subgraphs stay as they are."""
    if graph.subgraphs:
        return graph
    analysis = _Analysis(graph)
    if all(mask.all() for mask in analysis.keep.values()):
        return graph
    return _Rewrite(graph, analysis).graph()


class _Analysis:
    """Which channels of which tensors must stay; tensors that are not listed stay whole."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ranges = value_ranges(graph)
        self.facts: dict[int, ConvFacts] = {}
        for position, node in enumerate(graph.nodes):
            try:
                facts = conv_facts(graph, node)
            except Refusal:
                facts = None  # its lowering reports it
            if facts is not None and facts.groups in (1, facts.input_shape[3]):
                self.facts[position] = facts
        self.keep: dict[int, Mask] = {}
        self._whole = {*graph.inputs, *graph.outputs}
        self._forced: dict[int, Mask] = {}
        while self._find():
            pass

    def mask(self, tensor: int) -> Mask:
        """The channels of a tensor that stay."""
        shape = self.graph.tensors[tensor].shape
        return self.keep.get(tensor, np.ones(shape[-1] if shape else 1, dtype=np.bool_))

    def _find(self) -> bool:
        """One walk from the outputs back; then whether what it found asks for another walk with more forced to stay."""
        needs = {index: mask.copy() for index, mask in self._forced.items()}
        self.keep = {}
        for position in range(len(self.graph.nodes) - 1, -1, -1):
            node = self.graph.nodes[position]
            if self._asked_of_input(position, node) is None:
                self._whole.update(node.inputs, node.outputs)
                continue
            if node.outputs[0] not in self._whole:
                self.keep[node.outputs[0]] = self._settled(position, node, needs)
            asked = self._asked_of_input(position, node)
            assert asked is not None
            known = needs.get(node.inputs[0])
            needs[node.inputs[0]] = asked if known is None else known | asked
        for index in self._whole:
            self.keep.pop(index, None)
        return self._force_ties()

    def _force_ties(self) -> bool:
        """A node that handles each channel alone must hand on every channel that its input keeps."""
        more = False
        for position, node in enumerate(self.graph.nodes):
            facts = self.facts.get(position)
            keeps = bool(node.outputs) and node.outputs[0] in self.keep
            if not keeps or (facts is not None and facts.op != "DEPTHWISE_CONV_2D"):
                continue
            kept_in, kept_out = self.mask(node.inputs[0]), self.keep[node.outputs[0]]
            wanted = np.repeat(kept_in, len(kept_out) // len(kept_in)) if facts else kept_in
            if node.op in _VIEWS:
                wanted = np.tile(kept_in, len(kept_out) // len(kept_in))
            if facts is not None and len(kept_in) == 1:
                continue  # one input channel may lose any of its outputs
            if (wanted & ~kept_out).any():
                self._forced[node.outputs[0]] = wanted | kept_out
                more = True
        return more

    def _settled(self, position: int, node: Node, needs: dict[int, Mask]) -> Mask:
        """The output channels that stay: those that someone reads, in whole groups for a depthwise multiplier."""
        shape = self.graph.tensors[node.outputs[0]].shape
        mask = needs.get(node.outputs[0], np.zeros(shape[-1], dtype=np.bool_)).copy()
        if not mask.any():
            mask[0] = True
        if node.op == "FULLY_CONNECTED" and len(mask) > 1 and mask.sum() == 1:
            # With one scale left it would be scaled per tensor, which rounds otherwise.
            mask[0 if not mask[0] else 1] = True
        facts = self.facts.get(position)
        groups = 1
        if facts is not None and facts.op == "DEPTHWISE_CONV_2D":
            groups = facts.input_shape[3]
        elif node.op in _VIEWS:
            source = self.graph.tensors[node.inputs[0]].shape[-1]
            return np.tile(mask.reshape(-1, source).any(axis=0), shape[-1] // source)
        if groups > 1:
            mask = np.repeat(mask.reshape(groups, -1).any(axis=1), shape[-1] // groups)
        return mask

    def _asked_of_input(self, position: int, node: Node) -> Mask | None:
        """Which channels of its first input a node reads for what stays of its output; None if it can't shrink."""
        source = self.graph.tensors[node.inputs[0]] if node.inputs and node.inputs[0] >= 0 else None
        if source is None or not source.shape or source.dtype is not DType.INT8 or len(node.outputs) != 1:
            return None
        output = self.mask(node.outputs[0])
        channels = source.shape[-1]
        facts = self.facts.get(position)
        if facts is not None and node.op == "DEPTHWISE_CONV_2D":
            return _any(output.reshape(channels, -1), 1)
        if facts is not None:
            if facts.groups != 1 or channels == 0 or facts.input_shape[3] % channels:
                return None
            taps = (facts.weights[output] != 0).reshape(-1, facts.input_shape[3])
            return _any(_any(taps, 0).reshape(-1, channels), 0) & ~self.foldable(facts, node.inputs[0])
        if node.op in _POINTWISE or (node.op == "PAD" and self._pads_no_channel(node)):
            return output if len(output) == channels else None
        if node.op in _VIEWS and channels and len(output) % channels == 0:
            return _any(output.reshape(-1, channels), 0)
        return None

    def foldable(self, facts: ConvFacts, source: int) -> Mask:
        """Input channels whose constant can become part of the bias."""
        known: ChannelRange = range_of(self.graph, self.ranges, source)
        foldable: Mask = known.constant
        return foldable & (known.low == facts.input_zero_point) if facts.reads_padding else foldable

    def _pads_no_channel(self, node: Node) -> bool:
        paddings = self.graph.tensor(node.inputs[1]) if len(node.inputs) > 1 else None
        if paddings is None or not paddings.is_constant:
            return False
        return not np.asarray(paddings.array()).reshape(-1, 2)[-1].any()


class _Rewrite:
    """The graph with every mask of an analysis applied."""

    def __init__(self, graph: Graph, analysis: _Analysis) -> None:
        self.source = graph
        self.analysis = analysis
        self.tensors = list(graph.tensors)

    def graph(self) -> Graph:
        for index, mask in self.analysis.keep.items():
            tensor = self.tensors[index]
            shape = (*tensor.shape[:-1], int(mask.sum()))
            self.tensors[index] = dataclasses.replace(tensor, shape=shape)
        nodes = tuple(self._node(position, node) for position, node in enumerate(self.source.nodes))
        return dataclasses.replace(self.source, tensors=tuple(self.tensors), nodes=nodes)

    def _node(self, position: int, node: Node) -> Node:
        facts = self.analysis.facts.get(position)
        if facts is None:
            return node
        kept_in, kept_out = self.analysis.mask(node.inputs[0]), self.analysis.mask(node.outputs[0])
        if kept_in.all() and kept_out.all():
            return node
        weights, bias = facts.weights[kept_out], facts.bias[kept_out].astype(np.int64)
        if node.op != "DEPTHWISE_CONV_2D":
            repeats = facts.input_shape[3] // len(kept_in)
            dropped = np.tile(~kept_in, repeats)
            known = range_of(self.source, self.analysis.ranges, node.inputs[0])
            value = np.tile(known.low, repeats)[dropped] - facts.input_zero_point
            taps = weights[..., dropped].astype(np.int64)
            bias = bias + (taps * value).sum(axis=(1, 2, 3))
            weights = weights[..., ~dropped]
        inputs = (
            node.inputs[0],
            self._filter(node, weights, kept_out),
            self._bias(node, bias.astype(np.int32), kept_out),
        )
        options = node.options
        if isinstance(options, DepthwiseConv2DOptions):
            options = dataclasses.replace(options, depth_multiplier=int(kept_out.sum()) // int(kept_in.sum()))
        return dataclasses.replace(node, inputs=inputs, options=options)

    def _filter(self, node: Node, weights: NDArray[np.int8], kept_out: Mask) -> int:
        tensor = self.source.tensors[node.inputs[1]]
        if node.op == "DEPTHWISE_CONV_2D":
            weights = weights.transpose(3, 1, 2, 0)
        elif node.op == "FULLY_CONNECTED":
            weights = weights.reshape(*(1,) * (len(tensor.shape) - 2), weights.shape[0], weights.shape[3])
        return self._add(
            dataclasses.replace(
                tensor,
                shape=weights.shape,
                dtype=DType.INT8,
                quantization=_slice(tensor.quantization, kept_out),
                data=np.ascontiguousarray(weights).tobytes(),
            )
        )

    def _bias(self, node: Node, bias: NDArray[np.int32], kept_out: Mask) -> int:
        old = self.source.tensor(node.inputs[2]) if len(node.inputs) > 2 else None
        if old is None:
            source, weights = (self.source.tensors[i].quantization for i in node.inputs[:2])
            assert source is not None and weights is not None
            scale = float(np.float32(source.scale) * np.float32(weights.scale))
            name = self.source.tensors[node.inputs[1]].name + "/bias"
            old = Tensor(name, (), DType.INT32, Quantization((scale,), (0,)))
        quantization = _slice(old.quantization, kept_out)
        return self._add(dataclasses.replace(old, shape=bias.shape, quantization=quantization, data=bias.tobytes()))

    def _add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1


def _any(flags: Mask, axis: int) -> Mask:
    return np.asarray(flags.any(axis=axis), dtype=np.bool_)


def _slice(quantization: Quantization | None, kept: Mask) -> Quantization | None:
    if quantization is None or len(quantization.scales) == 1:
        return quantization
    chosen = [i for i in np.flatnonzero(kept).tolist() if i < len(quantization.scales)]
    zero_points = quantization.zero_points
    return Quantization(
        tuple(quantization.scales[i] for i in chosen),
        tuple(zero_points[i] for i in chosen) if len(zero_points) == len(quantization.scales) else zero_points,
        quantization.axis,
    )
