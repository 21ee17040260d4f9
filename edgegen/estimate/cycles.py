"""Instructions executed on a core become estimated cycles, with an interval and the source of the figure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TABLE = Path(__file__).with_name("cycles_per_instruction.toml")


@dataclass(frozen=True, slots=True)
class CyclesPerInstruction:
    """`best` is the likely value; `basis` is paired (measured on silicon) or architecture (reasoned)."""

    low: float
    best: float
    high: float
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class CycleEstimate:
    """Estimated cycles: the likely value between the least and the most to expect."""

    low: int
    best: int
    high: int


def cycles_per_instruction(core: str) -> CyclesPerInstruction | None:
    """The figures of a core, or None for one that has none (the host)."""
    return _table().get(core)


def estimate_cycles(core: str, instructions: int | None) -> CycleEstimate | None:
    """Cycles for executed instructions; None without a count, or for a core without figures."""
    ratio = cycles_per_instruction(core)
    if ratio is None or instructions is None:
        return None
    low, best, high = (round(instructions * value) for value in (ratio.low, ratio.best, ratio.high))
    return CycleEstimate(low, best, high)


def latency_us(cycles: float, clock_hz: int) -> float:
    """Microseconds that cycles take at a clock."""
    return cycles * 1e6 / clock_hz


@lru_cache(maxsize=1)
def _table() -> dict[str, CyclesPerInstruction]:
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {core: CyclesPerInstruction(**row) for core, row in rows.items()}
