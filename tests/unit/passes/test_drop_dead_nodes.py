"""What nothing reads goes, what acts on variables stays, in its order."""

from __future__ import annotations

import numpy as np

from edgegen.model_io.tflite_reader import read_tflite
from edgegen.passes import drop_dead_nodes
from tests.kernels.cases.control_flow import once
from tests.model_builder import ModelBuilder


def test_nodes_on_variables_keep_their_order() -> None:
    graph = read_tflite(once([1, 2, 3]), "once")
    assert drop_dead_nodes.run(graph) == graph
    assert [node.op for node in graph.nodes] == ["VAR_HANDLE", "CALL_ONCE", "READ_VARIABLE", "ADD", "ASSIGN_VARIABLE"]


def _branch_and_dead(acts: bool) -> bytes:
    """An IF whose output nothing reads; its branches assign a variable where `acts`."""
    builder = ModelBuilder()
    cond, x = builder.tensor("cond", (), "BOOL"), builder.tensor("x", (2,), "FLOAT32")
    y, dead = builder.tensor("y", (2,), "FLOAT32"), builder.tensor("dead", (2,), "FLOAT32")
    for name in ("then", "else"):
        branch = builder.subgraph(name)
        u, v = branch.tensor("u", (2,), "FLOAT32"), branch.tensor("v", (2,), "FLOAT32")
        one = branch.tensor("one", (2,), "FLOAT32", data=np.ones(2))
        branch.node("ADD", [u, one], [v], {})
        if acts:
            handle = branch.tensor("handle", (1,), "RESOURCE")
            branch.node("VAR_HANDLE", [], [handle], {"shared_name": "v"})
            branch.node("ASSIGN_VARIABLE", [handle, v], [])
        branch.inputs(u).outputs(v)
    builder.node("IF", [cond, x], [dead], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    builder.node("ADD", [x, x], [y], {})
    return builder.inputs(cond, x).outputs(y).build()


def test_a_dead_branch_goes() -> None:
    graph = drop_dead_nodes.run(read_tflite(_branch_and_dead(False), "dead"))
    assert [node.op for node in graph.nodes] == ["ADD"]


def test_a_branch_that_assigns_stays() -> None:
    graph = drop_dead_nodes.run(read_tflite(_branch_and_dead(True), "acts"))
    assert [node.op for node in graph.nodes] == ["IF", "ADD"]
