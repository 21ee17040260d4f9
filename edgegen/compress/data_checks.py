"""What can be wrong with data: each check names the array, what it found, the limit and the remedy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import InputError

_FAR = 4.0
"""How many times wider or narrower than the training data's the range may be."""


def check_array(array: NDArray[Any], where: str, shape: tuple[int | None, ...]) -> None:
    """Raises InputError for another type than numbers, another shape, no samples, or a value that is no number."""
    if array.dtype.kind not in "fiub":
        raise InputError(f"{where}: dtype {array.dtype} is no number type; give float32, int or uint8")
    fits = array.ndim == len(shape) + 1 and all(
        want in (None, have) for want, have in zip(shape, array.shape[1:], strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        hint = "reshape the array"
        if array.ndim == len(shape) and shape[-1] == 1:
            hint = "add the last axis: x[..., None]"
        elif array.ndim == 4 and array.shape[1] == shape[-1]:
            hint = "it looks like channels first: x.transpose(0, 2, 3, 1)"
        raise InputError(f"{where}: shape {array.shape}, but the model wants (samples, {wanted}); {hint}")
    if not len(array):
        raise InputError(f"{where}: it has no samples")
    if array.dtype.kind == "f":
        bad = ~np.isfinite(array)
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            raise InputError(
                f"{where}: {int(bad.sum()):,} values are NaN or infinite, the first at {place}; remove them"
            )


def check_labels(labels: NDArray[Any], where: str, samples: int, outputs: int) -> tuple[NDArray[Any], int]:
    """The labels as int64 classes with the number of classes, or as float32 values with 0. Raises InputError."""
    if labels.dtype.kind not in "fiub":
        raise InputError(
            f"{where}: dtype {labels.dtype} is no number type; give class numbers from 0, or float32 values"
        )
    if len(labels) != samples:
        raise InputError(f"{where}: {len(labels):,} labels for {samples:,} samples; each sample needs one")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise InputError(
            f"{where}: labels are NaN or infinite, the first at {int(np.argwhere(~np.isfinite(labels))[0][0])}"
        )
    one_hot = outputs > 1 and labels.shape == (samples, outputs) and _is_one_hot(labels)
    if one_hot:
        return labels.argmax(axis=1).astype(np.int64), outputs
    if labels.ndim == 2 and labels.shape[1] == 1 and labels.dtype.kind != "f":
        labels = labels[:, 0]
    if labels.dtype.kind in "iub" and labels.ndim == 1:
        classes = max(outputs, 2)  # one output tells two classes apart
        wrong = np.flatnonzero((labels.astype(np.int64) < 0) | (labels.astype(np.int64) >= classes))
        if len(wrong):
            raise InputError(
                f"{where}: label {labels[wrong[0]]} at {int(wrong[0])}, but the model tells {classes} classes apart\n"
                f"labels must run from 0 to {classes - 1}"
            )
        return labels.astype(np.int64), classes
    values = int(np.prod(labels.shape[1:], dtype=np.int64))
    if values != outputs:
        raise InputError(
            f"{where}: shape {labels.shape}, dtype {labels.dtype}, but the model gives {outputs} values per sample\n"
            "give class numbers as integers of shape (samples,), or one value for each output"
        )
    return np.ascontiguousarray(labels, np.float32), 0


def _is_one_hot(labels: NDArray[Any]) -> bool:
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def check_range(array: NDArray[Any], where: str, training: NDArray[Any]) -> None:
    """Raises InputError where the values lie far from those of the training data."""
    if array is training:
        return
    ours, theirs = _range(array), _range(training)
    width, reference = (high - low for low, high in (ours, theirs))
    if reference == 0.0:
        return
    centre = abs(sum(ours) / 2 - sum(theirs) / 2)
    if width > _FAR * reference or width < reference / _FAR or centre > _FAR * reference:
        raise InputError(
            f"{where} runs from {ours[0]:.3g} to {ours[1]:.3g}, x_train from {theirs[0]:.3g} to {theirs[1]:.3g}\n"
            "it looks unnormalised: prepare all arrays in the same way"
        )


def _range(array: NDArray[Any]) -> tuple[float, float]:
    """The 0.1st and the 99.9th percentile, of up to a million values."""
    flat = array.reshape(-1)
    part = flat[:: max(1, flat.size // 1_000_000)]
    low, high = np.percentile(part, (0.1, 99.9))
    return float(low), float(high)


def looks_unnormalised(array: NDArray[Any]) -> bool:
    """Whether the values fill the range of a byte."""
    return bool(array.min() >= 0 and array.max() > 100)
