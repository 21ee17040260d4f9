"""Cortex-M0+: two stages, no overlap. TRM: Arm DDI 0484C, section 3.3, table 3-1 (with the single-cycle multiplier)."""

from __future__ import annotations

from edgegen.estimate.issue import ONE, Branches, Core, Range, Timing, exactly

_TABLE = "TRM table 3-1"

CORE = Core(
    name="cortex-m0plus",
    timings={
        "alu": Timing(ONE, ONE, _TABLE),
        "mul": Timing(
            Range(1, 1, 1), ONE, _TABLE + ": 1 with the fast multiplier, which STM32G0 and RP2040 have (M); 32 without"
        ),
        "load": Timing(exactly(2), exactly(2), _TABLE + ": 2; 1 from the single-cycle I/O port"),
        "store": Timing(exactly(2), ONE, _TABLE + ": 2"),
        "load_many": Timing(exactly(2), exactly(2), _TABLE + ": LDM, POP 1 + N", each=ONE),
        "store_many": Timing(exactly(2), ONE, _TABLE + ": STM, PUSH 1 + N", each=ONE),
        "branch": Timing(ONE, ONE, _TABLE + ": B 2, BL 3; see `branches`"),
        "bl": Timing(exactly(2), ONE, _TABLE + ": BL 3 when taken"),
        "branch_if": Timing(ONE, ONE, _TABLE + ": 1 not taken, 2 taken"),
        "jump": Timing(ONE, ONE, _TABLE + ": BX, BLX 2"),
        "system": Timing(exactly(3), ONE, _TABLE + ": MRS, MSR, barriers 3"),
    },
    branches=Branches(taken=ONE, jump=ONE, source=_TABLE + ": two stages, so a taken branch refills one"),
)
