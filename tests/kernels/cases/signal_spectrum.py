"""SignalWindow, SignalFftAutoScale, SignalEnergy."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder


def _window(shape: Sequence[int], weights: Sequence[int] | None, shift: int, length: int = 0) -> bytes:
    """Weights None makes them an input of `length` values."""
    builder = ModelBuilder()
    x, y = builder.tensor("x", shape, "INT16"), builder.tensor("y", shape, "INT16")
    size = length if weights is None else len(weights)
    w = builder.tensor("w", (size,), "INT16", data=None if weights is None else np.array(weights))
    builder.node("SignalWindow", [x, w], [y], custom=True, custom_options={"shift": shift})
    return builder.inputs(*((x, w) if weights is None else (x,))).outputs(y).build()


def _auto_scale(size: int, halvings: int = 0, *, rails: bool = False) -> bytes:
    """`halvings` makes the values smaller first, by a window; `rails` makes them -32768 or small."""
    builder = ModelBuilder()
    x, y = builder.tensor("x", (size,), "INT16"), builder.tensor("y", (size,), "INT16")
    scale, source = builder.tensor("scale", (), "INT32"), x
    if halvings or rails:
        weights = np.full(size, 32767 if rails else 1)
        source = builder.tensor("windowed", (size,), "INT16")
        w = builder.tensor("w", (size,), "INT16", data=weights)
        builder.node("SignalWindow", [x, w], [source], custom=True, custom_options={"shift": halvings})
    builder.node("SignalFftAutoScale", [source], [y, scale], custom=True)
    return builder.inputs(x).outputs(y, scale).build()


def _energy(bins: int, start: int, end: int) -> bytes:
    builder = ModelBuilder()
    x, y = builder.tensor("x", (2 * bins,), "INT16"), builder.tensor("y", (bins,), "UINT32")
    options = {"start_index": start, "end_index": end}
    builder.node("SignalEnergy", [x], [y], custom=True, custom_options=options)
    if (start, end) == (0, bins):
        return builder.inputs(x).outputs(y).build()
    # The other places are undefined in TFLite Micro.
    whole, part = builder.tensor("whole", (bins,), "INT32"), builder.tensor("part", (end - start,), "INT32")
    begin = builder.tensor("begin", (1,), "INT32", data=np.array([start]))
    size = builder.tensor("size", (1,), "INT32", data=np.array([end - start]))
    builder.node("CAST", [y], [whole], {})
    builder.node("SLICE", [whole, begin, size], [part])
    return builder.inputs(x).outputs(part).build()


def cases() -> Iterator[Case]:
    hann = np.rint(4096 * np.hanning(16)).astype(int).tolist()
    windows = {
        "hann": _window((1, 16), hann, 12),
        "frames": _window((2, 3, 16), hann, 12),
        "rails": _window((8,), [32767, -32768, 1, -1, 0, 2, 32767, -32768], 15),
        "saturates": _window((8,), [32767, -32768, 1, -1, 0, 2, 32767, -32768], 3),
        "no_shift": _window((4,), [3, -3, 1, 0], 0),
        "all_shifted": _window((4,), [30000, -30000, 1, -1], 31),
        "weights_are_an_input": _window((4, 5), None, 8, 5),
    }
    for name, model in windows.items():
        yield Case("SignalWindow", name, model)
    for halvings in (0, 3, 9, 15):
        yield Case("SignalFftAutoScale", f"shifted_{halvings}", _auto_scale(50, halvings))
    yield Case("SignalFftAutoScale", "rails", _auto_scale(40, rails=True))
    yield Case("SignalFftAutoScale", "one_value", _auto_scale(1, 4))
    yield Case("SignalEnergy", "whole_spectrum", _energy(33, 0, 33))
    yield Case("SignalEnergy", "some_bins", _energy(33, 5, 20))


def _random_window(rng: random.Random) -> bytes:
    length = rng.randint(1, 20)
    weights = [rng.choice((rng.randint(-32768, 32767), 32767, -32768, rng.randint(0, 4096))) for _ in range(length)]
    shape = [rng.randint(1, 3) for _ in range(rng.randint(0, 3))] + [length]
    return _window(shape, None if rng.random() < 0.2 else weights, rng.randint(0, 31), length)


def _random_scale(rng: random.Random) -> bytes:
    return _auto_scale(rng.randint(1, 60), rng.randint(0, 16), rails=rng.random() < 0.3)


def _random_energy(rng: random.Random) -> bytes:
    bins = rng.randint(1, 40)
    start = rng.randint(0, bins - 1)
    return _energy(bins, start, rng.randint(start + 1, bins))


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "SignalWindow": _random_window,
    "SignalFftAutoScale": _random_scale,
    "SignalEnergy": _random_energy,
}
