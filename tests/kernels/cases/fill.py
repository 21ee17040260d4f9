"""FILL, ZEROS_LIKE, SHAPE, BROADCAST_TO, BROADCAST_ARGS, CAST."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, ints, single

_ALL = ("INT8", "INT16", "INT32", "INT64", "FLOAT32", "BOOL", "UINT8")
_CASTS = ("BOOL", "INT8", "INT16", "INT32", "UINT32", "FLOAT32")


def _fill(shape: Sequence[int], kind: str = "INT8", value: int | None = None, dims: str = "INT32") -> bytes:
    return single("FILL", [ints(*shape, kind=dims), T((), kind, value)], [T(shape, kind)])


def _broadcast(
    shape: Sequence[int], result: Sequence[int], kind: str = "INT8", *, index: str = "INT32", run_time: bool = False
) -> bytes:
    size = T((len(result),), index) if run_time else ints(*result, kind=index)
    return single("BROADCAST_TO", [T(shape, kind), size], [T(result, kind)])


def _arguments(first: Sequence[int], second: Sequence[int], kind: str = "INT32", constants: int = 3) -> bytes:
    """Bit 0 and bit 1 of `constants` say which shape is constant."""
    sources = [
        ints(*shape, kind=kind) if constants >> i & 1 else T((len(shape),), kind)
        for i, shape in enumerate((first, second))
    ]
    return single("BROADCAST_ARGS", sources, [T((max(len(first), len(second)),), kind)])


def cases() -> Iterator[Case]:
    rows = {kind.lower(): _fill((2, 3), kind) for kind in _ALL}
    rows |= {f"{kind}_dims".lower(): _fill((2, 3), "INT8", 7, kind) for kind in ("INT8", "INT16", "INT64")}
    rows |= {"constant": _fill((2, 3), "FLOAT32", 3), "scalar": _fill((1,), "INT32", -9)}
    yield from (Case("FILL", name, model) for name, model in rows.items())
    for kind in _ALL:
        yield Case("ZEROS_LIKE", kind.lower(), single("ZEROS_LIKE", [T((2, 3), kind)], [T((2, 3), kind)]))
        yield Case(
            "SHAPE", kind.lower(), single("SHAPE", [T((2, 3, 1), kind)], [T((3,), "INT32")], {"out_type": "INT32"})
        )
        yield Case("BROADCAST_TO", kind.lower(), _broadcast((2, 1, 3), (2, 4, 3), kind))
    yield Case("SHAPE", "out_int64", single("SHAPE", [T((2, 3))], [T((2,), "INT64")], {"out_type": "INT64"}))
    rows = {
        "new_axes": _broadcast((3,), (2, 2, 3)),
        "scalar": _broadcast((), (2, 3)),
        "same": _broadcast((2, 3), (2, 3)),
        "two": _broadcast((1, 3, 1, 2), (4, 3, 5, 2)),
        "rank_5": _broadcast((1, 2, 1, 3, 1), (2, 2, 3, 3, 2)),
        "rank_6": _broadcast((1, 1, 1, 1, 1, 2), (1, 1, 1, 1, 2, 2)),
        "int64_shape": _broadcast((1, 3), (4, 3), index="INT64"),
        "run_time": _broadcast((1, 3), (4, 3), run_time=True),
    }
    yield from (Case("BROADCAST_TO", name, model) for name, model in rows.items())
    for kind in ("INT32", "INT64"):
        for constants in range(4):
            yield Case("BROADCAST_ARGS", f"{kind}_{constants}".lower(), _arguments((1, 1), (1, 1, 1), kind, constants))
    yield Case("BROADCAST_ARGS", "longer", _arguments((3, 1), (4, 1, 5)))
    yield Case("BROADCAST_ARGS", "equal", _arguments((3, 4), (3, 1)))
    yield Case("BROADCAST_ARGS", "int8", _arguments((3, 4), (3, 1), "INT8"))
    for source in _CASTS:
        for result in _CASTS:
            model = single("CAST", [T((3, 7), source)], [T((3, 7), result)], {})
            yield Case("CAST", f"{source}_to_{result}".lower(), model)
    floats = (-3.5, -0.0, 0.4, 2.7, 3e9, 5e9, -3e9, 1e20, float("nan"), float("inf"), float("-inf"), 127.9, -32768.5)
    for result in _CASTS:
        model = single("CAST", [T((len(floats),), "FLOAT32", floats)], [T((len(floats),), result)], {})
        yield Case("CAST", f"extremes_to_{result}".lower(), model)
    yield Case("CAST", "to_uint8", single("CAST", [T((3,))], [T((3,), "UINT8")], {}))
    yield Case("CAST", "from_int64", single("CAST", [T((3,), "INT64")], [T((3,), "INT32")], {}))


def _random_fill(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1, 5))]
    value = rng.choice((None, rng.randint(-100, 100)))
    return _fill(
        shape, rng.choice(("INT8", "INT32", "FLOAT32")), value, rng.choice(("INT8", "INT16", "INT32", "INT64"))
    )


def _random_zeros(rng: random.Random) -> bytes:
    shape, kind = [rng.randint(1, 5) for _ in range(rng.randint(0, 4))], rng.choice(_ALL)
    return single("ZEROS_LIKE", [T(shape, kind)], [T(shape, kind)])


def _random_shape(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 6))]
    return single("SHAPE", [T(shape, rng.choice(_ALL))], [T((len(shape),), "INT32")], {"out_type": "INT32"})


def _random_broadcast(rng: random.Random) -> bytes:
    result = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    shape = [size if rng.random() < 0.6 else 1 for size in result][rng.randint(0, len(result)) :]
    return _broadcast(shape, result, rng.choice(_ALL), index=rng.choice(("INT32", "INT64")))


def _random_arguments(rng: random.Random) -> bytes:
    full = [rng.randint(1, 5) for _ in range(rng.randint(1, 4))]
    first, second = (
        [size if rng.random() < 0.6 else 1 for size in full][rng.randint(0, len(full) - 1) :] for _ in range(2)
    )
    return _arguments(first, second, rng.choice(("INT32", "INT64")))


def _random_cast(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 9) for _ in range(rng.randint(0, 3))]
    source, result = rng.choice((*_CASTS, "INT64")), rng.choice((*_CASTS, "UINT8"))
    return single("CAST", [T(shape, source)], [T(shape, result)], {})


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "FILL": _random_fill,
    "ZEROS_LIKE": _random_zeros,
    "SHAPE": _random_shape,
    "BROADCAST_TO": _random_broadcast,
    "BROADCAST_ARGS": _random_arguments,
    "CAST": _random_cast,
}
