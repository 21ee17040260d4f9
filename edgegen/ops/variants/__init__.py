"""Kernels made for one instruction set: faster lowerings that replace an operator's scalar one, bit for bit.

To add some: write `variants/<kernel_isa>.py` with `LOWERINGS`, a mapping from operator name to a function
(graph, node, target) -> Lowering, or None where the node's shape or values don't suit it and the scalar kernel
is to be used. The node has been checked by the operator's constraints. `ops.conv_facts` tells what is known of it.
Put the kernels in `firmware/kernels/{include,src}/eg_<op>_<dtype>_<isa>.{h,c}`.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence

from edgegen.ir import Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import Lowering, Refusal, Target

FastLowering = Callable[[Graph, Node, Target], "Lowering | None"]


@functools.cache
def _lowerings(isa: str) -> Mapping[str, FastLowering]:
    name = f"{__name__}.{isa}"
    if not isa.isidentifier() or importlib.util.find_spec(name) is None:
        return {}
    table: Mapping[str, FastLowering] = importlib.import_module(name).LOWERINGS
    return table


def fast_lowering(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """The instruction set's own lowering of a node, or None where there is none."""
    lower = _lowerings(target.isa).get(node.op)
    return None if lower is None else lower(graph, node, target)


def lower_node(graph: Graph, node: Node, target: Target) -> Lowering:
    """The lowering of a node that keeps its operator's rules: the instruction set's, else the scalar one."""
    return fast_lowering(graph, node, target) or operators()[node.op].lower(graph, node, target)


def alternatives(graph: Graph, node: Node, targets: Sequence[Target]) -> tuple[Target, ...]:
    """Those of `targets` that lower a node differently from all before them, the first included."""
    found: dict[Lowering, Target] = {}
    for target in targets:
        try:
            found.setdefault(lower_node(graph, node, target), target)
        except Refusal:
            continue
    return tuple(found.values())
