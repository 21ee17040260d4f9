"""How much each layer's output suffers from quantisation: a float and an integer .tflite in, one SQNR per layer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.compress.interpreter import Interpreter

SAMPLES = 64
"""Inputs that are compared; the figures hardly change with more."""


@dataclass(frozen=True, slots=True)
class LayerError:
    """`sqnr_db` is 10 log10(signal power / error power) of the layer's output, errors of earlier layers included."""

    index: int
    op: str
    name: str
    sqnr_db: float


def layer_errors(float_model: bytes, integer_model: bytes, samples: NDArray[Any]) -> tuple[LayerError, ...]:
    """One figure for each operator of the integer model whose output the float model has by name, in order."""
    exact, rounded = Interpreter(float_model, keep_all=True), Interpreter(integer_model, keep_all=True)
    operators = rounded.written_by()
    shared = [name for name in operators if name in exact.details() and name in rounded.details()]
    signal = dict.fromkeys(shared, 0.0)
    noise = dict.fromkeys(shared, 0.0)
    for sample in samples[:SAMPLES]:
        exact.run(sample)
        rounded.run(sample)
        for name in shared:
            reference = exact.tensor(name).astype(np.float64)
            signal[name] += float(np.square(reference).sum())
            noise[name] += float(np.square(rounded.tensor(name) - reference).sum())
    positions = {name: position for position, name in enumerate(operators)}
    return tuple(
        LayerError(positions[name], operators[name], name.split(";")[0], _decibel(signal[name], noise[name]))
        for name in shared
        if signal[name] > 0.0
    )


def worst(errors: tuple[LayerError, ...], count: int = 3) -> tuple[LayerError, ...]:
    """The layers with the least signal over noise, the worst first."""
    return tuple(sorted(errors, key=lambda error: error.sqnr_db)[:count])


def _decibel(signal: float, noise: float) -> float:
    return 120.0 if noise == 0.0 else min(120.0, 10.0 * float(np.log10(signal / noise)))
