"""Prices a straight run of instructions on an in-order core: a table of timings and rules of pairing in, cycles out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from edgegen.estimate.instructions import BRANCHES, Instruction

Bound = Literal["low", "best", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "best", "high")


@dataclass(frozen=True, slots=True)
class Range:
    """A number of clocks: the least, the likely and the most."""

    low: float
    best: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.best <= self.high:
            raise ValueError(f"not in order: {self}")

    def at(self, bound: Bound) -> float:
        return self.low if bound == "low" else self.best if bound == "best" else self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.best + other.best, self.high + other.high)

    def __mul__(self, factor: float) -> Range:
        return Range(self.low * factor, self.best * factor, self.high * factor)


def exactly(clocks: float) -> Range:
    """A number that is known."""
    return Range(clocks, clocks, clocks)


ZERO = exactly(0)
ONE = exactly(1)


@dataclass(frozen=True, slots=True)
class Timing:
    """`issue`: clocks until the next instruction can begin; `latency`: until the result can be used.

    `each` is added to both for every register after the first that a load or store moves.
    """

    issue: Range
    latency: Range
    source: str
    each: Range = ZERO


@dataclass(frozen=True, slots=True)
class Branches:
    """Clocks that a branch takes beyond its timing: `taken` when taken, and `missed` when it was predicted wrongly.

    A core without prediction has no `missed`. A `jump` that is taken costs `jump` instead.
    """

    taken: Range
    jump: Range
    source: str
    missed: Range | None = None


Pairs = Callable[[Instruction, Instruction], bool]
Change = Callable[[Instruction, Instruction], Range]


def never(first: Instruction, second: Instruction) -> bool:
    """The pairing rule of a core that issues one instruction at a time."""
    return False


def unchanged(first: Instruction, second: Instruction) -> Range:
    """The rule of a core on which what comes before an instruction matters by its registers alone."""
    return ZERO


@dataclass(frozen=True, slots=True)
class Core:
    """A core's model. `pairs` says which two neighbours begin together, where the second one needs no result of the
    first; `behind` by how many clocks the second one begins later (or earlier) behind the first.
    """

    name: str
    timings: Mapping[str, Timing]
    branches: Branches
    pairs: Pairs = never
    behind: Change = unchanged

    def timing(self, instruction: Instruction) -> Timing:
        """The row of the instruction's name, else that of its kind, else that of `alu`."""
        by_name = self.timings.get(instruction.name)
        if instruction.kind == "jump" and instruction.registers:  # a return by POP
            return self.timings.get("load_many", self.timings["alu"])
        return by_name or self.timings.get(instruction.kind) or self.timings["alu"]


def run_cycles(core: Core, run: Sequence[Instruction]) -> Range:
    """Clocks of a run of instructions whose last one, if a branch, is not taken; nothing before it still runs."""
    clocks = sorted(map(partial(_clocks, core, run), BOUNDS))
    return Range(*clocks)


def branch_cycles(core: Core, last: Instruction, executions: int, fall_throughs: int) -> Range:
    """What the ends of a block's executions cost beyond its instructions, in all."""
    taken = executions - fall_throughs
    if last.kind not in BRANCHES or last.kind == "loop_end":
        return ZERO
    if last.kind == "jump":
        return core.branches.jump * executions
    total = core.branches.taken * taken
    if core.branches.missed is not None and last.kind == "branch_if":
        # A predictor that learns misses about as often as the rarer way is gone, at worst; loops leave once.
        rarer = min(taken, fall_throughs)
        missed = core.branches.missed
        total = total + Range(0.25 * missed.low, 0.75 * missed.best, missed.high) * rarer
    return total


def _clocks(core: Core, run: Sequence[Instruction], bound: Bound) -> float:
    ready: dict[str, float] = {}
    now = 0.0  # when the next instruction can begin
    begun = 0.0
    previous: Instruction | None = None
    single = True  # the previous one has no partner yet
    end = 0.0
    for instruction in run:
        timing = core.timing(instruction)
        issue = timing.issue.at(bound) + timing.each.at(bound) * instruction.registers
        latency = timing.latency.at(bound) + timing.each.at(bound) * instruction.registers
        waits = max((ready.get(register, 0.0) for register in instruction.reads), default=0.0)
        if (
            previous is not None
            and single
            and waits <= begun
            and not previous.writes & (instruction.reads | instruction.writes)
            and core.pairs(previous, instruction)
        ):
            start, single = begun, False
            now = max(now, start + issue)
        else:
            change = 0.0 if previous is None else core.behind(previous, instruction).at(bound)
            start, single = max(now + change, waits), True
            now = max(now, start + issue)
        for register in instruction.writes:
            ready[register] = start + latency
        begun, previous = start, instruction
        end = max(end, now)
    return end
