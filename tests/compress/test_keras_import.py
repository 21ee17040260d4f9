"""Models from files: every format is read, code in a file never runs, and damage becomes one clear error."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.compress.quantize import to_float_tflite
from edgegen.errors import InputError
from edgegen.model_io.keras_import import import_model, is_keras_3, is_tf_keras, refuse_code


def small(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="relu"), layers.Dense(3)], name="small")


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_keras_files(library: str, suffix: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    model = small(request.getfixturevalue(library))
    path = tmp_path / f"m.{suffix}"
    model.save(path)
    source = import_model(str(path))
    assert (is_keras_3 if library == "keras" else is_tf_keras)(source.keras)
    for ours, theirs in zip(source.keras.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert import_model(model).keras is model


def test_saved_models_with_and_without_layers(tf_keras: Any, tmp_path: Path) -> None:
    model = small(tf_keras)
    model.save(tmp_path / "m", save_format="tf")
    assert is_tf_keras(import_model(tmp_path / "m").keras)
    (tmp_path / "m" / "keras_metadata.pb").unlink()
    source = import_model(tmp_path / "m")
    assert source.keras is None
    assert source.tflite[4:8] == b"TFL3"
    assert "no layers" in source.fixed


def test_float_tflite_but_no_integer_one(tf_keras: Any, example_model: Path, tmp_path: Path) -> None:
    (tmp_path / "m.tflite").write_bytes(to_float_tflite(small(tf_keras)))
    assert import_model(tmp_path / "m.tflite").tflite
    with pytest.raises(InputError, match="quantised already"):
        import_model(example_model)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_code_in_a_file_never_runs(library: str, suffix: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    keras = request.getfixturevalue(library)
    mark = str(tmp_path / "it_ran")
    hidden = keras.layers.Lambda(lambda x: (open(mark, "w").close(), x)[1], name="hidden", output_shape=(6,))  # noqa: PTH123
    model = keras.Sequential([keras.Input((6,)), hidden])
    model.save(tmp_path / f"m.{suffix}")
    Path(mark).unlink(missing_ok=True)
    with pytest.raises(InputError, match=r"'hidden' .*carries code"):
        import_model(tmp_path / f"m.{suffix}")
    assert not Path(mark).exists()


@pytest.mark.parametrize(
    "item",
    [
        {"class_name": "run", "module": "subprocess", "config": {}},
        {"class_name": "get_file", "module": "keras.utils", "config": {}},
        {"class_name": "load_model", "module": "keras.saving", "config": {}},
        {"class_name": "eval", "module": "builtins", "config": {}},
        {"class_name": "Mine", "module": "keras.layers", "registered_name": "Custom>Mine", "config": {"name": "a"}},
        {"class_name": "__lambda__", "config": {"value": "4wEAAA=="}},
        {"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "/x"}},
    ],
)
def test_foreign_classes_are_refused_wherever_they_hide(item: dict[str, Any]) -> None:
    config = {
        "class_name": "Sequential",
        "config": {"layers": [{"class_name": "Dense", "config": {"activation": item}}]},
    }
    with pytest.raises(InputError, match="runs no code"):
        refuse_code(config, "m.keras")


def test_damaged_files_are_named(keras: Any, tmp_path: Path) -> None:
    small(keras).save(tmp_path / "m.keras")
    small(keras).save(tmp_path / "m.h5")
    rng = np.random.default_rng(3)
    for name in ("m.keras", "m.h5"):
        data = (tmp_path / name).read_bytes()
        for number in range(6):
            broken = bytearray(data[: int(rng.integers(20, len(data)))] if number % 2 else data)
            for place in rng.integers(20, len(broken), 40):
                broken[place] ^= 0xFF
            (tmp_path / f"x{name}").write_bytes(broken)
            try:
                import_model(tmp_path / f"x{name}")
            except InputError as error:
                assert f"x{name}" in str(error)


def test_archive_with_another_config_is_refused(tmp_path: Path) -> None:
    for config in ("[]", "{", json.dumps({"class_name": "Sequential"})):
        with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
            archive.writestr("config.json", config)
            archive.writestr("metadata.json", "{}")
        with pytest.raises(InputError, match=r"m\.keras"):
            import_model(tmp_path / "m.keras")


@pytest.mark.parametrize("name", ["absent.keras", "text.keras", "m.onnx", "."])
def test_what_is_no_model_is_named(name: str, tensorflow: Any, tmp_path: Path) -> None:
    (tmp_path / "text.keras").write_text("hello")
    (tmp_path / "m.onnx").write_bytes(b"\x08\x07")
    with pytest.raises(InputError):
        import_model(tmp_path / name)


def test_model_without_input_shape_is_refused(keras: Any) -> None:
    with pytest.raises(InputError, match=r"keras\.Input"):
        import_model(keras.Sequential([keras.layers.Dense(3)]))
