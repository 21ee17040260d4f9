"""Finds the folders that travel beside the package: templates, boards, firmware."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Returns the folder `templates`, `boards` or `firmware`.

    An installed wheel holds them in `edgegen/_data`; a checkout holds them beside the package.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"edgegen's {name} folder is missing; reinstall edgegen")


def example_model() -> Path:
    """Returns the `.tflite` of the bundled example: handwritten digits, made by `example/train_digits.py`."""
    return _PACKAGE / "example" / "digits.tflite"
