"""The optional `edgegen.toml` of a working directory: which model `edgegen build` takes when none is named."""

from __future__ import annotations

import sys
from pathlib import Path

from edgegen.errors import InputError
from edgegen.resources import example_model

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "edgegen.toml"


def default_model(folder: Path) -> Path:
    """Returns the `model` that `folder`'s edgegen.toml names, relative to it, else the bundled example.

    Raises InputError for a file that can't be read, an unknown key, or a value that is no text.
    """
    path = folder / FILE
    if not path.exists():
        return example_model()
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from error
    for key in settings:
        if key != "model":
            raise InputError(f"{path}: unknown key '{key}'\nthe one key is model, the path of a .tflite file")
    model = settings.get("model")
    if not isinstance(model, str) or not model:
        raise InputError(f"{path}: key 'model' must be the path of a .tflite file, in quotes")
    return folder / model
