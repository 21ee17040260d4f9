"""VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: streams that remember, in every type and across subgraphs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.kernels.case import Case
from tests.kernels.cases.control_flow import once
from tests.model_builder import ModelBuilder

_NAMES = ("first", "second", "third")


def _handle(builder: ModelBuilder, name: str) -> int:
    handle = builder.tensor(f"handle_{name}", (1,), "RESOURCE")
    builder.node("VAR_HANDLE", [], [handle], {"shared_name": name, "container": "box"})
    return handle


def _shift(kind: str, shape: Sequence[int], depth: int, zero_point: int = 0, *, one_handle: bool = True) -> bytes:
    """A chain of variables: each invocation gives what the input was `depth` invocations ago."""
    builder = ModelBuilder()
    quantization = {"scale": 0.5, "zero_point": zero_point} if kind in ("INT8", "INT16") else {}
    value = builder.tensor("x", shape, kind, **quantization)  # type: ignore[arg-type]
    builder.inputs(value)
    for name in _NAMES[:depth]:
        handle = _handle(builder, name)
        old = builder.tensor(f"old_{name}", shape, kind, **quantization)  # type: ignore[arg-type]
        builder.node("READ_VARIABLE", [handle], [old])
        target = handle if one_handle else _handle(builder, name)
        builder.node("ASSIGN_VARIABLE", [target, value], [])
        value = old
    return builder.outputs(value).build()


def _assigned_twice(sizes: tuple[int, int]) -> bytes:
    builder = ModelBuilder()
    a, b = (builder.tensor(name, (size,), "INT8", scale=0.5) for name, size in zip("ab", sizes, strict=True))
    handle = _handle(builder, "v")
    y, z = (builder.tensor(name, (sizes[0],), "INT8", scale=0.5) for name in "yz")
    builder.node("ASSIGN_VARIABLE", [handle, a], [])
    builder.node("READ_VARIABLE", [handle], [y])
    builder.node("ASSIGN_VARIABLE", [handle, b], [])
    builder.node("READ_VARIABLE", [handle], [z])
    return builder.inputs(a, b).outputs(y, z).build()


def _constant_assigned() -> bytes:
    builder = ModelBuilder()
    x, y = (builder.tensor(name, (3,), "INT8", scale=0.5) for name in "xy")
    constant = builder.tensor("c", (3,), "INT8", scale=0.5, zero_point=-7, data=np.array([1, 2, 3]))
    z = builder.tensor("z", (3,), "INT8", scale=0.5)
    handle = _handle(builder, "v")
    builder.node("READ_VARIABLE", [handle], [y])
    builder.node("ASSIGN_VARIABLE", [handle, constant], [])
    builder.node("READ_VARIABLE", [handle], [z])
    return builder.inputs(x).outputs(y, z, x).build()


def _in_a_branch() -> bytes:
    """A variable that only one branch of an IF changes, through a handle of its own."""
    builder = ModelBuilder()
    cond, x = builder.tensor("cond", (1,), "BOOL"), builder.tensor("x", (4,), "INT8", scale=0.5, zero_point=9)
    y, old = (builder.tensor(name, (4,), "INT8", scale=0.5, zero_point=9) for name in ("y", "old"))
    handle = _handle(builder, "v")
    builder.node("READ_VARIABLE", [handle], [old])
    for name in ("then", "else"):
        branch = builder.subgraph(name)
        u = branch.tensor("u", (4,), "INT8", scale=0.5, zero_point=9)
        there = branch.tensor("there", (1,), "RESOURCE")
        branch.node("VAR_HANDLE", [], [there], {"shared_name": "v", "container": "box"})
        if name == "then":
            branch.node("ASSIGN_VARIABLE", [there, u], [])
        result = branch.tensor("result", (4,), "INT8", scale=0.5, zero_point=9)
        branch.node("READ_VARIABLE", [there], [result])
        branch.inputs(u).outputs(result)
    builder.node("IF", [cond, x], [y], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    return builder.inputs(cond, x).outputs(y, old).build()


def _in_a_loop(rounds: int) -> bytes:
    """A loop that is handed a variable and adds x to it in each round."""
    builder = ModelBuilder()
    zero, x = builder.tensor("zero", (), "INT32", data=np.array(0)), builder.tensor("x", (4,), "FLOAT32")
    handle, old = _handle(builder, "v"), builder.tensor("old", (4,), "FLOAT32")
    builder.node("ASSIGN_VARIABLE", [handle, x], [])
    cond, body = builder.subgraph("cond"), builder.subgraph("body")
    for graph in (cond, body):
        count, there = graph.tensor("count", (), "INT32"), graph.tensor("there", (1,), "RESOURCE")
        value = graph.tensor("value", (4,), "FLOAT32")
        graph.inputs(count, there, value)
        if graph is cond:
            limit, less = graph.tensor("n", (), "INT32", data=np.array(rounds)), graph.tensor("less", (), "BOOL")
            graph.node("LESS", [count, limit], [less])
            graph.outputs(less)
            continue
        one, after = graph.tensor("one", (), "INT32", data=np.array(1)), graph.tensor("after", (), "INT32")
        graph.node("ADD", [count, one], [after], {})
        before, total = graph.tensor("before", (4,), "FLOAT32"), graph.tensor("total", (4,), "FLOAT32")
        graph.node("READ_VARIABLE", [there], [before])
        graph.node("ADD", [before, value], [total], {})
        graph.node("ASSIGN_VARIABLE", [there, total], [])
        graph.outputs(after, there, value)
    outs = [
        builder.tensor("n", (), "INT32"),
        builder.tensor("h", (1,), "RESOURCE"),
        builder.tensor("u", (4,), "FLOAT32"),
    ]
    builder.node("WHILE", [zero, handle, x], outs, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    builder.node("READ_VARIABLE", [handle], [old])
    return builder.inputs(x).outputs(old).build()


def cases() -> Iterator[Case]:
    for kind in ("INT8", "INT16", "INT32", "FLOAT32", "BOOL"):
        yield Case("READ_VARIABLE", kind.lower(), _shift(kind, (2, 3), 1))
    for zero_point in (-128, -1, 0, 127):
        yield Case("READ_VARIABLE", f"first_value_{zero_point}", _shift("INT8", (1, 5), 1, zero_point))
    yield Case("READ_VARIABLE", "scalar", _shift("FLOAT32", (), 1))
    yield Case("VAR_HANDLE", "two_handles", _shift("INT8", (1, 5), 1, 4, one_handle=False))
    yield Case("VAR_HANDLE", "three_variables", _shift("INT8", (1, 5), 3, 4))
    yield Case("VAR_HANDLE", "of_a_subgraph", once([9, 8, 7]))
    yield Case("ASSIGN_VARIABLE", "twice", _assigned_twice((5, 5)))
    yield Case("ASSIGN_VARIABLE", "constant", _constant_assigned())
    yield Case("ASSIGN_VARIABLE", "in_a_branch", _in_a_branch())
    yield Case("ASSIGN_VARIABLE", "in_a_loop", _in_a_loop(3))


def _random(rng: random.Random) -> bytes:
    kind = rng.choice(("INT8", "INT8", "INT16", "INT32", "FLOAT32", "BOOL"))
    shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    zero_point = rng.randint(-128, 127) if kind == "INT8" else 0
    return _shift(kind, shape, rng.randint(1, 3), zero_point, one_handle=rng.random() < 0.5)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = dict.fromkeys(
    ("VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"), _random
)
