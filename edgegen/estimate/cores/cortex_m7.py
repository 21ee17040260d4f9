"""Cortex-M7: six stages, two instructions a clock, branches predicted.

Arm publishes no timing table. What is known: TRM (Arm DDI 0489F) chapters 1 and 8 (dual issue, two load pipes from
the tightly coupled memory or cache, one multiply pipe, branch cache); LLVM's scheduling model of the core
(ARMScheduleM7.td): the latencies below.
"""

from __future__ import annotations

from edgegen.estimate.instructions import BRANCHES, Instruction
from edgegen.estimate.issue import ONE, ZERO, Branches, Core, Range, Timing, exactly

_LLVM = "LLVM ARMScheduleM7.td"
_TWO = exactly(2)
_ONE_MULTIPLIER = frozenset(("mul", "mul_long", "mac", "mac_long", "dsp", "saturate"))
_ALONE = frozenset(("load_many", "store_many", "div", "it", "system", "float_div"))

CORE = Core(
    name="cortex-m7",
    timings={
        "alu": Timing(ONE, ONE, _LLVM + ": 1"),
        "shift": Timing(ONE, ONE, _LLVM + ": 1"),
        "alu_shifted": Timing(ONE, Range(1, 2, 2), _LLVM + ": shifted operand, one later"),
        "dsp": Timing(ONE, Range(1, 2, 2), _LLVM + ": SIMD in the early ALU of slot 0"),
        "saturate": Timing(ONE, Range(1, 2, 2), _LLVM + ": 2"),
        "mul": Timing(ONE, _TWO, _LLVM + ": 2"),
        "mul_long": Timing(ONE, Range(2, 2, 3), _LLVM + ": 2, the high half 3"),
        "mac": Timing(ONE, Range(1, 1.5, 2), _LLVM + ": 2; forwarded to the next accumulation in 1"),
        "mac_long": Timing(ONE, Range(1, 2, 3), _LLVM + ": 2 to 3; forwarded to the next accumulation in 1"),
        "div": Timing(Range(3, 7, 19), Range(3, 7, 19), _LLVM + ": 7; TRM: ends early"),
        "load": Timing(ONE, Range(2, 2, 3), _LLVM + ": 2, and 3 where the address has a shifted index"),
        "load_many": Timing(ONE, _TWO, _LLVM + ": two registers a clock", each=Range(0.5, 0.5, 1)),
        "store": Timing(ONE, ONE, _LLVM + ": by the store buffer"),
        "store_many": Timing(ONE, ONE, _LLVM + ": two registers a clock", each=Range(0.5, 0.5, 1)),
        "it": Timing(Range(0, 0.5, 1), ZERO, "TRM 1: IT may be folded; best: half (M)"),
        "float": Timing(ONE, exactly(3), _LLVM + ": VADD, VMUL 3"),
        "float_mac": Timing(ONE, exactly(6), _LLVM + ": VMLA 6"),
        "float_div": Timing(exactly(16), exactly(16), _LLVM + ": VDIV.F32 16"),
        "float_move": Timing(ONE, ONE, _LLVM + ": 1"),
        "system": Timing(Range(1, 3, 8), ONE, "barriers empty the pipeline (M)"),
    },
    branches=Branches(
        taken=Range(0, 0.5, 1),
        jump=Range(1, 2, 6),
        missed=Range(4, 6, 9),
        source="TRM: branch cache, a predicted branch is free; a missed one refills 4 to 6 stages, to 9 from AXI (M)",
    ),
    pairs=lambda first, second: _pairs(first, second),
)


def _pairs(first: Instruction, second: Instruction) -> bool:
    """One multiply or DSP operation, one store and one branch a clock; two loads, or any other two."""
    kinds = (first.kind, second.kind)
    if not _ALONE.isdisjoint(kinds):
        return False
    if all(kind in _ONE_MULTIPLIER for kind in kinds) or kinds == ("store", "store"):
        return False
    if second.kind in ("dsp", "saturate"):  # slot 0 alone has the SIMD unit
        return False
    return first.kind not in BRANCHES
