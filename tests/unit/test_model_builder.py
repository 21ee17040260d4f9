"""The test models are models: TensorFlow Lite Micro runs them, and refuses what is wrong with a message."""

from __future__ import annotations

import numpy as np

from tests.model_builder import ModelBuilder
from tests.tflm import TflmRefusal, run_tflm


def conv_add_model() -> bytes:
    """A 1x1 CONV_2D that doubles its input, and an ADD of the input to it."""
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 2, 2, 1), "INT8", scale=0.5)
    weights = builder.tensor("weights", (1, 1, 1, 1), "INT8", scale=[1.0], data=[[[[2]]]])
    bias = builder.tensor("bias", (1,), "INT32", scale=[0.5], data=[4])
    doubled = builder.tensor("doubled", (1, 2, 2, 1), "INT8", scale=0.5)
    total = builder.tensor("total", (1, 2, 2, 1), "INT8", scale=0.5)
    builder.node("CONV_2D", [x, weights, bias], [doubled], {"padding": "VALID", "stride_w": 1, "stride_h": 1})
    builder.node("ADD", [doubled, x], [total], {"fused_activation_function": "RELU"})
    return builder.inputs(x).outputs(total).build()


def test_tflm_runs_a_built_model() -> None:
    x = np.array([1, 2, 3, -50], dtype=np.int8).reshape(1, 2, 2, 1)
    outputs = run_tflm(conv_add_model(), [[x], [x + np.int8(1)]])
    assert not isinstance(outputs, TflmRefusal), outputs
    first, second = (invocation[0].reshape(-1).tolist() for invocation in outputs)
    assert first == [7, 10, 13, 0]
    assert second == [10, 13, 16, 0]


def test_state_is_kept_between_invocations_and_subgraphs_run() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 3), "INT8", scale=1.0)
    handle = builder.tensor("handle", (), "RESOURCE")
    old = builder.tensor("old", (1, 3), "INT8", scale=1.0)
    new = builder.tensor("new", (1, 3), "INT8", scale=1.0)
    init = builder.subgraph("init")
    init_handle = init.tensor("handle", (), "RESOURCE")
    start = init.tensor("start", (1, 3), "INT8", scale=1.0, data=[[10, 20, 30]])
    init.node("VAR_HANDLE", [], [init_handle], {"container": "", "shared_name": "state"})
    init.node("ASSIGN_VARIABLE", [init_handle, start], [])
    builder.node("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    builder.node("VAR_HANDLE", [], [handle], {"container": "", "shared_name": "state"})
    builder.node("READ_VARIABLE", [handle], [old])
    builder.node("ADD", [old, x], [new], {})
    builder.node("ASSIGN_VARIABLE", [handle, new], [])
    ones = np.ones((1, 3), dtype=np.int8)
    outputs = run_tflm(builder.inputs(x).outputs(new).build(), [[ones], [ones]])
    assert not isinstance(outputs, TflmRefusal), outputs
    assert [invocation[0].tolist() for invocation in outputs] == [[[11, 21, 31]], [[12, 22, 32]]]


def test_a_custom_operator_gets_its_options() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (4,), "INT16")
    weights = builder.tensor("weights", (4,), "INT16", data=[1 << 12] * 4)
    y = builder.tensor("y", (4,), "INT16")
    builder.node("SignalWindow", [x, weights], [y], custom=True, custom_options={"shift": 12})
    values = np.array([5, -7, 1000, 0], dtype=np.int16)
    outputs = run_tflm(builder.inputs(x).outputs(y).build(), [[values]])
    assert not isinstance(outputs, TflmRefusal), outputs
    assert outputs[0][0].tolist() == values.tolist()


def test_a_refusal_is_a_message_and_the_next_model_runs() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 4), "INT8", scale=0.5)
    y = builder.tensor("y", (1, 4), "INT8", scale=0.5)
    builder.node("GELU", [x], [y], {})
    refused = run_tflm(builder.inputs(x).outputs(y).build(), [[np.zeros((1, 4), dtype=np.int8)]])
    assert isinstance(refused, TflmRefusal)
    assert "GELU" in refused
    assert not isinstance(run_tflm(conv_add_model(), [[np.zeros((1, 2, 2, 1), dtype=np.int8)]]), TflmRefusal)


def test_an_abort_ends_only_its_model() -> None:
    aborted = run_tflm(b"\xff" * 64, [[np.zeros((1, 4), dtype=np.int8)]])
    assert isinstance(aborted, TflmRefusal)
    assert not isinstance(run_tflm(conv_add_model(), [[np.zeros((1, 2, 2, 1), dtype=np.int8)]]), TflmRefusal)


def test_constant_data_is_aligned() -> None:
    builder = ModelBuilder()
    sizes = (1, 7, 100, 33)
    for number, size in enumerate(sizes, start=1):
        builder.tensor(f"tensor {number}", (size,), "INT8", data=np.full(size, number))
    model = builder.build()
    for number, size in enumerate(sizes, start=1):
        place = model.index(size.to_bytes(4, "little") + bytes([number]) * size) + 4
        assert place % 16 == 0
