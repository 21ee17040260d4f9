"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def example_model(root: Path) -> Path:
    return root / "edgegen" / "example" / "digits.tflite"


@pytest.fixture(scope="session")
def shared_models(root: Path) -> Path:
    """Models by others, with golden inputs and outputs; they lie beside the checkout and are no part of it."""
    folder = root.parent / "shared" / "models"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/models is absent")
    return folder


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on the user's own boards or history, or on a debug switch that is set."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("EDGEGEN_DEBUG", raising=False)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
