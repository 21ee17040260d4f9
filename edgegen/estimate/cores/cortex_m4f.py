"""Cortex-M4 with floating point: three stages, one instruction at a time, neighbouring loads pipelined.

TRM: Arm DDI 0439B, section 3.3.1, table 3-1 "Cortex-M4 instruction set summary" and section 3.3.2 "Load/store timings".
"""

from __future__ import annotations

from edgegen.estimate.instructions import Instruction
from edgegen.estimate.issue import ONE, ZERO, Branches, Core, Range, Timing, exactly

_TABLE = "TRM table 3-1"
_FLOAT = "TRM section 7.2.3, table 7-1"

TIMINGS = {
    "alu": Timing(ONE, ONE, _TABLE),
    "mul": Timing(ONE, ONE, _TABLE),
    "mul_long": Timing(ONE, ONE, _TABLE + ": SMULL, UMULL 1"),
    "mac": Timing(ONE, ONE, _TABLE + ": MLA, SMLAD, SMMLA 1"),
    "mac_long": Timing(ONE, ONE, _TABLE + ": SMLAL, SMLALD 1"),
    "div": Timing(
        Range(2, 7, 12), Range(2, 7, 12), _TABLE + ": 2 to 12, ends early by the quotient's size; best: the middle"
    ),
    "load": Timing(exactly(2), exactly(2), _TABLE + ": 2; see `behind`", each=ONE),
    "load_many": Timing(exactly(2), exactly(2), _TABLE + ": 1 + N", each=ONE),
    "store": Timing(ONE, ONE, "TRM 3.3.2: STR is one clock, by the write buffer", each=ONE),
    "store_many": Timing(exactly(2), ONE, _TABLE + ": 1 + N", each=ONE),
    "branch": Timing(ONE, ONE, _TABLE + ": 1 + P; P is in `branches`"),
    "branch_if": Timing(ONE, ONE, _TABLE + ": 1 where not taken"),
    "jump": Timing(ONE, ONE, _TABLE + ": BX, BLX 1 + P"),
    "tbb": Timing(exactly(2), ONE, _TABLE + ": 2 + P"),
    "tbh": Timing(exactly(2), ONE, _TABLE + ": 2 + P"),
    "nop": Timing(ONE, ONE, _TABLE),
    "it": Timing(Range(0, 1, 1), ZERO, "TRM 3.3.1: 1; IT may fold behind a 16-bit instruction"),
    "system": Timing(Range(1, 2, 4), ONE, _TABLE + ": MSR, MRS, barriers"),
    "float": Timing(ONE, exactly(2), _FLOAT + ": 1, the result one later"),
    "float_mac": Timing(exactly(3), exactly(4), _FLOAT + ": VMLA, VFMA 3"),
    "float_div": Timing(exactly(14), exactly(14), _FLOAT + ": VDIV, VSQRT 14"),
    "float_move": Timing(ONE, ONE, _FLOAT + ": VMOV 1"),
}


def behind(first: Instruction, second: Instruction) -> Range:
    """TRM 3.3.2: a single load or store overlaps the load before it, unless that load makes its address."""
    if first.kind != "load" or first.registers or second.kind not in ("load", "store") or second.registers:
        return ZERO
    if first.writes & second.address_reads or first.name in ("vldr",):
        return ZERO
    # A load's second clock is hidden behind the next one's first; a store's own behind the load's second.
    return Range(-1, -1, 0)


CORE = Core(
    name="cortex-m4f",
    timings=TIMINGS,
    branches=Branches(
        taken=Range(1, 2, 3),
        jump=Range(1, 2, 3),
        source=_TABLE + ": P is 1 to 3 by the alignment and width of the target; best: the middle",
    ),
    behind=behind,
)
