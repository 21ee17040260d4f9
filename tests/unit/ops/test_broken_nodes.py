"""Nodes that no converter writes: whatever their tensors are, each compiles or is refused, and nothing else."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

import pytest

from edgegen.codegen.program import build_program
from edgegen.errors import InputError, UnsupportedModelError
from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.passes import run_passes
from tests.kernels.differential import modules, rows

_BY_OPERATOR: dict[str, list[bytes]] = {}
for _case in (row for name in modules() for row in rows(name)):
    _BY_OPERATOR.setdefault(_case.operator, []).append(_case.model)
_SHAPES = ((), (1,), (3,), (1, 2), (1, 2, 3, 4), (1, 1, 1, 65544), (2, 1, 1, 1, 1, 1, 1, 1, 1))


@pytest.mark.parametrize("operator", sorted(_BY_OPERATOR))
@pytest.mark.parametrize("isa", ["scalar", "armv7em", "mve", "rv32im", "xtensa_mac16", "armv6m"])
def test_a_broken_node_is_refused_or_compiles(operator: str, isa: str) -> None:
    rng = random.Random(operator + isa)
    models = _BY_OPERATOR[operator]
    for model in rng.sample(models, min(len(models), 2)):
        try:
            whole = read_tflite(model, "model")
        except InputError:
            continue  # a row that shows a refusal
        for graph in _broken(whole, operator, rng):
            try:
                build_program(run_passes(graph), Target(isa=isa))
            except UnsupportedModelError:
                continue
            except Exception as error:
                node = next(node for node in graph.nodes if node.op == operator)
                pytest.fail(f"{type(error).__name__}: {error}\n{node}\n{[_tensor(graph, i) for i in node.inputs]}")


def _broken(graph: Graph, operator: str, rng: random.Random) -> Iterator[Graph]:
    for place, node in enumerate(graph.nodes):
        if node.op != operator:
            continue
        for other in _other_nodes(node):
            nodes = (*graph.nodes[:place], other, *graph.nodes[place + 1 :])
            yield dataclasses.replace(graph, nodes=nodes, subgraphs=_with(graph, nodes, graph.tensors))
        for index in {i for i in (*node.inputs, *node.outputs) if i >= 0}:
            for tensor in _other_tensors(graph.tensors[index], rng):
                tensors = (*graph.tensors[:index], tensor, *graph.tensors[index + 1 :])
                yield dataclasses.replace(graph, tensors=tensors, subgraphs=_with(graph, graph.nodes, tensors))
        return


def _with(graph: Graph, nodes: tuple[Node, ...], tensors: tuple[Tensor, ...]) -> tuple[Graph, ...]:
    """The subgraphs of a graph whose first one, itself, got other nodes or tensors."""
    if not graph.subgraphs:
        return ()
    return (dataclasses.replace(graph.subgraphs[0], nodes=nodes, tensors=tensors), *graph.subgraphs[1:])


def _other_nodes(node: Node) -> Iterator[Node]:
    for count in range(len(node.inputs)):
        yield dataclasses.replace(node, inputs=node.inputs[:count])
        yield dataclasses.replace(node, inputs=(*node.inputs[:count], -1, *node.inputs[count + 1 :]))
    for more in (1, 2, 5):
        yield dataclasses.replace(node, inputs=node.inputs + node.inputs[-1:] * more)
    yield dataclasses.replace(node, outputs=())
    yield dataclasses.replace(node, inputs=node.inputs[::-1])


def _other_tensors(tensor: Tensor, rng: random.Random) -> Iterator[Tensor]:
    if tensor.data is None:  # the reader checks that a constant has as many bytes as its shape says
        for shape in rng.sample(_SHAPES, 3):
            yield dataclasses.replace(tensor, shape=shape)
        yield dataclasses.replace(tensor, dtype=rng.choice([DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32]))
    yield dataclasses.replace(tensor, quantization=None)


def _tensor(graph: Graph, index: int) -> str:
    return "none" if index < 0 else f"{graph.tensors[index].dtype.value}{list(graph.tensors[index].shape)}"
