"""The TFLite schema's enumerations: number -> name, from the `tflite` package's generated modules."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

_UNKNOWN_SCHEMA = "the Python package 'tflite' is missing or broken; reinstall edgegen"


@cache
def enum_names(enum: str) -> dict[int, str]:
    """Returns the members of the schema's enumeration `enum`, e.g. {0: "SAME", 1: "VALID"} for "Padding"."""
    members = vars(vars(_load(enum))[enum])
    return {value: name for name, value in members.items() if isinstance(value, int)}


def _load(module: str) -> ModuleType:
    # `import tflite.Padding` would first run tflite/__init__.py, which imports all of its 180 modules.
    package = importlib.util.find_spec("tflite")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(_UNKNOWN_SCHEMA)
    path = Path(package.submodule_search_locations[0]) / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"edgegen_tflite_{module}", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(_UNKNOWN_SCHEMA)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
