"""SignalRfft, SignalIrfft: lengths of every radix, short and many frames, values at the rails."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder

_TYPES = {"INT16": 7, "INT32": 2, "FLOAT32": 0}
_LENGTHS = (4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 48, 50, 60, 64, 90, 96, 100, 128, 150, 240, 250, 256, 480, 512)


def _fft(
    op: str, kind: str, length: int, frames: Sequence[int] = (), short: int = 0, *, given: np.ndarray | None = None
) -> bytes:
    """`short` values are missing from a frame; `given` is added to the input, since int32 inputs are small in tests."""
    builder = ModelBuilder()
    sizes = (length - short, length + 2) if op == "SignalRfft" else (length + 2, length)
    x, y = builder.tensor("x", (*frames, sizes[0]), kind), builder.tensor("y", (*frames, sizes[1]), kind)
    source = x
    if given is not None:
        offset = builder.tensor("offset", (*frames, sizes[0]), kind, data=given.reshape((*frames, sizes[0])))
        source = builder.tensor("sum", (*frames, sizes[0]), kind)
        builder.node("ADD", [x, offset], [source], {})
    builder.node(op, [source], [y], custom=True, custom_options={"T": _TYPES[kind], "fft_length": length})
    return builder.inputs(x).outputs(y).build()


def _large(seed: int, count: int) -> np.ndarray:
    draws = np.random.default_rng(seed)
    values = draws.integers(-(2**31), 2**31 - 1, count)
    return np.where(draws.integers(0, 4, count) == 0, -(2**31), values)


def cases() -> Iterator[Case]:
    for op in ("SignalRfft", "SignalIrfft"):
        for length in _LENGTHS:
            yield Case(op, f"int16_{length}", _fft(op, "INT16", length))
        for length in (4, 12, 30, 64, 480, 512):
            count = length + (2 if op == "SignalIrfft" else 0)
            yield Case(op, f"int32_{length}", _fft(op, "INT32", length, given=_large(length, count)))
            yield Case(op, f"float_{length}", _fft(op, "FLOAT32", length))
        yield Case(op, "frames", _fft(op, "INT16", 32, (2, 3)))
        yield Case(op, "float_frames", _fft(op, "FLOAT32", 60, (3,)))
        yield Case(op, "length_of_7", _fft(op, "INT16", 14))
        yield Case(op, "length_2", _fft(op, "INT16", 2))
    yield Case("SignalRfft", "short_frame", _fft("SignalRfft", "INT16", 512, (), 32))
    yield Case("SignalRfft", "short_odd_frames", _fft("SignalRfft", "FLOAT32", 64, (2,), 31))


def _random(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        kind = rng.choice(tuple(_TYPES))
        length = rng.choice(_LENGTHS)
        frames = [rng.randint(1, 3) for _ in range(rng.randint(0, 2))]
        short = rng.randint(0, length - 1) if op == "SignalRfft" and rng.random() < 0.5 else 0
        count = int(np.prod(frames)) * (length - short + (2 if op == "SignalIrfft" else 0))
        given = _large(rng.getrandbits(30), count) if kind == "INT32" else None
        return _fft(op, kind, length, frames, short, given=given)

    return make


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {op: _random(op) for op in ("SignalRfft", "SignalIrfft")}
