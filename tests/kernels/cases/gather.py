"""GATHER, GATHER_ND, EMBEDDING_LOOKUP."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, single


def _gather(
    shape: Sequence[int],
    indices: Sequence[int],
    axis: int = 0,
    batch_dims: int = 0,
    kind: str = "INT8",
    *,
    data: Sequence[int] | None = None,
    index: str = "INT32",
) -> bytes:
    at = axis + len(shape) if axis < 0 else axis
    batches = batch_dims + len(indices) if batch_dims < 0 else batch_dims
    result = (*shape[:at], *indices[batches:], *shape[at + 1 :])
    inputs = [T(shape, kind), T(indices, index, data)]
    return single("GATHER", inputs, [T(result, kind)], {"axis": axis, "batch_dims": batch_dims})


def _gather_nd(
    shape: Sequence[int],
    indices: Sequence[int],
    kind: str = "INT8",
    *,
    data: Sequence[int] | None = None,
) -> bytes:
    result = (*indices[:-1], *shape[indices[-1] :])
    return single("GATHER_ND", [T(shape, kind), T(indices, "INT32", data)], [T(result, kind)])


def _embedding(
    shape: Sequence[int],
    count: int,
    kind: str = "INT8",
    result: str = "INT8",
    *,
    zero_point: int = 0,
    data: Sequence[int] | None = None,
) -> bytes:
    values = T(shape, kind, None, 0.37 if kind == "INT8" else None, zero_point)
    output = T((count, *shape[1:]), result, None, 0.37 if result == "INT8" else None, zero_point)
    return single("EMBEDDING_LOOKUP", [T((count,), "INT32", data), values], [output])


def cases() -> Iterator[Case]:
    rows = {
        "rows": _gather((4, 5), (3,)),
        "columns": _gather((4, 5), (3,), axis=1),
        "last": _gather((4, 5, 2), (2, 2), axis=-1),
        "float": _gather((4, 5), (2, 3), axis=0, kind="FLOAT32"),
        "scalar_index": _gather((4, 5), (), axis=0),
        "batches": _gather((2, 4, 3), (2, 3), axis=1, batch_dims=1),
        "batches_outer": _gather((2, 3, 4, 2), (2, 3), axis=2, batch_dims=1),
        "negative_batches": _gather((2, 4, 3), (2, 3), axis=1, batch_dims=-1),
        "constant": _gather((4, 5), (3,), data=(3, 0, 2)),
        "int16": _gather((4, 5), (3,), kind="INT16"),
        "int64_indices": _gather((4, 5), (3,), index="INT64"),
    }
    yield from (Case("GATHER", name, model) for name, model in rows.items())
    rows = {
        "elements": _gather_nd((4, 5), (3, 2)),
        "rows": _gather_nd((4, 5), (3, 1)),
        "batches": _gather_nd((4, 5, 2), (2, 3, 2)),
        "float": _gather_nd((4, 5), (3, 1), "FLOAT32"),
        "one_index": _gather_nd((4, 5), (2,)),
        "constant": _gather_nd((4, 5), (2, 2), data=(3, 4, 0, 1)),
        "out_of_range": _gather_nd((2, 2), (1, 2), data=(2, 0)),
        "depth_5": _gather_nd((2, 2, 2, 2, 2), (2, 5)),
        "depth_6": _gather_nd((2, 2, 2, 2, 2, 2), (2, 6)),
        "int32": _gather_nd((4, 5), (3, 2), "INT32"),
    }
    yield from (Case("GATHER_ND", name, model) for name, model in rows.items())
    rows = {
        "int8": _embedding((4, 6), 3),
        "float": _embedding((4, 6), 3, "FLOAT32", "FLOAT32"),
        "hybrid": _embedding((4, 6), 3, "INT8", "FLOAT32"),
        "hybrid_zero_point": _embedding((4, 6), 3, "INT8", "FLOAT32", zero_point=2),
        "rank_3": _embedding((4, 2, 3), 5, "INT8", "FLOAT32"),
        "constant": _embedding((4, 6), 2, data=(3, 1)),
        "out_of_range": _embedding((4, 6), 2, data=(4, 1)),
        "int16": _embedding((4, 6), 3, "INT16", "INT16"),
    }
    yield from (Case("EMBEDDING_LOOKUP", name, model) for name, model in rows.items())


def _random_gather(rng: random.Random) -> bytes:
    shape = [rng.randint(2, 5) for _ in range(rng.randint(1, 4))]
    axis = rng.randrange(len(shape))
    batches = rng.randint(0, axis)
    indices = [*shape[:batches], *(rng.randint(1, 4) for _ in range(rng.randint(0, 2)))]
    return _gather(shape, indices, axis - len(shape) * rng.randint(0, 1), batches, rng.choice(("INT8", "FLOAT32")))


def _random_gather_nd(rng: random.Random) -> bytes:
    shape = [rng.randint(2, 5) for _ in range(rng.randint(1, 5))]
    indices = [*(rng.randint(1, 4) for _ in range(rng.randint(0, 2))), rng.randint(1, len(shape))]
    return _gather_nd(shape, indices, rng.choice(("INT8", "FLOAT32")))


def _random_embedding(rng: random.Random) -> bytes:
    kind, result = rng.choice((("INT8", "INT8"), ("FLOAT32", "FLOAT32"), ("INT8", "FLOAT32")))
    shape = [rng.randint(2, 5), *(rng.randint(1, 5) for _ in range(rng.randint(1, 3)))]
    return _embedding(shape, rng.randint(1, 5), kind, result)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "GATHER": _random_gather,
    "GATHER_ND": _random_gather_nd,
    "EMBEDDING_LOOKUP": _random_embedding,
}
