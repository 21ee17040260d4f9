"""Compares edgegen with TFLite Micro on the table's models, and with TFLite's reference where TFLite Micro fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from edgegen.codegen.program import Program
from edgegen.errors import InputError
from tests.host_model import compile_model, run_programs
from tests.keras.convert import Converted, Job, convert_all, inputs_of
from tests.keras.table import DIFFERENT, EQUAL, Outcome, reference, refused, unconverted
from tests.tflm import TflmRefusal, run_tflm

_BATCH = 40
Outputs = list[list[np.ndarray]]


@dataclass(slots=True)
class _Model:
    """One model on its way through edgegen."""

    converted: Converted
    program: Program | None = None
    inputs: Outputs = field(default_factory=list)
    outputs: Outputs | None = None
    refusal: str = ""
    problem: str = ""


def observe(jobs: Sequence[Job], *, sanitize: bool, processes: int = 2) -> list[Outcome]:
    """What becomes of each job, with the words of whoever refuses."""
    models = [_prepare(number, converted) for number, converted in enumerate(convert_all(jobs, processes))]
    runnable = [model for model in models if model.program is not None]
    for start in range(0, len(runnable), _BATCH):
        _run(runnable[start : start + _BATCH], sanitize)
    return [_judge(model) for model in models]


def _prepare(number: int, converted: Converted) -> _Model:
    model = _Model(converted)
    if converted.model is None:
        return model
    try:
        model.program = compile_model(converted.model, name=f"keras{number}")
    except InputError as refusal:
        model.refusal = str(refusal)
        return model
    model.inputs = inputs_of(converted.model)
    return model


def _run(models: Sequence[_Model], sanitize: bool) -> None:
    """Together; one by one where that fails, to find the one at fault."""
    jobs = [(model.program, model.inputs) for model in models if model.program is not None]
    try:
        for model, outputs in zip(models, run_programs(jobs, sanitize=sanitize), strict=True):
            model.outputs = outputs
    except AssertionError as error:
        if len(models) == 1:
            models[0].problem = str(error)
            return
        for model in models:
            _run([model], sanitize)


def _judge(model: _Model) -> Outcome:
    data = model.converted.model
    if data is None:
        return unconverted(model.converted.problem)
    if model.problem:
        return Outcome(DIFFERENT, model.problem)
    answer = run_tflm(data, model.inputs or _inputs_of_refused(data))
    if model.outputs is None:
        if isinstance(answer, TflmRefusal):
            return refused(model.refusal)
        return Outcome(DIFFERENT, f"edgegen refuses what TFLite Micro runs: {model.refusal}")
    if not isinstance(answer, TflmRefusal) and _same(model.outputs, answer):
        return EQUAL
    said = str(answer) if isinstance(answer, TflmRefusal) else "TFLite Micro gives other numbers"
    theirs = model.converted.reference
    if theirs is not None and _same(model.outputs, theirs):
        return reference(said)
    return Outcome(DIFFERENT, f"{said}\nedgegen: {model.outputs[0]}\nTFLite's reference: {theirs and theirs[0]}")


def _inputs_of_refused(data: bytes) -> Outputs:
    """One set of inputs: TFLite Micro refuses some nodes only when they run."""
    try:
        return inputs_of(data)[:1]
    except InputError:
        return []


def _same(ours: Outputs, theirs: Outputs) -> bool:
    pairs = zip(ours, theirs, strict=True)
    return all(
        len(mine) == len(its) and all(a.tobytes() == b.tobytes() for a, b in zip(mine, its, strict=True))
        for mine, its in pairs
    )
