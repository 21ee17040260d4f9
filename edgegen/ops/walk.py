"""How elementwise and reducing kernels walk through arrays: shapes collapsed to as few loops as they need."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from edgegen.ops.base import ConstArray, FieldValue, Null, Refusal, Struct

ARRAYS = 3
MAX_LOOPS = 6

Loop = tuple[int, tuple[int, ...]]
"""How often a loop runs, and by how many elements each array moves each time."""


def row_major_strides(shape: Sequence[int]) -> list[int]:
    """Elements from one index to the next along each axis."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return strides


def collapse(shape: Sequence[int], strides: Sequence[Sequence[int]]) -> list[Loop]:
    """Joins neighbouring axes through which every array walks evenly; axes of size 1 vanish.

    `strides` has one row per array. The result has the outermost loop first.
    """
    loops: list[Loop] = []
    for axis in range(len(shape) - 1, -1, -1):
        moves = tuple(row[axis] for row in strides)
        if shape[axis] == 1:
            continue
        if loops:
            count, inner = loops[-1]
            if all(move == count * step for move, step in zip(moves, inner, strict=True)):
                loops[-1] = (count * shape[axis], inner)
                continue
        loops.append((shape[axis], moves))
    return loops[::-1]


def walk_fields(loops: Sequence[Loop]) -> tuple[FieldValue, ...]:
    """The fields of an eg_walk; any count of 0 makes it a walk over nothing. Raises Refusal beyond MAX_LOOPS."""
    if math.prod(count for count, _ in loops) == 0:
        return 0, (0,) * ARRAYS, 0, Null()
    size, step = loops[-1] if loops else (1, ())
    outer = [(count, *_padded(moves)) for count, moves in loops[:-1]]
    if len(outer) > MAX_LOOPS:
        raise Refusal(f"its shapes need {len(loops)} nested loops", f"reduce the rank to {MAX_LOOPS + 1} or less")
    table = ConstArray.of("walk", np.array(outer, dtype=np.int32)) if outer else Null()
    return size, _padded(step), len(outer), table


def walk_struct(loops: Sequence[Loop]) -> Struct:
    """A pointer to an eg_walk."""
    return Struct("eg_walk", tuple(zip(("size", "step", "rank", "loops"), walk_fields(loops), strict=True)))


def broadcast_loops(inputs: Sequence[Sequence[int]], output: Sequence[int]) -> list[Loop]:
    """The loops over `output` with each input broadcast to it. Raises Refusal where one does not fit."""
    rank = max([len(output), *(len(shape) for shape in inputs)])
    target = _extended(output, rank)
    strides = []
    for shape in inputs:
        extended = _extended(shape, rank)
        if any(size not in (1, wanted) for size, wanted in zip(extended, target, strict=True)):
            raise Refusal(
                f"shape {list(shape)} can't be broadcast to the output's {list(output)}",
                "export the model again; its shapes contradict each other",
            )
        row = row_major_strides(extended)
        strides.append([0 if size == 1 else stride for size, stride in zip(extended, row, strict=True)])
    return collapse(target, strides)


def _extended(shape: Sequence[int], rank: int) -> list[int]:
    return [1] * (rank - len(shape)) + list(shape)


def _padded(moves: tuple[int, ...]) -> tuple[int, ...]:
    return moves + (0,) * (ARRAYS - len(moves))
