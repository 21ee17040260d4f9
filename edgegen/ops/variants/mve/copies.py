"""MVE: data that operators only move, 16 bytes at a time."""

from __future__ import annotations

from dataclasses import replace

from edgegen.ir import Graph, Node
from edgegen.ops import operators
from edgegen.ops.base import KernelCall, Lowering, Struct, Target

COPYING = (
    "ASSIGN_VARIABLE",
    "BATCH_TO_SPACE_ND",
    "CONCATENATION",
    "DEPTH_TO_SPACE",
    "EG_COPY",
    "PACK",
    "PAD",
    "PADV2",
    "READ_VARIABLE",
    "SLICE",
    "SPACE_TO_BATCH_ND",
    "SPACE_TO_DEPTH",
    "SPLIT",
    "SPLIT_V",
    "STRIDED_SLICE",
    "TRANSPOSE",
    "UNPACK",
)
"""Operators whose calls are, or may be, copies."""

_HEADER = "eg_copy_strided_mve.h"
_WORDS = (2, 4, 8)
_LONGEST_STEP = 8191  # eight steps fit in 16 bits


def lower_copies(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """The operator's own lowering with vector copies; where size counts, memcpy is there anyway."""
    if target.optimize != "speed":
        return None
    scalar = operators()[node.op].lower(graph, node, target)
    calls = tuple(map(_vector_call, scalar.calls))
    return None if calls == scalar.calls else replace(scalar, calls=calls)


def _vector_call(call: KernelCall) -> KernelCall:
    if call.kernel == "eg_copy":
        kernel = "eg_copy_bytes_mve"
    elif call.kernel == "eg_copy_strided" and _suits(call.arguments[0]):
        kernel = "eg_copy_strided_mve"
    else:
        return call
    return replace(call, kernel=kernel, header=_HEADER, sources=(f"{kernel}.c",))


def _suits(params: object) -> bool:
    """Runs of bytes, or single ones in steps that vectors of offsets hold."""
    assert isinstance(params, Struct)
    fields = dict(params.fields)
    unit, walk = fields["unit_bytes"], fields["walk"]
    assert isinstance(walk, tuple)
    steps = walk[1]
    assert isinstance(steps, tuple)
    if unit != 1:
        return unit not in _WORDS
    return all(isinstance(step, int) and 0 <= step <= _LONGEST_STEP for step in steps[:2])
