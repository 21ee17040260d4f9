"""Turns what TensorFlow makes of `list[i] = item` into one node: Keras 3's LSTM and GRU that return sequences.

The converter writes it as a concatenation of the items before i, the new one and those behind, whose shapes change
with i: no fixed shape describes them, and TFLite Micro computes nonsense. The whole has a fixed shape and a clear
meaning. In the body of a loop that carries the list, the list is changed in place.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.options import ConcatenationOptions, NoOptions
from edgegen.passes.place_outputs import while_bodies

_VIEWS = frozenset({"RESHAPE", "EXPAND_DIMS", "SQUEEZE", "PACK"})


def run(graph: Graph) -> Graph:
    if not graph.subgraphs:
        return _rewrite(graph, in_place=False)
    bodies = while_bodies(graph)
    bare = tuple(
        _rewrite(dataclasses.replace(subgraph, subgraphs=()), in_place=index in bodies)
        for index, subgraph in enumerate(graph.subgraphs)
    )
    return dataclasses.replace(bare[0], subgraphs=bare, source_sha256=graph.source_sha256, name=graph.name)


def _rewrite(graph: Graph, *, in_place: bool) -> Graph:
    finder = _Finder(graph)
    nodes, outputs = list(graph.nodes), list(graph.outputs)
    for position, node in enumerate(graph.nodes):
        found = finder.update(node)
        if found is None:
            continue
        result, rows = node.outputs[0], found[0]
        written: tuple[int, ...] = (result,)
        places = [i for i, output in enumerate(graph.outputs) if output == result]
        carried = in_place and len(places) == 1 and graph.inputs[places[0] : places[0] + 1] == (rows,)
        if carried and finder.readers(rows) == 2 and finder.readers(result) == 0 and rows not in graph.outputs:
            outputs[places[0]] = rows
            written = ()
        nodes[position] = Node("EG_UPDATE_ROW", found, written, NoOptions(), node.index)
    return dataclasses.replace(graph, nodes=tuple(nodes), outputs=tuple(outputs))


class _Finder:
    """Recognises the concatenation."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.producer = {output: node for node in graph.nodes for output in node.outputs}

    def readers(self, tensor: int) -> int:
        """How many node inputs a tensor is."""
        return sum(node.inputs.count(tensor) for node in self.graph.nodes)

    def update(self, node: Node) -> tuple[int, int, int] | None:
        """(list, item, index) if the node is the end of such an update."""
        options, tensors = node.options, self.graph.tensors
        if not isinstance(options, ConcatenationOptions) or len(node.inputs) != 3 or min(node.inputs) < 0:
            return None
        before, behind = (self.producer.get(node.inputs[i]) for i in (0, 2))
        if before is None or behind is None or {before.op, behind.op} != {"SLICE"}:
            return None
        if any(len(cut.inputs) != 3 or min(cut.inputs) < 0 for cut in (before, behind)):
            return None
        rows, item = before.inputs[0], node.inputs[1]
        shape = tensors[rows].shape
        if rows != behind.inputs[0] or not shape or tensors[node.outputs[0]].shape != shape:
            return None
        if tensors[item].shape != (1, *shape[1:]) or options.axis not in (0, -len(shape)):
            return None
        if options.fused_activation_function != "NONE" or tensors[item].dtype is not tensors[rows].dtype:
            return None
        index, following = self._leading(before.inputs[2], -1), self._leading(behind.inputs[1], 0)
        starts, sizes = self._values(before.inputs[1]), self._values(behind.inputs[2])
        if index is None or following is None or starts is None or sizes is None or any(starts):
            return None
        if any(size != -1 for size in sizes) or not self._follows(following, index):
            return None
        return rows, item, index

    def _values(self, tensor: int) -> list[int] | None:
        info = self.graph.tensors[tensor]
        return [int(value) for value in np.asarray(info.array()).reshape(-1)] if info.is_constant else None

    def _leading(self, vector: int, rest: int) -> int | None:
        """The scalar int32 tensor at the start of a vector whose other elements are all `rest`."""
        node = self.producer.get(vector)
        if node is not None and node.op == "CONCATENATION" and min(node.inputs, default=-1) >= 0:
            others = [self._values(i) for i in node.inputs[1:]]
            if any(values is None or any(value != rest for value in values) for values in others):
                return None
            vector = node.inputs[0]
            node = self.producer.get(vector)
        while node is not None and node.op in _VIEWS and min(node.inputs[:1], default=-1) >= 0:
            vector = node.inputs[0]
            node = self.producer.get(vector)
        info = self.graph.tensors[vector]
        return vector if info.elements == 1 and info.dtype is DType.INT32 else None

    def _follows(self, following: int, index: int) -> bool:
        """Whether one scalar is the other plus 1."""
        node = self.producer.get(following)
        if node is None or node.op != "ADD" or len(node.inputs) != 2 or index not in node.inputs:
            return False
        other = node.inputs[0] if node.inputs[1] == index else node.inputs[1]
        return other >= 0 and self._values(other) == [1]
