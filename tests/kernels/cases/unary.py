"""Elementwise functions of one tensor, L2_NORMALIZATION, ADD_N."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import constant, scale, zero_point
from tests.kernels.nodes import NodeModel, Port

TYPES: dict[str, tuple[str, ...]] = {
    "ABS": ("INT8", "INT16", "FLOAT32"),
    "RSQRT": ("INT8", "INT16", "FLOAT32"),
    "NEG": ("FLOAT32",),
    "SQUARE": ("FLOAT32",),
    "SQRT": ("FLOAT32",),
    "CEIL": ("FLOAT32",),
    "FLOOR": ("FLOAT32",),
    "ROUND": ("FLOAT32",),
    "SIN": ("FLOAT32",),
    "COS": ("FLOAT32",),
    "LOG": ("FLOAT32",),
    "EXP": ("FLOAT32",),
    "LOGICAL_NOT": ("BOOL",),
    "L2_NORMALIZATION": ("INT8", "FLOAT32"),
    "ADD_N": ("INT8", "FLOAT32"),
}
SHAPES: tuple[tuple[int, ...], ...] = ((7,), (2, 3, 4), (1, 1, 300))
SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -0.5, -1.5),  # what rounding and signs turn on
    *(1e-40, 3e38, -3e38, 88.7, -104.0, 1e6, 8388609.0, 0.7853982, 119.9),  # where algorithms change
)
ALL_INT8 = np.arange(-128, 128)


def cases() -> Iterator[Case]:
    for op, types in TYPES.items():
        for dtype in types:
            for shape in SHAPES:
                yield Case(op, f"{dtype.lower()}_{'x'.join(map(str, shape))}", model(op, dtype, shape).build())
        if "FLOAT32" in types:
            row = model(op, "FLOAT32", (len(SPECIAL),))
            values = np.abs(SPECIAL) if op in ("SQRT", "RSQRT", "LOG") else np.array(SPECIAL)
            sources = tuple(replace(port, data=values) for port in row.inputs)
            yield Case(op, "special_values", replace(row, inputs=sources).build())
    for op in ("ABS", "RSQRT"):
        for zero in (-128, 0, 127):
            for ratio in (1.0, 0.11, 17.0):
                values = ALL_INT8[zero <= ALL_INT8] if op == "RSQRT" else ALL_INT8
                source = Port((len(values),), "INT8", 0.02, zero, values)
                output = Port((len(values),), "INT8", float(np.float32(0.02) * np.float32(ratio)), -zero // 2)
                yield Case(op, f"every_value_{zero}_{ratio}", NodeModel(op, (source,), output).build())
    # Multipliers computed in single precision would round these the other way.
    exact = {
        "ABS": ((23483, 24279, 25075), 0.007969999685883522, 0.007960000075399876),
        "RSQRT": ((16137, 16138, 16139), 0.16345000267028809, 6.612000288441777e-05),
    }
    for op, (points, input_scale, output_scale) in exact.items():
        source, output = Port((3,), "INT16", input_scale, 0, points), Port((3,), "INT16", output_scale)
        yield Case(op, "double_precision", NodeModel(op, (source,), output).build())
    plain = NodeModel("ABS", (Port((3,), "INT16", data=(-32768, -5, 32767)),), Port((3,), "INT16"))
    yield Case("ABS", "int16_without_scales", plain.build())
    bare = NodeModel("ABS", (Port((3,), "INT8"),), Port((3,), "INT8"))
    yield Case("ABS", "refuses_no_scale", bare.build())
    row = model("L2_NORMALIZATION", "FLOAT32", (2, 3))
    fused = replace(row, options={"fused_activation_function": "RELU"})
    yield Case("L2_NORMALIZATION", "refuses_activation", fused.build())
    yield Case("L2_NORMALIZATION", "refuses_five_axes", model("L2_NORMALIZATION", "INT8", (1, 1, 1, 2, 3)).build())
    row = model("CEIL", "FLOAT32", (2, 3))
    yield Case("CEIL", "refuses_reshaping", replace(row, output=Port((3, 2), "FLOAT32")).build())
    row = model("ADD_N", "INT8", (2, 3))
    other = replace(row.inputs[1], scale=0.06)
    yield Case("ADD_N", "refuses_two_scales", replace(row, inputs=(row.inputs[0], other)).build())


def model(op: str, dtype: str, shape: tuple[int, ...]) -> NodeModel:
    quantised = dtype in ("INT8", "INT16")
    zero = {"RSQRT": -128}.get(op, 9) if dtype == "INT8" else 0
    source = Port(shape, dtype, 0.05 if quantised else None, zero)
    if op == "RSQRT" and dtype == "INT16":
        source = replace(source, data=np.abs(constant(random.Random(3), shape, dtype)) % 32768)
    output = Port(shape, dtype, 0.07 if quantised else None, min(-zero, 127))
    inputs = (source,) * (3 if op == "ADD_N" else 1)
    return NodeModel(op, inputs, output)


def random_model(op: str, rng: random.Random) -> NodeModel:
    dtype = rng.choice(TYPES[op])
    limit = {"L2_NORMALIZATION": 4}.get(op, 6)
    low = 1 if op == "L2_NORMALIZATION" else 0
    shape = tuple(rng.choice((1, 1, 2, 3, 5, 9)) for _ in range(rng.randint(low, limit)))
    row = model(op, dtype, shape)
    source, output = row.inputs[0], row.output
    if dtype in ("INT8", "INT16"):
        source = replace(source, scale=scale(rng), zero_point=zero_point(rng, dtype))
        ratio = rng.choice((1.0, 2.0 ** rng.uniform(-6, 6), 2.0 ** rng.uniform(-20, 20)))
        output = replace(output, scale=(source.scale or 1) * ratio, zero_point=zero_point(rng, dtype))
    if op == "RSQRT" and dtype != "FLOAT32":
        low = source.zero_point
        values = np.random.default_rng(rng.getrandbits(32)).integers(low, 128 if dtype == "INT8" else 32768, shape)
        source = replace(source, data=values)
        output = replace(output, scale=2.0 ** rng.uniform(-9, 4))
    elif dtype != "BOOL" and rng.random() < 0.3:
        values = np.asarray(constant(rng, shape, dtype))
        source = replace(source, data=np.abs(values) if op in ("SQRT", "RSQRT", "LOG") else values)
    inputs = tuple(source for _ in range(rng.randint(2, 7) if op == "ADD_N" else 1))
    if op == "ADD_N" and rng.random() < 0.5:
        inputs = (replace(source, data=None), *inputs[1:])
    return replace(row, inputs=inputs, output=output)


DRAWS: dict[str, Callable[[random.Random], NodeModel]] = {op: partial(random_model, op) for op in TYPES}
GENERATORS: dict[str, Generator] = {op: lambda rng, op=op: random_model(op, rng).build() for op in TYPES}  # type: ignore[misc]
