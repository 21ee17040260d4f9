"""BATCH_MATMUL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.kernels.case import Case, Generator
from tests.kernels.draws import constant, scale, zero_point
from tests.model_builder import ModelBuilder


@dataclass(frozen=True)
class BatchMatMul:
    """`lhs` and `rhs` are the batch axes; the matrices are rows x depth and depth x columns before adj_x, adj_y."""

    lhs: tuple[int, ...] = ()
    rhs: tuple[int, ...] = ()
    rows: int = 3
    depth: int = 5
    columns: int = 4
    adj_x: bool = False
    adj_y: bool = False
    dtype: str = "INT8"
    constant_lhs: bool = False
    constant_rhs: bool = False
    scales: tuple[float, float, float] = (0.05, 0.03, 0.06)
    zero_points: tuple[int, int, int] = (3, -7, 5)
    seed: int = 1

    def build(self) -> bytes:
        rng = random.Random(self.seed)
        shapes = (
            (*self.lhs, *((self.depth, self.rows) if self.adj_x else (self.rows, self.depth))),
            (*self.rhs, *((self.columns, self.depth) if self.adj_y else (self.depth, self.columns))),
            (*np.broadcast_shapes(self.lhs, self.rhs), self.rows, self.columns),
        )
        builder = ModelBuilder()
        tensors = [
            builder.tensor(
                name,
                shape,
                self.dtype,
                scale=None if self.dtype == "FLOAT32" else tensor_scale,
                zero_point=tensor_zero_point if self.dtype == "INT8" else 0,
                data=constant(rng, shape, self.dtype) if is_constant else None,
            )
            for name, shape, tensor_scale, tensor_zero_point, is_constant in zip(
                "xwy", shapes, self.scales, self.zero_points, (self.constant_lhs, self.constant_rhs, False), strict=True
            )
        ]
        builder.node("BATCH_MATMUL", tensors[:2], tensors[2:], {"adj_x": self.adj_x, "adj_y": self.adj_y})
        ports = [t for t, fixed in zip(tensors, (self.constant_lhs, self.constant_rhs), strict=False) if not fixed]
        return builder.inputs(*ports).outputs(tensors[2]).build()


_ROWS: dict[str, BatchMatMul] = {
    "matrices": BatchMatMul(),
    "adj x": BatchMatMul(adj_x=True),
    "adj y": BatchMatMul(adj_y=True),
    "adj both": BatchMatMul(adj_x=True, adj_y=True, lhs=(2,), rhs=(2,)),
    "batches": BatchMatMul(lhs=(2, 3), rhs=(2, 3)),
    "one rhs": BatchMatMul(lhs=(2, 3)),
    "one rhs, adj x": BatchMatMul(lhs=(2, 3), rhs=(1,), adj_x=True),
    "one lhs": BatchMatMul(lhs=(1,), rhs=(3,)),
    "broadcast both ways": BatchMatMul(lhs=(2, 1, 3), rhs=(4, 1)),
    "rank 5": BatchMatMul(lhs=(2, 1, 2), rhs=(1, 2, 2), adj_y=True),
    "constant rhs": BatchMatMul(lhs=(2,), constant_rhs=True),
    "constant lhs": BatchMatMul(lhs=(2,), rhs=(2,), constant_lhs=True, adj_x=True),
    "rails": BatchMatMul(zero_points=(-128, 127, -128)),
    "left shift": BatchMatMul(scales=(2.0, 3.0, 0.06)),
    "int16": BatchMatMul(dtype="INT16", lhs=(2,), rhs=(2,), scales=(0.05, 0.03, 9.0)),
    "int16 adj": BatchMatMul(dtype="INT16", adj_x=True, adj_y=True, scales=(0.05, 0.03, 9.0)),
    "float": BatchMatMul(dtype="FLOAT32", lhs=(2,), rhs=(1,)),
    "float adj": BatchMatMul(dtype="FLOAT32", adj_x=True, adj_y=True, constant_rhs=True),
}


def cases() -> Iterator[Case]:
    for name, row in _ROWS.items():
        yield Case("BATCH_MATMUL", name, row.build())


def _make(rng: random.Random) -> bytes:
    dtype = rng.choice(("INT8", "INT8", "INT16", "FLOAT32"))
    axes = [rng.choice(((1, 1), (2, 2), (3, 3), (1, 2), (3, 1))) for _ in range(rng.randint(0, 3))]
    constant_lhs, constant_rhs = rng.choice(((False, False), (False, False), (False, True), (True, False)))
    first, second = scale(rng), scale(rng)
    return BatchMatMul(
        lhs=tuple(a for a, _ in axes)[rng.choice((0, 0, 1)) :],
        rhs=tuple(b for _, b in axes)[rng.choice((0, 0, 1)) :],
        rows=rng.randint(1, 6),
        depth=rng.randint(1, 20),
        columns=rng.randint(1, 6),
        adj_x=rng.random() < 0.5,
        adj_y=rng.random() < 0.5,
        dtype=dtype,
        constant_lhs=constant_lhs,
        constant_rhs=constant_rhs,
        scales=(first, second, float(np.float32(first * second * 2.0 ** rng.uniform(-3, 14)))),
        zero_points=(zero_point(rng, dtype), zero_point(rng, dtype), zero_point(rng, dtype)),
        seed=rng.getrandbits(31),
    ).build()


GENERATORS: dict[str, Generator] = {"BATCH_MATMUL": _make}
