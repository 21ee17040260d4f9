"""Executed blocks of code become estimated cycles: a core's model prices them, the board's memory adds its waits."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from edgegen.boards import BoardProfile
from edgegen.devices.instruction_counter import CacheShape, Counts
from edgegen.estimate.cores import core_model
from edgegen.estimate.decoders.image import CodeImage
from edgegen.estimate.instructions import Instruction
from edgegen.estimate.issue import ZERO, Range, branch_cycles, run_cycles
from edgegen.estimate.memory import Wait, waiting, waits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_CALIBRATION = Path(__file__).with_name("calibration.toml")
_UNCALIBRATED = (1.0, 1.1, 1.3)


@dataclass(frozen=True, slots=True)
class CycleEstimate:
    """Estimated cycles: the likely value between the least and the most to expect."""

    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a core's modelled clocks are multiplied by; `basis` is paired (against silicon) or architecture (no pair).

    `worst_error` is the largest error, in percent, of a network that the others' factor was applied to.
    """

    low: float
    best: float
    high: float
    basis: str
    source: str
    worst_error: float | None = None


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """Cycles of one inference, in all and per layer function. `waiting` is the part of `all` that memory takes."""

    all: CycleEstimate
    layers: tuple[CycleEstimate, ...]
    waiting: CycleEstimate


class Estimator:
    """Prices what one ELF runs on one board. Counting must simulate `caches`, in their order."""

    def __init__(self, board: BoardProfile, elf: Path) -> None:
        model = core_model(board.core)
        if model is None:
            raise ValueError(f"core {board.core} has no cycle model")
        self._core = model
        self._waits: tuple[Wait, ...] = waits(board)
        self._image = CodeImage(elf, board.core)
        self._priced: dict[tuple[int, int], tuple[Instruction, Range]] = {}

    @property
    def caches(self) -> tuple[CacheShape, ...]:
        return tuple(wait.shape for wait in self._waits)

    def estimate(self, counts: Counts) -> RunEstimate:
        """The cycles of the last inference. Raises EdgegenError where it ran code that the ELF does not have."""
        layers = len(counts.inferences[-1].layers)
        core = [ZERO] * (layers + 1)
        for block in counts.blocks:
            last, clocks = self._block(block.pc, block.bytes)
            for layer, executions, fall_throughs in block.layers:
                own = clocks * executions + branch_cycles(self._core, last, executions, fall_throughs)
                core[layer + 1] = core[layer + 1] + own
        memory = [waiting(self._waits, counts.caches, layer) for layer in range(-1, layers)]
        factor = calibration(self._core.name)
        sums = [_calibrated(clocks, wait, factor) for clocks, wait in zip(core, memory, strict=True)]
        whole = _calibrated(sum(core, ZERO), sum(memory, ZERO), factor)
        return RunEstimate(whole, tuple(sums[1:]), _rounded(sum(memory, ZERO)))

    def _block(self, address: int, size_bytes: int) -> tuple[Instruction, Range]:
        """A block's last instruction, and the clocks of one execution that leaves it straight on."""
        key = address, size_bytes
        if key not in self._priced:
            run = self._image.block(address, size_bytes)
            self._priced[key] = run[-1], run_cycles(self._core, run)
        return self._priced[key]


@lru_cache(maxsize=16)
def calibration(core: str) -> Calibration:
    """The factor of a core's model; 1 within an interval for one without a measurement behind it."""
    rows = tomllib.loads(_CALIBRATION.read_text(encoding="utf-8"))
    if core in rows:
        return Calibration(**rows[core])
    return Calibration(*_UNCALIBRATED, "architecture", "no public measurement to calibrate with")


def latency_us(cycles: float, clock_hz: int) -> float:
    """Microseconds that cycles take at a clock."""
    return cycles * 1e6 / clock_hz


def _calibrated(core: Range, wait: Range, factor: Calibration) -> CycleEstimate:
    """Measured against silicon, the error is that of the likely value; without, the model's own bounds hold."""
    bounds = (core.best, core.best) if factor.basis == "paired" else (core.low, core.high)
    low, best, high = bounds[0] * factor.low, core.best * factor.best, bounds[1] * factor.high
    return _rounded(Range(low + wait.low, best + wait.best, high + wait.high))


def _rounded(clocks: Range) -> CycleEstimate:
    return CycleEstimate(round(clocks.low), round(clocks.best), round(clocks.high))
