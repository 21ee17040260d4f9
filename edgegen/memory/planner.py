"""From live ranges to a memory plan: the smallest arena that several placement orders and a bounded search find."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from edgegen.memory.plan import Allowance, LiveRange, MemoryPlan, Where, aligned

_SEARCH_ROUNDS = 300
_FEWEST_ROUNDS = 20
_SEARCH_WORK = 4_000_000


def plan_memory(
    buffers: Sequence[LiveRange], allowances: Sequence[Allowance] = (), cuts: tuple[int, ...] = ()
) -> MemoryPlan:
    """Places every buffer at a 16-byte aligned offset. Deterministic; the result has been verified.

    No buffer crosses one of the offsets `cuts`, multiples of 16 in ascending order: where the arena is to lie in
    several memories.

    Each buffer in turn goes to the lowest free offset (first fit). The order decides how good that is: by size, by
    life time, by first use; then random moves of what reaches the top, as long as the lower bound is not reached.
    """
    placer = _Placer(buffers, allowances, cuts)
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
    for _ in range(_search_rounds(len(buffers))):
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
    plan = MemoryPlan(arena_bytes, tuple(placements), tuple(allowances), cuts)
    plan.verify()
    return plan


def _search_rounds(buffers: int) -> int:
    """Placing takes time with the square of the buffers: a model with hundreds of them is still planned in seconds."""
    return 0 if buffers <= 2 else max(_FEWEST_ROUNDS, min(_SEARCH_ROUNDS, _SEARCH_WORK // buffers**2))


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
    def of(
        cls,
        a: LiveRange,
        j: int,
        b: LiveRange,
        gaps: Mapping[tuple[int, int, Where], int],
        throughout: Set[tuple[int, int]],
    ) -> _Neighbour:
        over, under = (b.tensor, a.tensor), (a.tensor, b.tensor)
        if (b.last == a.first or over in throughout) and any((source, output) == over for source, output, _ in gaps):
            # a may be written over b
            before, behind = gaps.get((*over, "below")), gaps.get((*over, "above"))
            return cls(j, b.size_bytes, before, behind, (*over, "same") in gaps, True)
        if a.last == b.first or under in throughout:  # b may be written over a
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

    def __init__(self, buffers: Sequence[LiveRange], allowances: Sequence[Allowance], cuts: tuple[int, ...]) -> None:
        self.buffers = buffers
        self.cuts = cuts
        gaps = {(a.input, a.output, a.where): a.gap_bytes for a in allowances}
        throughout = {(a.input, a.output) for a in allowances if a.throughout}
        self._spared = {output for _, output in throughout}
        self.neighbours: list[list[_Neighbour]] = [[] for _ in buffers]
        for i, a in enumerate(buffers):
            for j, b in enumerate(buffers):
                if i != j and a.meets(b):
                    self.neighbours[i].append(_Neighbour.of(a, j, b, gaps, throughout))

    def place(self, order: Sequence[int]) -> tuple[int, dict[int, int]]:
        """Returns the arena's size and the offset of each buffer, by position in `buffers`."""
        offsets: dict[int, int] = {}
        top = 0
        for i in order:
            size = self.buffers[i].size_bytes
            placed = (n for n in self.neighbours[i] if n.buffer in offsets)
            taken = [interval for n in placed for interval in n.forbidden(offsets[n.buffer], size)]
            taken += [(cut - size, cut) for cut in self.cuts]
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
                    replaces |= b.tensor in self._spared
                    need += 0 if replaces else aligned(b.size_bytes)
            bound = max(bound, need)
        return bound
