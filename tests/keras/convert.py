"""Turns rows of the table into .tflite files: jobs in, models and what TFLite's reference kernels compute out."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgegen.model_io.tflite_reader import read_tflite
from tests.kernels.case import make_inputs, seed_of

ROOT = Path(__file__).resolve().parents[2]
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "TF_ENABLE_ONEDNN_OPTS": "0"}
_TIMEOUT_S = 1800

Job = tuple[int, str]
"""The number of a row and a kind: int8 (full integer), int16 (16x8) or float32."""


@dataclass(frozen=True, slots=True)
class Converted:
    """`model` is None where the converter failed, with its `problem`; `reference` are the outputs by invocation."""

    model: bytes | None
    problem: str = ""
    reference: list[list[np.ndarray]] | None = None


def convert_all(jobs: Sequence[Job], processes: int = 2) -> list[Converted]:
    """The rows' models. Needs TensorFlow."""
    with tempfile.TemporaryDirectory(prefix="edgegen-keras-") as name:
        folder = Path(name)
        (folder / "jobs").write_bytes(pickle.dumps((list(jobs), processes)))
        # The temporary folder also takes what a converter that dies leaves behind.
        environment = os.environ | _QUIET | {"TMPDIR": name}
        command = [sys.executable, "-m", "tests.keras.converter", name]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=_TIMEOUT_S)
        assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr.decode(errors='replace')[-4000:]}"
        return [pickle.loads((folder / f"{number}.answer").read_bytes()) for number in range(len(jobs))]


def inputs_of(model: bytes) -> list[list[np.ndarray]]:
    """The inputs of consecutive invocations, in the order of the model's inputs."""
    graph = read_tflite(model, "model")
    return make_inputs([graph.tensors[i] for i in graph.inputs], seed_of(model))
