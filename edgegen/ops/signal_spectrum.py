"""SignalWindow, SignalFftAutoScale, SignalEnergy: the fixed-point steps around an audio front end's FFT."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Overlap, Target, TensorArg, constraint, takes
from edgegen.ops.signal_types import signature
from edgegen.options_custom import SignalEnergyOptions, SignalWindowOptions

_HEADER = "eg_signal_spectrum.h"
_DAMAGED = "export the model again; its shapes contradict each other"


class Window(Operator):
    name = "SignalWindow"
    types = ("int16",)
    counts = takes(2)
    element_types = signature((DType.INT16, DType.INT16), (DType.INT16,))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """The weights have one axis, of which the input holds a multiple; the output is as large as the input."""
        source, weights = (graph.tensors[i] for i in node.inputs)
        output = graph.tensors[node.outputs[0]]
        if len(weights.shape) != 1 or not source.shape or len(source.shape) != len(output.shape):
            return f"shapes {list(source.shape)}, {list(weights.shape)}, {list(output.shape)}"
        if weights.elements == 0 or source.elements % weights.elements or source.elements != output.elements:
            return f"{source.elements} values, {weights.elements} weights, {output.elements} results"
        return None

    @constraint("export the model again; its file is damaged")
    def shift(graph: Graph, node: Node) -> str | None:
        """The shift is 0 to 31."""
        assert isinstance(node.options, SignalWindowOptions)
        return None if 0 <= node.options.shift <= 31 else f"the shift is {node.options.shift}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalWindowOptions)
        source, weights = node.inputs
        length = graph.tensors[weights].elements
        frames = graph.tensors[source].elements // length
        arguments = (
            node.options.shift,
            TensorArg(source),
            TensorArg(weights),
            frames,
            length,
            TensorArg(node.outputs[0], written=True),
        )
        kernel = "eg_signal_window_s16"
        overlaps = () if source == weights else (Overlap(source, node.outputs[0]),)
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))


class FftAutoScale(Operator):
    name = "SignalFftAutoScale"
    types = ("int16",)
    counts = takes(1, outputs=2)
    element_types = signature((DType.INT16,), (DType.INT16, DType.INT32))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have one axis, the output is no longer; the scale is a scalar."""
        source = graph.tensors[node.inputs[0]].shape
        output, scale = (graph.tensors[i].shape for i in node.outputs)
        if len(source) != 1 or len(output) != 1 or scale or source < output:
            return f"shapes {list(source)}, {list(output)}, {list(scale)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output, scale = node.outputs
        arguments = (
            TensorArg(node.inputs[0]),
            graph.tensors[output].elements,
            TensorArg(output, written=True),
            TensorArg(scale, written=True),
        )
        kernel = "eg_signal_fft_auto_scale_s16"
        overlaps = (Overlap(node.inputs[0], output),)
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))


class Energy(Operator):
    name = "SignalEnergy"
    types = ("int16 -> uint32",)
    counts = takes(1)
    element_types = signature((DType.INT16,), (DType.UINT32,))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have one axis and hold every bin from start_index to end_index."""
        assert isinstance(node.options, SignalEnergyOptions)
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        if len(source.shape) != 1 or len(output.shape) != 1:
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        start, end = node.options.start_index, node.options.end_index
        if start < end and (start < 0 or end > min(source.elements // 2, output.elements)):
            return f"bins {start} to {end} of {source.elements // 2}, results {output.elements}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalEnergyOptions)
        start, end = node.options.start_index, node.options.end_index
        size = graph.tensors[node.outputs[0]].elements
        if start >= end:
            start = end = 0
        # An energy takes as many bytes as the complex value that it comes from.
        arguments = (TensorArg(node.inputs[0]), start, end, size, TensorArg(node.outputs[0], written=True))
        kernel = "eg_signal_energy_s16"
        overlaps = (Overlap(node.inputs[0], node.outputs[0]),)
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))
