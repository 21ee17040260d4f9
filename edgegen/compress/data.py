"""Data for training and measuring: arrays from a file, a folder, a function or memory in, three checked splits out."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edgegen.compress.data_checks import check_array, check_labels, check_range, looks_unnormalised
from edgegen.compress.data_files import read_folder, read_npz
from edgegen.compress.recipe import DataOptions
from edgegen.errors import InputError

Array: TypeAlias = "NDArray[Any]"
MAX_BYTES = 8 << 30
_SPLITS = ("train", "validation", "test")
_KEYS = (*(f"{axis}_{split}" for split in _SPLITS for axis in "xy"), "representative")
_ALIASES = {"x_val": "x_validation", "y_val": "y_validation", "x_calibration": "representative"}


@dataclass(frozen=True, slots=True)
class Split:
    """`x` float32 or int32 [N, ...], already scaled; `y` int64 [N] for classes, else float32 [N, ...]."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Data:
    """What a recipe works on. `classes` is 0 for regression. `notes` say what was assumed; `sha256` covers it all."""

    train: Split
    validation: Split
    test: Split
    representative: Array
    classes: int
    notes: tuple[str, ...]
    sha256: str

    def samples(self, count: int, seed: int) -> Array:
        """Up to `count` inputs for calibration, drawn from the representative ones, in the order that they lie."""
        if len(self.representative) <= count:
            return self.representative
        chosen = np.random.default_rng(seed).choice(len(self.representative), count, replace=False)
        return self.representative[np.sort(chosen)]


def load_data(
    source: object, options: DataOptions, *, input_shape: tuple[int | None, ...], outputs: int, seed: int
) -> Data:
    """Reads and checks data for a model with inputs `input_shape` (batch left out) and `outputs` values per sample.

    `source`: an .npz file, a folder, `module:function` (which is imported and called), a mapping of arrays as in the
    .npz, or one of split names to (x, y) or tf.data.Dataset. Raises InputError.
    """
    arrays = _arrays(source, options)
    where = source if isinstance(source, str | Path) else "the data"
    unknown = sorted(set(arrays) - set(_KEYS))
    if unknown:
        raise InputError(f"{where}: unknown array '{unknown[0]}'; known are {', '.join(_KEYS)}")
    if "x_train" not in arrays:
        raise InputError(f"{where}: array 'x_train' is missing; it has {', '.join(sorted(arrays)) or 'nothing'}")
    notes: list[str] = []
    inputs = {}
    for name, array in arrays.items():
        if name[0] == "y":
            continue
        label = f"{where}: {name}"
        check_array(array, label, input_shape)
        inputs[name] = _scaled(array, options)
    if looks_unnormalised(inputs["x_train"]) and arrays["x_train"].dtype == np.uint8:
        notes.append(
            "x_train runs from 0 to 255; if the model was trained on other values, set [data] scale and offset"
        )
    classes = 0
    labels = {}
    for split in _SPLITS:
        name = f"y_{split}"
        if f"x_{split}" not in inputs:
            if name in arrays:
                raise InputError(f"{where}: '{name}' is there but 'x_{split}' is missing")
            continue
        if name not in arrays:
            raise InputError(f"{where}: labels '{name}' are missing: each of the {split} data needs one")
        labels[split], kind = check_labels(arrays[name], f"{where}: {name}", len(inputs[f"x_{split}"]), outputs)
        if split == "train":
            classes = kind
        elif kind != classes:
            raise InputError(f"{where}: 'y_{split}' and 'y_train' differ in kind: one has classes, one values")
    splits = {split: Split(inputs[f"x_{split}"], labels[split]) for split in _SPLITS if f"x_{split}" in inputs}
    splits = _with_all_splits(splits, options, classes, seed, notes)
    for name in ("validation", "test"):
        check_range(splits[name].x, f"{where}: x_{name}", splits["train"].x)
    representative = inputs.get("representative", splits["train"].x)
    check_range(representative, f"{where}: representative", splits["train"].x)
    if classes:
        absent = sorted(set(range(classes)) - set(np.unique(splits["train"].y).tolist()))
        if absent:
            notes.append(f"no training example has the label {absent[0]}" + (" and others" if absent[1:] else ""))
    return Data(
        splits["train"], splits["validation"], splits["test"], representative, classes, tuple(notes),
        _digest(splits, representative),
    )  # fmt: skip


