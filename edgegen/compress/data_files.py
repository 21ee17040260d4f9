"""Data files: an .npz, or a folder with one folder of images or wav files per class, in; named arrays out."""

from __future__ import annotations

import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import InputError

MAX_BYTES = 8 << 30
_IMAGES = (".png", ".jpg", ".jpeg", ".bmp")
_SPLITS = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file; one with Python objects in it is refused, for loading those runs code."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not hasattr(archive, "files"):
                raise InputError(
                    f"'{path}' holds one array without a name; save it with np.savez(x_train=..., y_train=...)"
                )
            size = sum(entry.file_size for entry in archive.zip.infolist())
            if size > MAX_BYTES:
                raise InputError(f"'{path}' unpacks to {size:,} bytes; the limit is {MAX_BYTES:,}")
            return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise InputError(f"data '{path}' can't be read: {error.strerror or error}") from None
    except (ValueError, zipfile.BadZipFile, EOFError, KeyError, NotImplementedError) as error:
        raise InputError(f"data '{path}' is no usable .npz: {_first_line(error)}") from None


def read_folder(folder: Path) -> dict[str, NDArray[Any]]:
    """`folder`/[train|validation|test/]<class>/*.png|jpg|bmp|wav: arrays x_<split> and y_<split>.

    Classes are numbered in the order of their names. Images are uint8 [N,H,W,C], sounds float32 [N,samples,1] in -1..1.
    """
    present = {part: _SPLITS[part.name] for part in sorted(folder.iterdir()) if part.is_dir() and part.name in _SPLITS}
    roots = present or {folder: "train"}
    classes = sorted({part.name for root in roots for part in root.iterdir() if part.is_dir()})
    if not classes:
        raise InputError(f"'{folder}' has no folder per class\nlay it out as {folder}/<class>/*.png or *.wav")
    arrays: dict[str, NDArray[Any]] = {}
    size = 0
    for root, split in roots.items():
        samples: list[NDArray[Any]] = []
        labels: list[int] = []
        for label, name in enumerate(classes):
            for path in sorted((root / name).glob("*")):
                read = _reader(path)
                if read is None:
                    raise InputError(f"'{path}' is neither an image ({', '.join(_IMAGES)}) nor a .wav; remove it")
                sample = read(path)
                size += sample.nbytes
                if size > MAX_BYTES:
                    raise InputError(f"'{folder}' holds more than {MAX_BYTES >> 30} GiB; take a part of it")
                if samples and sample.shape != samples[0].shape:
                    raise InputError(
                        f"'{path}' has the shape {sample.shape}, others {samples[0].shape}; make all alike"
                    )
                samples.append(sample)
                labels.append(label)
        if not samples:
            raise InputError(f"'{root}' holds no files\nlay it out as {root}/<class>/*.png or *.wav")
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.stack(samples), np.asarray(labels)
    return arrays


def _reader(path: Path) -> Callable[[Path], NDArray[Any]] | None:
    suffix = path.suffix.lower()
    return _read_wav if suffix == ".wav" else _read_image if suffix in _IMAGES else None


def _read_image(path: Path) -> NDArray[Any]:
    from edgegen.model_io.tensorflow_setup import hushed, load

    tf = load("tensorflow")
    try:
        with hushed():
            return np.asarray(tf.io.decode_image(path.read_bytes(), expand_animations=False).numpy())
    except Exception as error:  # TensorFlow's error classes can't be imported without it
        raise InputError(f"image '{path}' can't be read: {_first_line(error)}") from None


def _read_wav(path: Path) -> NDArray[Any]:
    """float32 [samples, channels] in -1..1."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, count = file.getsampwidth(), file.getnchannels(), file.getnframes()
            if count * width * channels > MAX_BYTES:
                raise InputError(f"sound '{path}' is larger than {MAX_BYTES >> 30} GiB")
            data = file.readframes(count)
    except (wave.Error, EOFError, OSError) as error:
        raise InputError(f"sound '{path}' can't be read: {_first_line(error)}\ngive PCM of 8, 16 or 32 bits") from None
    if width not in (1, 2, 4):
        raise InputError(f"sound '{path}' has {8 * width} bits per sample; give PCM of 8, 16 or 32 bits")
    values: NDArray[Any]
    if width == 1:
        values = (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    else:
        values = np.frombuffer(data, f"<i{width}").astype(np.float32) / float(1 << (8 * width - 1))
    return values[: len(values) // channels * channels].reshape(-1, channels)


def _first_line(error: BaseException) -> str:
    return next((line.strip()[:200] for line in str(error).splitlines() if line.strip()), type(error).__name__)
