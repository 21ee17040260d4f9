"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_ALL, CUMSUM, ARG_MAX, ARG_MIN."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from tests.kernels.case import Case, Generator
from tests.kernels.draws import constant, scale, zero_point
from tests.kernels.nodes import NodeModel, Port

TYPES: dict[str, tuple[str, ...]] = {
    "MEAN": ("INT8", "INT16", "FLOAT32"),
    "SUM": ("INT8", "INT16", "FLOAT32"),
    "REDUCE_MAX": ("INT8", "FLOAT32"),
    "REDUCE_MIN": ("INT8", "FLOAT32"),
    "REDUCE_ALL": ("BOOL",),
    "CUMSUM": ("INT8", "FLOAT32"),
    "ARG_MAX": ("INT8", "FLOAT32"),
    "ARG_MIN": ("INT8", "FLOAT32"),
}
REDUCTIONS = ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ALL")
AXES: dict[str, tuple[tuple[int, ...], tuple[int, ...], bool]] = {
    "image": ((2, 4, 5, 3), (1, 2), True),
    "image_dropped": ((2, 4, 5, 3), (2, 1), False),
    "channels": ((2, 3, 4), (-1,), False),
    "first": ((4, 3), (0,), True),
    "alternate": ((2, 3, 2, 3, 2), (0, 2, 4), False),
    "others": ((2, 3, 2, 3, 2), (1, -2), True),
    "all": ((3, 4), (0, 1), False),
    "none": ((3, 4), (), False),
    "twice": ((3, 4), (1, 1, -1), False),
    "scalar": ((), (), False),
    "ones": ((1, 3, 1, 2), (0, 2), True),
    "seven_axes": ((2, 1, 2, 3, 1, 2, 2), (1, 3, 6), False),
    "out_of_range_refused": ((3, 4), (2,), False),
}


def cases() -> Iterator[Case]:
    for op in REDUCTIONS:
        for dtype in TYPES[op]:
            for name, (shape, axes, keep) in AXES.items():
                if name == "out_of_range_refused" and op in ("MEAN", "SUM") and dtype != "FLOAT32":
                    continue  # TFLite Micro runs on with what it finds in memory
                yield Case(op, f"{dtype.lower()}_{name}", reduction(op, dtype, shape, axes, keep).build())
    for op in ("MEAN", "SUM"):
        for low, high, ratio in ((-128, 127, 30.0), (127, -128, 0.01)):
            row = reduction(op, "INT8", (2, 3, 5), (1,), False)
            source = replace(row.inputs[0], zero_point=low, scale=0.2)
            output = replace(row.output, zero_point=high, scale=0.2 * ratio)
            yield Case(op, f"rails_{low}", replace(row, inputs=(source, row.inputs[1]), output=output).build())
    row = reduction("REDUCE_MAX", "INT8", (2, 3), (1,), False)
    yield Case("REDUCE_MAX", "refuses_rescaling", replace(row, output=replace(row.output, scale=0.7)).build())
    for dtype in TYPES["CUMSUM"]:
        for axis in (0, 1, -1):
            for exclusive in (False, True):
                for reverse in (False, True):
                    name = f"{dtype.lower()}_axis{axis}_{exclusive}_{reverse}".lower()
                    yield Case("CUMSUM", name, cumsum(dtype, (3, 20, 4), axis, exclusive, reverse).build())
    yield Case("CUMSUM", "refuses_axis", cumsum("INT8", (3, 4), 2, False, False).build())
    for op in ("ARG_MAX", "ARG_MIN"):
        for dtype in TYPES[op]:
            for shape, axis in (((7,), 0), ((2, 5), -1), ((2, 5, 3), 1), ((4, 1, 2), 0), ((2, 1), 1)):
                name = f"{dtype.lower()}_{'x'.join(map(str, shape))}_axis{axis}"
                yield Case(op, name, arg(op, dtype, shape, axis).build())


