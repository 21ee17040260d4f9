"""Toolchains by name."""

from __future__ import annotations

import importlib

from edgegen.errors import InputError
from edgegen.toolchains.base import CompileJob, Toolchain

__all__ = ["CompileJob", "Toolchain", "load_toolchain", "toolchain_names"]


def toolchain_names() -> list[str]:
    """The names of all toolchains, sorted."""
    return sorted(_discover())


def load_toolchain(name: str) -> Toolchain:
    """The toolchain called `name`. Raises InputError where there is none."""
    found = _discover()
    if name not in found:
        raise InputError(f"no toolchain '{name}'; known: {', '.join(sorted(found))}")
    return found[name]()


def _discover() -> dict[str, type[Toolchain]]:
    from edgegen import registry

    return registry.classes(importlib.import_module(__name__), Toolchain)  # type: ignore[type-abstract]
