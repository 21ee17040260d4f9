"""From live ranges to a memory plan: the smallest arena that several placement orders and a bounded search find."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edgegen.memory.plan import Allowance, LiveRange, MemoryPlan, Where, aligned

_SEARCH_ROUNDS = 300


def plan_memory(buffers: Sequence[LiveRange], allowances: Sequence[Allowance] = ()) -> MemoryPlan:
    """Places every buffer at a 16-byte aligned offset. Deterministic; the result has been verified.

    Each buffer in turn goes to the lowest free offset (first fit). The order decides how good that is: by size, by
    life time, by first use; then random moves of what reaches the top, as long as the lower bound is not reached.
    """
    placer = _Placer(buffers, allowances)
    best_order: list[int] = []
    best: tuple[int, dict[int, int]] | None = None
    for key in _ORDERS:
        order = sorted(range(len(buffers)), key=lambda i: (*key(buffers[i]), buffers[i].tensor))
        found = placer.place(order)
        if best is None or found[0] < best[0]:
            best, best_order = found, order
    assert best is not None
    bound = placer.lower_bound()
    rng = random.Random(0)
    for _ in range(_SEARCH_ROUNDS if len(buffers) > 2 else 0):
        if best[0] <= bound:
            break
        order = list(best_order)
        # What reaches the top of the arena, or lives beside it, goes somewhere else in the order.
        highest = [i for i in order if aligned(best[1][i] + buffers[i].size_bytes) == best[0]]
        moved = rng.choice(highest)
        beside = placer.neighbours[moved]
        if beside and rng.random() < 0.6:
            moved = rng.choice(beside).buffer
        order.remove(moved)
        order.insert(rng.randrange(len(order) + 1), moved)
        found = placer.place(order)
        if found[0] <= best[0]:
            best, best_order = found, order
    arena_bytes, offsets = best
    placements = sorted(((b, offsets[i]) for i, b in enumerate(buffers)), key=lambda p: (p[1], p[0].tensor))
    plan = MemoryPlan(arena_bytes, tuple(placements), tuple(allowances))
    plan.verify()
    return plan


_ORDERS: tuple[Callable[[LiveRange], tuple[int, ...]], ...] = (
    lambda b: (-b.size_bytes, b.first),
    lambda b: (-(b.last - b.first), -b.size_bytes),
    lambda b: (b.first, -b.size_bytes),
    lambda b: (-b.last, -b.size_bytes),
    lambda b: (-b.size_bytes * (b.last - b.first + 1),),
)


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """What buffer `buffer`, live at the same time, means for the placing of another: how close that may start.

    `before` and `behind` are the distances from the neighbour's start below which, and above which, the other may lie;
    `same` lets it start at the same address.
    """

    buffer: int
    size_bytes: int
    before: int | None
    behind: int | None
    same: bool
    replaces: bool

    @classmethod
    def of(cls, a: LiveRange, j: int, b: LiveRange, gaps: Mapping[tuple[int, int, Where], int]) -> _Neighbour:
        over, under = (b.tensor, a.tensor), (a.tensor, b.tensor)
        if b.last == a.first and any((source, output) == over for source, output, _ in gaps):
            # a may be written over b
            before, behind = gaps.get((*over, "below")), gaps.get((*over, "above"))
            return cls(j, b.size_bytes, before, behind, (*over, "same") in gaps, True)
        if a.last == b.first:  # b may be written over a
            behind, before = gaps.get((*under, "below")), gaps.get((*under, "above"))
            return cls(j, b.size_bytes, before, behind, (*under, "same") in gaps, False)
        return cls(j, b.size_bytes, None, None, False, False)

    def forbidden(self, at: int, size_bytes: int) -> list[tuple[int, int]]:
        """The open intervals of offsets that a buffer of `size_bytes` can't have while the neighbour lies at `at`."""
        low, high = at - size_bytes, at + self.size_bytes
        if self.before is not None:
            low = max(low, at - self.before)
        if self.behind is not None:
            high = min(high, at + self.behind)
        return [(low, at), (at, high)] if self.same and low < at < high else [(low, high)]


class _Placer:
    """First-fit placement of buffers in a given order."""

    def __init__(self, buffers: Sequence[LiveRange], allowances: Sequence[Allowance]) -> None:
        self.buffers = buffers
        gaps = {(a.input, a.output, a.where): a.gap_bytes for a in allowances}
        self.neighbours: list[list[_Neighbour]] = [[] for _ in buffers]
        for i, a in enumerate(buffers):
            for j, b in enumerate(buffers):
                if i != j and a.meets(b):
                    self.neighbours[i].append(_Neighbour.of(a, j, b, gaps))

    def place(self, order: Sequence[int]) -> tuple[int, dict[int, int]]:
        """Returns the arena's size and the offset of each buffer, by position in `buffers`."""
        offsets: dict[int, int] = {}
        top = 0
        for i in order:
            size = self.buffers[i].size_bytes
            placed = (n for n in self.neighbours[i] if n.buffer in offsets)
            taken = [interval for n in placed for interval in n.forbidden(offsets[n.buffer], size)]
            offset = 0
            for low, high in sorted(taken):
                if low < offset < high:
                    offset = aligned(high)
            offsets[i] = offset
            top = max(top, offset + size)
        return aligned(top), offsets

    def lower_bound(self) -> int:
        """No plan is smaller: the most bytes live at one step, an output over its input counted once."""
        bound = 0
        for step in {b.first for b in self.buffers}:
            need = 0
            for i, b in enumerate(self.buffers):
                if b.first <= step <= b.last:
                    replaces = b.first == step and any(n.replaces for n in self.neighbours[i])
                    need += 0 if replaces else aligned(b.size_bytes)
            bound = max(bound, need)
        return bound
