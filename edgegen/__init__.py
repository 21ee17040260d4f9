"""Compiles quantised neural networks ahead of time to C and to firmware for microcontrollers."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`edgegen.compress(model, recipe, data)`: found when it is asked for, so that nothing is imported before."""
    if name == "compress":
        from importlib import import_module

        return import_module("edgegen.compress")
    raise AttributeError(f"module 'edgegen' has no attribute '{name}'")
