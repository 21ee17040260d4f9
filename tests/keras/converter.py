"""The child process of convert.py: `python -m tests.keras.converter FOLDER`.

TensorFlow is imported once; forks of that process do the jobs, since the converter dies of some models.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from edgegen.errors import InputError
from tests.keras.convert import Converted, Job, inputs_of
from tests.keras.loops import calibrated
from tests.keras.table import ROWS


def _serve(folder: Path) -> None:
    """The parent of the forks. It starts none of TensorFlow's threads, which a fork would lack."""
    _end_with_parent()
    jobs, processes = pickle.loads((folder / "jobs").read_bytes())
    import keras
    import tensorflow
    import tf_keras

    def start(numbers: Sequence[int]) -> None:
        child = os.fork()
        if child:
            running[child] = numbers
            return
        try:
            _end_with_parent()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(os.open(folder / f"{os.getpid()}.log", os.O_WRONLY | os.O_CREAT), 2)
            for number in numbers:
                (folder / f"{number}.begun").touch()
                _work(tensorflow, (keras, tf_keras), jobs[number], folder / f"{number}.answer")
            os._exit(0)
        except BaseException:  # the parent shows it; nothing may return to the loop below
            traceback.print_exc()
            os._exit(1)

    running: dict[int, Sequence[int]] = {}
    for lane in range(min(processes, len(jobs))):
        start(range(lane, len(jobs), processes))
    while running:
        child, status = os.wait()
        numbers = running.pop(child)
        if status == 0:
            continue
        begun = [number for number in numbers if (folder / f"{number}.begun").exists()]
        if not os.WIFSIGNALED(status) or not begun:
            sys.exit((folder / f"{child}.log").read_text(encoding="utf-8", errors="replace"))
        name = signal.Signals(os.WTERMSIG(status)).name
        answer = folder / f"{begun[-1]}.answer"
        if not answer.exists():  # otherwise it was the interpreter
            _answer(answer, Converted(None, f"the converter dies of {name}"))
        start(numbers[len(begun) :])


def _end_with_parent() -> None:
    """Tests that are killed leave no converter behind."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _work(tensorflow: Any, libraries: tuple[Any, Any], job: Job, path: Path) -> None:
    row = ROWS[job[0]]
    try:
        with calibrated() if row.loop else nullcontext():
            model = _convert(tensorflow, libraries[row.keras_2], row.build, job[1])
    except Exception as error:  # whatever TensorFlow raises is this row's outcome
        _answer(path, Converted(None, f"{type(error).__name__}: {error}"))
        return
    _answer(path, Converted(model))
    _answer(path, Converted(model, reference=_interpret(tensorflow, model)))


def _answer(path: Path, converted: Converted) -> None:
    path.write_bytes(pickle.dumps(converted))


def _convert(tf: Any, keras: Any, build: Any, kind: str) -> bytes:
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build(keras)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float32":
        sets = tf.lite.OpsSet
        sixteen = sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: _samples(model)
        converter.target_spec.supported_ops = [sets.TFLITE_BUILTINS_INT8 if kind == "int8" else sixteen]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, kind)
    data: bytes = converter.convert()
    return data


def _samples(model: Any) -> Iterator[Any]:
    """Several inputs go by their names: the converter may change their order."""
    rng = np.random.default_rng(0)
    for _ in range(8):
        arrays = [_sample(rng, tensor) for tensor in model.inputs]
        yield {tensor.name: array for tensor, array in zip(model.inputs, arrays, strict=True)} if arrays[1:] else arrays


def _sample(rng: np.random.Generator, tensor: Any) -> np.ndarray:
    shape = [size or 1 for size in tensor.shape]
    if "int" in str(tensor.dtype):
        return rng.integers(0, 2, shape).astype(np.int32)
    return rng.uniform(-1, 1, shape).astype(np.float32)


def _interpret(tf: Any, model: bytes) -> list[list[np.ndarray]] | None:
    """What TFLite's reference kernels compute from the inputs that everyone gets; None where no kernel takes the model.

    A few operators have new versions that only the other kernels have.
    """
    resolvers = tf.lite.experimental.OpResolverType
    for resolver in (resolvers.BUILTIN_REF, resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            inputs = inputs_of(model)
            interpreter = tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=resolver)
            interpreter.allocate_tensors()
            places = [detail["index"] for detail in interpreter.get_input_details()]
            results = []
            for arrays in inputs:
                for place, array in zip(places, arrays, strict=True):
                    interpreter.set_tensor(place, array)
                interpreter.invoke()
                results.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
            return results
        except (InputError, RuntimeError, ValueError):
            continue
    return None


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
