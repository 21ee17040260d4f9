"""PAD, PADV2, MIRROR_PAD."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, single
from tests.model_builder import ModelBuilder

_KINDS = ("INT8", "INT16", "INT32", "FLOAT32")
Pairs = Sequence[tuple[int, int]]


def _pad(
    shape: Sequence[int],
    pairs: Pairs,
    *,
    op: str = "PAD",
    kind: str = "INT8",
    zero_point: int = 0,
    value: int | None = None,
    value_scale: float = 0.5,
    value_input: bool = False,
    pairs_kind: str = "INT32",
    pairs_input: bool = False,
) -> bytes:
    builder = ModelBuilder()
    scale = 0.5 if kind.startswith("INT") else None
    x = builder.tensor("x", shape, kind, scale=scale, zero_point=zero_point)
    result = [size + low + high for size, (low, high) in zip(shape, pairs, strict=True)]
    y = builder.tensor("y", result, kind, scale=scale, zero_point=zero_point)
    numbers = builder.tensor("pairs", (len(pairs), 2), pairs_kind, data=None if pairs_input else pairs)
    inputs, ports = [x, numbers], [x]
    if pairs_input:
        ports.append(numbers)
    if value is not None or value_input:
        data = None if value_input else [value]
        inputs.append(builder.tensor("value", (1,), kind, scale=value_scale, zero_point=zero_point, data=data))
        ports += inputs[2:] if value_input else []
    builder.node(op, inputs, [y])
    return builder.inputs(*ports).outputs(y).build()


def cases() -> Iterator[Case]:
    image: Pairs = [(0, 0), (1, 2), (2, 1), (0, 0)]
    rows = {
        "image": _pad((1, 3, 4, 2), image, zero_point=-128),
        "image_low": _pad((1, 3, 4, 2), [(0, 0), (1, 0), (1, 0), (0, 0)], zero_point=127),
        "all_axes": _pad((2, 2, 3, 2), [(1, 0), (0, 2), (1, 1), (2, 1)], zero_point=5),
        "rank_1": _pad((5,), [(3, 2)]),
        "rank_5": _pad((1, 2, 1, 2, 3), [(1, 1), (0, 1), (1, 0), (0, 0), (1, 2)]),
        "rank_6": _pad((1, 1, 1, 1, 1, 2), [(0, 0)] * 5 + [(1, 1)]),
        "nothing": _pad((1, 3, 4, 2), [(0, 0)] * 4),
        "negative": _pad((4, 5), [(-1, 0), (0, 1)]),
        "negative_end": _pad((3, 5), [(0, 0), (0, -2)]),
        "mixed": _pad((3, 5), [(1, 0), (-2, 1)]),
        "int64_pairs": _pad((3, 5), [(0, 0), (1, 1)], pairs_kind="INT64"),
        "pairs_at_run_time": _pad((3, 5), [(0, 0), (1, 1)], pairs_input=True),
        "value": _pad((3, 5), [(1, 0), (1, 1)], value=17),
        "int16": _pad((3, 5), [(1, 0), (1, 1)], kind="INT16", zero_point=9),
        "int32": _pad((3, 5), [(1, 0), (1, 1)], kind="INT32"),
        "float": _pad((3, 5), [(1, 0), (1, 1)], kind="FLOAT32"),
        "bool": _pad((3, 5), [(1, 0), (1, 1)], kind="BOOL"),
    }
    yield from (Case("PAD", name, model) for name, model in rows.items())
    for kind in _KINDS:
        yield Case("PADV2", f"{kind}_constant".lower(), _pad((3, 5), [(1, 0), (1, 1)], op="PADV2", kind=kind, value=-9))
        run_time = _pad((3, 5), [(1, 0), (1, 1)], op="PADV2", kind=kind, value_input=True)
        yield Case("PADV2", f"{kind}_run_time".lower(), run_time)
    yield Case("PADV2", "other_scale", _pad((3, 5), [(1, 0), (1, 1)], op="PADV2", value=3, value_scale=0.25))
    yield Case("PADV2", "no_value", _pad((3, 5), [(1, 0), (1, 1)], op="PADV2", zero_point=-4))

    rows = {}
    for mode in ("REFLECT", "SYMMETRIC"):
        rows |= {
            f"{mode}_image": _mirror((1, 4, 5, 2), [(0, 0), (2, 1), (1, 3), (0, 0)], mode),
            f"{mode}_all_axes": _mirror((3, 2, 4), [(2, 1), (1, 1), (3, 2)], mode),
            f"{mode}_float": _mirror((3, 4), [(1, 2), (2, 0)], mode, "FLOAT32"),
            f"{mode}_int16": _mirror((3, 4), [(1, 2), (2, 0)], mode, "INT16"),
            f"{mode}_rank_1": _mirror((6,), [(4, 5)], mode),
            f"{mode}_far_right": _mirror((3, 2), [(0, 7), (0, 4)], mode),
            f"{mode}_int64_pairs": _mirror((3, 4), [(1, 2), (2, 0)], mode, pairs_kind="INT64"),
            f"{mode}_nothing": _mirror((3, 4), [(0, 0), (0, 0)], mode),
            f"{mode}_single_element": _mirror((1, 3), [(0, 2), (0, 0)], mode),
        }
    yield from (Case("MIRROR_PAD", name.lower(), model) for name, model in rows.items())


def _mirror(shape: Sequence[int], pairs: Pairs, mode: str, kind: str = "INT8", pairs_kind: str = "INT32") -> bytes:
    result = [size + low + high for size, (low, high) in zip(shape, pairs, strict=True)]
    return single(
        "MIRROR_PAD", [T(shape, kind), T((len(pairs), 2), pairs_kind, pairs)], [T(result, kind)], {"mode": mode}
    )


def _random_mirror(rng: random.Random) -> bytes:
    mode = rng.choice(("REFLECT", "SYMMETRIC"))
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    pairs = [(rng.randint(0, size - (mode == "REFLECT")), rng.randint(0, size + 2)) for size in shape]
    return _mirror(shape, pairs, mode, rng.choice(("INT8", "FLOAT32")), rng.choice(("INT32", "INT64")))


def _generator(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 5))]
        low = -1 if rng.random() < 0.2 else 0
        pairs = [(rng.choice((0, 0, 1, 2, low)), rng.choice((0, 0, 1, 3, low))) for _ in shape]
        kind = rng.choice(_KINDS)
        zero_point = rng.choice((-128, 127, rng.randint(-128, 127))) if kind == "INT8" else 0
        with_value = op == "PADV2" or rng.random() < 0.2
        at_run_time = with_value and rng.random() < 0.4
        value = rng.randint(-128, 127) if with_value and not at_run_time else None
        if any(size + sum(pair) < 0 for size, pair in zip(shape, pairs, strict=True)):
            pairs = [(0, 1) for _ in shape]
        return _pad(shape, pairs, op=op, kind=kind, zero_point=zero_point, value=value, value_input=at_run_time)

    return make


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "PAD": _generator("PAD"),
    "PADV2": _generator("PADV2"),
    "MIRROR_PAD": _random_mirror,
}
