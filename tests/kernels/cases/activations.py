"""RELU, RELU6, LEAKY_RELU, HARD_SWISH, ELU, LOGISTIC, TANH."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, single
from tests.model_builder import ModelBuilder

_KINDS = {
    "RELU": ("INT8", "INT16", "FLOAT32"),
    "RELU6": ("INT8", "INT16", "FLOAT32"),
    "LEAKY_RELU": ("INT8", "INT16", "FLOAT32"),
    "HARD_SWISH": ("INT8", "FLOAT32"),
    "ELU": ("INT8", "FLOAT32"),
    "LOGISTIC": ("INT8", "INT16", "FLOAT32"),
    "TANH": ("INT8", "INT16", "FLOAT32"),
}
_SIZES = (0.0, 1e-45, 1e-38, 1e-9, 3e-8, 0.1, 0.34, 0.35, 0.999, 1.0, 1.04, 5.9, 8.99, 9.01, 16.6, 16.7, 18.8, 22.0)
_EXTREMES = [sign * size for size in (*_SIZES, 56.5, 88.7, 88.8, 103.9, 104.1, 3e38, float("inf")) for sign in (1, -1)]
# The output scale and zero point that an operator insists on, by operator and type.
_FIXED_OUTPUT = {
    ("LOGISTIC", "INT8"): (1 / 256, -128),
    ("LOGISTIC", "INT16"): (1 / 32768, 0),
    ("TANH", "INT8"): (1 / 128, 0),
    ("TANH", "INT16"): (1 / 32768, 0),
}


def _model(
    op: str,
    kind: str,
    scale: float = 0.05,
    zero_point: int = 0,
    out_scale: float = 0.04,
    out_zero_point: int = 0,
    *,
    alpha: float = 0.1,
    shape: Sequence[int] = (2, 300),
) -> bytes:
    builder = ModelBuilder()
    x = builder.tensor("x", shape, kind, scale=None if kind == "FLOAT32" else scale, zero_point=zero_point)
    y = builder.tensor("y", shape, kind, scale=None if kind == "FLOAT32" else out_scale, zero_point=out_zero_point)
    builder.node(op, [x], [y], {"alpha": alpha} if op == "LEAKY_RELU" else None)
    return builder.inputs(x).outputs(y).build()


def cases() -> Iterator[Case]:
    for op, kinds in _KINDS.items():
        for kind in kinds:
            out_scale, out_zero = _FIXED_OUTPUT.get((op, kind), (0.04, 0))
            low, high = (-128, 127) if kind == "INT8" else (0, 0)
            small = 0.001 if kind == "INT16" else 0.05
            rows = {
                "": _model(op, kind, small, 0, out_scale, out_zero),
                "_low": _model(op, kind, small, low, out_scale, out_zero),
                "_high": _model(op, kind, small / 3, high, out_scale, out_zero),
                "_coarse": _model(op, kind, 1.7, 0, out_scale * 1.5 if op[0] == "R" else out_scale, out_zero),
                "_fine": _model(op, kind, 2.0**-14, 0, out_scale, out_zero),
                "_scalar": _model(op, kind, small, 0, out_scale, out_zero, shape=()),
            }
            for suffix, model in rows.items():
                yield Case(op, f"{kind}{suffix}".lower(), model)
        if op not in ("LOGISTIC", "TANH"):
            yield Case(op, "int8_rails", _model(op, "INT8", 0.5, 127, 0.003, -128))
            yield Case(op, "int8_other_rails", _model(op, "INT8", 0.003, -128, 0.5, 127))
        yield Case(op, "int32", _model(op, "INT32"))
        extremes = T((len(_EXTREMES),), "FLOAT32", _EXTREMES)
        options = {"alpha": 0.1} if op == "LEAKY_RELU" else None
        yield Case(op, "float32_extremes", single(op, [extremes], [T(extremes.shape, "FLOAT32")], options))
    for op in ("LOGISTIC", "TANH"):
        for shift in (11, 12, 13):
            yield Case(op, f"int16_2_to_minus_{shift}", _model(op, "INT16", 2.0**-shift, 0, 2.0**-15))
        yield Case(op, "int16_almost_2_to_minus_12", _model(op, "INT16", 1.0003 * 2.0**-12, 0, 2.0**-15))
        yield Case(op, "int16_huge", _model(op, "INT16", 7.3, 0, 2.0**-15))
        yield Case(op, "int16_tiny", _model(op, "INT16", 2.0**-30, 0, 2.0**-15))
        yield Case(op, "int16_other_output", _model(op, "INT16", 2.0**-12, 0, 2.0**-14))
        yield Case(op, "int16_zero_point", _model(op, "INT16", 2.0**-12, 5, 2.0**-15))
        yield Case(op, "int8_huge_scale", _model(op, "INT8", 20.0, 0, 1 / 128, -128))
        yield Case(op, "int8_tiny_scale", _model(op, "INT8", 2.0**-25, 0, 1 / 128, -128))
    yield Case("LOGISTIC", "int8_zero_point", _model("LOGISTIC", "INT8", 0.1, 0, 1 / 256, -127))
    for alpha in (-0.5, 0.0, 1.0, 3.7, 1e-6):
        for kind in ("INT8", "INT16", "FLOAT32"):
            yield Case("LEAKY_RELU", f"{kind}_alpha_{alpha}".lower(), _model("LEAKY_RELU", kind, alpha=alpha))
    yield Case("RELU", "int16_zero_point", _model("RELU", "INT16", 0.1, 3))


def _generator(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        kind = rng.choice(_KINDS[op])
        scale = 2.0 ** (rng.uniform(-16, 3) if rng.random() < 0.5 else rng.randint(-14, 2))
        out_scale = scale * 2.0 ** rng.uniform(-3, 3)
        zeros = [rng.choice((0, -128, 127, rng.randint(-128, 127))) if kind == "INT8" else 0 for _ in range(2)]
        out_scale, zeros[1] = _FIXED_OUTPUT.get((op, kind), (out_scale, zeros[1]))
        alpha = rng.choice((0.1, 0.2, 0.01, rng.uniform(-3, 3)))
        shape = (rng.randint(1, 4), rng.randint(1, 300))
        return _model(op, kind, scale, zeros[0], out_scale, zeros[1], alpha=alpha, shape=shape)

    return make


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {op: _generator(op) for op in _KINDS}
