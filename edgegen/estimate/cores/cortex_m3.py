"""Cortex-M3: the Cortex-M4's pipeline with a slower multiplier and no DSP. TRM: Arm DDI 0337I, table 3-1."""

from __future__ import annotations

from edgegen.estimate.cores.cortex_m4f import CORE as M4
from edgegen.estimate.cores.cortex_m4f import TIMINGS as M4_TIMINGS
from edgegen.estimate.issue import Core, Range, Timing, exactly

_TABLE = "TRM table 3-1"

CORE = Core(
    name="cortex-m3",
    timings={
        **M4_TIMINGS,
        "mac": Timing(exactly(2), exactly(2), _TABLE + ": MLA, MLS 2"),
        "mul_long": Timing(
            Range(3, 4, 5), Range(3, 4, 5), _TABLE + ": SMULL, UMULL 3 to 5, ends early by the operands"
        ),
        "mac_long": Timing(Range(4, 5, 7), Range(4, 5, 7), _TABLE + ": SMLAL, UMLAL 4 to 7"),
    },
    branches=M4.branches,
    behind=M4.behind,
)
