"""Distillation: a student learns the labels and the softened answers of a teacher.

After Hinton, Vinyals, Dean, "Distilling the knowledge in a neural network" (2015): the loss is
alpha * CE(labels, student) + (1 - alpha) * T^2 * KL(softmax(teacher / T) || softmax(student / T)).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgegen.compress.base import Context, Outcome
from edgegen.compress.carry_over import carry_over
from edgegen.compress.derive import derive_student
from edgegen.compress.keras_graph import clone
from edgegen.compress.recipe import Distil
from edgegen.compress.training import Array, is_squashed, outputs_of, predict, score, score_name, train
from edgegen.errors import InputError
from edgegen.model_io.keras_import import import_model
from edgegen.model_io.tensorflow_setup import hushed, load

_TINY = 1e-7


def run(model: Any, options: Distil, context: Context) -> Outcome:
    """Returns the trained student. The teacher answers the training data once, before the training."""
    data = context.data
    teacher = context.original if options.teacher == "input" else _read(options.teacher, context.base)
    student = _student(model, options, context.base)
    _check_pair(teacher, student)
    context.tell("the teacher answers the training data")
    answers = predict(teacher, data.train.x).reshape(len(data.train), -1)
    parts = [_logits(answers, is_squashed(teacher)) if data.classes else answers]
    labels = data.train.y.reshape(len(data.train), -1).astype(np.float32)
    trained_model, features = student, 0
    if options.features > 0:
        seen = predict(_before_last(teacher), data.train.x).reshape(len(data.train), -1)
        # In units of their own spread, so that the weight means the same for every teacher.
        parts.append(seen / max(float(seen.std()), _TINY))
        features = seen.shape[1]
        trained_model = _with_features(student, features)
    loss = _loss(options, data.classes, outputs_of(student), labels.shape[1], is_squashed(student), features)
    result = train(
        trained_model, data, options, seed=context.seed, folder=context.folder, tell=context.tell,
        targets=np.concatenate([labels, *parts], axis=1), loss=loss, score_model=student,
    )  # fmt: skip
    reached = score(predict(teacher, data.validation.x), data.validation, data.classes)
    sizes = f"student {student.count_params():,} parameters, teacher {teacher.count_params():,}"
    name = score_name(data.classes)
    scores = f"{name} on validation data: teacher {reached:.4f}, student {result.score:.4f} (epoch {result.best_epoch})"
    return Outcome(student, (sizes, scores))


def _student(model: Any, options: Distil, base: Path) -> Any:
    if options.width is not None or options.depth is not None:
        return derive_student(model, options.width or 1.0, options.depth or 1.0)
    if options.student in (None, "current"):
        return clone(model)
    return _read(str(options.student), base)


def _read(name: str, base: Path) -> Any:
    source = import_model(base / name)
    if source.keras is None:
        raise InputError(f"distil: '{name}' can't be used: {source.fixed}; give a Keras model")
    return carry_over(source.keras)


def _check_pair(teacher: Any, student: Any) -> None:
    for what in ("inputs", "outputs"):
        ours, theirs = (tuple(getattr(model, what)[0].shape[1:]) for model in (student, teacher))
        if ours != theirs:
            raise InputError(
                f"distil: the student's {what} have the shape {ours}, the teacher's {theirs}; make them equal"
            )


def _logits(answers: Array, squashed: bool) -> Array:
    """The values before softmax, up to a constant, which softmax ignores; for one output those before the sigmoid."""
    if not squashed:
        return answers
    clipped = np.clip(answers, _TINY, 1.0 - _TINY)
    if answers.shape[1] == 1:
        return np.asarray(np.log(clipped / (1.0 - clipped)), np.float32)
    return np.asarray(np.log(clipped), np.float32)


def _before_last(model: Any) -> Any:
    """The model up to what its last layer with weights takes."""
    keras = load("tf_keras")
    last = next(layer for layer in reversed(model.layers) if layer.weights)
    return keras.Model(model.inputs, last.input)


def _with_features(student: Any, features: int) -> Any:
    """The student with a second output: its features, brought to the teacher's number by one matrix."""
    keras = load("tf_keras")
    with hushed():
        seen = keras.layers.Flatten(name="edgegen_student_features")(_before_last(student).output)
        matched = keras.layers.Dense(features, use_bias=False, name="edgegen_match_features")(seen)
        answer = keras.layers.Flatten(name="edgegen_answer")(student.outputs[0])
        joined = keras.layers.Concatenate(name="edgegen_answer_and_features")([answer, matched])
        return keras.Model(student.inputs, joined)


def _loss(options: Distil, classes: int, outputs: int, labels: int, squashed: bool, features: int) -> Any:
    """The loss: rows of labels, teacher's answers and features against rows of the student's outputs and features."""
    tf, keras = load("tensorflow", "tf_keras")
    alpha, heat = options.alpha, options.temperature

    def loss(wanted: Any, given: Any) -> Any:
        given = tf.reshape(given, (tf.shape(given)[0], -1))
        answer, hard, soft = given[:, :outputs], wanted[:, :labels], wanted[:, labels : labels + outputs]
        if not classes:
            value = alpha * tf.reduce_mean(tf.square(answer - hard), 1)
            value += (1 - alpha) * tf.reduce_mean(tf.square(answer - soft), 1)
        elif outputs == 1:
            logits = _log_odds(tf, answer) if squashed else answer
            value = alpha * tf.nn.sigmoid_cross_entropy_with_logits(hard, logits)[:, 0]
            target = tf.sigmoid(soft / heat)
            cross = tf.nn.sigmoid_cross_entropy_with_logits(target, logits / heat)
            entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, soft / heat)
            value += (1 - alpha) * heat**2 * (cross - entropy)[:, 0]
        else:
            logits = tf.math.log(tf.clip_by_value(answer, _TINY, 1.0)) if squashed else answer
            value = alpha * tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(hard[:, 0], tf.int32), logits)
            value += (
                (1 - alpha)
                * heat**2
                * keras.losses.kl_divergence(tf.nn.softmax(soft / heat), tf.nn.softmax(logits / heat))
            )
        if features:
            missed = given[:, outputs:] - wanted[:, labels + outputs :]
            value += options.features * tf.reduce_mean(tf.square(missed), 1)
        return value

    return loss


def _log_odds(tf: Any, answer: Any) -> Any:
    clipped = tf.clip_by_value(answer, _TINY, 1.0 - _TINY)
    return tf.math.log(clipped / (1.0 - clipped))