def reduced(shape: Sequence[int], axes: Sequence[int], keep: bool) -> tuple[int, ...]:
    gone = {axis % len(shape) for axis in axes} if shape else set()
    sizes = [1 if axis in gone else size for axis, size in enumerate(shape)]
    return tuple(size for axis, size in enumerate(sizes) if keep or axis not in gone)


def reduction(op: str, dtype: str, shape: tuple[int, ...], axes: tuple[int, ...], keep: bool) -> NodeModel:
    quantised = dtype in ("INT8", "INT16")
    zero = -7 if dtype == "INT8" else 0
    source = Port(shape, dtype, 0.05 if quantised else None, zero)
    output = replace(source, shape=reduced(shape, axes, keep))
    if op in ("MEAN", "SUM") and quantised:
        output = replace(output, scale=0.031, zero_point=zero and 9)
    return NodeModel(op, (source, Port((len(axes),), "INT32", data=axes)), output, {"keep_dims": keep})


def cumsum(dtype: str, shape: tuple[int, ...], axis: int, exclusive: bool, reverse: bool) -> NodeModel:
    quantised = dtype == "INT8"
    source = Port(shape, dtype, 0.05 if quantised else None, 11 if quantised else 0)
    output = replace(source, scale=0.6 if quantised else None, zero_point=-3 if quantised else 0)
    options = {"exclusive": exclusive, "reverse": reverse}
    return NodeModel("CUMSUM", (source, Port((), "INT32", data=axis)), output, options)


def arg(op: str, dtype: str, shape: tuple[int, ...], axis: int) -> NodeModel:
    source = Port(shape, dtype, 0.05 if dtype == "INT8" else None)
    output = Port(reduced(shape, (axis,), False), "INT32")
    return NodeModel(op, (source, Port((), "INT32", data=axis)), output, {"output_type": "INT32"})


def random_model(op: str, rng: random.Random) -> NodeModel:
    dtype = rng.choice(TYPES[op])
    low = 0 if op in REDUCTIONS else 1
    high = 8 if op in REDUCTIONS else 6
    shape = tuple(rng.choice((1, 1, 2, 3, 4, 5, 9)) for _ in range(rng.randint(low, high) // rng.choice((1, 2)) or low))
    quantised = dtype in ("INT8", "INT16")
    if op in REDUCTIONS:
        count = rng.randint(0, len(shape))
        axes = tuple(rng.randrange(-len(shape), len(shape)) for _ in range(min(count, 4)))
        row = reduction(op, dtype, shape, axes, rng.random() < 0.5)
    elif op == "CUMSUM":
        axis = rng.randrange(-len(shape), len(shape))
        row = cumsum(dtype, shape, axis, rng.random() < 0.5, rng.random() < 0.5)
    else:
        row = arg(op, dtype, shape, rng.randrange(-len(shape), len(shape)))
    source, output = row.inputs[0], row.output
    if quantised:
        source = replace(source, scale=scale(rng), zero_point=zero_point(rng, dtype))
        if op in ("MEAN", "SUM", "CUMSUM"):
            ratio = 2.0 ** (rng.uniform(-9, 9) if rng.random() < 0.8 else rng.uniform(-28, 27))
            output = replace(output, scale=(source.scale or 1) * ratio, zero_point=zero_point(rng, dtype))
        elif op in REDUCTIONS:
            output = replace(output, scale=source.scale, zero_point=source.zero_point)
    if rng.random() < 0.2 and dtype != "BOOL":
        source = replace(source, data=constant(rng, shape, dtype))
    return replace(row, inputs=(source, row.inputs[1]), output=output)


DRAWS: dict[str, Callable[[random.Random], NodeModel]] = {op: partial(random_model, op) for op in TYPES}
GENERATORS: dict[str, Generator] = {op: lambda rng, op=op: random_model(op, rng).build() for op in TYPES}  # type: ignore[misc]
