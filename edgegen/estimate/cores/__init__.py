"""Cycle models, one file per core: `CORE`, with a source for every number. The file's name is the core's, - as _.

A new core: a file with its table of timings by kind of instruction (estimate/instructions.py), or by an instruction's
name where it differs from its kind; what branches cost; and the rules of pairing. "M" in a source: from memory, not
looked up again.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from edgegen.estimate.issue import Core


@lru_cache(maxsize=16)
def core_model(core: str) -> Core | None:
    """The model of a core, or None for one that has none (the host)."""
    name = f"{__name__}.{core.replace('-', '_')}"
    if find_spec(name) is None:
        return None
    found = import_module(name).CORE
    assert isinstance(found, Core)
    return found
