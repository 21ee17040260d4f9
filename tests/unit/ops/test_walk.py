"""Shapes become as few loops as they need, and visit what broadcasting says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgegen.ops.base import Refusal
from edgegen.ops.walk import MAX_LOOPS, Loop, broadcast_loops, collapse, row_major_strides, walk_fields


def visited(loops: list[Loop], array: int) -> list[int]:
    """Offsets into one array in the order of the walk."""
    counts = [range(count) for count, _ in loops]
    moves = [step[array] for _, step in loops]
    return [sum(i * move for i, move in zip(at, moves, strict=True)) for at in itertools.product(*counts)]


@pytest.mark.parametrize(
    ("left", "right", "output", "loops"),
    [
        ((2, 3, 4), (2, 3, 4), (2, 3, 4), 1),
        ((2, 3, 4), (), (2, 3, 4), 1),
        ((2, 3, 4), (4,), (2, 3, 4), 2),
        ((2, 3, 4), (3, 4), (2, 3, 4), 2),
        ((2, 1, 4), (2, 3, 4), (2, 3, 4), 3),
        ((3, 1), (1, 4), (3, 4), 2),
        ((1, 1, 1), (1,), (1, 1, 1), 0),
        ((2, 1, 2, 1, 2, 1), (1, 2, 1, 2, 1, 2), (2, 2, 2, 2, 2, 2), 6),
    ],
)
def test_broadcast_visits_what_numpy_does(
    left: tuple[int, ...], right: tuple[int, ...], output: tuple[int, ...], loops: int
) -> None:
    found = broadcast_loops([left, right], output)
    assert len(found) == loops
    for array, shape in enumerate((left, right)):
        offsets = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        assert visited(found, array) == np.broadcast_to(offsets, output).reshape(-1).tolist()


@pytest.mark.parametrize(("left", "output"), [((2,), (3,)), ((2, 3), (2, 1)), ((4,), (2, 2))])
def test_contradicting_shapes_are_refused(left: tuple[int, ...], output: tuple[int, ...]) -> None:
    with pytest.raises(Refusal, match="can't be broadcast"):
        broadcast_loops([left, (1,)], output)


def test_axes_that_walk_evenly_become_one() -> None:
    strides = row_major_strides((2, 3, 4, 5))
    assert strides == [60, 20, 5, 1]
    assert collapse((2, 3, 4, 5), [strides]) == [(120, (1,))]
    assert collapse((2, 4, 5), [[60, 5, 1]]) == [(2, (60,)), (20, (1,))]


def test_an_empty_walk_has_no_rows() -> None:
    assert walk_fields([(3, (5,)), (0, (1,))])[:3] == (0, (0, 0, 0), 0)


def test_too_many_loops_are_refused() -> None:
    loops = [(2, (2 * i,)) for i in range(MAX_LOOPS + 2, 0, -1)]
    with pytest.raises(Refusal, match="nested loops"):
        walk_fields(loops)
    assert walk_fields(loops[1:])[2] == MAX_LOOPS
