"""CONCATENATION, PACK, SPLIT, SPLIT_V, UNPACK."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, ints, single

_ALL = ("INT8", "INT16", "INT32", "INT64", "FLOAT32", "BOOL")
_SPLITS = ("INT8", "INT16", "INT32", "FLOAT32")


def _with(shape: Sequence[int], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _concatenation(
    shape: Sequence[int],
    axis: int,
    sizes: Sequence[int],
    kind: str = "INT8",
    *,
    constant: int | None = None,
    zero_points: Sequence[int] | None = None,
    activation: str = "NONE",
) -> bytes:
    at = axis + len(shape) if axis < 0 else axis
    scale = 0.5 if kind in ("INT8", "INT16") else None
    zeros = zero_points or [0] * (len(sizes) + 1)
    parts = []
    for i, size in enumerate(sizes):
        part = _with(shape, at, size)
        data = [j % 2 for j in range(math.prod(part))] if constant == i else None
        parts.append(T(part, kind, data, scale, zeros[i]))
    result = T(_with(shape, at, sum(sizes)), kind, None, scale, zeros[-1])
    return single("CONCATENATION", parts, [result], {"axis": axis, "fused_activation_function": activation})


def _pack(shape: Sequence[int], axis: int, count: int, kind: str = "INT8") -> bytes:
    at = axis + len(shape) + 1 if axis < 0 else axis
    result = (*shape[:at], count, *shape[at:])
    return single("PACK", [T(shape, kind)] * count, [T(result, kind)], {"axis": axis, "values_count": count})


def _unpack(shape: Sequence[int], axis: int, kind: str = "INT8") -> bytes:
    at = axis + len(shape) if axis < 0 else axis
    part = (*shape[:at], *shape[at + 1 :])
    count = shape[at]
    return single("UNPACK", [T(shape, kind)], [T(part, kind)] * count, {"axis": axis, "num": count})


def _split(shape: Sequence[int], axis: int, sizes: Sequence[int], kind: str = "INT8", op: str = "SPLIT") -> bytes:
    at = axis + len(shape) if axis < 0 else axis
    outputs = [T(_with(shape, at, size), kind) for size in sizes]
    source, where = T(_with(shape, at, sum(sizes)), kind), T((), "INT32", axis)
    inputs = [where, source] if op == "SPLIT" else [source, ints(*sizes), where]
    return single(op, inputs, outputs, {"num_splits": len(sizes)})


def cases() -> Iterator[Case]:
    rows = {f"axis_{axis}": _concatenation((2, 3, 4, 5), axis, (2, 1, 3)) for axis in (0, 1, 2, 3, -1, -4)}
    rows |= {kind.lower(): _concatenation((2, 3, 5), 1, (2, 4), kind) for kind in _ALL}
    rows |= {
        "one_input": _concatenation((2, 3), 0, (2,)),
        "ten_inputs": _concatenation((2, 3), 1, tuple(range(1, 11))),
        "eleven_inputs": _concatenation((2, 3), 1, (1,) * 11),
        "constant_input": _concatenation((2, 3), 1, (2, 3), constant=1),
        "rank_1": _concatenation((3,), 0, (3, 4)),
        "rank_6": _concatenation((1, 2, 1, 2, 1, 2), 3, (1, 2)),
        "other_zero_point": _concatenation((2, 3), 1, (2, 3), zero_points=(0, 1, 0)),
        "activation": _concatenation((2, 3), 1, (2, 3), activation="RELU"),
        "same_zero_points": _concatenation((2, 3), 1, (2, 3), zero_points=(-128, -128, -128)),
        "uint8": _concatenation((2, 3), 1, (2, 3), "UINT8"),
    }
    yield from (Case("CONCATENATION", name, model) for name, model in rows.items())
    rows = {f"axis_{axis}": _pack((2, 3, 4), axis, 3) for axis in (0, 1, 2, 3, -1)}
    rows |= {kind.lower(): _pack((2, 3), 1, 2, kind) for kind in _ALL} | {"scalars": _pack((), 0, 3, "INT32")}
    yield from (Case("PACK", name, model) for name, model in rows.items())
    rows = {f"axis_{axis}": _unpack((2, 3, 4), axis) for axis in (0, 1, 2, -1)}
    rows |= {kind.lower(): _unpack((2, 3), 1, kind) for kind in _ALL} | {"to_scalars": _unpack((3,), 0)}
    yield from (Case("UNPACK", name, model) for name, model in rows.items())
    for op in ("SPLIT", "SPLIT_V"):
        rows = {f"axis_{axis}": _split((2, 4, 6), axis, (2, 2, 2), op=op) for axis in (0, 1, 2, -1)}
        rows |= {kind.lower(): _split((2, 4), 1, (2, 2), kind, op) for kind in _ALL}
        rows |= {"one_part": _split((2, 4), 1, (4,), op=op)}
        yield from (Case(op, name, model) for name, model in rows.items())
    yield Case("SPLIT_V", "unequal", _split((2, 4), 1, (1, 4, 2), op="SPLIT_V"))


def _random_concatenation(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 6))]
    sizes = [rng.randint(1, 5) for _ in range(rng.randint(1, 10))]
    axis = rng.randint(-len(shape), len(shape) - 1)
    constant = rng.randrange(len(sizes)) if len(sizes) > 1 and rng.random() < 0.3 else None
    return _concatenation(shape, axis, sizes, rng.choice(_ALL), constant=constant)


def _random_pack(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    return _pack(shape, rng.randint(-len(shape) - 1, len(shape)), rng.randint(1, 5), rng.choice(_ALL))


def _random_unpack(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 5))]
    return _unpack(shape, rng.randint(-len(shape), len(shape) - 1), rng.choice(_SPLITS))


def _random_split(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    sizes = (rng.randint(1, 4),) * rng.randint(1, 5)
    return _split(shape, rng.randint(-len(shape), len(shape) - 1), sizes, rng.choice(_SPLITS))


def _random_split_v(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    sizes = [rng.randint(1, 4) for _ in range(rng.randint(1, 5))]
    return _split(shape, rng.randint(-len(shape), len(shape) - 1), sizes, rng.choice(_SPLITS), "SPLIT_V")


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "CONCATENATION": _random_concatenation,
    "PACK": _random_pack,
    "UNPACK": _random_unpack,
    "SPLIT": _random_split,
    "SPLIT_V": _random_split_v,
}
