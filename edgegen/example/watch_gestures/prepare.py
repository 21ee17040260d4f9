"""Writes `data.npz` and a trained `teacher.keras` for the watch example into a folder.

`python edgegen/example/watch_gestures/prepare.py build/watch`. The data are those of the Python package seglearn
(`pip install --no-deps seglearn==1.2.5`): ten people did seven shoulder exercises with a smartwatch, whose acceleration
and rotation were taken 50 times a second (D. Burns et al., arXiv:1802.01489). Windows of two seconds are classified.
Nobody is in two splits: the test tells how it does with people it has never seen.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray

SEED = 3
EPOCHS = 12
WINDOW, STEP = 100, 50
COPIES = 3
"""Varied copies of each training window: people turn the watch, and move faster or slower."""

VALIDATION_SUBJECTS = (4, 7)
TEST_SUBJECTS = (2, 9)


def read_recordings() -> dict[str, Any]:
    """The data set: X, a list of [samples,6]; y, the exercise, and subject, one for each."""
    spec = importlib.util.find_spec("seglearn")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("the package seglearn is absent; install its data: pip install --no-deps seglearn==1.2.5")
    path = Path(spec.submodule_search_locations[0]) / "data" / "watch_dataset.npy"
    # A pickle: reading it trusts the package as importing it would.
    recordings: dict[str, Any] = np.load(path, allow_pickle=True).item()
    return recordings


def windows(data: dict[str, Any], subjects: set[int], copies: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """x float32 [N,100,6] and y int64 [N] of some people, each window followed by `copies` varied ones."""
    rng = np.random.default_rng(SEED)
    x, y = [], []
    for recording, label, subject in zip(data["X"], data["y"], data["subject"], strict=True):
        if int(subject) not in subjects:
            continue
        for first in range(0, len(recording) - WINDOW + 1, STEP):
            x.append(recording[first : first + WINDOW])
            x += [vary(recording, first, rng) for _ in range(copies)]
            y += [int(label)] * (1 + copies)
    return np.stack(x).astype(np.float32), np.asarray(y, np.int64)


def vary(recording: NDArray[Any], first: int, rng: np.random.Generator) -> NDArray[Any]:
    """A window from about `first`, at 0.8 to 1.25 times the speed, the watch turned by up to some 20 degrees."""
    length = int(WINDOW * rng.uniform(0.8, 1.25))
    start = int(np.clip(first + rng.integers(-STEP // 2, STEP // 2 + 1), 0, max(0, len(recording) - length)))
    part = recording[start : start + length]
    at = np.linspace(0, len(part) - 1, WINDOW)
    slow = np.stack([np.interp(at, np.arange(len(part)), axis) for axis in part.T], axis=1)
    # Three small turns; acceleration and rotation turn together.
    turn, _ = np.linalg.qr(np.eye(3) + rng.normal(0.0, 0.15, (3, 3)))
    turn *= np.sign(np.diag(turn))
    varied: NDArray[Any] = np.concatenate([slow[:, :3] @ turn, slow[:, 3:] @ turn], axis=1) * rng.uniform(0.9, 1.1)
    return varied


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = read_recordings()
    people = {int(subject) for subject in data["subject"]}
    train = windows(data, people - {*VALIDATION_SUBJECTS, *TEST_SUBJECTS}, COPIES)
    validation, test = windows(data, set(VALIDATION_SUBJECTS)), windows(data, set(TEST_SUBJECTS))
    # One scale per axis, from the training people alone; the firmware has to do the same.
    mean, spread = train[0].mean(axis=(0, 1)), train[0].std(axis=(0, 1))
    splits = {"train": train, "validation": validation, "test": test}
    arrays = {f"x_{name}": ((x - mean) / spread).astype(np.float32) for name, (x, _) in splits.items()}
    arrays |= {f"y_{name}": y for name, (_, y) in splits.items()}
    np.savez(folder / "data.npz", **arrays)

    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    layers = keras.layers
    model = keras.Sequential(name="watch")
    model.add(keras.Input((WINDOW, 6)))
    for filters, pool in ((32, 2), (64, 2), (96, 0)):
        model.add(layers.Conv1D(filters, 7, padding="same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
        if pool:
            model.add(layers.MaxPooling1D(pool))
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(7, activation="softmax"))
    steps = EPOCHS * -(-len(train[0]) // 64)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        arrays["x_train"], arrays["y_train"], batch_size=64, epochs=EPOCHS,
        validation_data=(arrays["x_validation"], arrays["y_validation"]), verbose=2,
    )  # fmt: skip
    model.save(folder / "teacher.keras")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/watch"))
