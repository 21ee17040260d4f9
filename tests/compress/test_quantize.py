"""Post-training quantisation: the schemes, the calibrations, and the report of what it cost each layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgegen.compress.interpreter import Interpreter
from edgegen.compress.layer_errors import layer_errors, worst
from edgegen.compress.quantize import _least_error, choose_ranges, quantize, to_float_tflite
from edgegen.compress.recipe import Quantize
from edgegen.errors import InputError
from edgegen.ir import DType
from edgegen.model_io.tflite_reader import read_tflite


@pytest.fixture(scope="module")
def exact(digits_model: Any) -> bytes:
    return to_float_tflite(digits_model)


def options(**given: Any) -> Quantize:
    return Quantize(kind="quantize", **given)


@pytest.mark.parametrize(
    ("given", "io", "activations", "error"),
    [
        ({}, DType.INT8, DType.INT8, 0.05),
        ({"io": "float32"}, DType.FLOAT32, DType.INT8, 0.05),
        ({"scheme": "int16x8"}, DType.INT16, DType.INT16, 0.02),
        ({"calibration": "percentile", "percentile": 99.9}, DType.INT8, DType.INT8, 0.1),
        ({"calibration": "mse"}, DType.INT8, DType.INT8, 0.05),
    ],
    ids=lambda value: "-".join(map(str, value.values())) or "default" if isinstance(value, dict) else None,
)
def test_schemes(
    given: dict[str, Any], io: DType, activations: DType, error: float, exact: bytes, digits: dict[str, Any]
) -> None:
    model = quantize(exact, digits["x_train"][:100], options(**given))
    graph = read_tflite(model, "m")
    assert [graph.tensors[i].dtype for i in (*graph.inputs, *graph.outputs)] == [io, io]
    convolutions = [node for node in graph.nodes if node.op == "CONV_2D"]
    assert {graph.tensors[node.outputs[0]].dtype for node in convolutions} == {activations}
    weights = graph.tensors[convolutions[0].inputs[1]]
    assert weights.dtype is DType.INT8
    assert weights.quantization is not None
    assert len(weights.quantization.scales) == weights.shape[0]
    x = digits["x_test"][:50]
    assert np.abs(Interpreter(model).predict(x) - Interpreter(exact).predict(x)).mean() < error


def test_the_same_input_gives_the_same_bytes(exact: bytes, digits_model: Any, digits: dict[str, Any]) -> None:
    assert to_float_tflite(digits_model) == exact
    first, second = (quantize(exact, digits["x_train"][:50], options()) for _ in range(2))
    assert first == second


def test_percentile_leaves_out_an_outlier(exact: bytes, digits: dict[str, Any]) -> None:
    x = digits["x_train"][:40].copy()
    x[0, 0, 0, 0] = 1000.0
    found = [choose_ranges(exact, x, options(calibration="percentile", percentile=p)) for p in (100.0, 99.0)]
    (name,) = (name for name in found[0] if "input" in name)
    assert found[0][name][1] == 1000.0
    assert found[1][name][1] <= 1.0
    assert all(low <= 0.0 <= high for low, high in found[1].values())


def test_least_error_beats_the_full_range_on_a_long_tail() -> None:
    values = np.random.default_rng(2).standard_t(3, 200_000).astype(np.float32)
    full = float(values.min()), float(values.max())
    found = _least_error(values, options(calibration="mse"))

    def error(low: float, high: float) -> float:
        scale = (high - low) / 255
        return float(np.mean((np.clip(np.round((values - low) / scale), 0, 255) * scale + low - values) ** 2))

    assert full[0] < found[0] < 0.0 < found[1] < full[1]
    assert error(*found) < 0.8 * error(*full)


def test_worst_layer_is_the_one_with_an_outlier(tf_keras: Any) -> None:
    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(2)
    inputs = tf_keras.Input((16,))
    names = ["first", "second", "third"]
    x = inputs
    for name in names:
        x = layers.Dense(16, activation="relu", name=name)(x)
    model = tf_keras.Model(inputs, layers.Dense(4)(x))
    kernel, bias = model.get_layer("second").get_weights()
    bias[0] = 3000.0  # one channel takes the whole range of int8, the others round to nothing
    model.get_layer("second").set_weights([kernel, bias])
    after, _ = model.get_layer("third").get_weights()
    after[0] = 0.0
    model.get_layer("third").set_weights([after, _])
    samples = np.random.default_rng(1).random((50, 16), np.float32)
    exact = to_float_tflite(model)
    errors = layer_errors(exact, quantize(exact, samples, options()), samples)
    figures = {name: error.sqnr_db for error in errors for name in names if name in error.name}
    assert figures["first"] > 30
    assert figures["third"] < 10
    assert any("third" in error.name for error in worst(errors, 2))


def test_recurrent_layers_take_minmax_alone(tf_keras: Any) -> None:
    layers = tf_keras.layers
    model = tf_keras.Sequential([tf_keras.Input((6, 3)), layers.LSTM(4), layers.Dense(2)])
    exact = to_float_tflite(model)
    samples = np.random.default_rng(1).normal(size=(30, 6, 3)).astype(np.float32)
    with pytest.raises(InputError, match="minmax"):
        quantize(exact, samples, options(calibration="mse"))
    model_bytes = quantize(exact, samples, options())
    assert "UNIDIRECTIONAL_SEQUENCE_LSTM" in {node.op for node in read_tflite(model_bytes, "m").nodes}
    # A sample's outcome must not depend on those before it.
    interpreter = Interpreter(model_bytes)
    alone = interpreter.run(samples[5])
    np.testing.assert_array_equal(interpreter.predict(samples)[5], alone)


def test_input_of_unknown_size_is_refused(tf_keras: Any) -> None:
    layers = tf_keras.layers
    model = tf_keras.Sequential([tf_keras.Input((None, 3)), layers.Conv1D(2, 3), layers.GlobalAveragePooling1D()])
    with pytest.raises(InputError, match="unknown size"):
        to_float_tflite(model)
