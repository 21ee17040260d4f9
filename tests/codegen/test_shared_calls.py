"""Calls that differ in their pointers alone become calls of one function."""

from __future__ import annotations

import numpy as np

from edgegen.codegen.render import render_model
from edgegen.codegen.shared_calls import ArgumentText, CallText, share_calls, wrapped_call
from edgegen.ops.base import Target
from tests.host_model import compile_model
from tests.model_builder import ModelBuilder


def call(number: str, weights: str, source: str) -> CallText:
    arguments = ArgumentText(number), ArgumentText(weights, "const int32_t *"), ArgumentText(source, "const int8_t *")
    return CallText(wrapped_call("kernel", [argument.text for argument in arguments]), "kernel", arguments)


def test_pointers_that_differ_become_parameters() -> None:
    first, second = call("8", "a", "x"), call("8", "b", "x")
    (function,), statements = share_calls("m", (first, second))
    assert (function.symbol, function.parameters) == ("m_shared_0", "const int32_t *pointer_0")
    assert function.statement == "kernel(8, pointer_0, x);"
    assert statements == {first.statement: "m_shared_0(a);", second.statement: "m_shared_0(b);"}


def test_other_constants_share_nothing() -> None:
    assert share_calls("m", (call("8", "a", "x"), call("9", "b", "x"))) == ((), {})


def test_a_single_call_stays() -> None:
    assert share_calls("m", (call("8", "a", "x"),)) == ((), {})


def _branches() -> bytes:
    """An IF whose branches differ in their weights alone."""
    builder, values = ModelBuilder(), np.random.default_rng(1)
    shape, options = (1, 6, 6, 8), {"padding": "SAME", "stride_h": 1, "stride_w": 1}
    options |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
    condition = builder.tensor("condition", (1,), "BOOL")
    x, y = (builder.tensor(name, shape, scale=0.05, zero_point=3) for name in "xy")
    for name in ("then", "else"):
        branch = builder.subgraph(name)
        source, output = (branch.tensor(name, shape, scale=0.05, zero_point=3) for name in "uv")
        weights = branch.tensor("w", (8, 1, 1, 8), scale=0.003, data=values.integers(-127, 128, (8, 1, 1, 8)))
        branch.node("CONV_2D", [source, weights], [output], options)
        branch.inputs(source).outputs(output)
    builder.node("IF", [condition, x], [y], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    return builder.inputs(condition, x).outputs(y).build()


def test_branches_call_their_kernels_themselves() -> None:
    """Their tensors lie behind parameters, which a function of the model file doesn't have."""
    source = render_model(compile_model(_branches(), Target("armv7em")), b"\0" * 16)["model.c"].decode()
    assert source.count("eg_conv_1x1_s8_armv7em(&") == 2
    assert "_shared_" not in source
