"""The interface of a toolchain: C sources and a linker script become objects and an ELF.

To add one: write `toolchains/<name>.py` with a subclass whose `name` is the file's stem, and list the name in
the `toolchains` key of the boards it serves. `edgegen.registry` finds it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CompileJob:
    """What is the same for every source of one build.

    `core` is the board's core (cortex-m4f, lx6, rv32imc, ...), `optimize` is speed, size, or smallest for code whose
    speed does not matter at all. `include_dirs` are searched in order. `defines` are `NAME` or `NAME=value`.
    """

    core: str
    optimize: str
    include_dirs: tuple[Path, ...]
    defines: tuple[str, ...] = ()


class Toolchain(ABC):
    """One compiler, assembler and linker."""

    name: ClassVar[str]

    @abstractmethod
    def missing(self) -> str | None:
        """None where the tools are installed, else what is missing and the one line that installs it."""

    @abstractmethod
    def version(self) -> str:
        """The tools' versions in one line, the same on every machine that has them."""

    @abstractmethod
    def compile(self, job: CompileJob, sources: Sequence[Path], work_dir: Path) -> list[Path]:
        """Compiles (.c) and assembles (.S) each source and returns its object, in order.

        Objects come from the cache where source, headers, flags and toolchain are unchanged. Raises
        EdgegenError with the compiler's own message.
        """

    @abstractmethod
    def link(self, job: CompileJob, objects: Sequence[Path], linker_script: Path | None, elf: Path) -> None:
        """Links the objects to `elf`. Raises EdgegenError with the linker's own message."""
