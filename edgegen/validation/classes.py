"""Classes from a model's first output, and how they agree with labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgegen.ir import Tensor


def predicted(output: bytes, tensor: Tensor) -> int:
    """The index of the highest value; of a single value, a probability, whether it is at least one half."""
    values = np.frombuffer(output, tensor.dtype.numpy)
    if len(values) != 1:
        return int(values.argmax())
    value = float(values[0])
    if tensor.quantization is not None and tensor.dtype.numpy.kind in "iu":
        value = (value - tensor.quantization.zero_point) * tensor.quantization.scale
    return int(value >= 0.5)


def confusion(labels: Sequence[int], classes: Sequence[int], count: int) -> tuple[tuple[int, ...], ...]:
    """How many samples of each label (row) were taken for each class (column)."""
    matrix = np.zeros((count, count), dtype=int)
    for label, found in zip(labels, classes, strict=True):
        matrix[label, found] += 1
    return tuple(tuple(int(value) for value in row) for row in matrix)
