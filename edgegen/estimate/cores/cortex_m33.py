"""Cortex-M33: three stages, with pairs of 16-bit instructions in one clock.

Arm publishes no timing table (TRM 100230 has none). Known: the pipeline's form (TRM chapter 1: in order, limited dual
issue of common 16-bit pairs); all else as on the Cortex-M4, whose loads it does better: one clock, used one later.
"""

from __future__ import annotations

from edgegen.estimate.cores.cortex_m4f import TIMINGS as M4_TIMINGS
from edgegen.estimate.instructions import BRANCHES, MEMORY, Instruction
from edgegen.estimate.issue import ONE, Branches, Core, Range, Timing, exactly

_SOURCE = "as Cortex-M4; three-stage pipeline with load in the third (M)"

CORE = Core(
    name="cortex-m33",
    timings={
        **M4_TIMINGS,
        "load": Timing(ONE, exactly(2), _SOURCE, each=ONE),
        "load_many": Timing(ONE, exactly(2), _SOURCE + ": N, used one later", each=ONE),
        "mul": Timing(ONE, Range(1, 1, 2), _SOURCE),
        "mul_long": Timing(ONE, Range(1, 2, 2), _SOURCE),
        "mac": Timing(ONE, Range(1, 1, 2), _SOURCE + "; the accumulator is forwarded"),
        "mac_long": Timing(ONE, Range(1, 1, 2), _SOURCE + "; the accumulator is forwarded"),
        "div": Timing(Range(2, 6, 12), Range(2, 6, 12), "2 to 11 (M)"),
    },
    branches=Branches(
        taken=Range(1, 1.5, 2), jump=Range(1, 2, 3), source="three stages, no prediction: 2 or 3 clocks in all (M)"
    ),
    pairs=lambda first, second: _pairs(first, second),
)


def _pairs(first: Instruction, second: Instruction) -> bool:
    """A 16-bit simple operation with a 16-bit branch or another simple one; TRM chapter 1 says no more."""
    if first.size_bytes != 2 or second.size_bytes != 2:
        return False
    if first.kind in MEMORY or first.kind in BRANCHES:
        return False
    return first.kind == "it" or (first.kind == "alu" and second.kind in ("branch", "branch_if"))
