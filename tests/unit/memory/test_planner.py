"""The planner's promise, checked byte by byte without its own code: no two live buffers share memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgegen.memory.plan import Allowance, LiveRange, MemoryPlan, aligned
from edgegen.memory.planner import plan_memory


@st.composite
def buffers(draw: st.DrawFn) -> list[LiveRange]:
    count = draw(st.integers(1, 24))
    ranges = []
    for tensor in range(count):
        first = draw(st.integers(-1, 12))
        ranges.append(LiveRange(tensor, first, first + draw(st.integers(0, 6)), draw(st.integers(0, 300))))
    return ranges


def paint(plan: MemoryPlan) -> dict[tuple[int, int], set[int]]:
    """(step, byte) -> the buffers that own the byte at that step."""
    owners: dict[tuple[int, int], set[int]] = {}
    for buffer, offset in plan.placements:
        for step in range(buffer.first, buffer.last + 1):
            for byte in range(offset, offset + buffer.size_bytes):
                owners.setdefault((step, byte), set()).add(buffer.tensor)
    return owners


@given(buffers())
@settings(max_examples=150, deadline=None)
def test_no_byte_has_two_owners(ranges: list[LiveRange]) -> None:
    plan = plan_memory(ranges)
    assert all(len(owner) == 1 for owner in paint(plan).values())
    assert all(offset % 16 == 0 for _, offset in plan.placements)
    assert plan.arena_bytes == aligned(max((at + b.size_bytes for b, at in plan.placements), default=0))
    live = [sum(aligned(b.size_bytes) for b in ranges if b.first <= s <= b.last) for s in range(-1, 20)]
    assert plan.arena_bytes >= max(live) - 16
    assert plan_memory(ranges) == plan


@given(buffers(), st.integers(-32, 64), st.integers(-32, 64), st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_overlap_only_where_allowed(ranges: list[LiveRange], gap: int, behind: int, both: bool, same: bool) -> None:
    found = [(a.tensor, b.tensor) for a in ranges for b in ranges if a is not b and a.last == b.first]
    allowances = [Allowance(a, b, gap) for a, b in found]
    if both:
        allowances += [Allowance(a, b, behind, "above") for a, b in found]
    if same:
        allowances = [Allowance(a, b, 0, "same") for a, b in found]
    plan = plan_memory(ranges, allowances)
    offsets = plan.offsets()
    pairs = {(a.input, a.output) for a in allowances}
    for (_, byte), owners in paint(plan).items():
        for a in owners:
            for b in owners - {a}:
                forward = not same and (a, b) in pairs and offsets[b] + gap <= offsets[a]
                backward = not same and (b, a) in pairs and offsets[a] + gap <= offsets[b]
                equal = same and offsets[a] == offsets[b] and ((a, b) in pairs or (b, a) in pairs)
                above = (both and not same) and (
                    ((a, b) in pairs and offsets[b] >= offsets[a] + behind)
                    or ((b, a) in pairs and offsets[a] >= offsets[b] + behind)
                )
                assert forward or backward or above or equal, f"byte {byte} belongs to {a} and {b}"


def test_chain_alternates_between_two_ends() -> None:
    """Layers of equal size need two buffers, however long the chain."""
    ranges = [LiveRange(i, i - 1, i, 1000) for i in range(10)]
    assert plan_memory(ranges).arena_bytes == 2 * aligned(1000)


def test_in_place_chain_needs_one_buffer() -> None:
    ranges = [LiveRange(i, i - 1, i, 1008) for i in range(10)]
    allowances = [Allowance(i, i + 1, 0) for i in range(9)]
    assert plan_memory(ranges, allowances).arena_bytes == 1008


def test_same_place_only() -> None:
    """Where only the same address will do, sizes that differ still share it."""
    plan = plan_memory([LiveRange(0, -1, 0, 1024), LiveRange(1, 0, 1, 512)], [Allowance(0, 1, 0, "same")])
    assert plan.arena_bytes == 1024
    assert plan.offsets() == {0: 0, 1: 0}


def test_staged_output_starts_before_its_input() -> None:
    plan = plan_memory([LiveRange(0, -1, 0, 4096), LiveRange(1, 0, 1, 4096)], [Allowance(0, 1, 64)])
    offsets = plan.offsets()
    assert plan.arena_bytes == 4096 + 64
    assert offsets[1] + 64 <= offsets[0]


def test_up_and_down_needs_one_gap() -> None:
    """Layers that shift down by 448 and layers that may shift up again, as a depthwise-pointwise chain does."""
    ranges = [LiveRange(i, i - 1, i, 8000) for i in range(10)]
    allowances = [Allowance(i, i + 1, 448) for i in range(0, 9, 2)]
    allowances += [Allowance(i, i + 1, 64) for i in range(1, 9, 2)]
    allowances += [Allowance(i, i + 1, 64, "above") for i in range(1, 9, 2)]
    assert plan_memory(ranges, allowances).arena_bytes == 8000 + 448


@pytest.mark.parametrize("offset", [0, 16])
def test_verify_refuses_overlap(offset: int) -> None:
    a, b = LiveRange(0, 0, 2, 32), LiveRange(1, 1, 3, 32)
    with pytest.raises(ValueError, match="overlap"):
        MemoryPlan(64, ((a, 0), (b, offset))).verify()


def test_verify_refuses_buffers_outside_the_arena() -> None:
    with pytest.raises(ValueError, match="outside"):
        MemoryPlan(16, ((LiveRange(0, 0, 0, 32), 0),)).verify()


def test_peak_step_is_where_most_is_live() -> None:
    plan = plan_memory([LiveRange(0, -1, 0, 16), LiveRange(1, 0, 1, 64), LiveRange(2, 1, 2, 48)])
    assert plan.peak_step() == 1


@given(buffers(), st.lists(st.integers(0, 40).map(lambda n: 16 * n), max_size=3).map(sorted))
@settings(max_examples=150, deadline=None)
def test_no_buffer_crosses_a_cut(ranges: list[LiveRange], cuts: list[int]) -> None:
    plan = plan_memory(ranges, cuts=tuple(cuts))
    assert all(len(owner) == 1 for owner in paint(plan).values())
    for buffer, offset in plan.placements:
        assert not any(offset < cut < offset + buffer.size_bytes for cut in cuts)
        part, within = plan.part(offset)
        assert within + buffer.size_bytes <= plan.part_bytes()[part]
        assert offset == within + ([0, *cuts][part])
    for size, start, end in zip(plan.part_bytes(), [0, *cuts], [*cuts, plan.arena_bytes + 16], strict=True):
        assert size <= max(end - start, 0)


def test_a_cut_arena_takes_no_more_than_its_parts_have() -> None:
    # 96 bytes live at once, and no place of 96.
    ranges = [LiveRange(0, 0, 2, 32), LiveRange(1, 0, 2, 48), LiveRange(2, 1, 2, 16)]
    plan = plan_memory(ranges, cuts=(48,))
    assert (plan.arena_bytes, plan.part_bytes()) == (96, (48, 48))
    assert plan_memory(ranges).part_bytes() == (96,)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(-200, 64), st.booleans())
@settings(max_examples=100, deadline=None)
def test_an_overlap_for_whole_lives(source_bytes: int, output_bytes: int, gap: int, beside: bool) -> None:
    ranges = [LiveRange(0, -1, 5, source_bytes), LiveRange(1, 2, 9, output_bytes)]
    ranges += [LiveRange(2, 3, 3, 64)] if beside else []
    plan = plan_memory(ranges, [Allowance(0, 1, gap, throughout=True)])
    offsets = plan.offsets()
    apart = offsets[1] >= offsets[0] + source_bytes or offsets[1] + output_bytes <= offsets[0]
    assert apart or offsets[1] + gap <= offsets[0]
    if beside:
        assert all(len(owner - {0, 1}) == 0 or len(owner) == 1 for owner in paint(plan).values())
    assert plan.arena_bytes <= aligned(source_bytes) + aligned(output_bytes) + 64 * beside


def test_verify_refuses_an_overlap_at_the_wrong_time() -> None:
    source, output = LiveRange(0, -1, 5, 32), LiveRange(1, 2, 9, 32)
    with pytest.raises(ValueError, match="overlap"):
        MemoryPlan(32, ((source, 0), (output, 0)), (Allowance(0, 1, 0),)).verify()
    MemoryPlan(32, ((source, 0), (output, 0)), (Allowance(0, 1, 0, throughout=True),)).verify()
