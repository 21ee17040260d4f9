"""SLICE, STRIDED_SLICE, REVERSE_V2, DYNAMIC_UPDATE_SLICE."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, ints, single

_KINDS = ("INT8", "INT16", "INT32", "BOOL", "FLOAT32")
_REVERSED = (*_KINDS, "UINT8", "INT64")
_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def _slice(
    shape: Sequence[int],
    begin: Sequence[int],
    size: Sequence[int],
    kind: str = "INT8",
    *,
    index: str = "INT32",
    run_time: bool = False,
) -> bytes:
    result = [s - b if n == -1 else n for s, b, n in zip(shape, begin, size, strict=True)]
    start = T((len(shape),), index) if run_time else ints(*begin, kind=index)
    return single("SLICE", [T(shape, kind), start, ints(*size, kind=index)], [T(result, kind)])


def _strided_slice(
    shape: Sequence[int],
    begin: Sequence[int],
    end: Sequence[int],
    strides: Sequence[int],
    kind: str = "INT8",
    *,
    masks: Mapping[str, int] | None = None,
    result: Sequence[int] | None = None,
) -> bytes:
    """The output's shape as Python slices it, shrunk axes left out, unless given."""
    masks = masks or {}
    sizes = []
    for axis, size in enumerate(shape):
        low = None if masks.get("begin_mask", 0) >> axis & 1 else begin[axis]
        high = None if masks.get("end_mask", 0) >> axis & 1 else end[axis]
        if not masks.get("shrink_axis_mask", 0) >> axis & 1:
            sizes.append(len(range(size)[low : high : strides[axis]]))
    inputs = [T(shape, kind), ints(*begin), ints(*end), ints(*strides)]
    return single("STRIDED_SLICE", inputs, [T(sizes if result is None else result, kind)], masks)


def _reverse(shape: Sequence[int], axes: Sequence[int], kind: str = "INT8") -> bytes:
    return single("REVERSE_V2", [T(shape, kind), ints(*axes)], [T(shape, kind)])


def _update(
    shape: Sequence[int],
    update: Sequence[int],
    start: Sequence[int] | None,
    kind: str = "INT8",
    index: str = "INT32",
) -> bytes:
    where = T((len(shape),), index) if start is None else ints(*start, kind=index)
    return single("DYNAMIC_UPDATE_SLICE", [T(shape, kind), T(update, kind), where], [T(shape, kind)])


