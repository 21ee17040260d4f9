"""Writes `data.npz` and a trained `teacher.keras` for the Fashion-MNIST example into a folder.

`python edgegen/example/fashion_mnist/prepare.py build/fashion`. The images are those of the Debian package
dataset-fashion-mnist (`apt-get install dataset-fashion-mnist`), 60,000 to train and 10,000 to test. The seed fixes the
training: a second run on one machine gives the same model.
"""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray

DATASET = Path("/usr/share/datasets/fashion-mnist")
SEED = 7
EPOCHS = 8
VALIDATION = 6_000
"""The last training images; they choose the best epoch."""


def read_images(name: str) -> NDArray[Any]:
    """uint8 [N,28,28,1] of an IDX file."""
    with gzip.open(DATASET / f"{name}-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)


def read_labels(name: str) -> NDArray[Any]:
    """uint8 [N] of an IDX file."""
    with gzip.open(DATASET / f"{name}-labels-idx1-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=8)


def main(folder: Path) -> None:
    if not DATASET.is_dir():
        sys.exit(f"{DATASET} is absent; as root: apt-get install -y dataset-fashion-mnist")
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = read_images("train"), read_labels("train")
    train = images[:-VALIDATION], labels[:-VALIDATION]
    validation = images[-VALIDATION:], labels[-VALIDATION:]
    np.savez(
        folder / "data.npz",
        x_train=train[0], y_train=train[1], x_validation=validation[0], y_validation=validation[1],
        x_test=read_images("t10k"), y_test=read_labels("t10k"),
    )  # fmt: skip

    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    layers = keras.layers
    model = keras.Sequential(name="fashion")
    model.add(keras.Input((28, 28, 1)))
    for filters, strides in ((24, 2), (48, 2), (96, 1)):
        model.add(layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.95))
        model.add(layers.ReLU())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10, activation="softmax"))
    steps = EPOCHS * -(-len(train[0]) // 64)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    scaled = [(x.astype(np.float32) / 255.0, y) for x, y in (train, validation)]
    model.fit(*scaled[0], batch_size=64, epochs=EPOCHS, validation_data=scaled[1], verbose=2)
    model.save(folder / "teacher.keras")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/fashion"))
