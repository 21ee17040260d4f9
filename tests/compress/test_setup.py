"""TensorFlow: absent or of another version it is named with the line that mends it, present it is quiet and late."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load, tensorflow_problem
from tests.test_layers import HEAVY, modules_after


@pytest.mark.parametrize("command", ["compress", "tune"])
def test_help_imports_nothing_heavy(command: str, tmp_path: Path) -> None:
    assert modules_after([command, "--help"], tmp_path).isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("versions", "says"),
    [
        ({}, "TensorFlow is not installed"),
        ({"tensorflow": "2.21.0"}, "tf_keras is not installed"),
        ({"tensorflow": "2.15.1", "tf_keras": "2.15.0"}, "tensorflow 2.15.1 is installed; 2.21"),
        ({"tensorflow": "2.21.0", "tf_keras": "2.21.0"}, "tensorflow-model-optimization is not installed"),
    ],
)
def test_broken_combination_is_named(versions: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    problem = tensorflow_problem()
    assert problem is not None
    assert says in problem
    assert "pip install 'edgegen[compress]'" in problem
    with pytest.raises(InputError, match="needs TensorFlow"):
        load("tensorflow")


def test_noise_is_swallowed_and_own_words_are_not() -> None:
    code = (
        "import os, sys\n"
        "from edgegen.model_io.tensorflow_setup import hushed\n"
        "with hushed():\n"
        "    os.write(1, b'noise'); os.write(2, b'noise'); print('words'); print('error', file=sys.stderr)\n"
        "os.write(1, b'after\\n')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("words\nafter\n", "error\n")
    environment = {**os.environ, "EDGEGEN_TENSORFLOW_LOG": "1"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "noise" in run.stdout
    assert "noise" in run.stderr


def test_streams_come_back_after_an_error() -> None:
    before = sys.stdout, sys.stderr
    with pytest.raises(RuntimeError), hushed():
        raise RuntimeError
    assert (sys.stdout, sys.stderr) == before
