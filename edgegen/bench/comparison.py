"""Two benchmark records in, what changed between them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgegen.bench.record import BenchRecord

FIGURES = (
    "instructions",
    "cycles",
    "cycles_estimated",
    "latency_us_median",
    "latency_us_estimated",
    "energy_uj_estimated",
    "arena_bytes",
    "ram_bytes",
    "stack_bytes",
    "flash_bytes",
)
"""The fields of a record that are better when they are smaller."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of both records."""

    figure: str
    before: float
    after: float

    @property
    def percent(self) -> float:
        """How much larger it became; infinite where there was nothing before."""
        if self.before == 0:
            return 0.0 if self.after == 0 else float("inf")
        return 100 * (self.after - self.before) / self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed for one model on one board. `output_broke`: the known-answer test passed before, and fails now."""

    name: str
    board: str
    optimize: str
    changes: tuple[Change, ...]
    output_broke: bool

    def over(self, threshold_percent: float) -> tuple[Change, ...]:
        """The figures that rose by more than a threshold."""
        return tuple(change for change in self.changes if change.percent > threshold_percent)


def compare(name: str, before: BenchRecord, after: BenchRecord) -> Comparison:
    """Compares the figures that both records have."""
    changes = []
    for figure in FIGURES:
        old, new = getattr(before, figure), getattr(after, figure)
        if old is not None and new is not None:
            changes.append(Change(figure, old, new))
    broke = after.output_match is False and before.output_match is not False
    return Comparison(name, after.board, after.optimize, tuple(changes), broke)


def to_markdown(comparisons: Sequence[Comparison], threshold_percent: float) -> str:
    """A table for a pull request: one row for each figure that changed; those over the threshold are in bold."""
    lines = ["| model | board | optimize | figure | before | after | change |", "|---|---|---|---|---|---|---|"]
    for item in comparisons:
        where = f"{_plain(item.name)} | {_plain(item.board)} | {item.optimize}"
        if item.output_broke:
            lines.append(f"| {where} | **known-answer test** | passed | **FAILED** | |")
        for change in item.changes:
            if change.before != change.after:
                bold = "**" if change.percent > threshold_percent else ""
                row = f"{change.figure} | {number(change.before)} | {number(change.after)}"
                lines.append(f"| {where} | {row} | {bold}{change.percent:+.2f} %{bold} |")
    if len(lines) == len(lines[:2]):
        return f"No figure changed ({len(comparisons)} compared)."
    return "\n".join(lines)


def number(value: float) -> str:
    """A figure with its thousands separated."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _plain(text: str) -> str:
    """Text that can't break out of a Markdown table's cell."""
    return "".join(c for c in text if c.isalnum() or c in " ._-/")
