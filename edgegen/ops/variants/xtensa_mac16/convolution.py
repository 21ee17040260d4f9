"""CONV_2D and FULLY_CONNECTED for Xtensa MAC16: columns of a few pixels, widened once, times every channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    Direction,
    KernelCall,
    Lowering,
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.overlap import Window, window_overlap
from edgegen.ops.plain_facts import plain_facts
from edgegen.ops.variants.xtensa_mac16.fully_connected import lower_chunked
from edgegen.ops.variants.xtensa_mac16.requantize import (
    ORDER,
    TILE_BYTES,
    budget_bytes,
    clamps,
    fits,
    fits_deep,
    is_signed,
    quant,
    quant_deep,
    round_up,
    words,
)

_HEADER = "eg_conv_2d_s8_xtensa_mac16.h"
_NARROW = 6  # below so many channels, groups of four would waste more multiplications than they save loads
_TILE_PIXELS = 8
_LARGE_TILE_PIXELS = 64


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D and FULLY_CONNECTED with one group and one batch whose sums fit the kernels' range."""
    facts = plain_facts(graph, node)
    if facts is None or facts.groups != 1 or facts.input_shape[0] != 1:
        return None
    if 0 in facts.output_shape or 0 in facts.input_shape or not (fits(facts) or fits_deep(facts)):
        return None
    if facts.op == "FULLY_CONNECTED":
        lowering = lower_chunked(graph, node, facts, target.optimize)
        if lowering is not None:
            return lowering
    layout = Layout.of(facts, budget_bytes(graph, node), narrow=target.optimize == "size" and fits(facts))
    source, output = node.inputs[0], node.outputs[0]
    macs = int(np.prod(facts.output_shape)) * facts.weights[0].size
    packed = ConstArray.of("packed", pack(facts, layout), align=4)
    pointwise = facts.is_pointwise and layout.kind != "EG_RUN_BYTES_MAC16"
    gemms = _gemms(facts, layout.narrow, pointwise)
    params = Struct("eg_conv_2d_mac16_params", (*_params(facts, layout), ("gemm", gemms[0])))
    read, write = TensorArg(source), TensorArg(output, written=True)
    scratch = Scratch(layout.scratch_bytes)
    arguments: tuple[Argument, ...]
    if pointwise:
        pixels = facts.output_shape[1] * facts.output_shape[2]
        arguments = (params, pixels, read, packed, write, scratch, Direction(source, output))
        kernel, overlaps = "eg_conv_1x1_s8_xtensa_mac16", _pointwise_overlaps(facts, layout.tile, source, output)
    else:
        window = Window(facts.input_shape, facts.output_shape, *facts.stride, *facts.pad)
        arguments = (params, read, packed, write, scratch)
        kernel, overlaps = "eg_conv_2d_s8_xtensa_mac16", (window_overlap(window, source, output),)
    sources = (f"{kernel}.c", *(f"{gemm}.c" for gemm in gemms))
    return Lowering((KernelCall(kernel, _HEADER, sources, arguments, macs, overlaps), *clamps(facts, output)))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a layer's columns lie in scratch memory: `run`, `slice` and `depth` count 16-bit values."""

    kind: str
    run: int
    slice: int
    depth: int
    shared: bool
    tile: int
    columns_bytes: int
    narrow: bool

    @property
    def scratch_bytes(self) -> int:
        return self.columns_bytes + (16 + 2 * self.depth if self.narrow else 0)

    @classmethod
    def of(cls, facts: ConvFacts, budget_bytes: int, *, narrow: bool) -> Layout:
        """Takes as many pixels at a time as `budget_bytes` hold, at least one; `narrow` keeps weights as bytes."""
        _, filter_h, filter_w, channels = facts.weights.shape
        if channels < _NARROW:
            kind, run = "EG_RUN_BYTES_MAC16", channels
        else:
            kind, run = "EG_RUN_UNALIGNED_MAC16" if channels % 4 else "EG_RUN_ALIGNED_MAC16", round_up(channels, 4)
        slice_values = round_up(filter_h * run, 2)
        depth = round_up(filter_w * slice_values, 4)
        shared = facts.dilation[1] == 1 and filter_w > facts.stride[1]
        step = (facts.stride[1] if shared else filter_w) * slice_values
        pixels = facts.output_shape[2] * (facts.output_shape[1] if facts.is_pointwise else 1)
        most = (budget_bytes - 2 * depth - 8) // (2 * step) + 1
        tile = max(1, min(pixels, most, _TILE_PIXELS if budget_bytes <= TILE_BYTES else _LARGE_TILE_PIXELS))
        columns_bytes = 2 * ((tile - 1) * step + depth) + 8
        fits_bytes = int(facts.weights.min(initial=0)) > -128
        return cls(kind, run, slice_values, depth, shared, tile, columns_bytes, narrow and fits_bytes)


