"""SignalDelay, SignalStacker, SignalFramer, SignalOverlapAdd: streams over several invocations."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder


def _delay(shape: Sequence[int], delay: int) -> bytes:
    builder = ModelBuilder()
    x, y = builder.tensor("x", shape, "INT16"), builder.tensor("y", shape, "INT16")
    builder.node("SignalDelay", [x], [y], custom=True, custom_options={"delay_length": delay})
    return builder.inputs(x).outputs(y).build()


def _stacker(channels: int, left: int, right: int, step: int, *, only_valid: bool = False) -> bytes:
    """`only_valid` gives the flag alone: the other output is undefined as long as the stack is not full."""
    builder = ModelBuilder()
    x = builder.tensor("x", (channels,), "INT16")
    y, valid = builder.tensor("y", (channels * (left + right + 1),), "INT16"), builder.tensor("valid", (), "BOOL")
    options = {
        "num_channels": channels,
        "stacker_left_context": left,
        "stacker_right_context": right,
        "stacker_step": step,
    }
    builder.node("SignalStacker", [x], [y, valid], custom=True, custom_options=options)
    return builder.inputs(x).outputs(*((valid,) if only_valid else (y, valid))).build()


def _framer(shape: Sequence[int], size: int, step: int, *, prefill: bool, only_valid: bool = False) -> bytes:
    builder = ModelBuilder()
    x = builder.tensor("x", shape, "INT16")
    y = builder.tensor("y", (*shape[:-1], shape[-1] // max(step, 1), size), "INT16")
    valid = builder.tensor("valid", (), "BOOL")
    options = {"frame_size": size, "frame_step": step, "prefill": prefill}
    builder.node("SignalFramer", [x], [y, valid], custom=True, custom_options=options)
    return builder.inputs(x).outputs(*((valid,) if only_valid else (y, valid))).build()


def _overlap_add(kind: str, outer: Sequence[int], frames: int, size: int, step: int) -> bytes:
    builder = ModelBuilder()
    x, y = builder.tensor("x", (*outer, frames, size), kind), builder.tensor("y", (*outer, frames * step), kind)
    options = {"T": {"INT16": 7, "FLOAT32": 0}[kind], "frame_step": step}
    builder.node("SignalOverlapAdd", [x], [y], custom=True, custom_options=options)
    return builder.inputs(x).outputs(y).build()


def cases() -> Iterator[Case]:
    for name, shape, delay in (
        ("shorter_than_a_frame", (8,), 3),
        ("a_frame", (8,), 8),
        ("longer_than_a_frame", (4,), 10),
        ("none", (5,), 0),
        ("rows", (2, 3, 6), 4),
        ("one_sample", (1,), 2),
    ):
        yield Case("SignalDelay", name, _delay(shape, delay))
    yield Case("SignalStacker", "left_context", _stacker(10, 3, 0, 1))
    yield Case("SignalStacker", "one_frame", _stacker(4, 0, 0, 1))
    yield Case("SignalStacker", "right_context", _stacker(5, 1, 1, 2, only_valid=True))
    yield Case("SignalStacker", "long_step", _stacker(5, 2, 0, 3, only_valid=True))
    yield Case("SignalFramer", "prefilled", _framer((8,), 12, 4, prefill=True))
    yield Case("SignalFramer", "rows", _framer((2, 3, 8), 10, 4, prefill=True))
    yield Case("SignalFramer", "no_overlap", _framer((12,), 4, 4, prefill=False))
    yield Case("SignalFramer", "gaps", _framer((12,), 2, 4, prefill=False))
    yield Case("SignalFramer", "not_prefilled", _framer((8,), 13, 4, prefill=False, only_valid=True))
    yield Case("SignalFramer", "step_does_not_divide", _framer((9,), 12, 4, prefill=True))
    for kind in ("INT16", "FLOAT32"):
        yield Case("SignalOverlapAdd", f"{kind.lower()}_half", _overlap_add(kind, (), 4, 8, 4))
        yield Case("SignalOverlapAdd", f"{kind.lower()}_rows", _overlap_add(kind, (2, 2), 3, 9, 2))
        yield Case("SignalOverlapAdd", f"{kind.lower()}_no_overlap", _overlap_add(kind, (1,), 2, 5, 5))


def _random_stacker(rng: random.Random) -> bytes:
    left, right = rng.randint(0, 4), rng.randint(0, 3)
    return _stacker(rng.randint(1, 8), left, right, rng.randint(1, left + right + 1), only_valid=right > 0)


def _random_framer(rng: random.Random) -> bytes:
    step = rng.randint(1, 6)
    shape = [rng.randint(1, 3) for _ in range(rng.randint(0, 2))] + [step * rng.randint(1, 4)]
    size = rng.randint(1, 20)
    prefill = rng.random() < 0.7 and size >= step
    return _framer(shape, size, step, prefill=prefill, only_valid=not prefill and size > step)


def _random_overlap_add(rng: random.Random) -> bytes:
    size = rng.randint(1, 12)
    outer = [rng.randint(1, 3) for _ in range(rng.randint(0, 2))]
    return _overlap_add(rng.choice(("INT16", "FLOAT32")), outer, rng.randint(1, 5), size, rng.randint(1, size))


def _random_delay(rng: random.Random) -> bytes:
    return _delay([rng.randint(1, 9) for _ in range(rng.randint(1, 3))], rng.randint(0, 20))


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "SignalDelay": _random_delay,
    "SignalStacker": _random_stacker,
    "SignalFramer": _random_framer,
    "SignalOverlapAdd": _random_overlap_add,
}
