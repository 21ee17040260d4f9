"""The passes that fold, merge and drop nodes do so, and leave every bit as TFLite Micro computes it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from edgegen.ir import Graph
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.passes import (
    PASSES,
    PREPARATION,
    common_subexpressions,
    drop_no_ops,
    fold_activations,
    fold_constants,
    fold_padding,
    merge_lookups,
    run_passes,
)
from tests.host_model import compile_model, run_program
from tests.kernels.differential import assert_equal, compare
from tests.model_builder import ModelBuilder
from tests.pass_patterns import one_pattern

_MODELS = 30
Pass = Callable[[Graph], Graph]


def fired(model: bytes) -> set[Pass]:
    """The passes that change a model's graph."""
    graph, found = read_tflite(model, "model"), set[Pass]()
    for run in (*PREPARATION, *PASSES):
        after = run(graph)
        if after != graph:
            found.add(run)
        graph = after
    return found


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        ("padded_window", fold_padding.run),
        ("no_op", drop_no_ops.run),
        ("chain", merge_lookups.run),
        ("clamped", fold_activations.run),
        ("constants", fold_constants.run),
        ("twins", common_subexpressions.run),
    ],
)
def test_random_patterns(pattern: str, runs: Pass) -> None:
    """At least a quarter of the models have what the pass looks for."""
    models = [one_pattern(random.Random(seed), pattern) for seed in range(_MODELS)]
    verdicts = compare(models, sanitize=True)
    assert not {seed: verdict.difference for seed, verdict in enumerate(verdicts) if verdict.difference}
    changed = Counter(
        run for model, verdict in zip(models, verdicts, strict=True) if verdict.ran for run in fired(model)
    )
    assert changed[runs] >= _MODELS // 4


def operators_left(builder: ModelBuilder) -> list[str]:
    """The operators of a model after all passes, which change nothing that it computes."""
    model = builder.build()
    assert assert_equal(model, sanitize=True)
    return [node.op for node in run_passes(read_tflite(model, "model")).nodes]


