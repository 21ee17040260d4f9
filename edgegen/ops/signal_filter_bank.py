"""SignalFilterBank, its square root, spectral subtraction, PCAN and logarithm: from energies to features."""

from __future__ import annotations

import math

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Overlap,
    State,
    Struct,
    Target,
    TensorArg,
    constraint,
    takes,
)
from edgegen.ops.signal_types import one_axis, signature
from edgegen.ops.subgraphs import place_of
from edgegen.options_custom import (
    SignalFilterBankLogOptions,
    SignalFilterBankOptions,
    SignalFilterBankSpectralSubtractionOptions,
    SignalPcanOptions,
)

_HEADER = "eg_signal_filter_bank.h"
_DAMAGED = "export the model again; its shapes contradict each other"
_OPTIONS = "export the model again; its options are damaged"
_PCAN_TABLE = 125
_LOG_SEGMENTS = 128


class FilterBank(Operator):
    name = "SignalFilterBank"
    types = ("uint32 -> uint64",)
    counts = takes(6)
    element_types = signature((DType.UINT32, *(DType.INT16,) * 5), (DType.UINT64,))
    axes = one_axis()

    @constraint("make weights and starts constants of the model")
    def constants(graph: Graph, node: Node) -> str | None:
        """The weights, starts and widths are constant."""
        return None if all(graph.tensors[i].is_constant for i in node.inputs[1:]) else "one of them is computed"

    @constraint(_DAMAGED)
    def bounds(graph: Graph, node: Node) -> str | None:
        """There is a start and a width for each channel and one more; all lie within the input and the weights."""
        channels = _channels(node)
        weights, unweights, starts, weight_starts, widths = (graph.tensors[i] for i in node.inputs[1:])
        entries = min(starts.elements, weight_starts.elements, widths.elements)
        results = graph.tensors[node.outputs[0]].elements
        if channels < 1 or entries < channels + 1 or results > channels:
            return f"{channels} channels, {entries} starts, {results} results"
        width = np.maximum(widths.array()[: channels + 1].astype(np.int64), 0)
        sizes = graph.tensors[node.inputs[0]].elements, min(weights.elements, unweights.elements)
        for first, size in zip((starts, weight_starts), sizes, strict=True):
            place = first.array()[: channels + 1].astype(np.int64)
            if np.any((width > 0) & ((place < 0) | (place + width > size))):
                return f"'{first.name}' leads outside of {size} elements"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = graph.tensors[node.outputs[0]]
        arguments: tuple[Argument, ...] = tuple(TensorArg(i) for i in node.inputs)
        arguments += (output.elements, TensorArg(node.outputs[0], written=True))
        kernel = "eg_signal_filter_bank_u32"
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments),))


class FilterBankSquareRoot(Operator):
    name = "SignalFilterBankSquareRoot"
    types = ("uint64 -> uint32",)
    counts = takes(2)
    element_types = signature((DType.UINT64, DType.INT32), (DType.UINT32,))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have one axis of the same length, the scale is a scalar."""
        source, scale = (graph.tensors[i].shape for i in node.inputs)
        output = graph.tensors[node.outputs[0]].shape
        fits = len(source) == 1 and source == output and scale == ()
        return None if fits else f"shapes {list(source)}, {list(scale)}, {list(output)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, scale = node.inputs
        arguments = (
            TensorArg(source),
            TensorArg(scale),
            graph.tensors[source].elements,
            TensorArg(node.outputs[0], written=True),
        )
        kernel = "eg_signal_filter_bank_square_root_u64"
        overlaps = (Overlap(source, node.outputs[0]),)
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))


class FilterBankSpectralSubtraction(Operator):
    name = "SignalFilterBankSpectralSubtraction"
    types = ("uint32",)
    counts = takes(1, outputs=2)
    element_types = signature((DType.UINT32,), (DType.UINT32, DType.UINT32))
    axes = one_axis()

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have one element for each channel, the noise estimate no more."""
        source, output, noise = (graph.tensors[i].elements for i in (node.inputs[0], *node.outputs))
        channels = _channels(node)
        fits = source == output == channels and noise <= channels
        return None if fits else f"{channels} channels, but {source} values, {output} results, {noise} estimates"

    @constraint(_OPTIONS)
    def bits(graph: Graph, node: Node) -> str | None:
        """smoothing_bits is 0 to 31, spectral_subtraction_bits 0 to 63."""
        options = node.options
        assert isinstance(options, SignalFilterBankSpectralSubtractionOptions)
        if not 0 <= options.smoothing_bits <= 31 or not 0 <= options.spectral_subtraction_bits <= 63:
            return f"they are {options.smoothing_bits} and {options.spectral_subtraction_bits}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        options = node.options
        assert isinstance(options, SignalFilterBankSpectralSubtractionOptions)
        factors = (
            "smoothing",
            "one_minus_smoothing",
            "alternate_smoothing",
            "alternate_one_minus_smoothing",
            "min_signal_remaining",
        )
        params = Struct(
            "eg_spectral_subtraction_params",
            (
                *((name, getattr(options, name) & 0xFFFFFFFF) for name in factors),
                ("smoothing_bits", options.smoothing_bits),
                ("spectral_subtraction_bits", options.spectral_subtraction_bits),
                ("clamping", options.clamping),
            ),
        )
        source, (output, noise) = node.inputs[0], node.outputs
        channels = options.num_channels
        estimate = State(f"noise estimate {place_of(graph)} {node.index}", 4 * channels)
        arguments = (
            params,
            TensorArg(source),
            channels,
            estimate,
            TensorArg(output, written=True),
        )
        copied = (estimate, TensorArg(noise, written=True), graph.tensors[noise].size_bytes)
        kernel = "eg_signal_filter_bank_spectral_subtraction_u32"
        return Lowering(
            (
                KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments),
                KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), copied),
            )
        )


