"""CONV_2D for Armv7E-M: a single window as FULLY_CONNECTED, others in threes."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.conv_facts import ConvFacts, conv_facts
from edgegen.ops.variants.armv7em.clamp import clamp_behind
from edgegen.ops.variants.armv7em.fully_connected import lower_single
from edgegen.ops.variants.armv7em.gemm import gemm_lowering


def lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    """CONV_2D with one group, one batch and sums that provably fit the packed form; any sums with a single window."""
    facts = conv_facts(graph, node)
    return None if facts is None or facts.groups != 1 else clamp_behind(_lower, facts, node)


def _lower(facts: ConvFacts, node: Node) -> Lowering | None:
    return lower_single(facts, node) or gemm_lowering(facts, node)