def _padded(
    op: str, amounts: list[list[int]], *, zero_point: int = 7, fill: int | None = None, dtype: str = "INT8"
) -> ModelBuilder:
    """PAD or PADV2 of [1,6,5,3], then a window of 3x3 over it."""
    builder, values = ModelBuilder(), np.random.default_rng(1)
    scale = None if dtype == "FLOAT32" else 0.1
    shape = tuple(size + sum(pair) for size, pair in zip((1, 6, 5, 3), amounts, strict=True))
    x, padded = (
        builder.tensor(n, s, dtype, scale=scale, zero_point=zero_point) for n, s in (("x", (1, 6, 5, 3)), ("p", shape))
    )
    inputs = [x, builder.tensor("amounts", (4, 2), "INT32", data=np.array(amounts))]
    if fill is not None:
        inputs.append(builder.tensor("fill", (), dtype, scale=scale, zero_point=zero_point, data=np.array(fill)))
    builder.node("PAD" if fill is None else "PADV2", inputs, [padded])
    out = (1, (shape[1] - 3) // 2 + 1, (shape[2] - 3) // 2 + 1, shape[3] if op != "CONV_2D" else 4)
    pools = op.endswith("POOL_2D")
    y = builder.tensor("y", out, dtype, scale=0.1 if pools and scale else scale, zero_point=zero_point)
    options: dict[str, object] = {"padding": "VALID", "stride_w": 2, "stride_h": 2}
    if pools:
        builder.node(op, [padded], [y], options | {"filter_width": 3, "filter_height": 3})
    else:
        form = (4, 3, 3, shape[3]) if op == "CONV_2D" else (1, 3, 3, shape[3])
        data = values.integers(-127, 128, form) if scale else values.normal(0, 1, form)
        weights = builder.tensor(
            "w", form, dtype if dtype == "FLOAT32" else "INT8", scale=0.01 if scale else None, data=data
        )
        options |= {"dilation_w_factor": 1, "dilation_h_factor": 1}
        builder.node(op, [padded, weights], [y], options | ({} if op == "CONV_2D" else {"depth_multiplier": 1}))
    return builder.inputs(x).outputs(y)


_EDGES = [[0, 0], [2, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("builder", "left"),
    [
        (_padded("CONV_2D", _EDGES), 1),
        (_padded("DEPTHWISE_CONV_2D", _EDGES), 1),
        (_padded("CONV_2D", _EDGES, dtype="FLOAT32", zero_point=0), 1),
        (_padded("CONV_2D", _EDGES, dtype="INT16", zero_point=0), 1),
        (_padded("CONV_2D", _EDGES, fill=7), 1),
        (_padded("CONV_2D", _EDGES, fill=6), 2),  # padding that is no zero
        (_padded("CONV_2D", [[0, 0], [3, 0], [1, 1], [0, 0]]), 2),  # a window that sees padding only
        (_padded("CONV_2D", [[0, 0], [1, 0], [1, 1], [0, 1]]), 2),  # a channel more
        (_padded("MAX_POOL_2D", _EDGES, zero_point=-128), 1),
        (_padded("MAX_POOL_2D", _EDGES, fill=-128), 1),
        (_padded("MAX_POOL_2D", _EDGES), 2),  # padding that can be the largest value
        (_padded("AVERAGE_POOL_2D", _EDGES, zero_point=-128), 2),
    ],
)
def test_padding(builder: ModelBuilder, left: int) -> None:
    assert len(operators_left(builder)) == left


def test_padding_stays_where_it_is_an_output() -> None:
    builder = _padded("CONV_2D", _EDGES)
    assert operators_left(builder.outputs(*builder.output_indices, 1)) == ["PAD", "CONV_2D"]


def _chain(*steps: tuple[str, str, float | None, int]) -> ModelBuilder:
    """Nodes of one input in a row: (operator, type, scale, zero point) of each output."""
    builder = ModelBuilder()
    first = last = builder.tensor("x", (1, 40), scale=0.05, zero_point=-3)
    for number, (op, dtype, scale, zero_point) in enumerate(steps):
        output = builder.tensor(f"t{number}", (1, 40), dtype, scale=scale, zero_point=zero_point)
        builder.node(op, [last], [output], {"alpha": 0.3} if op == "LEAKY_RELU" else None)
        last = output
    return builder.inputs(first).outputs(last)


_FLOAT = ("DEQUANTIZE", "FLOAT32", None, 0)


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ([("QUANTIZE", "INT8", 0.07, 4), ("LOGISTIC", "INT8", 1 / 256, -128)], ["EG_LOOKUP"]),
        ([("TANH", "INT8", 1 / 128, 0), ("ABS", "INT8", 1 / 128, -128), ("RSQRT", "INT8", 0.1, -128)], ["EG_LOOKUP"]),
        ([("LOGISTIC", "INT8", 1 / 256, -128), ("QUANTIZE", "UINT8", 1 / 256, 0)], ["EG_LOOKUP"]),
        ([("QUANTIZE", "INT16", 0.001, 0), ("QUANTIZE", "INT8", 0.1, 0)], ["EG_LOOKUP"]),
        ([_FLOAT, ("SQUARE", "FLOAT32", None, 0), ("QUANTIZE", "INT8", 0.2, -100)], ["EG_LOOKUP"]),
        ([_FLOAT, ("QUANTIZE", "INT8", 0.05, -3)], ["RESHAPE"]),  # nothing at all
        # NumPy's EXP isn't the kernel's in every bit.
        ([_FLOAT, ("EXP", "FLOAT32", None, 0), ("QUANTIZE", "INT8", 0.2, -100)], ["DEQUANTIZE", "EXP", "QUANTIZE"]),
    ],
)
def test_chains(steps: list[tuple[str, str, float | None, int]], left: list[str]) -> None:
    assert operators_left(_chain(*steps)) == left


def test_a_chain_ends_where_its_middle_is_read() -> None:
    builder = _chain(("QUANTIZE", "INT8", 0.07, 4), ("LOGISTIC", "INT8", 1 / 256, -128))
    assert operators_left(builder.outputs(*builder.output_indices, 1)) == ["QUANTIZE", "LOGISTIC"]


