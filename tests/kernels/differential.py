"""Compares edgegen with TFLite Micro on models: equal bytes, or both refuse."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from edgegen.codegen.program import Program
from edgegen.errors import InputError
from edgegen.model_io.tflite_reader import read_tflite
from tests.host_model import compile_model, run_programs
from tests.kernels import cases
from tests.kernels.case import Case, Generator, make_inputs, seed_of
from tests.tflm import TflmRefusal, run_tflm

BATCH = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """`difference` is None where edgegen does as TFLite Micro does; `ran` where both computed outputs."""

    difference: str | None
    ran: bool


def compare(models: Sequence[bytes], *, sanitize: bool) -> list[Verdict]:
    """A verdict for each model; their C is compiled and run together, one by one where that fails."""
    prepared = [_Comparison(number, model) for number, model in enumerate(models)]
    runnable = [p for p in prepared if p.program is not None and p.reference is not None]
    for start in range(0, len(runnable), BATCH):
        _run(runnable[start : start + BATCH], sanitize)
    return [p.verdict() for p in prepared]


class _Comparison:
    """One model on its way through both implementations."""

    def __init__(self, number: int, model: bytes) -> None:
        self.program: Program | None = None
        self.reference: list[list[np.ndarray]] | None = None
        self.outputs: list[list[np.ndarray]] = []
        self.inputs: list[list[np.ndarray]] = []
        self.problem: str | None = None
        try:
            self.program = compile_model(model, name=f"model{number}")
        except InputError as refusal:
            answer = run_tflm(model, _inputs_of_refused(model))
            if not isinstance(answer, TflmRefusal):
                self.problem = f"edgegen refuses what TFLite Micro runs: {refusal}"
            return
        graph = self.program.main.graph
        self.inputs = make_inputs([graph.tensors[i] for i in graph.inputs], seed_of(model))
        answer = run_tflm(model, self.inputs)
        if isinstance(answer, TflmRefusal):
            self.problem = f"edgegen compiles what TFLite Micro refuses: {answer}"
        else:
            self.reference = answer

    def verdict(self) -> Verdict:
        if self.problem is not None or self.reference is None:
            return Verdict(self.problem, ran=False)
        for invocation, (ours, theirs) in enumerate(zip(self.outputs, self.reference, strict=True)):
            for index, (mine, its) in enumerate(zip(ours, theirs, strict=True)):
                if mine.tobytes() != its.tobytes():
                    return Verdict(f"invocation {invocation}, output {index}:\n{mine}\n{its}", ran=True)
        return Verdict(None, ran=True)


def _inputs_of_refused(model: bytes) -> list[list[np.ndarray]]:
    """One set of inputs: TFLite Micro refuses some nodes only when they run."""
    try:
        graph = read_tflite(model, "refused")
    except InputError:
        return []
    return make_inputs([graph.tensors[i] for i in graph.inputs], seed_of(model), invocations=1)


def _run(comparisons: Sequence[_Comparison], sanitize: bool) -> None:
    jobs = [(c.program, c.inputs) for c in comparisons if c.program is not None]
    try:
        for comparison, outputs in zip(comparisons, run_programs(jobs, sanitize=sanitize), strict=True):
            comparison.outputs = outputs
    except AssertionError as error:
        if len(comparisons) == 1:
            comparisons[0].problem = str(error)
            return
        for comparison in comparisons:
            _run([comparison], sanitize)


def modules() -> dict[str, ModuleType]:
    """The case modules by name."""
    names = [info.name for info in pkgutil.iter_modules(cases.__path__)]
    return {name: importlib.import_module(f"{cases.__name__}.{name}") for name in names}


@functools.cache
def rows(module: str) -> tuple[Case, ...]:
    """The row table of a case module."""
    return tuple(modules()[module].cases())


@functools.cache
def verdicts(module: str) -> dict[str, Verdict]:
    """The verdict on every row of a case module, under ASan and UBSan, by the row's id."""
    table = rows(module)
    return dict(zip((row.id for row in table), compare([row.model for row in table], sanitize=True), strict=True))


def generators() -> dict[str, Generator]:
    """The generators of random models by operator."""
    return {name: make for module in modules().values() for name, make in module.GENERATORS.items()}


def assert_equal(model: bytes, *, sanitize: bool) -> bool:
    """Fails with the first difference on one model; returns whether it ran (False: both refuse)."""
    (verdict,) = compare([model], sanitize=sanitize)
    assert verdict.difference is None, verdict.difference
    return verdict.ran
