"""What a model is and does, in numbers: a float .tflite, an integer one and test data in, one StepFigures out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from edgegen.compress.data import Data
from edgegen.compress.interpreter import Interpreter
from edgegen.compress.training import score
from edgegen.model_io.tflite_reader import named_graph

_WEIGHT_AXES = 2


@dataclass(frozen=True, slots=True)
class Compiled:
    """What compiling gives: bytes, MACs, and on a board flash bytes and instructions of one inference.

    `problem` says why there is nothing, where the model can't be compiled.
    """

    macs: int | None = None
    arena_bytes: int | None = None
    flash_bytes: int | None = None
    ram_bytes: int | None = None
    instructions: int | None = None
    latency_us_estimated: float | None = None
    problem: str = ""


CompileModel: TypeAlias = "Callable[[bytes], Compiled]"
"""Compiles an integer .tflite and measures it on the board that was chosen."""


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step's outcome on held-out test data; `score_integer` and all below are those of the integer model.

    `parameters` counts constants with BatchNorm folded in, `zero_share` the zeros among the weights.
    """

    step: int
    kind: str
    score_float: float
    score_integer: float
    parameters: int
    zero_share: float
    distinct_weights: int
    tflite_bytes: int
    tflite_sha256: str
    compiled: Compiled
    seconds: float
    notes: tuple[str, ...]


def score_tflite(model: bytes, data: Data) -> float:
    """The score of a .tflite on the test data, by TensorFlow Lite's kernels on this machine."""
    return score(Interpreter(model).predict(data.test.x), data.test, data.classes)


def describe_weights(float_model: bytes) -> tuple[int, float, int]:
    """Parameters, the share of zeros in the weights, and the most distinct values that one weight tensor has."""
    parameters = zeros = weights = distinct = 0
    graph = named_graph(float_model, Path("model.tflite"))
    for part in graph.subgraphs or (graph,):
        for tensor in part.tensors:
            if tensor.data is None or tensor.dtype.numpy != np.float32:
                continue
            values: Any = np.frombuffer(tensor.data, np.float32)
            parameters += values.size
            if len([size for size in tensor.shape if size > 1]) >= _WEIGHT_AXES:
                zeros += int((values == 0).sum())
                weights += values.size
                distinct = max(distinct, len(np.unique(values)))
    return parameters, zeros / weights if weights else 0.0, distinct


def figures(
    step: int,
    kind: str,
    float_model: bytes,
    integer_model: bytes,
    data: Data,
    compile_model: CompileModel,
    *,
    score_float: float,
    seconds: float,
    notes: tuple[str, ...] = (),
) -> StepFigures:
    """Measures one step's outcome."""
    parameters, zero_share, distinct = describe_weights(float_model)
    return StepFigures(
        step=step,
        kind=kind,
        score_float=score_float,
        score_integer=score_tflite(integer_model, data),
        parameters=parameters,
        zero_share=zero_share,
        distinct_weights=distinct,
        tflite_bytes=len(integer_model),
        tflite_sha256=hashlib.sha256(integer_model).hexdigest(),
        compiled=compile_model(integer_model),
        seconds=round(seconds, 1),
        notes=notes,
    )
