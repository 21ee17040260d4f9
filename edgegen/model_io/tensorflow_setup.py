"""TensorFlow for those that need it: imported late, without its log noise, or one error that says what to install."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from edgegen.errors import InputError

INSTALL = "pip install 'edgegen[compress]'"
_VERSIONS = (("tensorflow", "2.21."), ("tf_keras", "2.21."), ("tensorflow-model-optimization", "0.8.1"))
"""The one combination that is tested; what each distribution's version must begin with."""


def tensorflow_problem() -> str | None:
    """What is wrong with the installed TensorFlow packages, with the pip line that mends it; None where nothing is.

    Reads the packages' metadata only: it imports nothing.
    """
    found = {name: _version(name) for name, _ in _VERSIONS}
    if found["tensorflow"] is None:
        return f"TensorFlow is not installed\ninstall it: {INSTALL}"
    for name, wanted in _VERSIONS:
        version = found[name]
        if version is None:
            return f"{name} is not installed\ninstall it: {INSTALL}"
        if not version.startswith(wanted):
            series = wanted.rstrip(".")
            return f"{name} {version} is installed; {series} is the version that is tested\nmend it: {INSTALL}"
    return None


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def load(*names: str) -> Any:
    """Imports modules such as "tensorflow" or "tf_keras" quietly; one module or a list. Raises InputError."""
    problem = tensorflow_problem()
    if problem is not None:
        raise InputError(f"this needs TensorFlow, but {problem}")
    # A microcontroller's model trains on the processor, and only there does a seed give the same bytes.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    if not noise_wanted():
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with hushed():
        modules = [importlib.import_module(name) for name in names]
    if not noise_wanted() and "tensorflow" in sys.modules:
        importlib.import_module("tensorflow").get_logger().setLevel("ERROR")
        importlib.import_module("absl.logging").set_verbosity("error")
    return modules[0] if len(modules) == 1 else modules


def noise_wanted() -> bool:
    """Whether EDGEGEN_TENSORFLOW_LOG=1 asks for all that TensorFlow says."""
    return os.environ.get("EDGEGEN_TENSORFLOW_LOG") == "1"


@contextmanager
def hushed() -> Iterator[None]:
    """Swallows what TensorFlow prints, from C++ too; Python's own standard error goes on to the terminal."""
    if noise_wanted():
        yield
        return
    sys.stdout.flush()
    sys.stderr.flush()
    saved = {number: os.dup(number) for number in (1, 2)}
    outer = sys.stdout, sys.stderr
    with tempfile.TemporaryFile() as swallowed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            open(saved[1], "w", encoding="utf-8", closefd=False) as stdout,
            open(saved[2], "w", encoding="utf-8", closefd=False) as stderr,
        ):
            # Python's streams may be someone else's objects, such as a test's: those are left alone.
            if _writes_to(outer[0], 1):
                sys.stdout = stdout
            if _writes_to(outer[1], 2):
                sys.stderr = stderr
            for number in saved:
                os.dup2(swallowed.fileno(), number)
            try:
                yield
            finally:
                stdout.flush()
                stderr.flush()
                sys.stdout, sys.stderr = outer
                for number, copy in saved.items():
                    os.dup2(copy, number)
                    os.close(copy)


def _writes_to(stream: Any, number: int) -> bool:
    try:
        return bool(stream.fileno() == number)
    except (OSError, AttributeError, ValueError):
        return False
