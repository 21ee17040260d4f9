"""Data are checked before training: shape, type, range, labels, and where they come from."""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.compress.data import Data, load_data
from edgegen.compress.recipe import DataOptions
from edgegen.errors import InputError

RNG = np.random.default_rng(5)
SHAPE = (4, 4, 1)


def arrays(count: int = 60) -> dict[str, Any]:
    x = RNG.random((count, *SHAPE), np.float32)
    return {"x_train": x, "y_train": np.arange(count) % 3, "x_test": x[:9], "y_test": np.arange(9) % 3}


def load(source: object, shape: tuple[int | None, ...] = SHAPE, outputs: int = 3, **options: Any) -> Data:
    return load_data(source, DataOptions(**options), input_shape=shape, outputs=outputs, seed=1)


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("x_train", lambda x: x[..., 0], r"shape \(60, 4, 4\).*\(samples, 4, 4, 1\); add the last axis"),
        ("x_train", lambda x: x.transpose(0, 3, 1, 2), "shape"),
        ("x_train", lambda x: x.astype(str), "no number type"),
        ("x_train", lambda x: x[:0], "no samples"),
        ("x_test", lambda x: np.where(np.arange(9)[:, None, None, None] == 3, np.nan, x), r"x_test: 16 .* at \(3, 0"),
        ("x_test", lambda x: x * 255, "(?s)x_test runs from .* unnormalised"),
        ("representative", lambda x: None, "(?s)representative runs from .* unnormalised"),
        ("y_train", lambda y: y[:-1], "59 labels for 60 samples"),
        ("y_train", lambda y: y + 1, "label 3 at 2, but the model tells 3 classes apart"),
        ("y_train", lambda y: y - 1, "label -1 at 0"),
        ("y_train", lambda y: y.astype(np.float32) * np.nan, "NaN"),
        ("y_train", lambda y: y.astype(np.float32), "3 values per sample"),
        ("y_test", lambda y: None, "labels 'y_test' are missing"),
        ("y_test", lambda y: np.zeros((9, 3), np.float32), "differ in kind"),
        ("x_trian", lambda x: 1, "unknown array 'x_trian'"),
    ],
)  # fmt: skip
def test_error_names_array_and_remedy(name: str, change: Any, says: str) -> None:
    data = arrays()
    data[name] = change(data.get(name))
    if name == "representative":
        data[name] = data["x_train"] * 255
    if data[name] is None:
        del data[name]
    with pytest.raises(InputError, match=says):
        load(data)


def test_scale_is_applied_to_every_split_and_to_the_representative_samples() -> None:
    data = arrays()
    raw = (data["x_train"] * 255).astype(np.uint8)
    given = {**data, "x_train": raw, "x_test": raw[:9], "representative": raw[:5]}
    loaded = load(given, scale=1 / 255, offset=-0.5)
    assert loaded.train.x.dtype == np.float32
    np.testing.assert_allclose(loaded.representative, raw[:5] / 255 - 0.5, atol=1e-6)
    np.testing.assert_allclose(loaded.test.x, raw[:9] / 255 - 0.5, atol=1e-6)
    assert not [note for note in loaded.notes if "255" in note]
    assert [note for note in load(given).notes if "255" in note]


def test_missing_splits_are_drawn_without_overlap_and_the_same_way_each_time() -> None:
    x = np.arange(100 * 16, dtype=np.float32).reshape(100, *SHAPE)
    first, second = (load((x, np.arange(100) % 2), outputs=2) for _ in range(2))
    parts = [set(split.x[:, 0, 0, 0].tolist()) for split in (first.train, first.validation, first.test)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 100
    assert first.sha256 == second.sha256
    assert len(first.notes) == 2


def test_one_hot_labels_and_values_are_told_apart() -> None:
    data = arrays()
    one_hot = {**data, "y_train": np.eye(3)[data["y_train"]], "y_test": np.eye(3)[data["y_test"]]}
    np.testing.assert_array_equal(load(one_hot).test.y, data["y_test"])
    values = {**data, "y_train": RNG.random((60, 3)), "y_test": RNG.random((9, 3))}
    assert load(values).classes == 0


def test_npz_with_python_objects_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x_train=np.array([{}], object), y_train=[0])
    with pytest.raises(InputError, match=r"d\.npz"):
        load(tmp_path / "d.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04garbage", b"text"])
def test_broken_npz_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"d\.npz"):
        load(tmp_path / "d.npz")


def test_npz_gives_what_was_saved(tmp_path: Path) -> None:
    data = arrays()
    np.savez(tmp_path / "d.npz", **data)
    assert load(str(tmp_path / "d.npz")).sha256 == load(data).sha256


def test_function_is_called_and_a_wrong_name_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_data.py").write_text(
        "import numpy as np\ndef make():\n    return {'train': (np.ones((60, 4, 4, 1)), np.arange(60) % 3)}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load("my_data:make")
    assert len(loaded.train) + len(loaded.validation) + len(loaded.test) == 60
    for name in ("my_data:absent", "no_such_module:make"):
        with pytest.raises(InputError, match=name):
            load(name)
    sys.modules.pop("my_data", None)


def write_wav(path: Path, values: np.ndarray, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, 16000, 0, "NONE", ""))
        file.writeframes(values.astype("<i2").tobytes())


def test_folders_of_sounds(tmp_path: Path) -> None:
    for label, name in enumerate(("no", "yes")):
        for number in range(12):
            write_wav(tmp_path / name / f"{number}.wav", np.full(20, (label + 1) * 8192 - number))
    loaded = load(tmp_path, shape=(20, 1), outputs=2)
    everything = np.concatenate([loaded.train.x, loaded.validation.x, loaded.test.x])
    assert everything.shape == (24, 20, 1)
    assert set(np.round(everything[:, 0, 0], 1).tolist()) == {np.float32(0.2), np.float32(0.5)}
    np.testing.assert_array_equal(loaded.test.y, (loaded.test.x[:, 0, 0] > 0.3).astype(int))
    (tmp_path / "no" / "short.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"short\.wav"):
        load(tmp_path, shape=(20, 1), outputs=2)


def test_folders_of_images(tensorflow: Any, tmp_path: Path) -> None:
    for split in ("train", "test"):
        for label, name in enumerate(("a", "b")):
            (tmp_path / split / name).mkdir(parents=True)
            for number in range(10):
                image = np.full((4, 4, 1), 100 * label + number, np.uint8)
                (tmp_path / split / name / f"{number}.png").write_bytes(tensorflow.io.encode_png(image).numpy())
    loaded = load(tmp_path, outputs=2, scale=1 / 255)
    assert len(loaded.test) == 20
    np.testing.assert_allclose(loaded.test.x[13, 0, 0, 0], 103 / 255, atol=1e-6)
    (tmp_path / "train" / "a" / "notes.txt").write_text("x")
    with pytest.raises(InputError, match=r"notes\.txt"):
        load(tmp_path, outputs=2)


def test_datasets_of_samples_and_of_batches(tensorflow: Any) -> None:
    data = arrays()
    samples = tensorflow.data.Dataset.from_tensor_slices((data["x_train"], data["y_train"]))
    test = (data["x_test"], data["y_test"])
    whole = load({"train": (data["x_train"], data["y_train"]), "test": test})
    assert load({"train": samples, "test": test}).sha256 == whole.sha256
    assert load({"train": samples.batch(7), "test": test}).sha256 == whole.sha256
