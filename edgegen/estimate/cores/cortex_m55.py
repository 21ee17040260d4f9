"""Cortex-M55: four to five stages, vector operations of 128 bits in two beats of 64 on overlapping pipes.

Guide: Arm Cortex-M55 Processor Software Optimization Guide (102692): a vector instruction holds its pipe for two
clocks; one that uses another pipe (load, store, multiply, the rest) begins one clock later, overlapping by a beat.
LLVM's ARMScheduleM55.td: the latencies below.
"""

from __future__ import annotations

from edgegen.estimate.cores.cortex_m33 import CORE as M33
from edgegen.estimate.instructions import Instruction
from edgegen.estimate.issue import ONE, ZERO, Branches, Core, Range, Timing, exactly

_GUIDE = "Optimization Guide: two beats of 64 bits"
_TWO = exactly(2)
_VECTOR = frozenset(("vector", "vector_mul", "vector_load", "vector_store"))

CORE = Core(
    name="cortex-m55",
    timings={
        **M33.timings,
        "load": Timing(ONE, _TWO, "LLVM ARMScheduleM55.td: 2", each=ONE),
        "mul": Timing(ONE, Range(1, 2, 2), "LLVM ARMScheduleM55.td: 2"),
        "mul_long": Timing(ONE, _TWO, "LLVM ARMScheduleM55.td: 2"),
        "vector": Timing(_TWO, Range(1, 2, 3), _GUIDE + "; beats are chained"),
        "vector_mul": Timing(_TWO, Range(2, 2, 3), _GUIDE + "; an accumulation behind another one is forwarded"),
        "vector_load": Timing(_TWO, Range(1, 2, 3), _GUIDE + "; 64 bits a clock from DTCM"),
        "vector_store": Timing(_TWO, ONE, _GUIDE),
        "loop_start": Timing(Range(1, 1, 3), ONE, "LLVM ARMScheduleM55.td: DLS, WLS"),
        "loop_end": Timing(Range(0, 0, 1), ONE, "Optimization Guide: LE costs a clock in the first turn alone"),
        "it": Timing(Range(0, 0.5, 1), ZERO, "as Cortex-M33"),
    },
    branches=Branches(taken=Range(1, 1.5, 3), jump=Range(1, 2, 4), source="as Cortex-M33, with one more stage (M)"),
    behind=lambda first, second: _behind(first, second),
    pairs=M33.pairs,
)


def _behind(first: Instruction, second: Instruction) -> Range:
    """The second of two vector operations on different pipes begins a beat earlier than on the same one."""
    if first.kind in _VECTOR and second.kind in _VECTOR and first.kind != second.kind:
        return Range(-1, -1, -0.5)
    return ZERO
