"""FULLY_CONNECTED for Armv7E-M: one row of inputs times four channels at a time, or the convolution for many rows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from edgegen.ir import Graph, Node
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Lowering,
    Null,
    Overlap,
    Scratch,
    Struct,
    Target,
    TensorArg,
)
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.variants.armv7em.clamp import clamp_behind
from edgegen.ops.variants.armv7em.gemm import gemm_lowering
from edgegen.ops.variants.armv7em.packing import as_words, bias_words, fits_packed_form, lane_words
from edgegen.ops.variants.armv7em.requantize import ChannelConstants, channel_constants, linear_constants

_HEADER = "eg_fully_connected_s8_armv7em.h"
_MOST_WIDENED = 256
"""More inputs than this are widened again for every four channels rather than kept as int16: it saves memory."""

_FEW_OUTPUTS = 16
"""Up to so many take less flash with constants of their own than one more function does, if another layer has them."""


def lower_fully_connected(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """FULLY_CONNECTED with int8 weights."""
    facts = conv_facts(graph, node)
    if facts is None:
        return None
    windows = [graph.tensors[other.outputs[0]].shape for other in graph.nodes if other.op == "CONV_2D"]
    few = _FEW_OUTPUTS if any(shape[1:3] == (1, 1) for shape in windows) else 0
    return clamp_behind(partial(gemv_lowering, few_outputs=few), facts, node)


def lower_single(facts: ConvFacts, node: Node) -> Lowering | None:
    """A convolution whose only window is the whole input, or None for any other."""
    inputs = facts.weights[0].size
    if facts.output_shape[:3] != (1, 1, 1) or inputs != int(np.prod(facts.input_shape)) or facts.reads_padding:
        return None
    shape = 1, 1, 1, inputs
    weights = facts.weights.reshape(-1, *shape[1:])
    connected = replace(facts, input_shape=shape, weights=weights, stride=(1, 1), dilation=(1, 1))
    return gemv_lowering(connected, node)


def gemv_lowering(facts: ConvFacts, node: Node, few_outputs: int = 0) -> Lowering | None:
    """A 1x1 convolution as products of single pixels; from two pixels on, of groups of them where that works."""
    rows = facts.output_shape[1] * facts.output_shape[2]
    packs = fits_packed_form(facts)
    if rows != 1 and packs:
        return gemm_lowering(facts, node)
    if facts.input_shape[0] != 1 or 0 in facts.weights.shape or rows == 0:
        return None
    constants = channel_constants(facts) if packs else None
    outputs, inputs = len(facts.weights), facts.input_shape[3]
    widens = inputs <= _MOST_WIDENED or inputs % 4 != 0
    form = "" if widens else "_raw"
    if constants is not None and outputs > few_outputs and _is_per_tensor(constants):
        form += "_relu" if constants.relu else ""
        words, last_words = _pack(facts, constants)
    else:
        linear = linear_constants(facts)
        if linear is None:
            return None
        form += "_channels" if packs else "_wide"
        words, last_words = _pack_own(facts, linear, packs)
    kernel = f"eg_gemv{form}_s8_armv7em"
    sizes = ("rows", rows), ("inputs", inputs), ("outputs", outputs), ("widens", int(widens))
    params = Struct("eg_fully_connected_armv7em_params", (*sizes, ("last_words", last_words), ("gemv", kernel)))
    arguments: tuple[Argument, ...] = (
        params,
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", words),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * -(-inputs // 4)) if widens else Null(),
    )
    # Once widened, a row's inputs are not read again: its outputs may take their place, but not that of the next rows.
    gap = -inputs if rows == 1 else max(outputs - inputs, (rows - 1) * (outputs - inputs))
    overlaps = (Overlap(node.inputs[0], node.outputs[0], gap),) if widens else ()
    macs = rows * inputs * outputs
    call = KernelCall("eg_fully_connected_s8_armv7em", _HEADER, (f"{kernel}.c",), arguments, macs, overlaps)
    return Lowering((call,))


def _pack(facts: ConvFacts, constants: ChannelConstants) -> tuple[NDArray[np.int32], int]:
    """The constants of eg_gemv_s8_armv7em, in the order in which it reads them, and how many precede a last group."""
    quant = [int(column[0]) for column in (constants.multiplier, constants.rounding, constants.shift)]
    groups = _packed_groups(facts)
    return _with_heads(groups, np.array([*quant, 0], dtype=np.int64), len(facts.weights))


def _pack_own(facts: ConvFacts, constants: ChannelConstants, packs: bool) -> tuple[NDArray[np.int32], int]:
    """The same for eg_gemv_channels_s8_armv7em, or for eg_gemv_wide_s8_armv7em where sums don't fit the packed form."""
    outputs = len(facts.weights)
    fill = -outputs % 4
    quant = np.stack([constants.multiplier, constants.rounding, constants.shift], axis=-1)
    quant = np.pad(quant, ((0, fill), (0, 0))).reshape(-1, 12)
    groups = np.concatenate([_packed_groups(facts) if packs else _wide_groups(facts), quant], axis=1)
    return _with_heads(groups, np.zeros(4, dtype=np.int64), outputs)


def _packed_groups(facts: ConvFacts) -> NDArray[np.int64]:
    """Biases and weights of four channels after four, two of them in one lane."""
    outputs = len(facts.weights)
    filled = -(-outputs // 4) * 4
    groups = filled // 4
    words = lane_words(np.pad(facts.weights.reshape(outputs, -1), ((0, filled - outputs), (0, 0))))
    words = words.reshape(groups, 2, -1, 2).transpose(0, 2, 1, 3).reshape(groups, -1)
    bias = bias_words(facts, filled).reshape(groups, 2, 2).transpose(0, 2, 1).reshape(groups, 4)
    return np.concatenate([bias, words], axis=1)


def _wide_groups(facts: ConvFacts) -> NDArray[np.int64]:
    """Biases and weights of four channels after four, a word for four inputs of one channel."""
    outputs = len(facts.weights)
    rows = facts.weights.reshape(outputs, -1)
    rows = np.pad(rows, ((0, -outputs % 4), (0, -rows.shape[1] % 4)))
    words = np.ascontiguousarray(rows).view("<i4").astype(np.int64)
    words = words.reshape(-1, 4, words.shape[1]).transpose(0, 2, 1).reshape(len(rows) // 4, -1)
    bias = np.pad(facts.folded_bias.astype(np.int64), (0, -outputs % 4)).reshape(-1, 4)[:, [0, 2, 1, 3]]
    return np.concatenate([bias, words], axis=1)


def _with_heads(groups: NDArray[np.int64], head: NDArray[np.int64], outputs: int) -> tuple[NDArray[np.int32], int]:
    """Groups behind a head, a last one of less than four channels behind its own."""
    whole = [head, groups[: outputs // 4].reshape(-1)] if outputs > 3 else []
    last = [head, groups[-1]] if outputs % 4 else []
    return as_words(np.concatenate([*whole, *last])), sum(len(part) for part in whole)


def _is_per_tensor(constants: ChannelConstants) -> bool:
    columns = constants.multiplier, constants.rounding, constants.shift
    return all(bool((column == column[0]).all()) for column in columns)
