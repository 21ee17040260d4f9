"""RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, ints, single

_KINDS = {"RESIZE_BILINEAR": ("INT8", "FLOAT32"), "RESIZE_NEAREST_NEIGHBOR": ("INT8", "INT16", "FLOAT32")}


def _resize(
    op: str,
    shape: Sequence[int],
    size: tuple[int, int],
    kind: str = "INT8",
    *,
    corners: bool = False,
    centers: bool = False,
) -> bytes:
    result = T((shape[0], *size, shape[3]), kind)
    options = {"align_corners": corners, "half_pixel_centers": centers}
    return single(op, [T(shape, kind), ints(*size)], [result], options)


def cases() -> Iterator[Case]:
    for op, kinds in _KINDS.items():
        for kind in (*kinds, "INT32"):
            yield Case(op, f"{kind}_twice".lower(), _resize(op, (1, 3, 4, 2), (6, 8), kind))
            yield Case(op, f"{kind}_odd".lower(), _resize(op, (2, 3, 4, 3), (5, 7), kind))
            yield Case(op, f"{kind}_corners".lower(), _resize(op, (1, 3, 4, 3), (5, 9), kind, corners=True))
            yield Case(op, f"{kind}_centers".lower(), _resize(op, (1, 3, 4, 3), (7, 6), kind, centers=True))
            yield Case(op, f"{kind}_both".lower(), _resize(op, (1, 3, 4, 3), (7, 6), kind, corners=True, centers=True))
            yield Case(op, f"{kind}_smaller".lower(), _resize(op, (1, 9, 7, 1), (4, 2), kind, centers=True))
        yield Case(op, "one_pixel", _resize(op, (1, 1, 1, 5), (3, 4)))
        yield Case(op, "to_one_pixel", _resize(op, (1, 5, 6, 2), (1, 1), corners=True))
        yield Case(op, "same_size", _resize(op, (1, 5, 6, 2), (5, 6)))
        yield Case(op, "size_at_run_time", single(op, [T((1, 2, 2, 1)), T((2,), "INT32")], [T((1, 4, 4, 1))], {}))


def _generator(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        shape = (rng.randint(1, 2), rng.randint(1, 9), rng.randint(1, 9), rng.randint(1, 4))
        size = rng.randint(1, 20), rng.randint(1, 20)
        if rng.random() < 0.2:
            size = shape[1] * rng.randint(1, 3), shape[2] * rng.randint(1, 3)
        corners, centers = rng.choice(((False, False), (True, False), (False, True)))
        return _resize(op, shape, size, rng.choice(_KINDS[op]), corners=corners, centers=centers)

    return make


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {op: _generator(op) for op in _KINDS}