@pytest.mark.parametrize(
    ("op", "scale", "left"),
    [("RELU", 0.1, ["ADD", "RESHAPE"]), ("RELU6", 0.1, ["ADD", "RESHAPE"]), ("RELU", 0.2, ["ADD", "RELU"])],
)
def test_activations(op: str, scale: float, left: list[str]) -> None:
    builder = ModelBuilder()
    a, b = (builder.tensor(name, (1, 30), scale=0.07, zero_point=3) for name in "ab")
    total, y = (
        builder.tensor("sum", (1, 30), scale=0.1, zero_point=-9),
        builder.tensor("y", (1, 30), scale=scale, zero_point=-9),
    )
    builder.node("ADD", [a, b], [total], {})
    builder.node(op, [total], [y])
    assert operators_left(builder.inputs(a, b).outputs(y)) == left


def test_float16_weights_become_constants() -> None:
    """TFLite Micro has no DEQUANTIZE of float16: the values are compared with NumPy's."""
    builder = ModelBuilder()
    data = np.linspace(-2, 2, 12).astype(np.float16)
    half = builder.tensor("half", (12,), "FLOAT16", data=data)
    x, wide, y = (builder.tensor(name, (12,), "FLOAT32") for name in ("x", "wide", "y"))
    builder.node("DEQUANTIZE", [half], [wide])
    builder.node("ADD", [x, wide], [y], {})
    program = compile_model(builder.inputs(x).outputs(y).build())
    assert [layer.op for layer in program.main.layers] == ["ADD"]
    values = np.arange(12, dtype=np.float32)
    assert run_program(program, [[values]])[0][0].tobytes() == (values + data.astype(np.float32)).tobytes()


def test_a_constant_that_would_grow_stays_a_node() -> None:
    builder = ModelBuilder()
    one = builder.tensor("one", (1,), "FLOAT32", data=np.ones(1))
    shape = builder.tensor("shape", (2,), "INT32", data=np.array([64, 64]))
    x, many, y = (builder.tensor(name, (64, 64), "FLOAT32") for name in ("x", "many", "y"))
    builder.node("BROADCAST_TO", [one, shape], [many])
    builder.node("ADD", [x, many], [y], {})
    assert operators_left(builder.inputs(x).outputs(y)) == ["BROADCAST_TO", "ADD"]


def test_twins_of_variables_stay() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 4), "FLOAT32")
    handle = builder.tensor("handle", (1,), "RESOURCE")
    reads = [builder.tensor(f"r{i}", (1, 4), "FLOAT32") for i in range(2)]
    y = builder.tensor("y", (1, 4), "FLOAT32")
    builder.node("VAR_HANDLE", [], [handle], {"shared_name": "v"})
    builder.node("READ_VARIABLE", [handle], [reads[0]])
    builder.node("ASSIGN_VARIABLE", [handle, x], [])
    builder.node("READ_VARIABLE", [handle], [reads[1]])
    builder.node("SUB", [reads[1], reads[0]], [y], {})
    assert operators_left(builder.inputs(x).outputs(y)).count("READ_VARIABLE") == 2


def test_a_clamp_that_became_a_view_takes_none_itself() -> None:
    builder = ModelBuilder()
    x, y, total, clamped, output = (
        builder.tensor(name, (1, 4), scale=0.05, zero_point=-20) for name in ("x", "y", "total", "clamped", "output")
    )
    zero = builder.tensor("zero", (), scale=0.05, zero_point=-20, data=np.array(-20))
    builder.node("ADD", [x, y], [total], {})
    builder.node("ADD", [total, zero], [clamped], {"fused_activation_function": "RELU"})
    builder.node("RELU6", [clamped], [output])
    graph = read_tflite(builder.inputs(x, y).outputs(output).build(), "model")
    assert [node.op for node in fold_activations.run(graph).nodes] == ["ADD", "RESHAPE", "RELU6"]
