"""Budgets: "flash=64K,ram=16K,latency=20ms,accuracy_drop=1%" in, checked limits out."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from edgegen.compress.measure import Compiled
from edgegen.errors import InputError

_UNITS = {
    "flash": {"": 1.0, "B": 1.0, "K": 1024.0, "KB": 1024.0, "KIB": 1024.0, "M": 1048576.0, "MB": 1048576.0},
    "latency": {"US": 1.0, "MS": 1000.0, "S": 1_000_000.0},
    "instructions": {"": 1.0, "K": 1e3, "M": 1e6},
    "accuracy_drop": {"%": 0.01, "": 1.0},
}
_UNITS["ram"] = _UNITS["arena"] = _UNITS["flash"]
_EXAMPLE = "flash=64K,ram=16K,latency=20ms,accuracy_drop=1%"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits; None where there is none. Bytes, microseconds, and `accuracy_drop` as a share against the float model."""

    flash: float | None = None
    ram: float | None = None
    arena: float | None = None
    instructions: float | None = None
    latency: float | None = None
    accuracy_drop: float | None = None

    def excess(self, compiled: Compiled, drop: float) -> tuple[float, ...]:
        """How far each limit is exceeded, as a share of it; 0 or less where it is kept."""
        found = {
            "flash": compiled.flash_bytes,
            "ram": compiled.ram_bytes,
            "arena": compiled.arena_bytes,
            "instructions": compiled.instructions,
            "latency": compiled.latency_us_estimated,
            "accuracy_drop": drop,
        }
        limits = {field.name: getattr(self, field.name) for field in fields(self)}
        return tuple(
            (float("inf") if found[name] is None else (float(found[name] or 0.0) - limit) / (limit or 1.0))
            for name, limit in limits.items()
            if limit is not None
        )


def parse_budget(text: str) -> Budget:
    """Reads a budget. Raises InputError naming the part, its unit and what is known."""
    limits: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or name not in _UNITS:
            raise InputError(f"budget: '{part}': known are {', '.join(sorted(_UNITS))}\nfor example: {_EXAMPLE}")
        if name in limits:
            raise InputError(f"budget: '{name}' is given twice")
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z%]*)", value)
        units = _UNITS[name]
        if match is None or match[2].upper() not in units:
            known = ", ".join(unit.lower() if name == "latency" else unit for unit in units if unit)
            raise InputError(f"budget: '{part}' is no number with one of the units {known}\nfor example: {_EXAMPLE}")
        limits[name] = float(match[1]) * units[match[2].upper()]
    if not limits:
        raise InputError(f"the budget is empty\nfor example: {_EXAMPLE}")
    return Budget(**limits)
