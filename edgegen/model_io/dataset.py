"""The data set of `edgegen validate`: an npz file in, the bytes of each sample's inputs and the labels out."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import InputError
from edgegen.ir import Graph, Tensor

MOST_BYTES = 4 << 30
_HELP = "arrays `x` or `input_<i>`, a sample at each index of the first axis, and `y` with labels: numpy.savez"


@dataclass(frozen=True, slots=True)
class DataSet:
    """`inputs[sample][index]` are the bytes of an input; `labels` classes, None without.

    `clipped` counts the values of floats that a model's input can't hold and that became its lowest or highest.
    """

    inputs: tuple[tuple[bytes, ...], ...]
    labels: tuple[int, ...] | None
    clipped: int

    def __len__(self) -> int:
        return len(self.inputs)


def read_dataset(path: Path, graph: Graph, limit: int | None = None) -> DataSet:
    """Reads the first `limit` samples. Raises InputError where the file doesn't fit the model, and says how.

    Integers must be of the tensor's range. Floats for an integer tensor are quantised as TFLite's QUANTIZE does:
    value / scale rounded to nearest, halves away from zero, plus zero_point, clamped to the type's range.
    """
    arrays = _read(path)
    names = [f"input_{i}" for i in range(len(graph.inputs))]
    if len(names) == 1 and "x" in arrays:
        names = ["x"]
    missing = [name for name in names if name not in arrays]
    if missing or not names:
        found = ", ".join(sorted(arrays)) or "no arrays"
        raise InputError(f"{path}: array {missing[0] if missing else 'x'} is missing; it has {found}\nwrite {_HELP}")
    columns: list[list[bytes]] = []
    clipped = 0
    for name, index in zip(names, graph.inputs, strict=True):
        column, lost = _column(arrays[name], graph.tensors[index], f"{path}: array {name}", limit)
        columns.append(column)
        clipped += lost
    counts = {len(column) for column in columns}
    if len(counts) != 1:
        raise InputError(f"{path}: the inputs have different numbers of samples ({sorted(counts)})\nwrite {_HELP}")
    if counts == {0}:
        raise InputError(f"{path}: no samples: the first axis has length 0\nwrite {_HELP}")
    (count,) = counts
    labels = None
    if "y" in arrays:
        whole = len(arrays[names[0]])
        labels = _labels(arrays["y"], whole, _classes(graph), f"{path}: array y")[:count]
    return DataSet(tuple(zip(*columns, strict=True)), labels, clipped)


def _classes(graph: Graph) -> int:
    """How many classes the first output tells apart: one value is a probability of the second of two."""
    elements = graph.tensors[graph.outputs[0]].elements if graph.outputs else 0
    return 2 if elements == 1 else elements


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise InputError(f"{path}: unpacked it exceeds {MOST_BYTES} bytes\nsplit it into several files")
        with np.load(path, allow_pickle=False) as file:
            wanted = [name for name in file.files if name in ("x", "y") or name.startswith("input_")]
            return {name: file[name] for name in wanted}
    except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a whole npz file of plain arrays"
        raise InputError(f"{path}: {reason}\nwrite {_HELP}") from None


def _column(array: NDArray[Any], tensor: Tensor, where: str, limit: int | None) -> tuple[list[bytes], int]:
    """The bytes of one input for each sample, and how many values were clipped."""
    sample = array.shape[1:]
    plain = tensor.shape[1:] if tensor.shape[:1] == (1,) else tensor.shape
    if array.ndim == 0 or sample not in (tensor.shape, plain):
        raise InputError(
            f"{where} has shape {list(array.shape)}\nthe model takes {list(plain)} after the samples' axis "
            f"(tensor '{tensor.name}')"
        )
    values, clipped = _convert(array[:limit], tensor, where)
    return [np.ascontiguousarray(row).tobytes() for row in values], clipped


def _convert(array: NDArray[Any], tensor: Tensor, where: str) -> tuple[NDArray[Any], int]:
    wanted = tensor.dtype.numpy
    if array.dtype == wanted and array.dtype.kind != "f":
        return array, 0
    if array.dtype.kind not in "fiub":
        raise InputError(f"{where} has type {array.dtype}\nthe model takes {tensor.dtype.value}, or floats to quantise")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        first = np.argwhere(~np.isfinite(array))[0]
        raise InputError(f"{where} holds {array[tuple(first)]} in sample {first[0]}\nonly finite numbers can be used")
    if wanted.kind == "f":
        return array.astype(wanted), 0
    if wanted.kind not in "iu":
        raise InputError(f"{where} has type {array.dtype}\nthe model takes {tensor.dtype.value}")
    limits = np.iinfo(str(wanted))
    if array.dtype.kind != "f":
        low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
        if low < limits.min or high > limits.max:
            raise InputError(
                f"{where} ({array.dtype}) goes from {low} to {high}\nthe model takes {tensor.dtype.value}, "
                f"{limits.min} to {limits.max}: give quantised values, or floats to have them quantised"
            )
        return array.astype(wanted), 0
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1 or quantization.scale <= 0:
        raise InputError(f"{where} holds floats, but tensor '{tensor.name}' has no scale\ngive {tensor.dtype.value}")
    scaled = array.astype(np.float64) / quantization.scale
    steps = np.where(scaled < 0, np.ceil(scaled - 0.5), np.floor(scaled + 0.5)) + quantization.zero_point
    width = limits.max - limits.min
    outside = (steps < limits.min) | (steps > limits.max)
    if outside.any() and (steps.min() < limits.min - width or steps.max() > limits.max + width):
        lowest, highest = ((end - quantization.zero_point) * quantization.scale for end in (limits.min, limits.max))
        raise InputError(
            f"{where} goes from {array.min():g} to {array.max():g}\nthe model's input holds {lowest:g} to {highest:g}: "
            "prepare the data as for training"
        )
    return np.clip(steps, limits.min, limits.max).astype(wanted), int(outside.sum())


def _labels(array: NDArray[Any], samples: int, classes: int, where: str) -> tuple[int, ...]:
    if array.shape not in ((samples,), (samples, 1)):
        raise InputError(f"{where} has shape {list(array.shape)}\nthere are {samples} samples: give a class for each")
    if array.dtype.kind not in "iub":
        raise InputError(f"{where} has type {array.dtype}\nlabels are integers, the number of each sample's class")
    labels = [int(label) for label in array.reshape(-1)]
    wrong = next((label for label in labels if not 0 <= label < classes), None)
    if wrong is not None:
        raise InputError(
            f"{where} has label {wrong}\nthe model's first output tells {classes} classes apart, from 0 on"
        )
    return tuple(labels)
