"""Makes a float model small: quantisation, pruning, clustering, distillation, and what each cost, measured.

`edgegen.compress(model, recipe, data)` runs a recipe. TensorFlow is imported when it is called, not before.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Compress(ModuleType):
    """This package, which can be called: `edgegen.compress(...)` is `edgegen.compression.compress(...)`."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        # By name: that module knows the pipeline as well, and no stage knows the pipeline.
        return import_module("edgegen.compression").compress(*arguments, **options)


sys.modules[__name__].__class__ = _Compress
