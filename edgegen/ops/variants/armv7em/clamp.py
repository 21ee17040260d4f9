"""Activations that do more than int8's limits: the kernels for Armv7E-M saturate to int8, a call behind them clamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from edgegen.ir import Node
from edgegen.ops.base import KernelCall, Lowering, TensorArg
from edgegen.ops.conv_facts import ConvFacts

_KERNEL = "eg_clamp_s8_armv7em"


def clamp_behind(lower: Callable[[ConvFacts, Node], Lowering | None], facts: ConvFacts, node: Node) -> Lowering | None:
    """The lowering of a layer as if it had no activation, and the activation. Clamping twice is clamping to both."""
    limits = facts.activation_min, facts.activation_max
    if limits == (-128, 127):
        return lower(facts, node)
    lowering = lower(replace(facts, activation_min=-128, activation_max=127), node)
    if lowering is None:
        return None
    arguments = (int(np.prod(facts.output_shape)), *limits, TensorArg(node.outputs[0], written=True))
    return replace(lowering, calls=(*lowering.calls, KernelCall(_KERNEL, f"{_KERNEL}.h", (f"{_KERNEL}.c",), arguments)))