class Pcan(Operator):
    name = "SignalPCAN"
    types = ("uint32",)
    counts = takes(3)
    element_types = signature((DType.UINT32, DType.UINT32, DType.INT16), (DType.UINT32,))
    axes = one_axis()

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input, noise estimate and output are equally long; the gain table has the 125 entries that it can ask for."""
        source, noise, table = (graph.tensors[i].elements for i in node.inputs)
        output = graph.tensors[node.outputs[0]].elements
        fits = source == output <= noise and table >= _PCAN_TABLE
        return None if fits else f"{source} values, {noise} estimates, {table} gains, {output} results"

    @constraint(_OPTIONS)
    def bits(graph: Graph, node: Node) -> str | None:
        """snr_shift is 0 to 63."""
        assert isinstance(node.options, SignalPcanOptions)
        return None if 0 <= node.options.snr_shift <= 63 else f"it is {node.options.snr_shift}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalPcanOptions)
        source, output = node.inputs[0], node.outputs[0]
        arguments: tuple[Argument, ...] = (node.options.snr_shift, *(TensorArg(i) for i in node.inputs))
        arguments += (graph.tensors[source].elements, TensorArg(output, written=True))
        kernel = "eg_signal_pcan_u32"
        overlaps = (Overlap(source, output), Overlap(node.inputs[1], output))
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))


class FilterBankLog(Operator):
    name = "SignalFilterBankLog"
    types = ("uint32 -> int16",)
    counts = takes(1)
    element_types = signature((DType.UINT32,), (DType.INT16,))
    axes = one_axis()

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output are equally long."""
        source, output = (graph.tensors[i].elements for i in (node.inputs[0], node.outputs[0]))
        return None if source == output else f"{source} values become {output}"

    @constraint(_OPTIONS)
    def bits(graph: Graph, node: Node) -> str | None:
        """input_correction_bits is 0 to 31."""
        assert isinstance(node.options, SignalFilterBankLogOptions)
        bits = node.options.input_correction_bits
        return None if 0 <= bits <= 31 else f"it is {bits}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalFilterBankLogOptions)
        source, output = node.inputs[0], node.outputs[0]
        params = Struct(
            "eg_filter_bank_log_params",
            (
                ("correction_bits", node.options.input_correction_bits),
                ("output_scale", node.options.output_scale & 0xFFFFFFFF),
                ("table", ConstArray.of("log_table", _log_table())),
            ),
        )
        arguments = (params, TensorArg(source), graph.tensors[output].elements, TensorArg(output, written=True))
        kernel = "eg_signal_filter_bank_log_u32"
        overlaps = (Overlap(source, output),)
        return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments, overlaps=overlaps),))


def _log_table() -> np.ndarray:
    """By how much log2(1 + x) exceeds x at the ends of 128 segments of [0, 1], in Q16."""
    steps = [i / _LOG_SEGMENTS for i in range(_LOG_SEGMENTS + 1)]
    return np.array([math.floor(65536 * (math.log2(1 + x) - x) + 0.5) for x in steps], dtype=np.uint16)


def _channels(node: Node) -> int:
    assert isinstance(node.options, SignalFilterBankOptions | SignalFilterBankSpectralSubtractionOptions)
    return node.options.num_channels
