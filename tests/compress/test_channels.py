"""Channels are really removed: shapes shrink, and what was of no weight is gone without a trace in the outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from edgegen.compress.channels import remove_channels
from edgegen.compress.derive import derive_student
from edgegen.errors import InputError

Layers = Any


def plain(k: Any, layers: Layers) -> Any:
    return k.Sequential([
        k.Input((12, 12, 3)), layers.Conv2D(8, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU(),
        layers.DepthwiseConv2D(3, depth_multiplier=2), layers.Conv2D(12, 1, activation="relu"), layers.MaxPooling2D(),
        layers.SeparableConv2D(8, 3, activation="relu", padding="same", depth_multiplier=2), layers.Flatten(),
        layers.Dense(16, activation="relu"), layers.Dropout(0.1), layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


def residual(k: Any, layers: Layers) -> Any:
    inputs = k.Input((8, 8, 2))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    y = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    z = layers.Conv2D(8, 1)(layers.Add()([x, y]))
    joined = layers.Concatenate()([layers.Add()([y, z]), layers.AveragePooling2D(1)(x)])
    return k.Model(inputs, layers.Dense(4)(layers.GlobalAveragePooling2D()(joined)))


def series(k: Any, layers: Layers) -> Any:
    return k.Sequential([
        k.Input((20, 3)), layers.Conv1D(8, 3, padding="same"), layers.BatchNormalization(), layers.Activation("relu"),
        layers.MaxPooling1D(), layers.SeparableConv1D(8, 3), layers.ZeroPadding1D(1), layers.Conv1D(8, 3, strides=2),
        layers.LSTM(4), layers.Dense(2),
    ])  # fmt: skip


def shared(k: Any, layers: Layers) -> Any:
    inputs = k.Input((8,))
    dense = layers.Dense(8, activation="relu")
    x = layers.Dense(8, activation="relu")(inputs)
    return k.Model(inputs, layers.Dense(2)(layers.Concatenate()([dense(x), dense(dense(x))])))


MODELS: dict[str, Callable[[Any, Layers], Any]] = {
    "plain": plain, "residual": residual, "series": series, "shared": shared
}  # fmt: skip


def silence(model: Any, share: float) -> None:
    """Makes the last `share` of each layer's channels give zero, and randomises BatchNorm for the rest."""
    rng = np.random.default_rng(4)
    quiet = None
    for layer in model.layers:
        weights = layer.get_weights()
        kind = type(layer).__name__
        if kind == "BatchNormalization":
            weights = [rng.uniform(0.5, 1.5, w.shape).astype(np.float32) for w in weights]
            weights[1][quiet:] = weights[2][quiet:] = 0.0
        elif weights and layer is not model.layers[-1] and kind not in ("LSTM", "DepthwiseConv2D"):
            quiet = round(weights[-1].shape[-1] * (1 - share))
            at = 1 if kind.startswith("Separable") else 0
            weights[at][..., quiet:] = 0.0
            weights[-1][..., quiet:] = 0.0
        layer.set_weights(weights)


@pytest.mark.parametrize("scope", ["layer", "model"])
@pytest.mark.parametrize("name", MODELS)
def test_channels_without_weight_leave_without_a_trace(name: str, scope: str, tf_keras: Any) -> None:
    tf_keras.utils.set_random_seed(3)
    model = MODELS[name](tf_keras, tf_keras.layers)
    silence(model, 0.5)
    before = [w.copy() for w in model.get_weights()]
    # At most as many as are silent: a quarter of all, or half of each layer.
    removal = remove_channels(model, 0.5 if scope == "layer" else 0.2, scope=scope, round_to=1)
    smaller = removal.model
    x = np.random.default_rng(1).normal(size=(4, *model.input_shape[1:])).astype(np.float32)
    np.testing.assert_allclose(smaller(x), model(x), rtol=1e-4, atol=1e-5)
    assert np.abs(np.asarray(model(x))).max() > 1e-3
    assert smaller.count_params() < model.count_params()
    assert any(after < first for _, first, after in removal.layers)
    assert smaller.output_shape == model.output_shape
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_multiples_are_kept_and_one_group_stays(tf_keras: Any) -> None:
    model = plain(tf_keras, tf_keras.layers)
    for share in (0.3, 0.98):
        removal = remove_channels(model, share, scope="layer", round_to=4)
        for name, before, after in removal.layers[:-1]:
            assert after % 4 == 0, name
            assert 4 <= after <= before
        assert removal.layers[-1][1:] == (3, 3)


def test_layer_without_a_rule_keeps_what_it_takes(tf_keras: Any) -> None:
    layers = tf_keras.layers
    model = tf_keras.Sequential([
        tf_keras.Input((8, 4)), layers.Conv1D(8, 3, name="before"), layers.LSTM(6), layers.Dense(8, name="after"),
        layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    kept = {name: after for name, _, after in remove_channels(model, 0.5, scope="layer", round_to=1).layers}
    assert kept["before"] == 8
    assert kept["after"] == 4


def test_nothing_to_remove_is_an_error(tf_keras: Any) -> None:
    model = tf_keras.Sequential([tf_keras.Input((8,)), tf_keras.layers.Dense(2, activation="softmax")])
    with pytest.raises(InputError, match="no layer's channels"):
        remove_channels(model, 0.5, scope="layer", round_to=1)


@pytest.mark.parametrize("name", ["plain", "residual", "series"])
def test_student_is_narrower_with_the_same_ends(name: str, tf_keras: Any) -> None:
    teacher = MODELS[name](tf_keras, tf_keras.layers)
    student = derive_student(teacher, 0.5, 1.0)
    assert student.count_params() < teacher.count_params()
    assert (student.input_shape, student.output_shape) == (teacher.input_shape, teacher.output_shape)
    wider = derive_student(teacher, 2.0, 1.0)
    assert wider.count_params() > teacher.count_params()


def test_student_is_shallower(tf_keras: Any) -> None:
    layers = tf_keras.layers
    inputs = tf_keras.Input((8, 8, 8))
    x = inputs
    for number in range(4):
        y = layers.Conv2D(8, 3, padding="same", name=f"conv{number}")(x)
        x = layers.Add()([x, layers.ReLU()(layers.BatchNormalization()(y))])
    teacher = tf_keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    student = derive_student(teacher, 1.0, 0.5)
    assert [layer.name for layer in student.layers if "conv" in layer.name] == ["conv0", "conv1"]
    assert sum(type(layer).__name__ == "Add" for layer in student.layers) == 2


def test_layer_that_does_not_go_with_fewer_channels_is_named(tf_keras: Any) -> None:
    layers = tf_keras.layers
    model = tf_keras.Sequential([
        tf_keras.Input((4, 4, 1)), layers.Conv2D(8, 1), layers.Reshape((64, 2), name="fold"), layers.Conv1D(4, 1),
        layers.Flatten(), layers.Dense(2),
    ])  # fmt: skip
    with pytest.raises(InputError, match="'fold'"):
        derive_student(model, 0.5, 1.0)
