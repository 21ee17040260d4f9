"""`list[i] = item` in a loop, as the converter writes it: one node, in place, and the values that it means."""

from __future__ import annotations

import numpy as np
import pytest

from edgegen.model_io.tflite_reader import read_tflite
from edgegen.passes import list_items, run_passes
from tests.host_model import compile_model, run_program
from tests.model_builder import ModelBuilder, SubgraphBuilder

_ROWS = 4


def _vector(graph: SubgraphBuilder, scalar: int, rest: list[int]) -> int:
    """The scalar followed by constants."""
    shape = graph.tensor("shape", (1,), "INT32", data=np.array([1]))
    first = graph.tensor("first", (1,), "INT32")
    graph.node("RESHAPE", [scalar, shape], [first], {})
    tail = graph.tensor("tail", (len(rest),), "INT32", data=np.array(rest))
    vector = graph.tensor("vector", (1 + len(rest),), "INT32")
    graph.node("CONCATENATION", [first, tail], [vector], {"axis": 0})
    return vector


def _loop(*, read_list: bool = False, step: int = 1) -> bytes:
    """Fills a list of 4 rows with x, 2x, 3x, 4x; `read_list` gives the old list out too."""
    builder = ModelBuilder()
    zero = builder.tensor("zero", (), "INT32", data=np.array(0))
    empty = builder.tensor("empty", (_ROWS, 1, 3), "FLOAT32", data=np.zeros((_ROWS, 1, 3)))
    x, nothing = builder.tensor("x", (1, 1, 3), "FLOAT32"), builder.tensor("n", (1, 1, 3), "FLOAT32", data=np.zeros(3))

    cond = builder.subgraph("cond")
    index = cond.tensor("index", (), "INT32")
    others = [
        cond.tensor(name, shape, "FLOAT32")
        for name, shape in (("l", (_ROWS, 1, 3)), ("s", (1, 1, 3)), ("x", (1, 1, 3)))
    ]
    limit, less = cond.tensor("limit", (), "INT32", data=np.array(_ROWS)), cond.tensor("less", (), "BOOL")
    cond.node("LESS", [index, limit], [less])
    cond.inputs(index, *others).outputs(less)

    body = builder.subgraph("body")
    index, one = body.tensor("index", (), "INT32"), body.tensor("one", (), "INT32", data=np.array(step))
    rows = body.tensor("list", (_ROWS, 1, 3), "FLOAT32")
    total, value = body.tensor("total", (1, 1, 3), "FLOAT32"), body.tensor("value", (1, 1, 3), "FLOAT32")
    body.inputs(index, rows, total, value)
    after, item = body.tensor("after", (), "INT32"), body.tensor("item", (1, 1, 3), "FLOAT32")
    body.node("ADD", [index, one], [after], {})
    body.node("ADD", [total, value], [item], {})
    starts = body.tensor("starts", (3,), "INT32", data=np.zeros(3))
    sizes = body.tensor("sizes", (3,), "INT32", data=np.full(3, -1))
    before, behind = body.tensor("before", (1, 1, 1), "FLOAT32"), body.tensor("behind", (1, 1, 3), "FLOAT32")
    result = body.tensor("result", (_ROWS, 1, 3), "FLOAT32")
    body.node("SLICE", [rows, starts, _vector(body, index, [-1, -1])], [before])
    body.node("SLICE", [rows, _vector(body, after, [0, 0]), sizes], [behind])
    body.node("CONCATENATION", [before, item, behind], [result], {"axis": 0})
    if read_list:
        doubled = body.tensor("doubled", (_ROWS, 1, 3), "FLOAT32")
        body.node("ADD", [rows, rows], [doubled], {})
    body.outputs(after, result, item, value)

    outs = [builder.tensor("i", (), "INT32"), builder.tensor("y", (_ROWS, 1, 3), "FLOAT32")]
    outs += [builder.tensor(name, (1, 1, 3), "FLOAT32") for name in ("t", "v")]
    builder.node("WHILE", [zero, empty, nothing, x], outs, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    return builder.inputs(x).outputs(outs[1]).build()


@pytest.mark.parametrize("read_list", [False, True])
def test_fills_the_list(read_list: bool) -> None:
    program = compile_model(_loop(read_list=read_list))
    x = np.array([[[1.0, -2.0, 0.5]]], dtype=np.float32)
    outputs = run_program(program, [[x], [2 * x]], sanitize=True)
    wanted = np.concatenate([x, 2 * x, 3 * x, 4 * x])
    assert [list(arrays[0].reshape(-1)) for arrays in outputs] == [list(w.reshape(-1)) for w in (wanted, 2 * wanted)]


def test_changes_the_list_in_place() -> None:
    body = run_passes(read_tflite(_loop(), "loop")).subgraphs[2]
    update = next(node for node in body.nodes if node.op == "EG_UPDATE_ROW")
    assert update.outputs == ()
    assert body.outputs[1] == body.inputs[1]
    assert [node.op for node in body.nodes].count("SLICE") == 0


def test_keeps_a_list_that_is_read() -> None:
    body = list_items.run(read_tflite(_loop(read_list=True), "loop")).subgraphs[2]
    update = next(node for node in body.nodes if node.op == "EG_UPDATE_ROW")
    assert update.outputs == (body.outputs[1],)


def test_other_concatenations_stay() -> None:
    graph = read_tflite(_loop(step=2), "loop")
    assert list_items.run(graph) == graph
