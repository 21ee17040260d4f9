"""Runs models in TensorFlow Lite Micro, in a child process: an abort of the interpreter ends a model, not the tests."""

from __future__ import annotations

import atexit
import os
import pickle
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

ARENA_BYTES = 16 << 20
_TIMEOUT_S = 120.0

Arrays = list["NDArray[np.generic]"]


class TflmRefusal(str):
    """What TensorFlow Lite Micro wrote when it refused or aborted."""

    __slots__ = ()


def run_tflm(
    model: bytes, inputs: Sequence[Sequence[NDArray[np.generic]]], *, arena_bytes: int = ARENA_BYTES
) -> list[Arrays] | TflmRefusal:
    """Invokes the model once per entry of `inputs`, state kept in between; returns the outputs of each invocation.

    Arrays have the tensors' own shapes and types. Returns a TflmRefusal where TensorFlow Lite Micro gives an error.
    """
    global _worker
    if _worker is None:
        _worker = _Worker()
    answer = _worker.ask((model, [list(arrays) for arrays in inputs], arena_bytes))
    if answer is None:
        message = _worker.stop()
        _worker = None
        return TflmRefusal(message or "aborted without a word")
    return TflmRefusal(answer) if isinstance(answer, str) else answer


class _Worker:
    """One child process, used for many models until one of them ends it."""

    def __init__(self) -> None:
        # Unlinked by its own file object: nothing stays behind, however the tests end.
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        atexit.register(self.stop)

    def ask(self, job: tuple[bytes, list[Arrays], int]) -> Any:
        """The child's answer, None if it ended or took too long."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._log.seek(0)
        self._log.truncate()
        try:
            _write(self._child.stdin, job)
        except BrokenPipeError:
            return None
        answer = _read(self._child.stdout, time.monotonic() + _TIMEOUT_S)
        return f"{answer}\n{self._read_log()}".strip() if isinstance(answer, str) else answer

    def _read_log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace").strip()

    def stop(self) -> str:
        """Ends the child and returns what it wrote to standard error."""
        atexit.unregister(self.stop)
        self._child.kill()
        status = self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        message = self._read_log()
        self._log.close()
        return f"{message}\n(exit status {status})".strip()


_worker: _Worker | None = None


def _write(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message)
    pipe.write(struct.pack("<Q", len(data)) + data)
    pipe.flush()


def _read(pipe: IO[bytes], deadline: float) -> Any:
    size = _read_exactly(pipe, 8, deadline)
    data = None if size is None else _read_exactly(pipe, struct.unpack("<Q", size)[0], deadline)
    return None if data is None else pickle.loads(data)


def _read_exactly(pipe: IO[bytes], count: int, deadline: float) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(pipe.fileno(), count - len(data)) if ready else b""
        if not part:
            return None
        data += part
    return bytes(data)


def _run(model: bytes, inputs: list[Arrays], arena_bytes: int) -> list[Arrays]:
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=arena_bytes)
    results: list[Arrays] = []
    for arrays in inputs:
        for index, array in enumerate(arrays):
            interpreter.set_input(array, index)
        interpreter.invoke()
        outputs: Arrays = []
        while True:
            try:
                outputs.append(np.array(interpreter.get_output(len(outputs))))
            except (IndexError, ValueError):
                break
        results.append(outputs)
    return results


def _serve() -> None:
    """The child: jobs on standard input, answers on what was standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while header := sys.stdin.buffer.read(8):
        model, inputs, arena_bytes = pickle.loads(sys.stdin.buffer.read(struct.unpack("<Q", header)[0]))
        answer: list[Arrays] | str
        try:
            answer = _run(model, inputs, arena_bytes)
        except Exception as error:  # whatever the interpreter raises is its refusal
            answer = f"{type(error).__name__}: {error}"
        sys.stderr.flush()
        _write(answers, answer)


if __name__ == "__main__":
    _serve()
