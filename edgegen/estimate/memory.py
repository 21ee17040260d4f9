"""What a board's memory adds to a core's cycles: reads through a cache and their misses become waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgegen.boards import BoardProfile, Cache, Region
from edgegen.devices.instruction_counter import CacheCount, CacheShape
from edgegen.estimate.issue import ZERO, Range

# A region with wait states and no cache in its profile: reads of eight bytes are kept, as flash interfaces do.
_BUFFER_BYTES = 8


@dataclass(frozen=True, slots=True)
class Wait:
    """A cache to simulate, and the clocks that each of its misses waits."""

    shape: CacheShape
    clocks: Range


def waits(board: BoardProfile) -> tuple[Wait, ...]:
    """The caches and buffers in front of a board's slow memory, at the addresses that its simulator has it."""
    own = {region.name: region for region in board.regions}
    found = []
    for place in board.image_regions(simulator=True):
        region = own.get(place.name)
        if region is None:
            continue
        for cache in region.caches:
            found.append(_cached(place, cache))
        if not region.caches and region.wait_states:
            found.append(_uncached(place, region.wait_states))
    return tuple(found)


def waiting(waits: Sequence[Wait], counts: Sequence[CacheCount], layer: int) -> Range:
    """The clocks that the reads of one layer wait in all; `layer` -1 is what comes before the first."""
    total = ZERO
    for wait, count in zip(waits, counts, strict=bool(counts)):
        total = total + wait.clocks * count.misses[layer + 1]
    return total


def _cached(place: Region, cache: Cache) -> Wait:
    shape = CacheShape(
        place.origin, place.end, cache.size_bytes, cache.line_bytes, cache.ways,
        code="code" in cache.holds, data="constants" in cache.holds,
    )  # fmt: skip
    return Wait(shape, Range(*cache.miss_clocks))


def _uncached(place: Region, wait_states: int) -> Wait:
    shape = CacheShape(place.origin, place.end, _BUFFER_BYTES, _BUFFER_BYTES, 1, code=True, data=True)
    return Wait(shape, Range(0, 0.5 * wait_states, wait_states))
