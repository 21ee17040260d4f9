"""The interface of a flasher: the images of an artifact are written to a board and verified.

To add one: write `flashers/<name>.py` with a subclass whose `name` is the file's stem, add the name to `Flasher` in
boards.py, and test its command lines as a table (tests/unit/flashers). `edgegen.registry` finds it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edgegen import process
from edgegen.artifact import Image
from edgegen.boards import BoardProfile
from edgegen.errors import EdgegenError

_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class FlashJob:
    """What is written where: `images` and the `elf` that they were made of are below `folder`.

    `port` is the board's serial port, as pyserial names it, `probe` a debug probe's serial number, `drive` the folder
    of a bootloader's USB drive; each is None where the flasher is to find it.
    """

    folder: Path
    images: tuple[Image, ...]
    elf: str
    profile: BoardProfile
    port: str | None = None
    probe: str | None = None
    drive: Path | None = None

    def files(self) -> list[tuple[Path, int | None]]:
        """What a debug probe's tool writes, with the address of a plain file; None where the file names it itself."""
        places: list[tuple[Path, int | None]] = []
        for image in self.images:
            path = self.folder / image.path
            if path.suffix == ".uf2":  # for the bootloader alone
                places.append((self.folder / self.elf, None))
            else:
                places.append((path, image.offset if path.suffix == ".bin" else None))
        return places


class Flasher(ABC):
    """One tool, or one way to copy. `needs_port`: it writes over the board's serial port."""

    name: ClassVar[str]
    needs_port: ClassVar[bool] = False

    @abstractmethod
    def missing(self) -> str | None:
        """None where the tool is installed, else what is missing and the one line that installs it."""

    @abstractmethod
    def write(self, job: FlashJob, step: Callable[[str], None]) -> None:
        """Writes the images, then verifies them. Raises EdgegenError with the cause and the remedy."""


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One run of a tool: what it does, its command line, and text that its output must hold (for a tool that reports a
    difference but ends well)."""

    what: str
    argv: tuple[str | Path, ...]
    expect: str = ""


class CommandFlasher(Flasher):
    """A flasher that is another program: it only builds command lines, and tells errors from that program's output."""

    explanations: ClassVar[Sequence[tuple[str, str]]] = ()
    """Pairs of a pattern of the tool's output and what it means with the remedy; the first that matches is told."""

    @abstractmethod
    def commands(self, job: FlashJob) -> list[ToolRun]:
        """What is run, in order: write first, then verify."""

    def prepare(self, job: FlashJob) -> FlashJob:
        """Finds what the job leaves open, such as the probe. Raises EdgegenError."""
        return job

    def write(self, job: FlashJob, step: Callable[[str], None]) -> None:
        prepared = self.prepare(job)
        for run in self.commands(prepared):
            step(run.what)
            try:
                output = process.run(run.argv, timeout_s=_TIMEOUT_S)
            except process.ToolError as error:
                raise self.explain(error, prepared) from None
            if run.expect not in output:
                last = (output.strip().splitlines() or ["no output"])[-1]
                raise self.explain(process.ToolError(f"{run.what} failed: {last}", output), prepared)

    def explain(self, error: process.ToolError, job: FlashJob) -> EdgegenError:
        """The tool's error with its cause and remedy, or as the tool tells it."""
        where = job.port or job.profile.id
        for pattern, meaning in self.explanations:
            if re.search(pattern, f"{error.output}\n{error}", re.IGNORECASE):
                return EdgegenError(f"{where}: {meaning}")
        return EdgegenError(f"{where}: {error}")
