"""Elementwise operators of two inputs, broadcast against each other, and SELECT_V2."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.kernels.case import Case, Generator
from tests.kernels.draws import ACTIVATIONS, constant, scale, zero_point
from tests.kernels.nodes import NodeModel, Port

FUSED = ("ADD", "SUB", "MUL", "DIV")
COMPARISONS = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")
TYPES: dict[str, tuple[str, ...]] = {
    "ADD": ("INT8", "INT16", "INT32", "FLOAT32"),
    "SUB": ("INT8", "INT16", "INT32", "FLOAT32"),
    "MUL": ("INT8", "INT16", "INT32", "FLOAT32"),
    "DIV": ("INT8", "INT32", "FLOAT32"),
    "SQUARED_DIFFERENCE": ("INT8", "INT16", "INT32", "FLOAT32"),
    "FLOOR_DIV": ("FLOAT32",),
    "FLOOR_MOD": ("FLOAT32",),
    "MAXIMUM": ("INT8", "INT16", "INT32", "INT64", "FLOAT32"),
    "MINIMUM": ("INT8", "INT16", "INT32", "INT64", "FLOAT32"),
    "EQUAL": ("INT8", "INT32", "INT64", "FLOAT32", "BOOL"),
    "NOT_EQUAL": ("INT8", "INT32", "INT64", "FLOAT32", "BOOL"),
    "GREATER": ("INT8", "INT32", "INT64", "FLOAT32"),
    "GREATER_EQUAL": ("INT8", "INT32", "INT64", "FLOAT32"),
    "LESS": ("INT8", "INT32", "INT64", "FLOAT32"),
    "LESS_EQUAL": ("INT8", "INT32", "INT64", "FLOAT32"),
    "LOGICAL_AND": ("BOOL",),
    "LOGICAL_OR": ("BOOL",),
    "SELECT_V2": ("INT8", "INT16", "FLOAT32"),
}
QUANTISED = ("INT8", "INT16")
Shapes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
SHAPES: dict[str, Shapes] = {
    "same": ((2, 3, 5), (2, 3, 5), (2, 3, 5)),
    "right_scalar": ((2, 7), (), (2, 7)),
    "left_one": ((1,), (3, 5), (3, 5)),
    "channels": ((2, 3, 4), (4,), (2, 3, 4)),
    "rows": ((2, 3, 4), (2, 1, 4), (2, 3, 4)),
    "both": ((3, 1, 5), (1, 4, 1), (3, 4, 5)),
    "six_axes": ((2, 1, 3, 1, 2, 1), (1, 2, 1, 3, 1, 2), (2, 2, 3, 3, 2, 2)),
    "scalars": ((), (), ()),
    "empty": ((0, 3), (1, 3), (0, 3)),
    "leading_ones": ((1, 1, 6), (6,), (1, 1, 6)),
}


def cases() -> Iterator[Case]:
    for op, types in TYPES.items():
        for dtype in types:
            names = list(SHAPES) if dtype == types[0] else ["same", "both"]
            for name in names:
                yield Case(op, f"{dtype.lower()}_{name}", model(op, dtype, *SHAPES[name]).build())
        if op in FUSED:
            for activation in ACTIVATIONS[1:]:
                for dtype in types:
                    row = model(op, dtype, *SHAPES["channels"], activation=activation)
                    yield Case(op, f"{dtype.lower()}_{activation.lower()}", row.build())
    for op in ("ADD", "SUB", "SQUARED_DIFFERENCE", "MUL", *COMPARISONS):
        for low, high in ((-128, 127), (127, -128)):
            row = model(op, "INT8", *SHAPES["same"])
            left, right = row.inputs
            left, right = replace(left, zero_point=low, scale=0.9), replace(right, zero_point=high, scale=0.0031)
            yield Case(op, f"rails_{low}", replace(row, inputs=(left, right)).build())
    for op in ("ADD", "SUB", "SQUARED_DIFFERENCE"):
        row = model(op, "INT8", *SHAPES["same"])
        yield Case(op, "refuses_tiny_output", replace(row, output=replace(row.output, scale=1e-9)).build())
    # Multipliers computed in single precision would round these the other way.
    ports = [Port((1,), "INT16", 0.0009693715837784111, 0), Port((1,), "INT16", 8.709842404641677e-06, 0, [-22776])]
    result = Port((1,), "INT16", 0.0005941494018770754)
    yield Case("SUB", "double_precision", NodeModel("SUB", (replace(ports[0], data=[13785]), ports[1]), result).build())
    ports = [Port((1,), "INT8", 4.305983384256251e-05, 0, [3]), Port((1,), "INT8", 0.004699999932199717, 0, [5])]
    quotient = Port((1,), "INT8", 4.600000102072954e-05)
    yield Case("DIV", "double_precision", NodeModel("DIV", tuple(ports), quotient).build())
    row = model("ADD", "INT8", *SHAPES["same"])
    yield Case("ADD", "refuses_no_scale", replace(row, output=replace(row.output, scale=None)).build())
    row = model("MUL", "INT16", *SHAPES["same"])
    yield Case("MUL", "refuses_zero_point", replace(row, output=replace(row.output, zero_point=1)).build())


def model(
    op: str,
    dtype: str,
    left: tuple[int, ...],
    right: tuple[int, ...],
    output: tuple[int, ...],
    *,
    activation: str = "NONE",
) -> NodeModel:
    """A plain row; what is divided by is constant and not zero."""
    quantised = dtype in QUANTISED
    zero = 5 if dtype == "INT8" else 0
    draws = np.random.default_rng(7)
    first = Port(left, dtype, 0.05 if quantised else None, zero)
    second = Port(right, dtype, 0.03 if quantised else None, -zero)
    result = Port(output, "BOOL" if _is_logical(op) else dtype, 0.06 if quantised else None, zero)
    if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
        first, second, result = _divisible(draws, first, second, result)
    elif dtype in ("INT32", "INT64"):
        first = replace(first, data=draws.integers(-(2**31), 2**31, left))
        if op not in FUSED:
            second = replace(second, data=draws.integers(-5, 5, right))
    options: dict[str, Any] = {"fused_activation_function": activation} if op in FUSED else {}
    inputs: tuple[Port, ...] = (first, second)
    if op == "SELECT_V2":
        inputs = (Port(output, "BOOL"), first, second)
    return NodeModel(op, inputs, result, options)


def random_model(op: str, rng: random.Random) -> NodeModel:
    """Random types, shapes, scales, zero points and constants; now and then what TFLite Micro refuses."""
    dtype = rng.choice(TYPES[op])
    quantised = dtype in QUANTISED
    shapes = random_shapes(rng, 3 if op == "SELECT_V2" else 2)
    ports = []
    for shape in shapes:
        port = Port(shape, dtype, scale(rng) if quantised else None, zero_point(rng, dtype) if quantised else 0)
        constant_odds = 0.6 if dtype in ("INT32", "INT64") else 0.2
        if rng.random() < constant_odds and 0 not in shape:
            port = replace(port, data=_values(rng, shape, dtype))
        ports.append(port)
    result = ports.pop()
    result = replace(result, data=None, dtype="BOOL" if _is_logical(op) else dtype)
    if op in ("MUL", "SQUARED_DIFFERENCE") and quantised:
        product = (ports[0].scale or 1) * (ports[1].scale or 1)
        result = replace(result, scale=product * 2.0 ** rng.uniform(-12, 12))
    if op in ("ADD", "SUB") and dtype == "INT16":
        ports = [replace(port, zero_point=rng.choice((0, 0, 12, -300))) for port in ports]
    if op in COMPARISONS and rng.random() < 0.3:
        ports[1] = replace(ports[1], scale=ports[0].scale, zero_point=ports[0].zero_point)
    if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
        draws = np.random.default_rng(rng.getrandbits(32))
        ports[0], ports[1], result = _divisible(draws, ports[0], ports[1], result)
    if op == "SELECT_V2":
        ports[0] = Port(ports[0].shape, "BOOL")
    options = {"fused_activation_function": rng.choice(ACTIVATIONS)} if op in FUSED else {}
    return NodeModel(op, tuple(ports), result, options)


def random_shapes(rng: random.Random, inputs: int) -> list[tuple[int, ...]]:
    """Shapes of `inputs` inputs and of the output to which they broadcast."""
    rank = rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6))
    output = [rng.choice((1, 1, 2, 3, 4, 5, 7)) for _ in range(rank)]
    if rank and rng.random() < 0.04:
        output[rng.randrange(rank)] = 0
    if rng.random() < 0.35:
        return [tuple(output)] * (inputs + 1)
    shapes = [[size if rng.random() < 0.6 else 1 for size in output] for _ in range(inputs)]
    for axis, size in enumerate(output):  # some input has the output's size
        if all(shape[axis] == 1 for shape in shapes):
            shapes[rng.randrange(inputs)][axis] = size
    full = rng.randrange(inputs)
    for position, shape in enumerate(shapes):
        while position != full and shape and shape[0] == 1 and rng.random() < 0.7:
            del shape[0]
    return [*(tuple(shape) for shape in shapes), tuple(output)]


def _is_logical(op: str) -> bool:
    return op in COMPARISONS or op.startswith("LOGICAL")


def _values(rng: random.Random, shape: tuple[int, ...], dtype: str) -> NDArray[np.generic]:
    draws = np.random.default_rng(rng.getrandbits(32))
    if dtype == "BOOL":
        return np.asarray(draws.integers(0, 2, shape))
    if dtype in ("INT32", "INT64"):
        limit = rng.choice((2**31, 70000, 5))
        return np.asarray(draws.integers(-limit, limit, shape))
    return constant(rng, shape, dtype)


def _divisible(draws: np.random.Generator, first: Port, second: Port, result: Port) -> tuple[Port, Port, Port]:
    """Quotients that TFLite Micro defines: no divisor is zero; for int8, no shift is of more than 31 bits."""
    if first.dtype != "INT8":
        values = draws.integers(1, 9, second.shape) * draws.choice([-1, 1, 100], second.shape)
        values = values * (0.37 if first.dtype == "FLOAT32" else 1)
        return first, replace(second, data=values), result
    second = replace(second, zero_point=0, data=draws.choice([-2, -1, 1, 3, 7, 15], second.shape))
    # The quotient's multiplier is between 2^11 and 2^22.
    ratio = 2.0 ** draws.uniform(11, 22)
    return first, second, replace(result, scale=float((first.scale or 1) / (second.scale or 1) / ratio))


def _generator(op: str) -> Callable[[random.Random], bytes]:
    return lambda rng: random_model(op, rng).build()


DRAWS: dict[str, Callable[[random.Random], NodeModel]] = {op: partial(random_model, op) for op in TYPES}
GENERATORS: dict[str, Generator] = {op: _generator(op) for op in TYPES}
