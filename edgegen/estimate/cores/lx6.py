"""Xtensa LX6 as in ESP32: in order, one instruction at a time, zero-overhead loops, MAC16.

Cadence publishes the pipeline (Xtensa LX6 Microprocessor Data Book: five stages, or seven), not ESP32's choice; the
figures are those of five stages with the ranges of seven in `high`.
"""

from __future__ import annotations

from edgegen.estimate.issue import ONE, Branches, Core, Range, Timing, exactly

_PIPELINE = "Xtensa pipeline of five stages"

CORE = Core(
    name="lx6",
    timings={
        "alu": Timing(ONE, ONE, _PIPELINE),
        "load": Timing(ONE, Range(2, 2, 3), _PIPELINE + ": a load's use one later; two with seven stages"),
        "store": Timing(ONE, ONE, _PIPELINE),
        "mul": Timing(ONE, Range(1, 2, 3), _PIPELINE + ": MULL and MULSH pipelined, result one later"),
        "div": Timing(Range(6, 12, 13), Range(6, 12, 13), "iterative divider (M)"),
        "mac16": Timing(
            ONE, Range(1, 1, 2), "MAC16: a multiply-accumulate a clock; one public measurement says it may stall"
        ),
        "mac16_load": Timing(ONE, Range(1, 1, 2), "MAC16 with its load; as mac16"),
        "loop_start": Timing(ONE, ONE, "ISA manual 4.3.2: no overhead in the loop's turns"),
        "nop": Timing(ONE, ONE, _PIPELINE),
        "system": Timing(Range(1, 2, 5), ONE, "special registers wait for the pipeline (M)"),
        "float": Timing(ONE, exactly(4), "floating-point unit: result after 4 (M)"),
        "float_mac": Timing(ONE, exactly(4), "floating-point unit: result after 4 (M)"),
    },
    branches=Branches(
        taken=Range(2, 2, 3),
        jump=Range(2, 3, 4),
        source=_PIPELINE + ": a taken branch refills two stages; three of seven",
    ),
)
