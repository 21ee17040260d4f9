"""Pairs of modelled and measured clocks in, a factor per core and its error out.

Run by `python -m edgegen.estimate.calibrate`.

Reads calibration_pairs.csv and writes calibration.toml beside it. A pair's modelled clocks are those of `edgegen
estimate --elf`, before this factor; what is calibrated is only that one factor a core, applied to the clocks of the
core without those that memory waits.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

_PAIRS = Path(__file__).with_name("calibration_pairs.csv")
_RESULT = Path(__file__).with_name("calibration.toml")
# Pairs are few and of one mix of instructions: the interval is this much wider than their own spread.
_WIDER = 1.1
_SINGLE = 1.25
_HEAD = "# Made by `python -m edgegen.estimate.calibrate` from calibration_pairs.csv: change that file, not this one.\n"


@dataclass(frozen=True, slots=True)
class Pair:
    """One measured case: clocks of the core and of waiting as modelled, and clocks on silicon."""

    core: str
    case: str
    modelled: float
    waiting: float
    measured: float

    @property
    def factor(self) -> float:
        return (self.measured - self.waiting) / self.modelled


def read_pairs(path: Path = _PAIRS) -> list[Pair]:
    """The rows of the file of pairs."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Pair(row["core"], row["case"], *(float(row[key]) for key in ("modelled", "waiting", "measured")))
            for row in csv.DictReader(file)
        ]


def mean_factor(pairs: Sequence[Pair]) -> float:
    """The geometric mean of the pairs' factors."""
    return math.prod(pair.factor for pair in pairs) ** (1 / len(pairs))


def left_out_errors(pairs: Sequence[Pair]) -> list[float]:
    """The error of each pair's cycles, as a share, with the factor of all the other pairs."""
    errors = []
    for pair in pairs:
        factor = mean_factor([other for other in pairs if other is not pair])
        errors.append((pair.modelled * factor + pair.waiting) / pair.measured - 1)
    return errors


def calibration_text(pairs: Sequence[Pair]) -> str:
    """calibration.toml: a table for every core that has pairs; of a single one no error can be told."""
    text = _HEAD
    for core, rows in groupby(sorted(pairs, key=lambda pair: pair.core), key=lambda pair: pair.core):
        group = list(rows)
        factor = mean_factor(group)
        wider = _WIDER if len(group) > 1 else _SINGLE
        low = min(pair.factor for pair in group) / wider
        high = max(pair.factor for pair in group) * wider
        cases = ", ".join(f"{pair.case} {pair.factor:.2f}" for pair in group)
        text += f'\n[{core}]\nlow = {low:.3f}\nbest = {factor:.3f}\nhigh = {high:.3f}\nbasis = "paired"\n'
        if len(group) > 1:
            text += f"worst_error = {100 * max(map(abs, left_out_errors(group))):.1f}\n"
        text += f'source = "{len(group)} in calibration_pairs.csv: {cases}"\n'
    return text


if __name__ == "__main__":
    _RESULT.write_text(calibration_text(read_pairs()), encoding="utf-8")
    print(_RESULT.read_text(encoding="utf-8"), end="")
