"""From int8 weights to the constants of the kernels that multiply two pixels or two channels at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgegen.ops.conv_facts import ConvFacts

GROUP = 4
"""Inputs whose products are added before they are taken apart."""


def inputs(facts: ConvFacts) -> NDArray[np.int64]:
    """Weights as [O, inputs], filled with zeros to whole groups."""
    flat = facts.weights.reshape(len(facts.weights), -1).astype(np.int64)
    return np.pad(flat, ((0, 0), (0, -flat.shape[1] % GROUP)))


def in_16_bits(flat: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """For each channel and each `size` inputs: whether their products sum up to an int16, whatever the int8 input."""
    parts = flat.reshape(len(flat), -1, size)
    positive, negative = np.maximum(parts, 0).sum(axis=2), np.maximum(-parts, 0).sum(axis=2)
    fitting: NDArray[np.bool_] = (127 * positive + 128 * negative < 1 << 15) & (
        128 * positive + 127 * negative <= 1 << 15
    )
    return fitting


def blocks(channels: int) -> tuple[int, int]:
    """How many blocks of three and of two channels eg_gemm_4_s8_rv32im takes; a single channel is a block of two."""
    pairs = (0, 2, 1)[channels % 3] if channels > 1 else 1
    return max(0, channels - 2 * pairs) // 3, pairs


def pack(
    facts: ConvFacts, quant: NDArray[np.int64], sizes: Sequence[int], group_bytes: int, offset: int = 0
) -> NDArray[np.int32]:
    """The constants of eg_gemm_4_s8_rv32im, or of another kernel for blocks of `sizes` channels.

    `quant` [O, n] follows the biases of each channel. `group_bytes` is what a group of inputs takes in its columns;
    `offset` is added to every weight, modulo 256.
    """
    missing = sum(sizes) - len(facts.weights)
    flat = np.pad(inputs(facts), ((0, missing), (0, 0)))
    bias = np.pad(facts.folded_bias.astype(np.int64), (0, missing))
    quant = np.pad(quant, ((0, missing), (0, 0)), constant_values=2)
    whole = in_16_bits(flat, GROUP)
    parts = []
    first = 0
    for size in sizes:
        block = slice(first, first + size)
        first += size
        weights = (flat[block] + offset).reshape(size, -1, GROUP).transpose(1, 2, 0).astype(np.uint8)
        together: NDArray[np.bool_] = np.logical_and.reduce(whole[block], axis=0)
        parts.append(_runs(weights, together, group_bytes))
        splits = len(together) + int((~together).sum())
        columns = [bias[block], bias[block] - 32768 * splits, *quant[block].T]
        parts.append(np.stack(columns, axis=1).astype(np.uint32).view(np.int32).reshape(-1))
    return np.concatenate(parts)


def _runs(weights: NDArray[np.uint8], together: NDArray[np.bool_], group_bytes: int) -> NDArray[np.int32]:
    """Weights [groups, 4, C] as runs of groups that are taken apart once, then twice, and so on."""
    parts = []
    at = 0
    kind = True
    while at < len(together) or not kind:
        end = at
        while end < len(together) and together[end] == kind:
            end += 1
        parts.append(np.array([group_bytes * (end - at)], dtype=np.int32))
        parts.append(np.ascontiguousarray(weights[at:end]).reshape(-1).view(np.int32))
        at, kind = end, not kind
    return np.concatenate(parts)


def pack_eight(flat: NDArray[np.int64], quant: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The constants of eg_fully_connected_s8_rv32im for one block of channels."""
    weights = np.ascontiguousarray((flat.T + 128).astype(np.uint8)[:, [0, 2, 1, 3, 4, 6, 5, 7]]).view(np.uint32)
    parts = []
    at = splits = 0
    while at < flat.shape[1]:
        for size in (8, 4, 2):
            end = at
            while end + size <= flat.shape[1] and in_16_bits(flat[:, end : end + size], size).all():
                end += size
                splits += 1
                if size < 8:
                    break  # perhaps more of them fit again
            parts += [np.array([end - at], dtype=np.uint32), weights[at:end].reshape(-1)]
            at = end
    parts += [quant.reshape(-1).astype(np.uint32), (quant[::2, 0] - 32768 * splits).astype(np.uint32)]
    return np.concatenate(parts)
