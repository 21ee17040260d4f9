"""PRELU."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, single

_ALPHAS = {"INT8": "INT8", "INT16": "INT8", "FLOAT32": "FLOAT32", "UINT8": "UINT8"}


def _prelu(
    shape: Sequence[int],
    alpha: Sequence[int],
    kind: str = "INT8",
    scales: tuple[float, float, float] = (0.1, 0.02, 0.07),
    zeros: tuple[int, int, int] = (0, 0, 0),
    *,
    data: Sequence[int] | None = None,
) -> bytes:
    quantised = kind != "FLOAT32"
    source, slope, result = (
        T(size, k, d, s if quantised else None, z if quantised else 0)
        for size, k, d, s, z in zip(
            (shape, alpha, shape), (kind, _ALPHAS[kind], kind), (None, data, None), scales, zeros, strict=True
        )
    )
    return single("PRELU", [source, slope], [result])


def cases() -> Iterator[Case]:
    rows = {kind.lower(): _prelu((2, 3, 4, 5), (5,), kind) for kind in _ALPHAS}
    rows |= {
        "per_channel": _prelu((1, 4, 4, 3), (1, 1, 3), data=(-128, 5, 127)),
        "per_pixel": _prelu((2, 3, 4, 2), (1, 3, 4, 2)),
        "one_slope": _prelu((3, 7), (1,)),
        "same_shape": _prelu((3, 7), (3, 7)),
        "middle": _prelu((2, 3, 4), (1, 3, 1)),
        "scalar_slope": _prelu((3, 7), ()),
        "rails": _prelu((3, 70), (70,), zeros=(127, -128, -128)),
        "other_rails": _prelu((3, 70), (70,), zeros=(-128, 127, 127)),
        "up": _prelu((3, 70), (70,), scales=(0.5, 0.7, 0.01)),
        "down": _prelu((3, 70), (70,), scales=(0.01, 0.002, 0.9), zeros=(3, 4, 5)),
        "int16_up": _prelu((3, 70), (70,), "INT16", (0.01, 0.03, 0.001)),
        "int16_per_row": _prelu((5, 9), (5, 1), "INT16", (0.01, 0.03, 0.02), (0, 7, 0)),
    }
    yield from (Case("PRELU", name, model) for name, model in rows.items())


def _random_prelu(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1, 4))]
    alpha = [size if rng.random() < 0.5 else 1 for size in shape][rng.randint(0, len(shape)) :]
    kind = rng.choice(("INT8", "INT8", "INT16", "FLOAT32"))
    low, high = (-128, 127) if kind == "INT8" else (0, 0)
    zeros = rng.choice((low, high, 0)), rng.randint(-128, 127), rng.randint(low, high)
    scales = 2.0 ** rng.uniform(-8, 0), 2.0 ** rng.uniform(-10, 0), 2.0 ** rng.uniform(-8, 0)
    return _prelu(shape, alpha, kind, scales, zeros)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {"PRELU": _random_prelu}