def cases() -> Iterator[Case]:
    rows = {kind.lower(): _slice((3, 4, 5), (1, 0, 2), (2, 3, 2), kind) for kind in _KINDS}
    rows |= {
        "rest": _slice((3, 4, 5), (1, 1, 1), (-1, -1, -1)),
        "everything": _slice((3, 4), (0, 0), (3, 4)),
        "rank_1": _slice((9,), (4,), (4,)),
        "rank_5": _slice((2, 3, 2, 3, 4), (1, 0, 0, 1, 2), (1, 2, 2, 2, 1)),
        "int64_indices": _slice((3, 4, 5), (1, 0, 2), (2, 3, 2), index="INT64"),
        "four_unaligned_bytes": _slice((3, 7), (0, 3), (3, 4)),
        "four_aligned_bytes": _slice((3, 8), (0, 4), (3, 4)),
        "run_time": _slice((3, 4, 5), (0, 0, 0), (2, 3, 4), run_time=True),
        "run_time_int64": _slice((3, 4, 8), (0, 0, 0), (2, 3, 4), index="INT64", run_time=True),
        "run_time_float": _slice((4, 8), (0, 0), (3, 7), "FLOAT32", run_time=True),
        "int64": _slice((3, 4), (1, 0), (2, 3), "INT64"),
    }
    yield from (Case("SLICE", name, model) for name, model in rows.items())
    full = {"begin_mask": 15, "end_mask": 15}
    rows = {kind.lower(): _strided_slice((4, 5, 6), (1, 0, 2), (4, 5, 6), (1, 2, 3), kind) for kind in _KINDS}
    rows |= {
        "backwards": _strided_slice((4, 5), (3, 4), (0, -6), (-1, -2)),
        "masks": _strided_slice((4, 5), (2, 2), (3, 3), (1, 1), masks={"begin_mask": 1, "end_mask": 2}),
        "backwards_masks": _strided_slice((4, 5), (2, 2), (3, 3), (-1, -1), masks={"begin_mask": 3, "end_mask": 3}),
        "shrink": _strided_slice((4, 5, 6), (1, 2, 0), (2, 3, 6), (1, 1, 1), masks={"shrink_axis_mask": 3}),
        "shrink_negative": _strided_slice((4, 5), (-1, 0), (0, 5), (1, 1), masks={"shrink_axis_mask": 1}),
        "shrink_all": _strided_slice((4, 5), (2, 3), (3, 4), (1, 1), masks={"shrink_axis_mask": 3}),
        "everything": _strided_slice((4, 5), (0, 0), (4, 5), (1, 1)),
        "rank_4": _strided_slice((2, 3, 4, 5), (0,) * 4, (0,) * 4, (1, 2, 1, 2), masks=full),
        "rank_5": _strided_slice((2, 2, 2, 2, 2), (0,) * 5, (2,) * 5, (1,) * 5),
        "out_of_range": _strided_slice((4, 5), (-9, 1), (9, 99), (1, 1)),
        "wrong_shape": _strided_slice((4, 5), (1, 1), (3, 3), (1, 1), result=(2, 3)),
        "zero_stride": _strided_slice((4, 5), (1, 1), (3, 3), (1, 1), result=(2, 2), masks={"offset": True}),
    }
    yield from (Case("STRIDED_SLICE", name, model) for name, model in rows.items())
    rows = {kind.lower(): _reverse((2, 3, 4), (1,), kind) for kind in _REVERSED}
    rows |= {
        "first": _reverse((4, 3), (0,)),
        "last": _reverse((4, 3), (-1,)),
        "all": _reverse((2, 3, 4), (2, 0, 1)),
        "two": _reverse((2, 3, 4, 2), (2, 1)),
        "apart": _reverse((2, 3, 4), (0, 2)),
        "rank_1": _reverse((7,), (0,)),
    }
    yield from (Case("REVERSE_V2", name, model) for name, model in rows.items())
    rows = {kind.lower(): _update((4, 5), (2, 3), (1, 1), kind) for kind in ("INT8", "INT16", "INT32", "FLOAT32")}
    rows |= {
        "run_time": _update((4, 5), (2, 3), None),
        "run_time_int64": _update((3, 4, 8), (2, 1, 4), None, "INT16", "INT64"),
        "clamped": _update((4, 5), (2, 3), (9, -4)),
        "whole": _update((4, 5), (4, 5), (0, 0)),
        "rank_1": _update((7,), (3,), (2,)),
        "bool": _update((7,), (3,), (2,), "BOOL"),
    }
    yield from (Case("DYNAMIC_UPDATE_SLICE", name, model) for name, model in rows.items())


def _random_slice(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 8) for _ in range(rng.randint(1, 5))]
    size = [rng.randint(1, s) for s in shape]
    at_run_time = rng.random() < 0.3
    begin = [rng.randint(0, s - n) for s, n in zip(shape, size, strict=True)]
    if at_run_time:
        size = [max(1, n - 1) if s > 1 else 1 for s, n in zip(shape, size, strict=True)]
        shape = [s + 1 for s in shape]
    kind, index = rng.choice(_KINDS), rng.choice(("INT32", "INT64"))
    return _slice(shape, begin, size, kind, index=index, run_time=at_run_time)


def _random_strided_slice(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1, 4))]
    masks = {name: rng.getrandbits(len(shape)) if rng.random() < 0.4 else 0 for name in _MASKS}
    begin, end, strides = [], [], []
    for axis, size in enumerate(shape):
        shrunk = masks["shrink_axis_mask"] >> axis & 1
        begin.append(rng.randint(-size, size - 1) if shrunk else rng.randint(-size - 2, size + 2))
        end.append(rng.randint(-size - 2, size + 2))
        strides.append(1 if shrunk else rng.choice((1, 1, 2, 3, -1, -2)))
    return _strided_slice(shape, begin, end, strides, rng.choice(_KINDS), masks=masks)


def _random_reverse(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 6))]
    first = rng.randrange(len(shape))
    axes = list(range(first, rng.randint(first, len(shape) - 1) + 1))
    rng.shuffle(axes)
    return _reverse(shape, [axis - len(shape) * rng.randint(0, 1) for axis in axes], rng.choice(_REVERSED))


def _random_update(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 8) for _ in range(rng.randint(1, 5))]
    update = [rng.randint(1, size) for size in shape]
    start = [rng.randint(-2, size + 2) for size in shape] if rng.random() < 0.5 else None
    return _update(shape, update, start, rng.choice(("INT8", "INT16", "FLOAT32")), rng.choice(("INT32", "INT64")))


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "SLICE": _random_slice,
    "STRIDED_SLICE": _random_strided_slice,
    "REVERSE_V2": _random_reverse,
    "DYNAMIC_UPDATE_SLICE": _random_update,
}
