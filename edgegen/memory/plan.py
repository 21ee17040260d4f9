"""The types of a memory plan, and the check that no two live buffers share a byte."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Where: TypeAlias = Literal["below", "above", "same"]
"""How an output may lie to the input that it overlaps."""

ALIGNMENT_BYTES = 16


def aligned(size_bytes: int) -> int:
    """Rounds up to the arena's alignment."""
    return -(-size_bytes // ALIGNMENT_BYTES) * ALIGNMENT_BYTES


@dataclass(frozen=True, slots=True)
class LiveRange:
    """A buffer of `size_bytes` that must keep its bytes from step `first` to step `last`, both included.

    `tensor` names it uniquely: tensor indices for tensors, larger numbers for scratch.
    """

    tensor: int
    first: int
    last: int
    size_bytes: int

    def meets(self, other: LiveRange) -> bool:
        """Whether both are live at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Allowance:
    """Buffer `output` may overlap buffer `input` as ops.base.Overlap says.

    That is where the output's life begins at the last step of the input's, or, with `throughout`, whenever both live.
    """

    input: int
    output: int
    gap_bytes: int
    where: Where = "below"
    throughout: bool = False


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Offsets in one arena of `arena_bytes`: `placements` are (live range, offset), sorted by offset.

    `cuts` are the offsets at which the arena is cut into parts that lie elsewhere each; no buffer crosses one.
    """

    arena_bytes: int
    placements: tuple[tuple[LiveRange, int], ...]
    allowances: tuple[Allowance, ...] = ()
    cuts: tuple[int, ...] = ()

    def offsets(self) -> dict[int, int]:
        return {buffer.tensor: offset for buffer, offset in self.placements}

    def part(self, offset: int) -> tuple[int, int]:
        """The number of the part in which an offset lies, and the offset within it."""
        number = bisect.bisect_right(self.cuts, offset)
        return number, offset - (self.cuts[number - 1] if number else 0)

    def part_bytes(self) -> tuple[int, ...]:
        """The bytes that each part needs: one figure where the arena isn't cut."""
        sizes = [0] * (len(self.cuts) + 1)
        for buffer, offset in self.placements:
            number, start = self.part(offset)
            sizes[number] = max(sizes[number], aligned(start + buffer.size_bytes))
        return tuple(sizes)

    def live_bytes(self, step: int) -> int:
        """Bytes of the buffers that are live at a step, aligned, overlaps counted twice."""
        return sum(aligned(b.size_bytes) for b, _ in self.placements if b.first <= step <= b.last)

    def peak_step(self) -> int:
        """The first step at which the most bytes are live; 0 for an empty plan."""
        steps = sorted({b.first for b, _ in self.placements})
        return max(steps, key=lambda step: (self.live_bytes(step), -step), default=0)

    def verify(self) -> None:
        """Raises ValueError if two buffers that are live together share a byte without an allowance."""
        allowed = {(a.input, a.output, a.where): a.gap_bytes for a in self.allowances}
        throughout = {(a.input, a.output) for a in self.allowances if a.throughout}
        for i, (a, a_at) in enumerate(self.placements):
            if a_at < 0 or a_at % ALIGNMENT_BYTES or a_at + a.size_bytes > self.arena_bytes:
                raise ValueError(f"buffer {a.tensor} at {a_at} is misaligned or outside the arena")
            if any(a_at < cut < a_at + a.size_bytes for cut in self.cuts):
                raise ValueError(f"buffer {a.tensor} at {a_at} lies across a cut")
            for b, b_at in self.placements[i + 1 :]:
                if not a.meets(b) or a_at + a.size_bytes <= b_at or b_at + b.size_bytes <= a_at:
                    continue
                pairs = ((a, a_at, b, b_at), (b, b_at, a, a_at))
                timely = [p for p in pairs if p[0].last == p[2].first or (p[0].tensor, p[2].tensor) in throughout]
                if not any(_may_overlap(allowed, *pair) for pair in timely):
                    raise ValueError(f"buffers {a.tensor} at {a_at} and {b.tensor} at {b_at} overlap while both live")


def _may_overlap(
    allowed: Mapping[tuple[int, int, Where], int], source: LiveRange, source_at: int, output: LiveRange, output_at: int
) -> bool:
    pair = source.tensor, output.tensor
    below, above = allowed.get((*pair, "below")), allowed.get((*pair, "above"))
    return (
        (below is not None and output_at + below <= source_at)
        or (above is not None and output_at >= source_at + above)
        or ((*pair, "same") in allowed and output_at == source_at)
    )