def _arrays(source: object, options: DataOptions) -> dict[str, Array]:
    if isinstance(source, str | Path):
        path = Path(source)
        if path.is_dir():
            return read_folder(path)
        if path.suffix == ".npz" or path.is_file():
            return {_ALIASES.get(name, name): array for name, array in read_npz(path).items()}
        if isinstance(source, str) and ":" in source:
            return _arrays(_call(source), options)
        raise InputError(f"no data at '{source}'\ngive an .npz file, a folder of classes, or module:function")
    if isinstance(source, Mapping):
        arrays: dict[str, Array] = {}
        for name, value in source.items():
            name = _ALIASES.get(str(name), str(name))
            if name in ("val", *_SPLITS):
                split = "validation" if name == "val" else name
                arrays[f"x_{split}"], arrays[f"y_{split}"] = _pair(value, name)
            else:
                arrays[name] = np.asarray(value)
        return arrays
    if isinstance(source, tuple) and len(source) == 2:
        return {"x_train": np.asarray(source[0]), "y_train": np.asarray(source[1])}
    if hasattr(source, "as_numpy_iterator"):
        x, y = _pair(source, "train")
        return {"x_train": x, "y_train": y}
    raise InputError(
        f"a {type(source).__name__} is no data: give a path, a mapping of arrays, (x, y) or a tf.data.Dataset"
    )


def _pair(value: Any, name: str) -> tuple[Array, Array]:
    """x and y of one split: a pair of arrays, or a tf.data.Dataset of samples or of batches."""
    if not hasattr(value, "as_numpy_iterator"):
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise InputError(f"the data: '{name}' must be (x, y) or a tf.data.Dataset of such pairs")
        return np.asarray(value[0]), np.asarray(value[1])
    spec = value.element_spec
    if not isinstance(spec, tuple) or len(spec) != 2:
        raise InputError(f"the data: the Dataset '{name}' must give pairs of input and label, and gives {spec}")
    batched = spec[1].shape.rank not in (0, None) and spec[0].shape[0] is None
    rows: tuple[list[Array], list[Array]] = ([], [])
    size = 0
    for x, y in value.as_numpy_iterator():
        size += np.asarray(x).nbytes
        if size > MAX_BYTES:
            raise InputError(
                f"the data: the Dataset '{name}' gives more than {MAX_BYTES >> 30} GiB; take a part: .take(n)"
            )
        rows[0].append(np.asarray(x))
        rows[1].append(np.asarray(y))
    if not rows[0]:
        raise InputError(f"the data: the Dataset '{name}' is empty")
    join = np.concatenate if batched else np.stack
    return join(rows[0]), join(rows[1])


def _call(name: str) -> object:
    """Imports and calls `module:function`: the user's own code."""
    module, _, function = name.partition(":")
    try:
        call = getattr(importlib.import_module(module), function)
    except (ImportError, ValueError, AttributeError) as error:
        raise InputError(
            f"data '{name}': {error}\nrun edgegen where the module can be imported, or set PYTHONPATH"
        ) from None
    return call()


def _scaled(array: Array, options: DataOptions) -> Array:
    if options.scale == 1.0 and options.offset == 0.0:
        kind = np.int32 if array.dtype.kind in "iub" and array.dtype != np.uint8 else np.float32
        return np.ascontiguousarray(array, kind)
    return np.ascontiguousarray(array, np.float32) * np.float32(options.scale) + np.float32(options.offset)


def _with_all_splits(
    splits: dict[str, Split], options: DataOptions, classes: int, seed: int, notes: list[str]
) -> dict[str, Split]:
    """Takes what is missing from the training data; the same seed takes the same samples."""
    shares = {"test": options.test, "validation": options.validation}
    for name, share in shares.items():
        if name in splits:
            if not len(splits[name]):
                raise InputError(f"the data: the {name} data are empty")
            continue
        chosen = _draw(splits["train"].y, share, classes, seed)
        if not 0 < chosen.sum() < len(chosen):
            raise InputError(f"the data: {len(chosen)} training samples are too few to take {name} data from them")
        train = splits["train"]
        splits[name] = Split(train.x[chosen], train.y[chosen])
        splits["train"] = Split(train.x[~chosen], train.y[~chosen])
        notes.append(f"{name} data: {int(chosen.sum()):,} samples drawn at random from the training data")
    return splits


def _draw(labels: Array, share: float, classes: int, seed: int) -> Array:
    """A mask of `share` of the samples, the classes in equal shares."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(len(labels), bool)
    groups = [np.flatnonzero(labels == c) for c in range(classes)] if classes else [np.arange(len(labels))]
    for group in groups:
        mask[rng.permutation(group)[: round(share * len(group))]] = True
    return mask


def _digest(splits: Mapping[str, Split], representative: Array) -> str:
    digest = hashlib.sha256()
    for array in [*(part for name in _SPLITS for part in (splits[name].x, splits[name].y)), representative]:
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
