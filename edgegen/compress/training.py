"""Trains a tf_keras model epoch by epoch: seeded, with the best weights kept, and able to go on where it stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edgegen.compress import checkpoint
from edgegen.compress.data import Data, Split
from edgegen.compress.recipe import Training
from edgegen.model_io.tensorflow_setup import hushed, load

Array: TypeAlias = "NDArray[Any]"
Tell: TypeAlias = "Callable[[str], None]"
_PREDICT_BATCH = 256


@dataclass(frozen=True, slots=True)
class Trained:
    """`score` is that of the validation data after epoch `best_epoch`, counted from 1; 0 where nothing was trained."""

    epochs: int
    best_epoch: int
    score: float


def start(seed: int) -> None:
    """Makes what follows repeatable: the same seed gives the same weights on one machine."""
    tf, keras = load("tensorflow", "tf_keras")
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def train(
    model: Any,
    data: Data,
    options: Training,
    *,
    seed: int,
    folder: Path,
    tell: Tell,
    targets: Array | None = None,
    loss: Any = None,
    callbacks: Sequence[Any] = (),
    keep_from: int = 1,
    score_model: Any = None,
) -> Trained:
    """Trains `model` in place and leaves the weights of its best epoch in it.

    `targets` and `loss` replace the labels and the loss that fits them; `score_model`, which shares layers with
    `model`, is what gets a score on the validation data. Epochs before `keep_from` can't be the best. After each epoch
    `folder` gets the weights, from where the next call goes on.
    """
    keras = load("tf_keras")
    judged = score_model if score_model is not None else model
    if options.epochs == 0:
        return Trained(0, 0, score(predict(judged, data.validation.x), data.validation, data.classes))
    optimizer = _optimizer(keras, options)
    with hushed():
        model.compile(optimizer=optimizer, loss=loss if loss is not None else loss_for(judged, data.classes))
        optimizer.build(model.trainable_variables)
    goals = data.train.y if targets is None else targets
    state = checkpoint.restore(folder, model, optimizer)
    best = state.best
    for epoch in range(state.epochs, options.epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(data.train))
        optimizer.learning_rate.assign(_rate(options, epoch))
        # Each epoch draws the same random numbers, whether or not the run was stopped before it.
        keras.utils.set_random_seed((seed * 10_007 + epoch) % (1 << 31))
        progress = _progress(keras, f"epoch {epoch + 1} of {options.epochs}", tell)
        with hushed():
            model.fit(
                data.train.x[order],
                goals[order],
                batch_size=options.batch_size,
                epochs=1,
                shuffle=False,
                verbose=0,
                callbacks=[*callbacks, progress],
            )
        value = score(predict(judged, data.validation.x), data.validation, data.classes)
        tell(f"epoch {epoch + 1} of {options.epochs}: {score_name(data.classes)} {value:.4f} on validation data")
        better = epoch + 1 >= keep_from and (best is None or value > best.score)
        if better:
            best = Trained(epoch + 1, epoch + 1, value)
        checkpoint.save(folder, model, optimizer, checkpoint.State(epoch + 1, best), is_best=better)
    checkpoint.load_best(folder, model)
    assert best is not None
    return Trained(options.epochs, best.best_epoch, best.score)


def _progress(keras: Any, label: str, tell: Tell) -> Any:
    class Progress(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            total = self.params.get("steps") or 0
            if batch % 16 == 0:
                tell(f"{label}, batch {batch + 1} of {total}")

    return Progress()


def _optimizer(keras: Any, options: Training) -> Any:
    if options.optimizer == "sgd":
        return keras.optimizers.SGD(options.learning_rate, momentum=0.9)
    return keras.optimizers.Adam(options.learning_rate)


def _rate(options: Training, epoch: int) -> float:
    """The learning rate of an epoch: half a cosine, from the full rate to almost none."""
    if options.schedule == "constant":
        return options.learning_rate
    return options.learning_rate * 0.5 * (1.0 + math.cos(math.pi * epoch / options.epochs))


def loss_for(model: Any, classes: int) -> Any:
    """The loss that fits the model's last activation and the kind of data."""
    keras = load("tf_keras")
    if not classes:
        return keras.losses.MeanSquaredError()
    if outputs_of(model) == 1:
        return keras.losses.BinaryCrossentropy(from_logits=not is_squashed(model))
    return keras.losses.SparseCategoricalCrossentropy(from_logits=not is_squashed(model))


def is_squashed(model: Any) -> bool:
    """Whether the last layer gives probabilities: a softmax or a sigmoid."""
    last = model.layers[-1]
    layer = getattr(last, "layer", last)
    for candidate in (layer, last):
        activation = getattr(candidate, "activation", None)
        inner = getattr(activation, "activation", activation)  # quantisation wraps the function
        name = getattr(inner, "__name__", type(inner).__name__)
        if name in ("softmax", "sigmoid") or type(candidate).__name__ == "Softmax":
            return True
    return False


def outputs_of(model: Any) -> int:
    """How many values the model gives per sample."""
    return math.prod(int(size or 1) for size in model.outputs[0].shape[1:])


def predict(model: Any, samples: Array) -> Array:
    """A Keras model's outputs, float32 [N, ...]."""
    with hushed():
        return np.asarray(model.predict(samples, batch_size=_PREDICT_BATCH, verbose=0), np.float32)


def score(outputs: Array, split: Split, classes: int) -> float:
    """The share of right answers, or for values the negative mean squared error: more is better."""
    if not classes:
        return -float(np.mean(np.square(outputs.reshape(split.y.shape) - split.y)))
    flat = outputs.reshape(len(outputs), -1)
    if flat.shape[1] == 1:
        # A sigmoid's middle is 0.5, a logit's is 0: what lies in 0..1 throughout is taken for the former.
        middle = 0.5 if flat.min() >= 0.0 and flat.max() <= 1.0 else 0.0
        found = (flat[:, 0] > middle).astype(np.int64)
    else:
        found = flat.argmax(axis=1)
    return float(np.mean(found == split.y))


def score_name(classes: int) -> str:
    """What `score` is called."""
    return "accuracy" if classes else "negative mean squared error"
