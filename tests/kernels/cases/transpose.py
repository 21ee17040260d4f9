"""TRANSPOSE, SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

from tests.kernels.case import Case
from tests.kernels.single import T, ints, single

_KINDS = ("INT8", "INT16", "FLOAT32")


def _transpose(shape: Sequence[int], order: Sequence[int], kind: str = "INT8", *, run_time: bool = False) -> bytes:
    axes = T((len(order),), "INT32") if run_time else ints(*order)
    return single("TRANSPOSE", [T(shape, kind), axes], [T([shape[axis] for axis in order], kind)])


def _depth(op: str, shape: Sequence[int], block: int, kind: str = "INT8") -> bytes:
    n, h, w, c = shape
    deep = (n, h // block, w // block, c * block * block)
    ends = (shape, deep) if op == "SPACE_TO_DEPTH" else (deep, shape)
    return single(op, [T(ends[0], kind)], [T(ends[1], kind)], {"block_size": block})


def _batch(
    op: str,
    shape: Sequence[int],
    blocks: Sequence[int],
    edges: Sequence[tuple[int, int]],
    kind: str = "INT8",
    zero_point: int = 0,
) -> bytes:
    """`shape` is that of the space side; `edges` are the paddings or crops."""
    area = 1
    for block in blocks:
        area *= block
    cut = [(size + sum(edge)) // block for size, edge, block in zip(shape[1:], edges, blocks, strict=False)]
    many = (shape[0] * area, *cut, shape[-1])
    scale = 0.5 if kind == "INT8" else None
    ends = [T(s, kind, None, scale, zero_point) for s in (shape, many)]
    flat = [number for edge in edges for number in edge]
    numbers = T((len(edges), 2), "INT32", flat)
    source, result = ends if op == "SPACE_TO_BATCH_ND" else ends[::-1]
    return single(op, [source, ints(*blocks), numbers], [result])


def cases() -> Iterator[Case]:
    rows = {}
    for order in itertools.permutations(range(3)):
        rows["order_" + "".join(map(str, order))] = _transpose((2, 3, 4), order)
    rows |= {kind.lower(): _transpose((3, 5), (1, 0), kind) for kind in (*_KINDS, "INT32")}
    rows |= {
        "to_nchw": _transpose((2, 3, 4, 5), (0, 3, 1, 2)),
        "to_nhwc": _transpose((2, 5, 3, 4), (0, 2, 3, 1), "INT16"),
        "rank_5": _transpose((2, 3, 2, 3, 2), (4, 2, 0, 3, 1)),
        "rank_6": _transpose((1, 2, 1, 2, 1, 2), (5, 4, 3, 2, 1, 0)),
        "ones": _transpose((1, 4, 1, 5), (2, 1, 0, 3)),
        "rank_1": _transpose((5,), (0,)),
        "run_time": _transpose((3, 5), (1, 0), run_time=True),
    }
    yield from (Case("TRANSPOSE", name, model) for name, model in rows.items())
    for op in ("SPACE_TO_DEPTH", "DEPTH_TO_SPACE"):
        yield Case(op, "block_2", _depth(op, (2, 4, 6, 3), 2))
        yield Case(op, "block_3", _depth(op, (1, 3, 6, 1), 3))
        yield Case(op, "block_1", _depth(op, (1, 3, 4, 2), 1))
        yield Case(op, "float", _depth(op, (1, 4, 4, 2), 2, "FLOAT32"))
        yield Case(op, "int16", _depth(op, (1, 4, 4, 2), 2, "INT16"))
        yield Case(op, "remainder", single(op, [T((1, 2, 2, 4))], [T((1, 2, 2, 4))], {"block_size": 3}))
    for op in ("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"):
        rows = {
            "plain": _batch(op, (2, 4, 6, 3), (2, 3), ((0, 0), (0, 0))),
            "edges": _batch(op, (1, 5, 5, 2), (2, 2), ((1, 0), (0, 1))),
            "all_edges": _batch(op, (1, 4, 3, 2), (3, 2), ((1, 1), (2, 1))),
            "zero_point": _batch(op, (1, 5, 5, 2), (2, 2), ((1, 0), (0, 1)), zero_point=-7),
            "rank_3": _batch(op, (2, 5, 3), (2,), ((1, 2),)),
            "float": _batch(op, (1, 3, 4, 2), (2, 2), ((1, 0), (0, 0)), "FLOAT32"),
            "int16": _batch(op, (1, 4, 4, 2), (2, 2), ((0, 0), (0, 0)), "INT16"),
            "one_pixel": _batch(op, (1, 1, 1, 1), (2, 2), ((0, 1), (1, 0))),
            "block_1": _batch(op, (2, 3, 4, 1), (1, 1), ((0, 0), (0, 0))),
        }
        if op == "SPACE_TO_BATCH_ND":
            # TFLite Micro fills paddings with whatever is in memory.
            rows = {name: model for name, model in rows.items() if name in ("plain", "int16", "block_1")}
            rows["rank_3"] = _batch(op, (2, 6, 3), (2,), ((0, 0),))
            rows["float"] = _batch(op, (1, 2, 4, 2), (2, 2), ((0, 0), (0, 0)), "FLOAT32")
        yield from (Case(op, name, model) for name, model in rows.items())


def _random_transpose(rng: random.Random) -> bytes:
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1, 5))]
    order = list(range(len(shape)))
    rng.shuffle(order)
    return _transpose(shape, order, rng.choice(_KINDS))


def _depth_generator(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        block = rng.randint(1, 4)
        shape = (rng.randint(1, 2), block * rng.randint(1, 3), block * rng.randint(1, 3), rng.randint(1, 5))
        return _depth(op, shape, block, rng.choice(("INT8", "FLOAT32")))

    return make


def _batch_generator(op: str) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        dimensions = rng.randint(1, 2)
        blocks, edges, sizes = [], [], []
        for _ in range(dimensions):
            block, size, low = rng.randint(1, 3), rng.randint(1, 6), rng.randint(0, 3)
            if op == "SPACE_TO_BATCH_ND":
                size, low = size * block, 0
            blocks.append(block)
            sizes.append(size)
            more = block * rng.randint(0, 1) if op == "BATCH_TO_SPACE_ND" else 0
            edges.append((low, -(size + low) % block + more))
        shape = (rng.randint(1, 2), *sizes, rng.randint(1, 4))
        return _batch(op, shape, blocks, edges, rng.choice(("INT8", "FLOAT32")))

    return make


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "TRANSPOSE": _random_transpose,
    "SPACE_TO_DEPTH": _depth_generator("SPACE_TO_DEPTH"),
    "DEPTH_TO_SPACE": _depth_generator("DEPTH_TO_SPACE"),
    "SPACE_TO_BATCH_ND": _batch_generator("SPACE_TO_BATCH_ND"),
    "BATCH_TO_SPACE_ND": _batch_generator("BATCH_TO_SPACE_ND"),
}
