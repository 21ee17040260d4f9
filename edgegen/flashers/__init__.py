"""Flashers by name, and the way from an artifact folder to a board that runs it."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edgegen.artifact import Artifact, read_manifest
from edgegen.boards import BoardProfile, load_board
from edgegen.devices.ports import find_port, port_info, same_device
from edgegen.devices.replies import BootRecord
from edgegen.devices.serial_port import SerialPort
from edgegen.devices.session import Session
from edgegen.errors import EdgegenError, InputError
from edgegen.flashers.base import Flasher, FlashJob

__all__ = ["FlashJob", "FlashResult", "Flasher", "flash_artifact", "flasher_names", "load_flasher"]

# A board on USB comes back as a new device after its reset.
_REOPEN_S = 15.0
_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class FlashResult:
    """What was done: `boot` is the record that the board sent afterwards, None where it was not asked for."""

    artifact: Artifact
    flasher: str
    port: str | None
    boot: BootRecord | None


def flasher_names() -> list[str]:
    """The names of all flashers, sorted."""
    return sorted(_discover())


def load_flasher(name: str) -> Flasher:
    """The flasher called `name`. Raises InputError where there is none."""
    found = _discover()
    if name not in found:
        raise InputError(f"no flasher '{name}'; known: {', '.join(sorted(found))}")
    return found[name]()


def flash_artifact(
    folder: Path,
    *,
    board: str | None,
    tool: str | None,
    port: str | None,
    probe: str | None,
    drive: Path | None,
    check: bool,
    step: Callable[[str], None],
) -> FlashResult:
    """Writes an artifact's images to its board, verifies them, and asks the board which firmware it runs (`check`).

    `board` names the profile where the artifact's own is not known here; `tool` is another flasher than the profile's.
    What is None is found. Raises InputError for what can't be flashed, EdgegenError with cause and remedy.
    """
    artifact = read_manifest(folder)
    profile = load_board(board or artifact.board)
    check_images(artifact, profile, folder)
    flasher = load_flasher(tool or profile.flasher)
    missing = flasher.missing()
    if missing is not None:
        raise EdgegenError(f"board {profile.id}: {missing}")
    if flasher.needs_port:
        port = find_port(profile, port)
    flasher.write(FlashJob(folder, artifact.images, artifact.elf, profile, port, probe, drive), step)
    boot = None
    if check:
        step("waiting for the board's boot record")
        port = find_port(profile, port)
        boot = read_boot_record(port, profile.console.baud, artifact.firmware_sha256)
    return FlashResult(artifact, flasher.name, port, boot)


def check_images(artifact: Artifact, profile: BoardProfile, folder: Path) -> None:
    """Raises where an artifact has nothing for the board's flasher, or more than its flash holds."""
    if profile.id != artifact.board:
        raise InputError(f"{folder}: built for board {artifact.board}, not for {profile.id}; build again")
    if artifact.simulator or not artifact.images:
        raise InputError(f"{folder}: board {artifact.board} has no images to flash; its firmware runs on the simulator")
    for image in artifact.images:
        region = next((region for region in profile.regions if region.origin == image.offset), None)
        # A file that is not flat (UF2, HEX) is larger than what it holds, and was checked when it was linked.
        if region is not None and image.path.endswith(".bin") and image.bytes > region.length_bytes:
            raise InputError(
                f"{folder / image.path}: {image.bytes} bytes, region '{region.name}' of {profile.id} has "
                f"{region.length_bytes}; build for a board with more flash"
            )


def read_boot_record(port: str, baud: int, firmware_sha256: str, *, timeout_s: float = _REOPEN_S) -> BootRecord:
    """What the board at `port` says of itself; it must run the firmware of that name.

    A port that went away with the board's reset is waited for. Raises EdgegenError.
    """
    deadline = time.monotonic() + timeout_s
    identity = port_info(port)
    while True:
        port = same_device(identity, port)
        try:
            with SerialPort(port, baud) as device:
                return Session(device, firmware_sha256=firmware_sha256, boot_timeout_s=timeout_s).boot
        except EdgegenError as error:
            gone = "no such port" in str(error) or "the link is gone" in str(error)
            if not gone or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)


def _discover() -> dict[str, type[Flasher]]:
    from edgegen import registry

    return registry.classes(importlib.import_module(__name__), Flasher)  # type: ignore[type-abstract]
