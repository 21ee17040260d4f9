"""Data movement as boxes of elements between two arrays, for the one kernel that copies them: eg_copy_strided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgegen.ops.base import Argument, FieldValue, KernelCall, Struct
from edgegen.ops.walk import Loop, collapse, row_major_strides, walk_fields

_WORDS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Box:
    """Which elements move where: the element at index i of `extents` from input_offset + i . input_strides to
    output_offset + i . output_strides, all in elements of the flat arrays. An input stride of 0 repeats."""

    extents: tuple[int, ...]
    input_strides: tuple[int, ...]
    output_strides: tuple[int, ...]
    input_offset: int = 0
    output_offset: int = 0


def box(
    extents: Sequence[int],
    input_strides: Sequence[int],
    output_strides: Sequence[int] | None = None,
    input_offset: int = 0,
    output_offset: int = 0,
) -> Box:
    """A box; without output strides its output is the box itself, packed row after row."""
    packed = row_major_strides(extents) if output_strides is None else output_strides
    return Box(tuple(extents), tuple(input_strides), tuple(packed), input_offset, output_offset)


def is_whole_copy(moved: Box, elements: int) -> bool:
    """Whether the box copies an array of `elements` elements to one just like it."""
    if moved.input_offset or moved.output_offset or math.prod(moved.extents) != elements:
        return False
    loops = collapse(moved.extents, (moved.input_strides, moved.output_strides))
    return loops in ([], [(elements, (1, 1))])


def copy_fields(moved: Box, element_bytes: int, starts: Sequence[int] = ()) -> tuple[FieldValue, ...]:
    """The fields of an eg_copy_strided_params. Raises Refusal where the kernel lacks loops for the box.

    `starts` are strides in elements by multiples of which the box may be moved at run time.
    """
    loops, unit = _loops(moved, element_bytes, starts)
    return moved.input_offset * element_bytes, moved.output_offset * element_bytes, unit, walk_fields(loops)


def strided_copy(source: Argument, output: Argument, moved: Box, element_bytes: int) -> tuple[KernelCall, ...]:
    """The call that moves a box; none where it is empty. Raises Refusal where the kernel lacks loops for it."""
    if math.prod(moved.extents) == 0:
        return ()
    loops, unit = _loops(moved, element_bytes)
    if not loops and moved.input_offset == moved.output_offset == 0:
        return (KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), (source, output, unit)),)
    names = ("input_offset", "output_offset", "unit_bytes", "walk")
    params = Struct("eg_copy_strided_params", tuple(zip(names, copy_fields(moved, element_bytes), strict=True)))
    arguments = (params, source, output)
    return (KernelCall("eg_copy_strided", "eg_copy_strided.h", ("eg_copy_strided.c",), arguments),)


def _loops(moved: Box, element_bytes: int, starts: Sequence[int] = ()) -> tuple[list[Loop], int]:
    """The loops, moves in bytes, around units of so many bytes: a run of neighbours becomes one unit."""
    loops: list[Loop] = [
        (count, (moves[0] * element_bytes, moves[1] * element_bytes))
        for count, moves in collapse(moved.extents, (moved.input_strides, moved.output_strides))
    ]
    offsets = [number * element_bytes for number in (moved.input_offset, moved.output_offset, *starts)]
    unit = element_bytes
    if loops and loops[-1][1] == (unit, unit):
        run = loops[-1][0] * unit
        outer = loops[:-1]
        aligned = all(number % run == 0 for number in (*offsets, *(m for _, moves in outer for m in moves)))
        # The kernel moves runs as long as a word by words: unaligned ones stay rows of elements.
        if run not in _WORDS or aligned:
            loops, unit = outer, run
    return loops, unit
