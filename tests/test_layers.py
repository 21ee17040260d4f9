"""Dependencies point down, and heavy packages are imported only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import json, sys
from edgegen.cli import main
try:
    main({arguments!r})
except SystemExit as end:
    status = end.code
print(json.dumps([status, sorted({{name.partition(".")[0] for name in sys.modules}})]), file=sys.stderr)
"""

TENSORFLOW = {"tensorflow", "tf_keras", "keras", "tensorflow_model_optimization", "tflite_micro"}
HEAVY = TENSORFLOW | {"numpy", "pydantic", "jinja2", "serial", "esptool", "capstone", "rich", "flatbuffers", "tflite"}


def modules_after(arguments: list[str], folder: Path) -> set[str]:
    """The top-level modules that a process has imported once `edgegen` with these arguments has ended well."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    *errors, last = done.stderr.splitlines()
    status, modules = json.loads(last)
    assert status == 0, "\n".join(errors)
    return set(modules)


def test_imports_keep_the_contract_of_pyproject(root: Path) -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["build", "--help"], ["compile", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert modules_after(arguments, tmp_path).isdisjoint(HEAVY)


def test_compile_needs_no_tensorflow(example_model: Path, tmp_path: Path) -> None:
    assert modules_after(["compile", str(example_model), "-o", "out"], tmp_path).isdisjoint(TENSORFLOW)


def test_boards_needs_no_tensorflow(tmp_path: Path) -> None:
    assert modules_after(["boards"], tmp_path).isdisjoint(TENSORFLOW | {"numpy", "jinja2", "esptool"})
