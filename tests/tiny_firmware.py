"""Builds the hand-written model of fixtures/tiny as firmware, for tests that need one without a compiler."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgegen.boards import BoardProfile
from edgegen.project import Firmware, ModelFacts, build_project, create_project
from edgegen.toolchains.base import Toolchain

FACTS = ModelFacts(
    name="tiny",
    sha256="ab" * 32,
    arena_bytes=2112,
    constant_bytes=0,
    input_bytes=(1000,),
    output_bytes=(1000,),
    layers=(0, 1),
    peak_layer="1 ADD 'sum'",
)


def build_tiny(profile: BoardProfile, toolchain: Toolchain, folder: Path, *, simulator: bool = True) -> Firmware:
    """Copies the model into `folder`/src and builds it."""
    source_dir = folder / "src"
    shutil.copytree(Path(__file__).parent / "fixtures" / "tiny", source_dir, dirs_exist_ok=True)
    project = create_project(FACTS, profile, source_dir, simulator=simulator)
    return build_project(project, toolchain, "speed", folder / "tiny.elf")


def expected_output(data: bytes, step: int) -> bytes:
    """What the model makes of `data` at its invocation number `step`."""
    return bytes((3 * value + step) % 256 for value in data)