def pack(facts: ConvFacts, layout: Layout) -> NDArray[np.int32]:
    """The constants of eg_gemm_s8_xtensa_mac16, in the order in which it reads them."""
    channels, filter_h, filter_w, depth = facts.weights.shape
    weights = np.zeros((channels, filter_w, filter_h, layout.run), np.int16)
    weights[..., :depth] = facts.weights.transpose(0, 2, 1, 3)
    if layout.kind != "EG_RUN_BYTES_MAC16":
        groups = weights.reshape(channels, filter_w, filter_h, layout.run // 4, 4)
        weights = np.ascontiguousarray(groups[..., ORDER])
    columns = np.zeros((channels, layout.depth), np.int16)
    slices = np.zeros((channels, filter_w, layout.slice), np.int16)
    slices[..., : filter_h * layout.run] = weights.reshape(channels, filter_w, -1)
    columns[:, : filter_w * layout.slice] = slices.reshape(channels, -1)
    weights_words = _narrow_words(columns) if layout.narrow else words(columns)
    constants = quant(facts) if fits(facts) else quant_deep(facts)
    return np.concatenate([constants, weights_words], axis=1).reshape(-1)


def _narrow_words(columns: NDArray[np.int16]) -> NDArray[np.int32]:
    """Groups of four weights as one word, as eg_gemm_narrow_s8_xtensa_mac16 wants them."""
    groups = columns.reshape(len(columns), -1, 4).astype(np.int64) + 128
    groups[..., 1::2] -= groups[..., 0::2] >= 128
    kept = groups[..., (0, 2, 1, 3)].astype(np.uint8)
    return np.ascontiguousarray(kept).view(np.int32).reshape(len(columns), -1)


def _gemms(facts: ConvFacts, narrow: bool, dense: bool) -> tuple[str, ...]:
    """The matrix product for a layer, and the one that this is made of."""
    if not fits(facts):
        return (f"eg_gemm_deep_{'signed_' if is_signed(facts) else ''}s8_xtensa_mac16",)
    kind = "signed_" if is_signed(facts) else ("dense_" if dense and not narrow else "")
    wide = f"eg_gemm_{kind}s8_xtensa_mac16"
    return (f"eg_gemm_narrow_{kind}s8_xtensa_mac16", wide) if narrow else (wide,)


def _pointwise_overlaps(facts: ConvFacts, tile: int, source: int, output: int) -> tuple[Overlap, ...]:
    """All pixels of a tile are read before any is written, from the front or from the back.

    Direction takes an output above its input to mean back to front, so a front to back one must not start above.
    """
    inputs, outputs = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    done = np.minimum(tile * np.arange(1, -(-pixels // tile) + 1), pixels)
    below = int(np.max(done * (outputs - inputs), where=done < pixels, initial=0))
    left = pixels - done
    above = int(np.max(left * (inputs - outputs), where=left > 0, initial=1))
    return Overlap(source, output, below), Overlap(source, output, above, "above")


def _params(facts: ConvFacts, layout: Layout) -> tuple[tuple[str, int | str], ...]:
    _, input_h, input_w, input_c = facts.input_shape
    _, output_h, output_w, output_c = facts.output_shape
    return (
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("stride_h", facts.stride[0]),
        ("stride_w", facts.stride[1]),
        ("dilation_h", facts.dilation[0]),
        ("dilation_w", facts.dilation[1]),
        ("pad_h", facts.pad[0]),
        ("pad_w", facts.pad[1]),
        ("zero_point", facts.input_zero_point),
        ("tile", layout.tile),
        ("run", layout.run),
        ("slice", layout.slice),
        ("depth_bytes", 2 * layout.depth),
        ("shared", int(layout.shared)),
        ("columns_bytes", layout.columns_bytes),
        ("kind", layout.kind),
    )
