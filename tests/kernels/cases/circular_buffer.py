"""CIRCULAR_BUFFER: buffers of every period, alone and with nodes behind them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder


def _buffer(
    slots: int,
    width: int = 1,
    channels: int = 3,
    cycles: int | None = 1,
    *,
    zero_point: int = 0,
    is_variable: bool = True,
    kind: str = "INT8",
    more: bool = False,
) -> bytes:
    builder = ModelBuilder()
    quantization = {"scale": 0.5, "zero_point": zero_point}
    x = builder.tensor("x", (1, 1, width, channels), kind, **quantization)  # type: ignore[arg-type]
    shape = (1, slots, width, channels)
    y = builder.tensor("y", shape, kind, is_variable=is_variable, **quantization)  # type: ignore[arg-type]
    options = {"cycles_max": cycles} if cycles is not None else None
    builder.node("CIRCULAR_BUFFER", [x], [y], custom=True, custom_options=options)
    outputs = [y]
    if more:
        outputs.append(builder.tensor("z", shape, kind, scale=0.25, zero_point=-3))
        builder.node("QUANTIZE", [y], [outputs[1]])
    return builder.inputs(x).outputs(*outputs).build()


def cases() -> Iterator[Case]:
    rows = {
        "one_slot": _buffer(1),
        "three_slots": _buffer(3),
        "wide": _buffer(4, width=5, channels=7),
        "period_2": _buffer(3, cycles=2),
        "period_3": _buffer(6, cycles=3),
        "period_guessed_1": _buffer(5, cycles=None),
        "period_guessed_2": _buffer(4, cycles=None),
        "zero_point": _buffer(3, zero_point=-128),
        "not_a_variable": _buffer(3, is_variable=False),
        "more_nodes": _buffer(3, cycles=1, more=True),
        "int16": _buffer(3, kind="INT16"),
    }
    for name, model in rows.items():
        yield Case("CIRCULAR_BUFFER", name, model)


def _random(rng: random.Random) -> bytes:
    return _buffer(
        rng.choice((1, 2, 3, 5, 13, 25)),
        rng.randint(1, 3),
        rng.randint(1, 9),
        rng.choice((None, 1, 2, 3, 7)),
        zero_point=rng.randint(-128, 127),
    )


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {"CIRCULAR_BUFFER": _random}
