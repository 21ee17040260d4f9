"""SignalRfft and SignalIrfft: FFTs of real values in int16, int32 and float32, with every table made here."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import (
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Struct,
    Table,
    Target,
    TensorArg,
    constraint,
    takes,
)
from edgegen.options_custom import SignalFftOptions

_SUFFIXES = {DType.INT16: "s16", DType.INT32: "s32", DType.FLOAT32: "f32"}
_LIMITS = {DType.INT16: 32767, DType.INT32: 2147483647}
_MAX_LENGTH = 1 << 17
_LENGTH_REMEDY = "use a length that is a power of two"


class _Fft(Operator):
    types = ("int16", "int32", "float32")
    counts = takes(1)

    @constraint("convert the signal to int16")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are both int16, int32 or float32."""
        kinds = [graph.tensors[i].dtype for i in (node.inputs[0], node.outputs[0])]
        return None if kinds[0] in _SUFFIXES and kinds[0] is kinds[1] else f"types {kinds[0].value}, {kinds[1].value}"

    @constraint(_LENGTH_REMEDY)
    def fft_length(graph: Graph, node: Node) -> str | None:
        """The FFT's length is even, at least 4 and at most 131072, a product of 2, 3 and 5."""
        length = _length(node)
        if length % 2 or not 4 <= length <= _MAX_LENGTH:
            return f"its length is {length}"
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        return f"its length is {length}, a multiple of {rest}" if rest != 1 else None


class Rfft(_Fft):
    name = "SignalRfft"

    @constraint("export the model again; its shapes contradict each other")
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input's last axis is no longer than the FFT, the output's holds its length / 2 + 1 complex values."""
        source, output = graph.tensors[node.inputs[0]].shape, graph.tensors[node.outputs[0]].shape
        length = _length(node)
        fits = source and 0 < source[-1] <= length and output[-1:] == (length + 2,)
        if not fits or len(source) != len(output) or math.prod(source[:-1]) != math.prod(output[:-1]):
            return f"shapes {list(source)} and {list(output)} with length {length}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source = graph.tensors[node.inputs[0]]
        kernel = f"eg_signal_rfft_{_SUFFIXES[source.dtype]}"
        arguments = (
            _plan(source.dtype, _length(node), inverse=False),
            TensorArg(node.inputs[0]),
            math.prod(source.shape[:-1]),
            source.shape[-1],
            TensorArg(node.outputs[0], written=True),
        )
        return Lowering((KernelCall(kernel, "eg_signal_fft.h", (f"{kernel}.c",), arguments),))


class Irfft(_Fft):
    name = "SignalIrfft"

    @constraint("export the model again; its shapes contradict each other")
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input's last axis holds length / 2 + 1 complex values, the output's is as long as the FFT."""
        source, output = graph.tensors[node.inputs[0]].shape, graph.tensors[node.outputs[0]].shape
        length = _length(node)
        fits = source[-1:] == (length + 2,) and output[-1:] == (length,)
        if not fits or len(source) != len(output) or math.prod(source[:-1]) != math.prod(output[:-1]):
            return f"shapes {list(source)} and {list(output)} with length {length}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source = graph.tensors[node.inputs[0]]
        kernel = f"eg_signal_irfft_{_SUFFIXES[source.dtype]}"
        arguments = (
            _plan(source.dtype, _length(node), inverse=True),
            TensorArg(node.inputs[0]),
            math.prod(source.shape[:-1]),
            TensorArg(node.outputs[0], written=True),
        )
        return Lowering((KernelCall(kernel, "eg_signal_fft.h", (f"{kernel}.c",), arguments),))


def _length(node: Node) -> int:
    assert isinstance(node.options, SignalFftOptions)
    return node.options.fft_length


def factors(size: int) -> list[int]:
    """The radices of the stages, outermost first: as many fours as go, then a two, then odd primes."""
    found = []
    for radix in (4, 2, 3, 5):
        while size % radix == 0:
            found.append(radix)
            size //= radix
    return found


def _plan(dtype: DType, length: int, *, inverse: bool) -> Struct:
    """An eg_fft_plan for `length` real values."""
    size = length // 2
    radices = factors(size)
    stages = []
    order = np.zeros(1, dtype=np.int64)
    blocks, rest = 1, size
    for radix in radices:
        rest //= radix
        stages.append((radix, rest, blocks))
        order = (order[:, None] + np.arange(radix) * blocks).reshape(-1)
        blocks *= radix
    if inverse:
        order = np.argsort(order)
    sign = 1 if inverse else -1
    twiddles = [sign * 2 * math.pi * i / size for i in range(size)]
    super_twiddles = [sign * math.pi * ((i + 1) / size + 0.5) for i in range(size // 2)]
    return Struct(
        "eg_fft_plan",
        (
            ("size", size),
            ("stage_count", len(stages)),
            ("stages", Table("eg_fft_stage", tuple(reversed(stages)))),
            ("order", ConstArray.of("fft_order", order.astype(np.uint16))),
            ("twiddles", _circle(dtype, twiddles, "fft_twiddles")),
            ("super_twiddles", _circle(dtype, super_twiddles, "fft_super_twiddles")),
        ),
    )


def _circle(dtype: DType, phases: list[float], name: str) -> ConstArray:
    """Cosine and sine of each phase as pairs, in the type's fixed point or in float."""
    limit = _LIMITS.get(dtype)
    convert: Callable[[float], float] = (lambda x: x) if limit is None else (lambda x: math.floor(0.5 + limit * x))
    pairs = [(convert(math.cos(phase)), convert(math.sin(phase))) for phase in phases]
    return ConstArray.of(name, np.array(pairs, dtype=dtype.numpy))
