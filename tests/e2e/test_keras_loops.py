"""Keras 3's recurrent layers, which TensorFlow converts to a WHILE loop over several subgraphs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs
from tests.tflm import TflmRefusal, run_tflm

tf = pytest.importorskip("tensorflow", reason="the extra edgegen[compress] is not installed")

_STEPS, _FEATURES = 5, 3
_LAYERS: dict[str, Callable[[Any], list[Any]]] = {
    "lstm": lambda k: [k.LSTM(4)],
    "gru": lambda k: [k.GRU(4)],
    "gru_reset_before": lambda k: [k.GRU(4, reset_after=False)],
    "simple_rnn": lambda k: [k.SimpleRNN(4)],
    "stateful": lambda k: [k.LSTM(4, stateful=True)],
    "sequences": lambda k: [k.LSTM(4, return_sequences=True), k.Dense(2)],
    "bidirectional": lambda k: [k.Bidirectional(k.GRU(3, return_sequences=True)), k.Dense(2)],
    "two_lstms": lambda k: [k.LSTM(4, return_sequences=True), k.LSTM(3)],
}
# A list that is written item by item has no fixed shapes inside: TFLite Micro computes nonsense, TFLite doesn't.
_LISTS = {"sequences", "bidirectional", "two_lstms"}


def _convert(name: str) -> bytes:
    tf.keras.utils.set_random_seed(7)
    source = tf.keras.Input(shape=(_STEPS, _FEATURES), batch_size=1)
    result = source
    for layer in _LAYERS[name](tf.keras.layers):
        result = layer(result)
    return bytes(tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(source, result)).convert())


def _run_tflite(model: bytes, invocations: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    outputs = []
    for arrays in invocations:
        for detail, array in zip(interpreter.get_input_details(), arrays, strict=True):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        outputs.append([interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()])
    return outputs


@pytest.mark.parametrize("name", _LAYERS)
def test_recurrent_layer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # In a process of its own: what edgegen compress needs makes tf.keras the old one for the rest of a process.
    monkeypatch.delenv("TF_USE_LEGACY_KERAS", raising=False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        model = pool.submit(_convert, name).result()
    program = compile_model(model)
    assert any(layer.op == "WHILE" for layer in program.main.layers)
    inputs = make_inputs([program.main.graph.tensors[i] for i in program.main.graph.inputs], 1)
    outputs = run_program(program, inputs, sanitize=True)
    references = [_run_tflite(model, inputs)]
    if name not in _LISTS:
        answer = run_tflm(model, inputs)
        assert not isinstance(answer, TflmRefusal), answer
        references.append(answer)
    for reference in references:
        for mine, its in zip(outputs, reference, strict=True):
            assert [array.tobytes() for array in mine] == [array.tobytes() for array in its]
