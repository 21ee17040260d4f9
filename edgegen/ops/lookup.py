"""Elementwise functions of 8-bit values as tables of 256 results, made at compile time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import ConstArray, KernelCall, Lowering, Operator, Overlap, Target, TensorArg

if TYPE_CHECKING:
    from numpy.typing import NDArray


def all_values(dtype: DType) -> NDArray[np.int64]:
    """The 256 values of an 8-bit type, in the order of their bytes: what a table is indexed by."""
    return np.arange(256, dtype=np.uint8).view(dtype.numpy).astype(np.int64)


def lookup(graph: Graph, source: int, output: int, results: NDArray[np.int64]) -> Lowering:
    """Lowers an 8-bit to 8-bit function; `results` belong to `all_values` and fit the output's type."""
    table = ConstArray("lut", "uint8", results.astype(graph.tensors[output].dtype.numpy).tobytes(), 1)
    arguments = (table, TensorArg(source), TensorArg(output, written=True), graph.tensors[output].elements)
    call = KernelCall("eg_lookup_8", "eg_lookup.h", ("eg_lookup_8.c",), arguments, overlaps=(Overlap(source, output),))
    return Lowering((call,))


class Lookup(Operator):
    """EG_LOOKUP, edgegen's own: each byte of the first input as the second's result for it, a constant of 256."""

    name = "EG_LOOKUP"
    types = ("8 bits -> 8 bits",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = node.outputs[0]
        results = np.frombuffer(graph.tensors[node.inputs[1]].data or b"", dtype=graph.tensors[output].dtype.numpy)
        return lookup(graph, node.inputs[0], output, results.astype(np.int64))
