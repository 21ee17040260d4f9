"""MVE: CONV_2D and FULLY_CONNECTED as dot products of 16 values, eight output channels requantised together."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

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
from edgegen.ops.overlap import window_overlap
from edgegen.ops.plain_facts import plain_facts
from edgegen.ops.variants.mve.facts import LANES, conv_clamp, fits, is_signed, steps_and_padding, window

_HEADER = "eg_conv_2d_s8_mve.h"
_GROUP = 8  # output channels that the GEMM kernels finish together
_STAGED_STEPS = 16  # vectors of columns that are copied before their products begin; at least two columns
_NARROW = "eg_conv_1x1_narrow_s8_mve"
_STAGED = "eg_conv_1x1_staged_s8_mve"

Element = TypeVar("Element", np.int8, np.int32)


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D and FULLY_CONNECTED with one group, one batch and sums within 31 bits."""
    facts = plain_facts(graph, node)
    if facts is None or facts.groups != 1 or not fits(facts):
        return None
    source, output = node.inputs[0], node.outputs[0]
    pixels, channels = facts.output_shape[1] * facts.output_shape[2], facts.output_shape[3]
    depth = facts.weights[0].size
    steps = -(-depth // LANES)
    single = facts.is_pointwise and pixels == 1
    in_place = facts.is_pointwise and (depth % LANES == 0 or (depth <= LANES and channels % _GROUP == 0))
    pitch = depth if in_place else LANES * steps
    staged = 2 if facts.is_pointwise else max(_STAGED_STEPS // steps // 2 * 2, 2)
    columns = _columns(steps, channels)
    gemm = _narrow(facts) if columns == _NARROW and not single else _gemm(facts, single)
    packed = ConstArray.of("packed", pack_dot_products(facts, single), align=16)
    params = Struct(
        "eg_conv_2d_mve_params", _params(facts, steps, pitch, staged, "NULL" if facts.is_pointwise else columns, gemm)
    )
    read, write = TensorArg(source), TensorArg(output, written=True)
    arguments: tuple[Argument, ...]
    overlaps: tuple[Overlap, ...] = ()
    if single and depth % LANES:
        kernel, arguments = "eg_fully_connected_staged_s8_mve", (params, read, packed, write, Scratch(LANES * steps))
    elif single:
        kernel, arguments = "eg_fully_connected_s8_mve", (params, read, packed, write)
    elif facts.is_pointwise:
        kernel, scratch = (columns, ()) if in_place else (_STAGED, (Scratch(pitch * staged),))
        arguments = (params, pixels, read, packed, write, *scratch, Direction(source, output))
        overlaps = pointwise_overlaps(facts, source, output, staged=not in_place or columns == _NARROW)
    else:
        is_narrow = facts.weights[0, 0].size <= LANES and facts.dilation[1] == 1
        kernel = "eg_conv_2d_narrow_s8_mve" if is_narrow else "eg_conv_2d_s8_mve"
        arguments = (params, read, packed, write, Scratch(pitch * staged + LANES))
        overlap = window_overlap(window(facts), source, output)
        overlaps = (replace(overlap, gap_bytes=overlap.gap_bytes + _behind(channels)),)
    macs = int(np.prod(facts.output_shape)) * depth
    sources = dict.fromkeys((kernel, gemm) if single or kernel == _STAGED else (kernel, columns, gemm))
    call = KernelCall(kernel, _HEADER, tuple(f"{name}.c" for name in sources), arguments, macs, overlaps)
    return Lowering((call, *conv_clamp(facts, output)))


def _columns(steps: int, channels: int) -> str:
    """The kernel for columns of `steps` vectors."""
    if channels % _GROUP:
        return "eg_conv_1x1_odd_s8_mve"
    return _NARROW if steps == 1 else "eg_conv_1x1_s8_mve"


def pack_dot_products(facts: ConvFacts, single: bool) -> NDArray[np.int32]:
    """The constants of the GEMM kernels (eg_gemm_s8_mve.h), in the order in which they read them."""
    channels = len(facts.weights)
    flat = facts.weights.reshape(channels, -1)
    steps = -(-flat.shape[1] // LANES)
    columns = np.zeros((channels, steps, LANES), np.int8)
    columns.reshape(channels, -1)[:, : flat.shape[1]] = flat
    quant = np.stack([facts.folded_bias, facts.multiplier, facts.shift.astype(np.int32)])
    parts: list[NDArray[np.int32]] = []
    for start in range(0, channels, _GROUP):
        rows = np.arange(start, start + _GROUP)
        halves = np.concatenate([rows[0::2], rows[1::2]]), rows[0::2], rows[1::2]
        if single:
            parts.append(_rows(columns, halves[0]).view(np.int32).reshape(-1))
            parts.append(_rows(quant.T, halves[0]).T.reshape(-1))
        else:
            for half in halves[1:]:
                parts.append(_rows(columns, half).view(np.int32).reshape(-1))
                parts.append(_rows(quant.T, half).T.reshape(-1))
    return np.concatenate(parts).astype(np.int32)


def _rows(values: NDArray[Element], rows: NDArray[np.int64]) -> NDArray[Element]:
    """values[rows], with zeros for rows that don't exist; columns [O,steps,16] come out as [steps,O,16]."""
    chosen = np.zeros((len(rows), *values.shape[1:]), values.dtype)
    exists = rows < len(values)
    chosen[exists] = values[rows[exists]]
    return np.ascontiguousarray(chosen.swapaxes(0, 1)) if values.ndim == 3 else chosen


def pointwise_overlaps(facts: ConvFacts, source: int, output: int, *, staged: bool) -> tuple[Overlap, ...]:
    """Two pixels at a time, from the front or from the back; staged ones are read before either is written.

    From the front, less than eight channels are written as eight.

    Direction takes an output above its input to mean back to front, so a front to back one must not start above.
    """
    inputs, outputs = facts.input_shape[3], facts.output_shape[3]
    pixels = facts.output_shape[1] * facts.output_shape[2]
    starts = np.arange(0, pixels, 2)
    done = np.minimum(starts + 2, pixels)
    still_read = done if staged else starts
    below = np.max(done * outputs - still_read * inputs, where=still_read < pixels, initial=0) + _behind(outputs)
    left = pixels - done
    left_to_read = left if staged else pixels - starts
    above = np.max(left_to_read * inputs - left * outputs, where=left_to_read > 0, initial=1)
    return Overlap(source, output, int(below)), Overlap(source, output, int(above), "above")


def _behind(channels: int) -> int:
    """Bytes written behind a pixel of less than eight channels."""
    return max(_GROUP - channels, 0)


def _gemm(facts: ConvFacts, single: bool) -> str:
    return f"eg_gemm_{1 if single else 2}{'_signed' if is_signed(facts) else ''}_s8_mve"


def _narrow(facts: ConvFacts) -> str:
    return f"eg_narrow{'_signed' if is_signed(facts) else ''}_s8_mve"


def _params(
    facts: ConvFacts, steps: int, pitch: int, staged: int, columns: str, gemm: str
) -> tuple[tuple[str, int | str], ...]:
    _, input_h, input_w, input_c = facts.input_shape
    is_narrow = gemm == _narrow(facts)
    return (
        ("input_h", input_h),
        ("input_w", input_w),
        ("input_c", input_c),
        ("filter_h", facts.weights.shape[1]),
        ("filter_w", facts.weights.shape[2]),
        ("output_h", facts.output_shape[1]),
        ("output_w", facts.output_shape[2]),
        ("output_c", facts.output_shape[3]),
        *steps_and_padding(facts),
        ("zero_point", facts.input_zero_point),
        ("output_offset", facts.output_zero_point),
        ("steps", steps),
        ("pitch", pitch),
        ("staged", staged),
        ("columns", columns),
        ("gemm", "NULL" if is_narrow else gemm),
        ("narrow", gemm if is_narrow else "NULL"),
    )
