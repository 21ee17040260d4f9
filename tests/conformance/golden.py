"""Real models against the golden files that lie beside them: on this machine, and on the boards' simulators."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgegen import pipeline
from edgegen.errors import EdgegenError
from tests.host_model import compile_model, run_program

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
BOARDS = ("nucleo-l4r5zi", "mps3-an547", "esp32c3", "esp32")
REAL_NETWORK_NODES = 5


@dataclass(frozen=True, slots=True)
class Result:
    """`outcome` is equal, different, refused, does not fit or failed; `seconds` is compile time on the host rows."""

    model: str
    board: str
    outcome: str
    detail: str = ""
    seconds: float = 0.0


def model_names(*, real_networks: bool = False) -> list[str]:
    """The stems of all models, or of those with five nodes and more; empty where the folder is absent."""
    if not (MODELS / "index.csv").is_file():
        return []
    with (MODELS / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Path(row["file"]).stem for row in rows if not real_networks or _is_real(row)]


def _is_real(row: Mapping[str, str]) -> bool:
    """The benchmark networks are; not every one of them has its nodes counted in the table."""
    return row["benchmark"] == "yes" or int(row["nodes"] or 0) >= REAL_NETWORK_NODES


def check_on_host(name: str) -> Result:
    """Compiles a model, runs it over the golden file's invocations, compares bytes."""
    data = (MODELS / f"{name}.tflite").read_bytes()
    start = time.monotonic()
    try:
        program = compile_model(data, name=name)
    except EdgegenError as error:
        return Result(name, "host", "refused", str(error))
    seconds = time.monotonic() - start
    golden = np.load(MODELS / "golden" / f"{name}.npz")
    invocations = sorted({int(key.split("_")[1]) for key in golden.files})
    count = len(program.main.graph.inputs)
    try:
        outputs = run_program(program, [[golden[f"input_{i}_{j}"] for j in range(count)] for i in invocations])
    except AssertionError as error:
        return Result(name, "host", "failed", str(error)[:500], seconds)
    for i in invocations:
        for j, array in enumerate(outputs[i]):
            if array.tobytes() != golden[f"output_{i}_{j}"].tobytes():
                return Result(name, "host", "different", f"invocation {i}, output {j}", seconds)
    return Result(name, "host", "equal", "", seconds)


def check_on_board(name: str, board: str) -> Result:
    """The same through firmware, simulator and serial line."""
    golden_path = MODELS / "golden" / f"{name}.npz"
    golden = np.load(golden_path)
    with tempfile.TemporaryDirectory(prefix="edgegen-conformance-") as folder:
        out = Path(folder) / "out.npz"
        model = MODELS / f"{name}.tflite"
        try:
            pipeline.run(board, model, golden_path, out, optimize="speed", port=None, step=lambda step: None)
        except EdgegenError as error:
            text = str(error)
            return Result(name, board, "does not fit" if "fit" in text.split("\n")[0] else "failed", text[:500])
        outputs = np.load(out)
        for key in outputs.files:
            if outputs[key].tobytes() != golden[key].tobytes():
                return Result(name, board, "different", key)
    return Result(name, board, "equal")
