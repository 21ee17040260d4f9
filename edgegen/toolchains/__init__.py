"""Toolchains by name."""

from __future__ import annotations

import importlib

from edgegen.boards import BoardProfile
from edgegen.errors import EdgegenError, InputError
from edgegen.toolchains.base import CompileJob, Toolchain

__all__ = ["CompileJob", "Toolchain", "choose_toolchain", "load_toolchain", "toolchain_names"]


def toolchain_names() -> list[str]:
    """The names of all toolchains, sorted."""
    return sorted(_discover())


def load_toolchain(name: str) -> Toolchain:
    """The toolchain called `name`. Raises InputError where there is none."""
    found = _discover()
    if name not in found:
        raise InputError(f"no toolchain '{name}'; known: {', '.join(sorted(found))}")
    return found[name]()


def choose_toolchain(profile: BoardProfile, name: str | None) -> Toolchain:
    """The toolchain asked for, else the board's first. Raises where it doesn't serve the board or isn't installed."""
    if name is not None and name not in profile.toolchains:
        known = ", ".join(profile.toolchains)
        raise InputError(f"toolchain '{name}' does not serve board {profile.id}\nthese do: {known}")
    chosen = name or profile.toolchains[0]
    if chosen not in toolchain_names():
        raise InputError(
            f"board {profile.id}: key 'toolchains' (has '{chosen}'): known are {', '.join(toolchain_names())}"
        )
    tools = load_toolchain(chosen)
    missing = tools.missing()
    if missing is not None:
        raise EdgegenError(f"board {profile.id}: toolchain {tools.name} is not complete: {missing}")
    return tools


def _discover() -> dict[str, type[Toolchain]]:
    from edgegen import registry

    return registry.classes(importlib.import_module(__name__), Toolchain)  # type: ignore[type-abstract]
