"""What `--optimize size` chooses where speed would take a table gives the same bytes."""

from __future__ import annotations

import random

import pytest

from edgegen.codegen.program import Program
from edgegen.ops.base import Target
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs
from tests.kernels.single import T, single


def kernels(program: Program) -> set[str]:
    return {call.kernel for call in program.calls()}


@pytest.mark.parametrize("seed", range(4))
def test_quantize_without_a_table(seed: int) -> None:
    rng = random.Random(seed)
    ends = [T((3, 50), scale=2.0 ** rng.uniform(-4, 0), zero_point=rng.randint(-128, 127)) for _ in range(2)]
    model = single("QUANTIZE", ends[:1], ends[1:])
    fast, small = (compile_model(model, Target(optimize=optimize)) for optimize in ("speed", "size"))
    assert kernels(fast) == {"eg_lookup_8"}
    assert kernels(small) == {"eg_quantize_s8_s8"}
    inputs = make_inputs([fast.main.graph.tensors[i] for i in fast.main.graph.inputs], seed)
    for ours, theirs in zip(run_program(small, inputs, sanitize=True), run_program(fast, inputs), strict=True):
        assert ours[0].tobytes() == theirs[0].tobytes()
