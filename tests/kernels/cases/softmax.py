"""SOFTMAX, LOG_SOFTMAX."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, single

_OUTPUTS = {
    ("INT8", "INT8"): (1 / 256, -128),
    ("INT8", "INT16"): (1 / 65536, -32768),
    ("INT16", "INT16"): (1 / 32768, 0),
    ("FLOAT32", "FLOAT32"): (None, 0),
}


def _softmax(
    shape: Sequence[int],
    scale: float,
    beta: float = 1.0,
    zero_point: int = 0,
    kind: str = "INT8",
    result: str = "INT8",
    output: tuple[float | None, int] | None = None,
) -> bytes:
    out_scale, out_zero = output or _OUTPUTS[kind, result]
    source = T(shape, kind, None, None if kind == "FLOAT32" else scale, zero_point)
    return single("SOFTMAX", [source], [T(shape, result, None, out_scale, out_zero)], {"beta": beta})


def _log_softmax(
    shape: Sequence[int],
    scale: float,
    zero_point: int = 0,
    kind: str = "INT8",
    output: tuple[float, int] = (1 / 16, 127),
) -> bytes:
    quantised = kind != "FLOAT32"
    source = T(shape, kind, None, scale if quantised else None, zero_point)
    result = T(shape, kind, None, output[0] if quantised else None, output[1] if quantised else 0)
    return single("LOG_SOFTMAX", [source], [result])


def cases() -> Iterator[Case]:
    rows = {
        "one_class": _softmax((1, 1), 0.1),
        "two_classes": _softmax((1, 2), 0.1),
        "ten_classes": _softmax((1, 10), 0.05),
        "rank_1": _softmax((7,), 0.2),
        "rank_4": _softmax((2, 3, 4, 5), 0.02),
        "rows": _softmax((9, 11), 0.3, zero_point=-128),
        "tiny_scale": _softmax((3, 17), 1e-4),
        "huge_scale": _softmax((3, 17), 40.0),
        "one_step_is_everything": _softmax((3, 17), 16.0),
        "beyond_the_cap": _softmax((3, 17), 33.0),
        "beta": _softmax((3, 17), 0.1, beta=2.5),
        "small_beta": _softmax((3, 17), 0.1, beta=0.01),
        "many_classes": _softmax((1, 500), 0.2),
        "int16_output": _softmax((3, 17), 0.1, result="INT16"),
        "int16_output_tiny_scale": _softmax((2, 300), 1e-3, result="INT16"),
        "scale_too_small": _softmax((1, 4), 1e-9),
    }
    rows |= {
        "int8_other_output": _softmax((1, 4), 0.1, output=(1 / 256, 0)),
        "int16": _softmax((3, 17), 0.001, kind="INT16", result="INT16"),
        "int16_coarse": _softmax((3, 40), 0.5, kind="INT16", result="INT16"),
        "int16_fine": _softmax((3, 100), 1e-6, kind="INT16", result="INT16"),
        "int16_one_class": _softmax((2, 1), 0.01, kind="INT16", result="INT16"),
        "int16_beta": _softmax((2, 9), 0.001, beta=0.3, kind="INT16", result="INT16"),
        "int16_many_classes": _softmax((1, 3000), 1e-4, kind="INT16", result="INT16"),
        "int16_input_zero_point": _softmax((2, 9), 0.001, zero_point=1, kind="INT16", result="INT16"),
        "int16_other_output": _softmax((2, 9), 0.001, kind="INT16", result="INT16", output=(1 / 65536, 0)),
        "float": _softmax((3, 17), 0, kind="FLOAT32", result="FLOAT32"),
        "float_beta": _softmax((3, 170), 0, beta=5.5, kind="FLOAT32", result="FLOAT32"),
        "float_rank_4": _softmax((2, 2, 3, 5), 0, kind="FLOAT32", result="FLOAT32"),
    }
    yield from (Case("SOFTMAX", name, model) for name, model in rows.items())
    rows = {
        "int8": _log_softmax((3, 17), 0.1),
        "one_class": _log_softmax((3, 1), 0.1),
        "two_classes": _log_softmax((9, 2), 0.02),
        "many_classes": _log_softmax((1, 3000), 0.001),
        "coarse": _log_softmax((5, 20), 3.0),
        "very_coarse": _log_softmax((5, 20), 20.0),
        "fine": _log_softmax((5, 20), 1e-5),
        "rank_4": _log_softmax((2, 2, 3, 5), 0.05, -128),
        "other_output": _log_softmax((5, 20), 0.1, output=(1 / 16, 0)),
        "too_fine": _log_softmax((5, 20), 1e-9),
        "float": _log_softmax((3, 17), 0, kind="FLOAT32"),
        "float_long": _log_softmax((2, 333), 0, kind="FLOAT32"),
        "int16": _log_softmax((3, 17), 0.1, kind="INT16"),
    }
    yield from (Case("LOG_SOFTMAX", name, model) for name, model in rows.items())


def _random_softmax(rng: random.Random) -> bytes:
    shape = [rng.choice((1, 1, 2, 3, 5)) for _ in range(rng.randint(0, 3))] + [rng.choice((1, 2, 3, 10, 33, 120))]
    scale = 2.0 ** rng.uniform(-14, 6) if rng.random() < 0.3 else 2.0 ** rng.uniform(-7, 0)
    kind, result = rng.choice((("INT8", "INT8"), ("INT8", "INT16"), ("INT16", "INT16"), ("FLOAT32", "FLOAT32")))
    zero_point = rng.randint(-128, 127) if kind == "INT8" else 0
    scale = scale / 64 if kind == "INT16" else scale
    return _softmax(shape, scale, rng.choice((1.0, 1.0, rng.uniform(0.1, 4))), zero_point, kind, result)


def _random_log_softmax(rng: random.Random) -> bytes:
    shape = [rng.choice((1, 1, 2, 3, 5)) for _ in range(rng.randint(0, 3))] + [rng.choice((1, 2, 3, 10, 33, 120))]
    kind = rng.choice(("INT8", "INT8", "FLOAT32"))
    return _log_softmax(shape, 2.0 ** rng.uniform(-14, 6), rng.randint(-128, 127) if kind == "INT8" else 0, kind)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "SOFTMAX": _random_softmax,
    "LOG_SOFTMAX": _random_log_softmax,
}
