"""TensorFlow Lite Micro as a reference, in a process of its own: an abort of its interpreter ends that one alone.

Run as `python -m edgegen.validation.tflm MODEL IN.npz OUT.npz`.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgegen import process
from edgegen.ir import Graph
from edgegen.validation.samples import Outputs

_ARENA_BYTES = 64 << 20
_TIMEOUT_S = 3600.0


def missing() -> str | None:
    """None where tflite-micro is installed, else how it is."""
    if importlib.util.find_spec("tflite_micro") is None:
        return "tflite-micro is not installed (pip install tflite-micro)"
    return None


def run_tflm(model: bytes, graph: Graph, samples: Sequence[Sequence[bytes]], keeps_state: bool) -> list[Outputs]:
    """The outputs of each sample, each from a fresh state. Raises EdgegenError where the interpreter refuses."""
    with tempfile.TemporaryDirectory(prefix="edgegen-tflm-") as work:
        folder = Path(work)
        (folder / "model.tflite").write_bytes(model)
        columns = {}
        for position, index in enumerate(graph.inputs):
            tensor = graph.tensors[index]
            data = b"".join(sample[position] for sample in samples)
            columns[f"input_{position}"] = np.frombuffer(data, tensor.dtype.numpy).reshape(-1, *tensor.shape)
        sizes = np.array([len(samples), len(graph.outputs), keeps_state])
        np.savez(folder / "in.npz", sizes=sizes, **columns)  # type: ignore[arg-type]
        argv: list[str | Path] = [
            sys.executable,
            "-m",
            __name__,
            *(folder / name for name in ("model.tflite", "in.npz", "out.npz")),
        ]
        process.run(argv, timeout_s=_TIMEOUT_S)
        with np.load(folder / "out.npz") as results:
            columns = {name: results[name] for name in results.files}
    names = [f"output_{position}" for position in range(len(graph.outputs))]
    return [tuple(columns[name][number].tobytes() for name in names) for number in range(len(samples))]


def _main(model: Path, inputs: Path, outputs: Path) -> None:
    from tflite_micro.python.tflite_micro import runtime

    data = model.read_bytes()
    interpreter = runtime.Interpreter.from_bytes(data, arena_size=_ARENA_BYTES)
    with np.load(inputs) as file:
        arrays = {name: file[name] for name in file.files}
    count, output_count, keeps_state = (int(value) for value in arrays.pop("sizes"))
    results: list[list[np.ndarray]] = [[] for _ in range(output_count)]
    for sample in range(count):
        if keeps_state and sample > 0:
            interpreter = runtime.Interpreter.from_bytes(data, arena_size=_ARENA_BYTES)
        for position in range(len(arrays)):
            interpreter.set_input(arrays[f"input_{position}"][sample], position)
        interpreter.invoke()
        for position, column in enumerate(results):
            column.append(np.array(interpreter.get_output(position)))
    stacked = {f"output_{i}": np.stack(column) for i, column in enumerate(results)}
    np.savez(outputs, **stacked)  # type: ignore[arg-type]


if __name__ == "__main__":
    _main(*(Path(argument) for argument in sys.argv[1:]))
