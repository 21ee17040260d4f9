"""QUANTIZE, DEQUANTIZE."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder

_LIMITS = {"INT8": (-128, 127), "UINT8": (0, 255), "INT16": (-32768, 32767), "INT32": (-1000, 1000)}
_FORMS = (
    ("FLOAT32", "INT8"),
    ("FLOAT32", "INT16"),
    ("INT32", "INT8"),
    ("INT32", "INT16"),
    ("INT16", "INT8"),
    ("INT16", "INT16"),
    ("INT16", "INT32"),
    ("INT8", "INT8"),
    ("INT8", "UINT8"),
    ("INT8", "INT16"),
    ("INT8", "INT32"),
    ("UINT8", "INT8"),
)
_End = tuple[str, float | None, int]


def _model(op: str, source: _End, result: _End, shape: Sequence[int] = (3, 37)) -> bytes:
    builder = ModelBuilder()
    x = builder.tensor("x", shape, source[0], scale=source[1], zero_point=source[2])
    y = builder.tensor("y", shape, result[0], scale=result[1], zero_point=result[2])
    builder.node(op, [x], [y])
    return builder.inputs(x).outputs(y).build()


def cases() -> Iterator[Case]:
    for source, result in _FORMS:
        scale = None if source == "FLOAT32" else 0.1
        name = f"{source}_to_{result}".lower()
        low, high = _LIMITS.get(source, (0, 0))
        yield Case("QUANTIZE", name, _model("QUANTIZE", (source, scale, low), (result, 0.03, _LIMITS[result][1])))
        yield Case(
            "QUANTIZE", f"{name}_up", _model("QUANTIZE", (source, scale, high), (result, 0.9, _LIMITS[result][0]))
        )
    yield Case("QUANTIZE", "same_scale", _model("QUANTIZE", ("INT8", 0.1, 5), ("INT8", 0.1, -7)))
    yield Case("QUANTIZE", "uint8_flip", _model("QUANTIZE", ("UINT8", 0.1, 128), ("INT8", 0.1, 0)))
    yield Case("QUANTIZE", "int8_flip", _model("QUANTIZE", ("INT8", 0.1, 0), ("UINT8", 0.1, 128)))
    yield Case("QUANTIZE", "unscaled_input", _model("QUANTIZE", ("INT32", None, 0), ("INT8", 0.1, 3)))
    yield Case("QUANTIZE", "unscaled_output", _model("QUANTIZE", ("INT8", 0.1, 0), ("INT8", None, 0)))
    yield Case("QUANTIZE", "uint8_to_int16", _model("QUANTIZE", ("UINT8", 0.1, 0), ("INT16", 0.1, 0)))
    yield Case("QUANTIZE", "scalar", _model("QUANTIZE", ("FLOAT32", None, 0), ("INT8", 0.01, 0), ()))
    for source in ("INT8", "INT16", "UINT8"):
        for end in (0, 1):
            row = _model("DEQUANTIZE", (source, 0.0123, _LIMITS[source][end]), ("FLOAT32", None, 0))
            yield Case("DEQUANTIZE", f"{source}_{end}".lower(), row)
    yield Case("DEQUANTIZE", "no_scale", _model("DEQUANTIZE", ("INT8", None, 0), ("FLOAT32", None, 0)))
    yield Case("DEQUANTIZE", "int32", _model("DEQUANTIZE", ("INT32", 0.1, 0), ("FLOAT32", None, 0)))


def _random_quantize(rng: random.Random) -> bytes:
    source, result = rng.choice(_FORMS)
    ends: list[_End] = []
    for kind in (source, result):
        low, high = _LIMITS.get(kind, (0, 0))
        scale = 2.0 ** rng.uniform(-16, 8) if rng.random() < 0.3 else 2.0 ** rng.uniform(-5, 0)
        ends.append((kind, None if kind == "FLOAT32" else scale, rng.choice((low, high, 0, rng.randint(low, high)))))
    return _model("QUANTIZE", ends[0], ends[1], (rng.randint(1, 5), rng.randint(1, 60)))


def _random_dequantize(rng: random.Random) -> bytes:
    kind = rng.choice(("INT8", "INT16", "UINT8", "INT32"))
    end = (kind, 2.0 ** rng.uniform(-20, 20), rng.randint(*_LIMITS[kind]))
    return _model("DEQUANTIZE", end, ("FLOAT32", None, 0), (rng.randint(1, 60),))


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "QUANTIZE": _random_quantize,
    "DEQUANTIZE": _random_dequantize,
}
