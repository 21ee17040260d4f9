"""Mutated model files through `edgegen compile`: exit status 0 or 2, in bounded time and memory, nothing else."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

from edgegen.cli import main
from edgegen.errors import EdgegenError
from tests.fuzz_tflite_reader import mutate
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs

LIMIT_S = 5
LIMIT_BYTES = 1 << 30
_RUN_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that broke a rule."""

    seed: int
    problem: str
    model: bytes


def limit_this_process() -> None:
    """Gives the process 1 GiB more address space than it has now; for a child that only runs `check`."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + LIMIT_BYTES
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def check(models: list[bytes], seed: int, *, sanitize: bool) -> Finding | None:
    """Mutates one of the models and compiles it; where that works, runs the C under ASan and UBSan if asked to."""
    rng = random.Random(seed)
    data = mutate(rng.choice(models), rng)
    with tempfile.TemporaryDirectory(prefix="edgegen-hostile-") as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(data)
        status, text = _compile(path, Path(folder) / "out")
    if status not in (0, 2) or "Traceback" in text or "internal error" in text:
        return Finding(seed, f"exit status {status}: {text[-500:]}", data)
    if status == 0 and sanitize:
        problem = _run(data, seed)
        if problem:
            return Finding(seed, problem, data)
    return None


def _compile(path: Path, out: Path) -> tuple[int | str, str]:
    def too_slow(*_: object) -> None:
        raise TimeoutError(f"no end after {LIMIT_S} s")

    captured = io.StringIO()
    signal.signal(signal.SIGALRM, too_slow)
    signal.alarm(LIMIT_S)
    try:
        with contextlib.redirect_stderr(captured), contextlib.redirect_stdout(captured):
            main(["compile", str(path), "-o", str(out)])
    except SystemExit as end:
        return (end.code if isinstance(end.code, int) else 0), captured.getvalue()
    except (MemoryError, TimeoutError) as error:
        return repr(error), captured.getvalue()
    finally:
        signal.alarm(0)
    return "no exit", captured.getvalue()


def _run(data: bytes, seed: int) -> str | None:
    try:
        program = compile_model(data)
    except EdgegenError as error:
        return f"compiled once, then not: {error}"
    graph = program.main.graph
    tensors = [graph.tensors[i] for i in graph.inputs]
    work = program.arena_bytes + program.macs + sum(t.size_bytes for t in tensors)
    if work > _RUN_BYTES:
        return None  # a mutation that makes a model huge would only take time
    limit, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))  # AddressSanitizer reserves terabytes of address space
    try:
        run_program(program, make_inputs(tensors, seed, 1), sanitize=True)
    except AssertionError as error:
        return str(error)[-1000:]
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    return None
