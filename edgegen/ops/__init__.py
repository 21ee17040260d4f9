"""The operators that edgegen compiles, one family a file."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from edgegen.ops.base import Operator
from edgegen.registry import classes


@functools.cache
def operators() -> Mapping[str, Operator]:
    """Every operator by TFLite name."""
    found = classes(importlib.import_module(__name__), Operator)  # type: ignore[type-abstract]
    return {name: operator() for name, operator in found.items()}
