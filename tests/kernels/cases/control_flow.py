"""IF, WHILE, CALL_ONCE: branches and loops over int8 and int32 values, with aliased inputs and outputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder, SubgraphBuilder


def _int8(graph: SubgraphBuilder, name: str, shape: Sequence[int] = (1, 6), **more: object) -> int:
    return graph.tensor(name, shape, "INT8", scale=0.1, zero_point=3, **more)  # type: ignore[arg-type]


def _add_step(graph: SubgraphBuilder, source: int, amount: float) -> int:
    """A node that adds a constant to int8 values."""
    step = graph.tensor("step", (1,), "INT8", scale=amount or 0.1, zero_point=0, data=np.array([1 if amount else 0]))
    result = _int8(graph, "stepped", graph.tensors[source].shape)
    graph.node("ADD", [source, step], [result], {})
    return result


def _if(condition: bool | None, then: str, otherwise: str) -> bytes:
    """`condition` None reads it from the model's input. Branches: what they give for two inputs a and b."""
    builder = ModelBuilder()
    cond = builder.tensor("cond", (1,), "BOOL", data=None if condition is None else np.array([condition]))
    a, b = _int8(builder, "a"), _int8(builder, "b")
    y, z = _int8(builder, "y"), _int8(builder, "z")
    for name, kind in (("then", then), ("else", otherwise)):
        branch = builder.subgraph(name)
        u, v = _int8(branch, "u"), _int8(branch, "v")
        branch.inputs(u, v)
        if kind == "swap":
            branch.outputs(v, u)
        elif kind == "same":
            branch.outputs(u, v)
        elif kind == "twice":
            branch.outputs(v, v)
        elif kind == "constant":
            branch.outputs(_int8(branch, "c", data=np.arange(6).reshape(1, 6)), u)
        elif kind == "reshape":
            flat, back = _int8(branch, "flat", (6,)), _int8(branch, "back")
            branch.node("RESHAPE", [u], [flat], {})
            branch.node("RESHAPE", [flat], [back], {})
            branch.outputs(back, v)
        else:
            total = _int8(branch, "total")
            branch.node("ADD", [u, v], [total], {})
            branch.outputs(_add_step(branch, total, 0.4), total)
    builder.node("IF", [cond, a, b], [y, z], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    inputs = (a, b) if condition is not None else (cond, a, b)
    return builder.inputs(*inputs).outputs(y, z).build()


def _while(rounds: int, body: str, read: str = "all") -> bytes:
    """A counter from 0 to `rounds` beside the values a, b and an x that the loop only reads."""
    builder = ModelBuilder()
    start = builder.tensor("start", (1,), "INT32", data=np.array([0]))
    a, b, x = _int8(builder, "a"), _int8(builder, "b"), _int8(builder, "x")
    count_out = builder.tensor("count_out", (1,), "INT32")
    outs = [_int8(builder, name) for name in ("ya", "yb", "yx")]

    cond = builder.subgraph("cond")
    count = cond.tensor("count", (1,), "INT32")
    cond.inputs(count, *(_int8(cond, name) for name in "abx"))
    limit = cond.tensor("limit", (1,), "INT32", data=np.array([rounds]))
    less = cond.tensor("less", (1,), "BOOL")
    cond.node("LESS", [count, limit], [less])
    cond.outputs(less)

    loop = builder.subgraph("body")
    count = loop.tensor("count", (1,), "INT32")
    u, v, w = (_int8(loop, name) for name in "abx")
    loop.inputs(count, u, v, w)
    one = loop.tensor("one", (1,), "INT32", data=np.array([1]))
    after = loop.tensor("after", (1,), "INT32")
    loop.node("ADD", [count, one], [after], {})
    if body == "swap":
        loop.outputs(after, v, u, w)
    elif body == "rotate":
        loop.outputs(after, v, w, u)
    elif body == "copies":
        loop.outputs(after, u, u, u)
    elif body == "constant":
        loop.outputs(after, _int8(loop, "c", data=np.arange(6).reshape(1, 6)), v, w)
    elif body == "reshape":
        flat, back = _int8(loop, "flat", (6,)), _int8(loop, "back")
        loop.node("RESHAPE", [u], [flat], {})
        loop.node("RESHAPE", [flat], [back], {})
        loop.outputs(after, v, back, w)
    else:
        total = _int8(loop, "total")
        loop.node("ADD", [u, w], [total], {})
        loop.outputs(after, total, _add_step(loop, v, 0.3), w)
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    builder.node("WHILE", [start, a, b, x], [count_out, *outs], options)
    results = {"all": (count_out, *outs), "some": (outs[0],), "unchanged": (outs[2], outs[0])}[read]
    return builder.inputs(a, b, x).outputs(*results).build()


def _nested_while(outer: int, inner: int) -> bytes:
    builder = ModelBuilder()
    graphs = [builder.subgraph(name) for name in ("cond", "body", "inner_cond", "inner_body")]
    for graph, rounds in ((graphs[0], outer), (graphs[2], inner)):
        count, _ = (graph.tensor("count", (), "INT32"), 0)
        graph.inputs(count, _int8(graph, "a"))
        limit, less = graph.tensor("limit", (), "INT32", data=np.array(rounds)), graph.tensor("less", (), "BOOL")
        graph.node("LESS", [count, limit], [less])
        graph.outputs(less)
    for graph in (graphs[1], graphs[3]):
        count, value = graph.tensor("count", (), "INT32"), _int8(graph, "a")
        graph.inputs(count, value)
        one, after = graph.tensor("one", (), "INT32", data=np.array(1)), graph.tensor("after", (), "INT32")
        graph.node("ADD", [count, one], [after], {})
        if graph is graphs[1]:
            zero = graph.tensor("zero", (), "INT32", data=np.array(0))
            rounds_done, result = graph.tensor("rounds", (), "INT32"), _int8(graph, "result")
            graph.node(
                "WHILE", [zero, value], [rounds_done, result], {"cond_subgraph_index": 3, "body_subgraph_index": 4}
            )
            graph.outputs(after, result)
        else:
            graph.outputs(after, _add_step(graph, value, 0.1))
    zero, a = builder.tensor("zero", (), "INT32", data=np.array(0)), _int8(builder, "a")
    count_out, y = builder.tensor("count_out", (), "INT32"), _int8(builder, "y")
    builder.node("WHILE", [zero, a], [count_out, y], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    return builder.inputs(a).outputs(y, count_out).build()


def _mismatched(what: str) -> bytes:
    builder = ModelBuilder()
    cond, a, y = builder.tensor("cond", (1,), "BOOL"), _int8(builder, "a"), _int8(builder, "y")
    for name in ("then", "else"):
        branch = builder.subgraph(name)
        u = _int8(branch, "u", (1, 5) if what == "input" else (1, 6))
        branch.inputs(u) if what != "count" else branch.inputs()
        branch.outputs(u if what != "output" else _int8(branch, "c", (1, 5), data=np.zeros((1, 5))))
    builder.node("IF", [cond, a], [y], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    return builder.inputs(cond, a).outputs(y).build()


def once(values: Sequence[int], *, read_first: bool = False) -> bytes:
    """CALL_ONCE fills a variable; each invocation adds its input to it. `read_first` reads it before that."""
    builder = ModelBuilder()
    shape = (1, len(values))
    x, before, total = (_int8(builder, name, shape) for name in ("x", "before", "total"))
    handle = builder.tensor("handle", (1,), "RESOURCE")
    builder.node("VAR_HANDLE", [], [handle], {"shared_name": "v"})
    early = _int8(builder, "early", shape)
    if read_first:
        builder.node("READ_VARIABLE", [handle], [early])
    builder.node("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    builder.node("READ_VARIABLE", [handle], [before])
    builder.node("ADD", [x, before], [total], {})
    builder.node("ASSIGN_VARIABLE", [handle, total], [])
    init = builder.subgraph("init")
    there = init.tensor("handle", (1,), "RESOURCE")
    init.node("VAR_HANDLE", [], [there], {"shared_name": "v"})
    init.node("ASSIGN_VARIABLE", [there, _int8(init, "first", shape, data=np.array([values]))], [])
    init.inputs().outputs()
    return builder.inputs(x).outputs(*((early, before) if read_first else (before,))).build()


_KINDS = ("sum", "swap", "same", "twice", "constant", "reshape")
_BODIES = ("sum", "swap", "rotate", "copies", "constant", "reshape")


def cases() -> Iterator[Case]:
    for then in _KINDS:
        yield Case("IF", f"input_{then}", _if(None, then, "sum"))
    yield Case("IF", "always", _if(True, "swap", "sum"))
    yield Case("IF", "never", _if(False, "swap", "reshape"))
    for what in ("input", "output", "count"):
        yield Case("IF", f"other_{what}", _mismatched(what))
    for body in _BODIES:
        yield Case("WHILE", body, _while(3, body))
    yield Case("WHILE", "no_round", _while(0, "sum"))
    yield Case("WHILE", "one_round", _while(1, "rotate"))
    yield Case("WHILE", "many_rounds", _while(100, "sum"))
    yield Case("WHILE", "few_outputs_read", _while(4, "sum", "some"))
    yield Case("WHILE", "unchanged_read", _while(4, "sum", "unchanged"))
    yield Case("WHILE", "nested", _nested_while(3, 2))
    yield Case("CALL_ONCE", "fills_a_variable", once([1, -2, 3]))
    yield Case("CALL_ONCE", "zeros", once([0] * 40))
    yield Case("CALL_ONCE", "read_before", once([5, 6, 7, 8], read_first=True))


def _random_if(rng: random.Random) -> bytes:
    return _if(rng.choice((None, None, True, False)), rng.choice(_KINDS), rng.choice(_KINDS))


def _random_while(rng: random.Random) -> bytes:
    if rng.random() < 0.2:
        return _nested_while(rng.randint(0, 4), rng.randint(0, 4))
    return _while(rng.randint(0, 9), rng.choice(_BODIES), rng.choice(("all", "some", "unchanged")))


def _random_once(rng: random.Random) -> bytes:
    return once([rng.randint(-128, 127) for _ in range(rng.randint(1, 40))], read_first=rng.random() < 0.3)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "IF": _random_if,
    "WHILE": _random_while,
    "CALL_ONCE": _random_once,
}
