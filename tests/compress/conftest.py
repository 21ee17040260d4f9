"""A small float model and its data, for every test of compress; all are skipped where TensorFlow is absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.model_io.tensorflow_setup import load, tensorflow_problem

Arrays = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    problem = tensorflow_problem()
    if problem is None:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents and "tensorflow" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=problem.splitlines()[0]))


@pytest.fixture(scope="session")
def tensorflow() -> Any:
    return load("tensorflow")


@pytest.fixture(scope="session")
def keras(tensorflow: Any) -> Any:
    return load("keras")


@pytest.fixture(scope="session")
def tf_keras(tensorflow: Any) -> Any:
    return load("tf_keras")


@pytest.fixture(scope="session")
def digits() -> Arrays:
    """Scikit-learn's handwritten digits: 900 to train on, 100 to choose by, 200 to test on."""
    from sklearn.datasets import load_digits

    data = load_digits()
    x, y = (data.images / 16.0).astype(np.float32)[..., None], data.target
    return {
        "x_train": x[:900], "y_train": y[:900], "x_validation": x[900:1000], "y_validation": y[900:1000],
        "x_test": x[1000:1200], "y_test": y[1000:1200],
    }  # fmt: skip


@pytest.fixture(scope="session")
def digits_model(keras: Any, digits: Arrays) -> Any:
    """A Keras 3 network that reads the digits."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.8)(x))
    x = layers.MaxPooling2D()(x)
    y = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(layers.Add()([x, y]))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x), name="digits")
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    model.fit(digits["x_train"], digits["y_train"], epochs=4, verbose=0)
    return model
