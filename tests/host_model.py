"""Runs compiled models as one host process, plain or under ASan and UBSan: inputs in, outputs out, by arrays."""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgegen.codegen.program import Program, build_program
from edgegen.codegen.render import INCLUDE, render_model
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.passes import run_passes

FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off")
SANITIZE = ("-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
_TIMEOUT_S = 600

Arrays = Sequence[np.ndarray]

_MAIN = """#include <stdio.h>
{includes}
static int started[{count}];
int main(void) {{
  for (;;) {{
    unsigned char job[3];
    if (fread(job, sizeof job, 1, stdin) != 1) return 0;
    const int invocations = job[2];
    switch (job[0] | job[1] << 8) {{
{cases}
      default: return 3;
    }}
    fflush(stdout);
  }}
}}
"""
_CASE = """      case {number}:
        started[{number}]++ ? {model}_reset() : {model}_init();
        for (int i = 0; i < invocations; ++i) {{
{reads}
          {model}_invoke();
{writes}
        }}
        break;"""


def compile_model(model: bytes, target: Target | None = None, name: str = "model") -> Program:
    """Reads and compiles a .tflite, passes included."""
    return build_program(run_passes(read_tflite(model, name)), target or Target())


def run_program(program: Program, invocations: Sequence[Arrays], *, sanitize: bool = False) -> list[list[np.ndarray]]:
    """Outputs of consecutive invocations of one instance; `invocations[i]` holds the inputs of the i-th."""
    return run_programs([(program, invocations)], sanitize=sanitize)[0]


def run_programs(
    jobs: Sequence[tuple[Program, Sequence[Arrays]]], *, sanitize: bool = False
) -> list[list[list[np.ndarray]]]:
    """The same for many models at once, whose names differ: one compiler run, one process."""
    stream = b""
    for number, (_, invocations) in enumerate(jobs):
        stream += number.to_bytes(2, "little") + bytes([len(invocations)])
        stream += b"".join(a.tobytes() for arrays in invocations for a in arrays)
    with tempfile.TemporaryDirectory(prefix="edgegen-model-") as folder:
        executable = build_executable([program for program, _ in jobs], Path(folder), sanitize=sanitize)
        done = subprocess.run([executable], input=stream, capture_output=True, timeout=_TIMEOUT_S)
    assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr.decode(errors='replace')[-4000:]}"
    results: list[list[list[np.ndarray]]] = []
    at = 0
    for program, invocations in jobs:
        graph = program.main.graph
        outputs: list[list[np.ndarray]] = []
        for _ in invocations:
            arrays = []
            for tensor in (graph.tensors[index] for index in graph.outputs):
                raw = np.frombuffer(done.stdout[at : at + tensor.size_bytes], dtype=tensor.dtype.numpy)
                arrays.append(raw.reshape(tensor.shape))
                at += tensor.size_bytes
            outputs.append(arrays)
        results.append(outputs)
    assert at == len(done.stdout)
    return results


def build_executable(programs: Sequence[Program], folder: Path, *, sanitize: bool = False) -> Path:
    """Writes the generated C to `folder` and compiles it, warnings being errors."""
    flags = SANITIZE if sanitize else ("-O1",)
    files: dict[str, bytes] = {}
    for program in programs:
        files |= render_model(program, b"\0" * 16)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    headers = {name: content for name, content in files.items() if name.startswith("eg_") and name.endswith(".h")}
    sources = [name for name in files if name.startswith("eg_") and name.endswith(".c")]
    objects = [_kernel_object(folder, name, files[name], headers, flags) for name in sources]
    includes = "\n".join(f'#include "{program.name}.c"' for program in programs)
    cases = "\n".join(_case(number, program) for number, program in enumerate(programs))
    (folder / "main.c").write_text(_MAIN.format(includes=includes, cases=cases, count=len(programs)))
    executable = folder / "models"
    _compile([folder / "main.c", *objects], folder, flags, executable, link=True)
    return executable


def _case(number: int, program: Program) -> str:
    model, graph = program.name, program.main.graph
    reads = "\n".join(
        f"          if ({t.size_bytes} && fread({model}_input_{i}(), {t.size_bytes}, 1, stdin) != 1) return 4;"
        for i, t in enumerate(graph.tensors[index] for index in graph.inputs)
    )
    writes = "\n".join(
        f"          fwrite({model}_output_{i}(), {t.size_bytes}, 1, stdout);"
        for i, t in enumerate(graph.tensors[index] for index in graph.outputs)
    )
    return _CASE.format(number=number, model=model, reads=reads, writes=writes)


def _kernel_object(folder: Path, name: str, content: bytes, headers: dict[str, bytes], flags: Sequence[str]) -> Path:
    """The kernel's object, kept for every test of this process."""
    included: dict[str, bytes] = {}
    wanted = INCLUDE.findall(content.decode())
    while wanted:
        header = wanted.pop()
        if header not in included:
            included[header] = headers[header]
            wanted += INCLUDE.findall(headers[header].decode())
    key = hashlib.sha256(repr((flags, sorted(included.items()), content)).encode()).hexdigest()[:24]
    cached = _object_dir() / f"{name}.{key}.o"
    if not cached.exists():
        building = cached.with_suffix(f".{os.getpid()}.tmp.o")
        _compile([folder / name], folder, flags, building, link=False)
        building.rename(cached)
    return cached


@functools.cache
def _object_dir() -> Path:
    path = Path(tempfile.mkdtemp(prefix="edgegen-objects-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def _compile(sources: Sequence[Path], include: Path, flags: Sequence[str], output: Path, *, link: bool) -> None:
    command = ["cc", *FLAGS, *flags, "-I", str(include), "-o", str(output), *map(str, sources)]
    command += ["-lm"] if link else ["-c"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    assert done.returncode == 0, done.stderr[-4000:]
