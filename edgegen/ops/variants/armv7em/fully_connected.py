"""FULLY_CONNECTED for Armv7E-M: one row of inputs times four channels at a time, or the convolution for many rows."""

from __future__ import annotations

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
from edgegen.ops.variants.armv7em.convolution import gemm_lowering
from edgegen.ops.variants.armv7em.packing import as_words, bias_words, fits_packed_form, lane_words
from edgegen.ops.variants.armv7em.requantize import ChannelConstants, channel_constants

_HEADER = "eg_fully_connected_s8_armv7em.h"
_MOST_WIDENED = 256
"""More inputs than this are widened again for every four channels rather than kept as int16: it saves memory."""


def lower_fully_connected(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """FULLY_CONNECTED whose sums provably fit the packed form."""
    facts = conv_facts(graph, node)
    return None if facts is None else gemv_lowering(facts, node)


def gemv_lowering(facts: ConvFacts, node: Node) -> Lowering | None:
    """A 1x1 convolution as products of single pixels; from two pixels on, of pairs of them."""
    rows = facts.output_shape[1] * facts.output_shape[2]
    if rows != 1:
        return gemm_lowering(facts, node)
    if not fits_packed_form(facts) or facts.input_shape[0] != 1 or 0 in facts.weights.shape:
        return None
    constants = channel_constants(facts)
    if constants is None or not _is_per_tensor(constants):
        return gemm_lowering(facts, node)
    outputs, inputs = len(facts.weights), facts.input_shape[3]
    widens = inputs <= _MOST_WIDENED or inputs % 4 != 0
    kernel = f"eg_gemv{'' if widens else '_raw'}{'_relu' if constants.relu else ''}_s8_armv7em"
    params = Struct(
        "eg_fully_connected_armv7em_params",
        (("inputs", inputs), ("outputs", outputs), ("widens", int(widens)), ("gemv", kernel)),
    )
    arguments: tuple[Argument, ...] = (
        params,
        TensorArg(node.inputs[0]),
        ConstArray.of("packed", _pack(facts, constants), align=8),
        TensorArg(node.outputs[0], written=True),
        Scratch(8 * -(-inputs // 4)) if widens else Null(),
    )
    # Once widened, the inputs are not read again, wherever the output lies.
    overlaps = (Overlap(node.inputs[0], node.outputs[0], -inputs),) if widens else ()
    macs = inputs * outputs
    call = KernelCall("eg_fully_connected_s8_armv7em", _HEADER, (f"{kernel}.c",), arguments, macs, overlaps)
    return Lowering((call,))


def _pack(facts: ConvFacts, constants: ChannelConstants) -> NDArray[np.int32]:
    """The constants of eg_gemv_s8_armv7em, in the order in which it reads them."""
    outputs = len(facts.weights)
    filled = -(-outputs // 4) * 4
    groups = filled // 4
    rows = np.pad(facts.weights.reshape(outputs, -1), ((0, filled - outputs), (0, 0)))
    words = lane_words(rows)  # [pairs, fours, 2]
    words = words.reshape(groups, 2, -1, 2).transpose(0, 2, 1, 3).reshape(groups, -1)
    bias = bias_words(facts, filled).reshape(groups, 2, 2).transpose(0, 2, 1).reshape(groups, 4)
    quant = [int(column[0]) for column in (constants.multiplier, constants.rounding, constants.shift)]
    head = np.array([*quant, 0], dtype=np.int64)
    body = np.concatenate([bias, words], axis=1)
    parts = [head, body.reshape(-1)]
    if outputs % 4 and groups > 1:
        parts = [head, body[:-1].reshape(-1), head, body[-1]]
    return as_words(np.concatenate(parts))


def _is_per_tensor(constants: ChannelConstants) -> bool:
    columns = constants.multiplier, constants.rounding, constants.shift
    return all(bool((column == column[0]).all()) for column in columns)
