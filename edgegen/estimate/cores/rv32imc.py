"""The RV32IMC cores of ESP32-C3 and C6: four stages, in order, one instruction at a time.

Espressif publishes no timing table. Known: ESP32-C3 Technical Reference Manual, chapter 1: four-stage, in-order, scalar
pipeline, multiplier of one clock or few; the rest is that of such pipelines, checked by calibration.
"""

from __future__ import annotations

from edgegen.estimate.issue import ONE, Branches, Core, Range, Timing

_PIPELINE = "four-stage in-order pipeline (TRM chapter 1)"

CORE = Core(
    name="rv32imc",
    timings={
        "alu": Timing(ONE, ONE, _PIPELINE),
        "load": Timing(ONE, Range(1, 2, 2), _PIPELINE + ": a load's use one later (M)"),
        "store": Timing(ONE, ONE, _PIPELINE),
        "mul": Timing(ONE, Range(1, 1, 2), "one clock; MULH may take two (M)"),
        "div": Timing(Range(2, 16, 34), Range(2, 16, 34), "one bit a clock, ends early (M)"),
        "system": Timing(Range(1, 2, 4), ONE, "CSR accesses wait for the pipeline (M)"),
    },
    branches=Branches(
        taken=Range(1, 1.5, 2), jump=Range(1, 2, 2), source=_PIPELINE + ": resolved in the second or third stage (M)"
    ),
)
