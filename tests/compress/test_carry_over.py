"""Keras 3 models carried over to tf_keras: the same outputs, or an error that names the layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from edgegen.compress.carry_over import carry_over
from edgegen.errors import InputError


def chain(shape: tuple[int, ...], *names: Any) -> Callable[[Any], Any]:
    def build(keras: Any) -> Any:
        layers = [getattr(keras.layers, name)(**options) for name, options in names]
        return keras.Sequential([keras.Input(shape), *layers])

    return build


def nested(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((8, 8, 3))
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.ReLU()], name="inner")
    pair = keras.Model(inputs, [layers.Conv2D(4, 3)(inputs), layers.Conv2D(4, 3)(inputs)])
    first, second = pair(inputs)
    return keras.Model(inputs, layers.Concatenate()([first + second, inner(inputs), inner(inputs * inputs)]))


def shared(keras: Any) -> Any:
    inputs = keras.Input((5,))
    dense = keras.layers.Dense(5)
    return keras.Model(inputs, keras.layers.Add()([dense(inputs), dense(dense(inputs))]))


MODELS = {
    "convolutions": chain(
        (12, 12, 2), ("Conv2D", {"filters": 4, "kernel_size": 3, "use_bias": False}), ("BatchNormalization", {}),
        ("ReLU", {"max_value": 6}), ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same"}),
        ("SeparableConv2D", {"filters": 4, "kernel_size": 3, "activation": "relu6"}),
        ("LeakyReLU", {"negative_slope": 0.1}), ("PReLU", {"shared_axes": [1, 2]}), ("MaxPooling2D", {}),
        ("GlobalAveragePooling2D", {}), ("Softmax", {}),
    ),
    "series": chain(
        (20, 3), ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal"}), ("LayerNormalization", {}),
        ("LSTM", {"units": 4, "return_sequences": True}), ("GRU", {"units": 3}), ("Dense", {"units": 2}),
    ),
    "both ways": chain((9, 3), ("Bidirectional", {"layer": None}), ("Dense", {"units": 2})),
    "training only": chain(
        (8, 8, 1), ("RandomTranslation", {"height_factor": 0.1, "width_factor": 0.1}), ("Flatten", {}),
        ("Dropout", {"rate": 0.5}), ("Dense", {"units": 3, "kernel_regularizer": "l2"}),
    ),
    "nested": nested,
    "shared": shared,
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_outputs_are_equal(name: str, keras: Any) -> None:
    if name == "both ways":
        layers = keras.layers
        model = keras.Sequential([keras.Input((9, 3)), layers.Bidirectional(layers.LSTM(4)), layers.Dense(2)])
    else:
        model = MODELS[name](keras)
    carried = carry_over(model)
    x = np.random.default_rng(1).normal(size=(3, *model.input_shape[1:])).astype(np.float32)
    ours, theirs = np.asarray(carried(x, training=False)), np.asarray(model(x, training=False))
    assert np.abs(ours).max() > 1e-3
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert type(carried).__module__.startswith("tf_keras.")


def test_tf_keras_model_stays_itself(tf_keras: Any) -> None:
    model = tf_keras.Sequential([tf_keras.Input((3,)), tf_keras.layers.Dense(2)])
    assert carry_over(model) is model


def test_error_names_the_layer(keras: Any) -> None:
    layers = keras.layers
    inputs = keras.Input((6,))

    class Mine(layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 2

    for layer, says in (
        (layers.RMSNormalization(name="norm"), "layer 'norm' .RMSNormalization. has no counterpart"),
        (Mine(name="mine"), "layer 'mine' .Mine. has no counterpart"),
        (layers.Dense(4, activation="hard_sigmoid", name="gate"), "layer 'gate' .Dense. computes something else"),
        (layers.Dense(4, activation=layers.ReLU(), name="act"), "layer 'act' .Dense.: its activation is a ReLU"),
    ):
        model = keras.Model(inputs, layers.Dense(2)(layer(inputs)))
        with pytest.raises(InputError, match=says):
            carry_over(model)


def test_subclassed_model_is_refused(keras: Any) -> None:
    class Mine(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Mine()
    model(np.zeros((1, 3), np.float32))
    with pytest.raises(InputError, match="subclass"):
        carry_over(model)
