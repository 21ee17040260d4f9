"""Discovers the modules of a package: a new file in the package is a new entry, with no list to edit."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules(package: ModuleType) -> dict[str, ModuleType]:
    """Imports every module of `package` but `base` and private ones; returns them by name, sorted."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return {
        name: importlib.import_module(f"{package.__name__}.{name}")
        for name in names
        if name != "base" and not name.startswith("_")
    }


def classes(package: ModuleType, base: type[T]) -> dict[str, type[T]]:
    """The concrete, public subclasses of `base` that the package's modules define, by their `name` attribute."""
    found: dict[str, type[T]] = {}
    for module in modules(package).values():
        for _, value in inspect.getmembers(module, inspect.isclass):
            shared = value.__name__.startswith("_") or inspect.isabstract(value)
            if value.__module__ == module.__name__ and issubclass(value, base) and not shared:
                found[str(getattr(value, "name", value.__name__))] = value
    return found
