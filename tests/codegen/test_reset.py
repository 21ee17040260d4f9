"""<model>_reset: a model that has run and is reset gives what a fresh one gives."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tests.host_model import build_executable, compile_model
from tests.kernels.case import make_inputs
from tests.kernels.cases import (
    circular_buffer,
    control_flow,
    signal_filter_bank,
    signal_stream,
    svdf,
    unidirectional_sequence_lstm,
    variables,
)

_MODULES = (
    circular_buffer,
    control_flow,
    signal_filter_bank,
    signal_stream,
    svdf,
    unidirectional_sequence_lstm,
    variables,
)
_STATELESS = {"IF", "WHILE", "SignalFilterBank", "SignalFilterBankLog", "SignalFilterBankSquareRoot"}
_GENERATORS = {name: make for module in _MODULES for name, make in module.GENERATORS.items() if name not in _STATELESS}


@pytest.mark.parametrize("operator", sorted(_GENERATORS))
def test_reset_is_a_fresh_start(operator: str, tmp_path: Path) -> None:
    program = compile_model(_GENERATORS[operator](random.Random(1)))
    executable = build_executable([program], tmp_path, sanitize=True)
    graph = program.main.graph
    inputs = make_inputs([graph.tensors[i] for i in graph.inputs], 7, invocations=4)
    # One job for the model's start; the harness resets it before each further one.
    job = b"\0\0" + bytes([len(inputs)]) + b"".join(a.tobytes() for arrays in inputs for a in arrays)
    done = subprocess.run([executable], input=job * 3, capture_output=True, timeout=60, check=True)
    size = len(done.stdout) // 3
    assert size == len(inputs) * sum(graph.tensors[i].size_bytes for i in graph.outputs)
    assert [done.stdout[at : at + size] for at in range(0, 3 * size, size)] == [done.stdout[:size]] * 3
