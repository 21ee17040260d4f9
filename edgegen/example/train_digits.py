"""Trains the bundled example model: scikit-learn's handwritten digits in, an int8 `.tflite` and its figures out.

Run it as `python edgegen/example/train_digits.py [folder]` with the `compress` and `test` extras installed. It writes
`digits.tflite`, `digits.json` (accuracy, measured) and `digits_test.npz` (the held-out images as the model takes them,
and three golden invocations) beside itself or into `folder`. The seed fixes the split and the training, so a second
run on one machine gives the same files; another CPU may round the training differently.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 20
EPOCHS = 120
GOLDEN_INVOCATIONS = 3

Images = NDArray[Any]
Split = tuple[Images, NDArray[Any]]


def load_splits() -> tuple[Split, Split, Split]:
    """Returns train, validation and test: 60, 20 and 20 per cent of the 1,797 images, the digits in equal shares.

    Images are float32 [N,8,8,1] in 0..1. The data set does not say who wrote a digit, so one hand can be in all three
    splits: the accuracy says nothing about writers that were never seen.
    """
    digits = load_digits()
    images = (digits.images / 16.0).astype(np.float32)[..., np.newaxis]
    labels = digits.target.astype(np.int64)
    rest_x, test_x, rest_y, test_y = train_test_split(images, labels, test_size=0.2, random_state=SEED, stratify=labels)
    train_x, val_x, train_y, val_y = train_test_split(
        rest_x, rest_y, test_size=0.25, random_state=SEED, stratify=rest_y
    )
    return (train_x, train_y), (val_x, val_y), (test_x, test_y)


def train(training: Split, validation: Split) -> Any:
    """Returns the Keras model with the weights of its best epoch on the validation split."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), batch_size=None),
            layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
            layers.Conv2D(12, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.DepthwiseConv2D(3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(24, 1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.DepthwiseConv2D(3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(40, 1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )
    best: dict[str, Any] = {"loss": float("inf"), "weights": None}

    class KeepBest(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            loss = (logs or {})["val_loss"]
            if loss < best["loss"]:
                best.update(loss=loss, weights=model.get_weights())

    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(4e-3, EPOCHS * 34)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(*training, batch_size=32, epochs=EPOCHS, validation_data=validation, verbose=0, callbacks=[KeepBest()])
    model.set_weights(best["weights"])
    # The shift of the training images is no part of the exported model.
    return keras.Sequential([keras.Input((8, 8, 1), batch_size=1), *model.layers[1:]], name="digits")


def convert(model: Any, representative: Images) -> bytes:
    """Returns the `.tflite`: weights, activations, input and output all int8."""
    import tensorflow as tf

    def samples() -> Iterator[list[Images]]:
        for image in representative:
            yield [image[np.newaxis]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())


class Reference:
    """TensorFlow Lite Micro's own kernels on this machine."""

    def __init__(self, model: bytes) -> None:
        from tflite_micro import runtime

        self._interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
        details = self._interpreter.get_input_details(0)["quantization_parameters"]
        self.scale = float(details["scales"][0])
        self.zero_point = int(details["zero_points"][0])

    def quantize(self, images: Images) -> Images:
        """Returns float images as the model's int8 input."""
        return np.clip(np.round(images / self.scale) + self.zero_point, -128, 127).astype(np.int8)

    def invoke(self, image: Images) -> Images:
        """Returns the int8 output [1,10] for one int8 image [1,8,8,1]."""
        self._interpreter.set_input(image, 0)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_output(0))


def save_npz(path: Path, arrays: Mapping[str, Images]) -> None:
    """Writes an npz without time stamps: the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


def main(folder: Path) -> None:
    import tensorflow as tf

    training, validation, (test_x, test_y) = load_splits()
    keras_model = train(training, validation)
    tflite = convert(keras_model, training[0])

    reference = Reference(tflite)
    test_int8 = reference.quantize(test_x)
    outputs = [reference.invoke(image[np.newaxis]) for image in test_int8]
    int8_correct = int(sum(int(output.argmax()) == label for output, label in zip(outputs, test_y, strict=True)))
    float_correct = int((keras_model.predict(test_x, batch_size=1, verbose=0).argmax(axis=1) == test_y).sum())
    figures = {
        "data": "scikit-learn load_digits: 1,797 grey images of 8x8, ten digits",
        "split": {"train": len(training[0]), "validation": len(validation[0]), "test": len(test_x), "seed": SEED},
        "test_accuracy_float": round(float_correct / len(test_x), 4),
        "test_accuracy_int8": round(int8_correct / len(test_x), 4),
        "int8_measured_with": "tflite-micro's kernels on the host",
        "parameters": int(keras_model.count_params()),
        "tflite_bytes": len(tflite),
        "tflite_sha256": hashlib.sha256(tflite).hexdigest(),
        "tensorflow": tf.__version__,
    }
    golden = range(GOLDEN_INVOCATIONS)
    arrays = {
        **{f"input_{i}_0": test_int8[i : i + 1] for i in golden},
        **{f"output_{i}_0": outputs[i] for i in golden},
        "images": test_int8,
        "labels": test_y.astype(np.uint8),
    }
    (folder / "digits.tflite").write_bytes(tflite)
    save_npz(folder / "digits_test.npz", arrays)
    (folder / "digits.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
