"""The loss of distillation, against the formula written out with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edgegen.compress.distill import _logits, _loss
from edgegen.compress.recipe import Distil

RNG = np.random.default_rng(6)


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("squashed", [False, True])
@pytest.mark.parametrize("features", [0, 3])
def test_classes(squashed: bool, features: int, tensorflow: Any) -> None:
    options = Distil(kind="distil", alpha=0.3, temperature=3.0, features=0.5 if features else 0.0)
    labels = RNG.integers(0, 4, (6, 1))
    teacher, student = RNG.normal(size=(2, 6, 4)) * 2
    seen, wanted = RNG.normal(size=(2, 6, features))
    answer = softmax(student) if squashed else student
    # What a softmax gives says the same as its logits: the teacher's may come either way.
    given = _logits(softmax(teacher).astype(np.float32), True)
    loss = _loss(options, 4, 4, 1, squashed, features)
    rows = np.concatenate([labels, given, wanted], axis=1).astype(np.float32)
    outputs = np.concatenate([answer, seen], axis=1).astype(np.float32)
    hard = -np.log(softmax(student)[np.arange(6), labels[:, 0]])
    p, q = softmax(teacher / 3), softmax(student / 3)
    soft = 9 * (p * np.log(p / q)).sum(axis=1)
    expected = 0.3 * hard + 0.7 * soft + (0.5 * ((seen - wanted) ** 2).mean(axis=1) if features else 0.0)
    np.testing.assert_allclose(loss(tensorflow.constant(rows), tensorflow.constant(outputs)), expected, rtol=2e-4)


@pytest.mark.parametrize("squashed", [False, True])
def test_one_output_for_two_classes(squashed: bool, tensorflow: Any) -> None:
    options = Distil(kind="distil", alpha=0.25, temperature=2.0)
    labels, teacher, student = RNG.integers(0, 2, (7, 1)), RNG.normal(size=(7, 1)), RNG.normal(size=(7, 1))

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    def cross(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return -(p * np.log(q) + (1 - p) * np.log(1 - q))[:, 0]

    answer = sigmoid(student) if squashed else student
    rows = np.concatenate([labels, teacher], axis=1).astype(np.float32)
    got = _loss(options, 2, 1, 1, squashed, 0)(
        tensorflow.constant(rows), tensorflow.constant(answer.astype(np.float32))
    )
    p, q = sigmoid(teacher / 2), sigmoid(student / 2)
    expected = 0.25 * cross(labels, sigmoid(student)) + 0.75 * 4 * (cross(p, q) - cross(p, p))
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-5)


def test_values(tensorflow: Any) -> None:
    options = Distil(kind="distil", alpha=0.6)
    labels, teacher, student = RNG.normal(size=(3, 5, 2)).astype(np.float32)
    got = _loss(options, 0, 2, 2, False, 0)(np.concatenate([labels, teacher], axis=1), tensorflow.constant(student))
    expected = 0.6 * ((labels - student) ** 2).mean(axis=1) + 0.4 * ((teacher - student) ** 2).mean(axis=1)
    np.testing.assert_allclose(got, expected, rtol=1e-5)
