"""AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from tests.kernels.case import Case, Generator
from tests.kernels.draws import ACTIVATIONS, constant, scale, zero_point
from tests.kernels.nodes import NodeModel, Port

TYPES: dict[str, tuple[str, ...]] = {
    "AVERAGE_POOL_2D": ("INT8", "INT16", "FLOAT32"),
    "MAX_POOL_2D": ("INT8", "INT16", "FLOAT32"),
    "L2_POOL_2D": ("FLOAT32",),
}
Pair = tuple[int, int]
WINDOWS: dict[str, tuple[tuple[int, int, int, int], Pair, Pair, str]] = {
    "global": ((1, 5, 4, 3), (5, 4), (1, 1), "VALID"),
    "halves": ((2, 6, 8, 2), (2, 2), (2, 2), "VALID"),
    "sliding": ((1, 5, 6, 3), (3, 3), (1, 1), "SAME"),
    "strided_same": ((1, 7, 6, 2), (3, 2), (2, 3), "SAME"),
    "gaps": ((1, 9, 9, 1), (2, 1), (3, 4), "VALID"),
    "wide": ((1, 2, 3, 2), (5, 7), (1, 1), "SAME"),
    "single": ((1, 1, 1, 9), (1, 1), (1, 1), "SAME"),
}


def cases() -> Iterator[Case]:
    for op, types in TYPES.items():
        for dtype in types:
            for name, (shape, window, stride, padding) in WINDOWS.items():
                yield Case(op, f"{dtype.lower()}_{name}", pool(op, dtype, shape, window, stride, padding).build())
            for activation in ACTIVATIONS[1:]:
                row = pool(op, dtype, (1, 4, 4, 2), (2, 2), (2, 2), "SAME", activation)
                yield Case(op, f"{dtype.lower()}_{activation.lower()}", row.build())
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        row = pool(op, "INT8", (1, 4, 4, 2), (2, 2), (2, 2), "SAME")
        yield Case(op, "refuses_scale", replace(row, output=replace(row.output, scale=0.06)).build())
        yield Case(op, "refuses_zero_point", replace(row, output=replace(row.output, zero_point=4)).build())
        close = replace(row, output=replace(row.output, scale=0.0500009))
        yield Case(op, "close_scales", close.build())


def pool(
    op: str,
    dtype: str,
    shape: tuple[int, int, int, int],
    window: Pair,
    stride: Pair,
    padding: str,
    activation: str = "NONE",
) -> NodeModel:
    """Windows and strides are (height, width)."""
    quantised = dtype != "FLOAT32"
    source = Port(shape, dtype, 0.05 if quantised else None, 3 if dtype == "INT8" else 0)
    sizes = [
        -(-size // step) if padding == "SAME" else (size - span) // step + 1
        for size, span, step in zip(shape[1:3], window, stride, strict=True)
    ]
    options = {
        "padding": padding,
        "stride_h": stride[0],
        "stride_w": stride[1],
        "filter_height": window[0],
        "filter_width": window[1],
        "fused_activation_function": activation,
    }
    return NodeModel(op, (source,), replace(source, shape=(shape[0], *sizes, shape[3])), options)


def random_model(op: str, rng: random.Random) -> NodeModel:
    dtype = rng.choice(TYPES[op])
    shape = (rng.choice((1, 1, 2, 3)), rng.randint(1, 9), rng.randint(1, 9), rng.choice((1, 2, 3, 4, 5, 8, 17)))
    padding = rng.choice(("SAME", "VALID"))
    limit = (shape[1], shape[2]) if padding == "VALID" else (11, 11)
    window = (rng.randint(1, limit[0]), rng.randint(1, limit[1]))
    stride = (rng.randint(1, 4), rng.randint(1, 4))
    row = pool(op, dtype, shape, window, stride, padding, rng.choice(ACTIVATIONS))
    source, output = row.inputs[0], row.output
    if dtype != "FLOAT32":
        source = replace(source, scale=scale(rng), zero_point=zero_point(rng, dtype))
        output = replace(output, scale=source.scale, zero_point=source.zero_point)
    if rng.random() < 0.2:
        source = replace(source, data=constant(rng, shape, dtype))
    return replace(row, inputs=(source,), output=output)


DRAWS: dict[str, Callable[[random.Random], NodeModel]] = {op: partial(random_model, op) for op in TYPES}
GENERATORS: dict[str, Generator] = {op: lambda rng, op=op: random_model(op, rng).build() for op in TYPES}  # type: ignore[misc]
