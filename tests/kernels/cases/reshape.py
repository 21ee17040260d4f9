"""RESHAPE, SQUEEZE, EXPAND_DIMS: nodes without code, between two that have some."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder

_KINDS = ("INT8", "INT16", "INT32", "INT64", "FLOAT32", "BOOL", "UINT8")


def _view(
    op: str,
    shape: Sequence[int],
    result: Sequence[int],
    *,
    extra: Sequence[int] | None = None,
    options: Mapping[str, Any] | None = None,
    kind: str = "INT8",
    extra_shape: Sequence[int] | None = None,
    constant: bool = False,
) -> bytes:
    builder = ModelBuilder()
    data = [i % 2 for i in range(math.prod(shape))] if constant else None
    x = builder.tensor("x", shape, kind, data=data)
    y = builder.tensor("y", result, kind)
    inputs = [x]
    if extra is not None:
        inputs.append(builder.tensor("extra", extra_shape or (len(extra),), "INT32", data=extra))
    builder.node(op, inputs, [y], options)
    return builder.inputs(*(() if constant else (x,))).outputs(y).build()


def _inside(op: str, shape: Sequence[int], result: Sequence[int], extra: Sequence[int] | None = None) -> bytes:
    """The view between two quantisations, its input read twice."""
    builder = ModelBuilder()
    x, a, b, y, z = (
        builder.tensor(name, size, "INT8", scale=scale)
        for name, size, scale in zip(
            "xabyz", (shape, shape, result, result, shape), (0.1, 0.2, 0.2, 0.3, 0.4), strict=True
        )
    )
    builder.node("QUANTIZE", [x], [a])
    builder.node(op, [a] if extra is None else [a, builder.tensor("e", (), "INT32", data=extra)], [b], {})
    builder.node("QUANTIZE", [b], [y])
    builder.node("QUANTIZE", [a], [z])
    return builder.inputs(x).outputs(y, z).build()


def cases() -> Iterator[Case]:
    rows = {
        "options": _view("RESHAPE", (2, 6), (3, 4), options={"new_shape": [3, 4]}),
        "tensor": _view("RESHAPE", (2, 6), (12,), extra=[12]),
        "stretched": _view("RESHAPE", (2, 6), (4, 3), extra=[-1, 3]),
        "to_scalar": _view("RESHAPE", (1, 1), ()),
        "from_scalar": _view("RESHAPE", (), (1, 1, 1)),
        "constant_input": _view("RESHAPE", (2, 3), (6,), constant=True),
        "inside": _inside("RESHAPE", (4, 5), (2, 10)),
        "mismatch": _view("RESHAPE", (2, 6), (5,), options={"new_shape": [5]}),
    } | {kind.lower(): _view("RESHAPE", (2, 3), (3, 2), kind=kind) for kind in _KINDS}
    yield from (Case("RESHAPE", name, model) for name, model in rows.items())
    rows = {
        "all": _view("SQUEEZE", (1, 3, 1, 2), (3, 2), options={}),
        "one": _view("SQUEEZE", (1, 3, 1, 2), (1, 3, 2), options={"squeeze_dims": [2]}),
        "negative": _view("SQUEEZE", (1, 3, 1, 2), (3, 1, 2), options={"squeeze_dims": [-4]}),
        "not_one": _view("SQUEEZE", (1, 3, 1, 2), (1, 1, 2), options={"squeeze_dims": [1]}),
        "inside": _inside("SQUEEZE", (1, 5), (5,)),
        "float": _view("SQUEEZE", (1, 3), (3,), options={}, kind="FLOAT32"),
    }
    yield from (Case("SQUEEZE", name, model) for name, model in rows.items())
    rows = {
        "first": _view("EXPAND_DIMS", (3, 2), (1, 3, 2), extra=[0], extra_shape=()),
        "last": _view("EXPAND_DIMS", (3, 2), (3, 2, 1), extra=[-1]),
        "middle": _view("EXPAND_DIMS", (3, 2), (3, 1, 2), extra=[1], kind="INT16"),
        "float": _view("EXPAND_DIMS", (3, 2), (3, 1, 2), extra=[-2], kind="FLOAT32"),
        "int32": _view("EXPAND_DIMS", (3, 2), (3, 1, 2), extra=[-2], kind="INT32"),
        "wrong_axis": _view("EXPAND_DIMS", (3, 2), (3, 1, 2), extra=[0]),
        "inside": _inside("EXPAND_DIMS", (2, 5), (2, 5, 1), [2]),
    }
    yield from (Case("EXPAND_DIMS", name, model) for name, model in rows.items())


def _random_reshape(rng: random.Random) -> bytes:
    sizes = [rng.choice((1, 2, 3, 4)) for _ in range(rng.randint(1, 5))]
    result = list(sizes)
    rng.shuffle(result)
    if rng.random() < 0.5:
        result = [math.prod(result[:2]), *result[2:]]
    if rng.random() < 0.1:
        result.append(2)
    return _view("RESHAPE", sizes, result, kind=rng.choice(_KINDS), constant=rng.random() < 0.2)


def _random_squeeze(rng: random.Random) -> bytes:
    sizes = [rng.choice((1, 1, 2, 3)) for _ in range(rng.randint(1, 5))]
    axes = [axis for axis, size in enumerate(sizes) if size == 1 and rng.random() < 0.6]
    kept = [size for axis, size in enumerate(sizes) if (axis not in axes if axes else size != 1)]
    signed = [axis - len(sizes) * rng.randint(0, 1) for axis in axes]
    return _view("SQUEEZE", sizes, kept, options={"squeeze_dims": signed} if axes else {}, kind=rng.choice(_KINDS))


def _random_expand(rng: random.Random) -> bytes:
    sizes = [rng.choice((1, 2, 3)) for _ in range(rng.randint(0, 4))]
    axis = rng.randint(0, len(sizes))
    result = [*sizes[:axis], 1, *sizes[axis:]]
    signed = axis - len(result) * rng.randint(0, 1)
    return _view("EXPAND_DIMS", sizes, result, extra=[signed], kind=rng.choice(_KINDS))


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "RESHAPE": _random_reshape,
    "SQUEEZE": _random_squeeze,
    "EXPAND_DIMS": _random_expand,
}
