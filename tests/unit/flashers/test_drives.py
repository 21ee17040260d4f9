"""Copies to bootloaders' drives, with a folder that stands for the drive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edgegen.errors import EdgegenError, InputError
from edgegen.flashers import flash_artifact
from edgegen.uf2 import FAMILIES, write_uf2
from tests.unit.flashers.peers import artifact_folder

UF2 = write_uf2(b"firmware" * 100, 0x1000_0000, FAMILIES["RP2040"])
INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"


def flash(folder: Path, drive: Path | None) -> None:
    flash_artifact(
        folder, board=None, tool=None, port=None, probe=None, drive=drive, check=False, step=lambda text: None
    )


def after_copy(copy: Path, size: int, act: Callable[[], None]) -> threading.Thread:
    """What the board does once it has the whole file."""

    def run() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (copy.is_file() and copy.stat().st_size == size):
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def pico(tmp_path: Path) -> tuple[Path, Path]:
    drive = tmp_path / "RPI-RP2"
    drive.mkdir()
    (drive / "INFO_UF2.TXT").write_text(INFO)
    return artifact_folder(tmp_path / "out", "raspberry-pi-pico", {"net.uf2": (0x1000_0000, UF2)}), drive


def test_uf2_is_copied_and_done_when_the_drive_goes(pico: tuple[Path, Path]) -> None:
    folder, drive = pico
    board = after_copy(drive / "net.uf2", len(UF2), (drive / "INFO_UF2.TXT").unlink)
    flash(folder, drive)
    board.join()
    assert (drive / "net.uf2").read_bytes() == UF2


def test_the_only_fitting_drive_is_found(pico: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, drive = pico
    other = drive.parent / "STICK"
    other.mkdir()
    monkeypatch.setattr("edgegen.flashers.drives.mounted_drives", lambda: [other, drive])
    after_copy(drive / "net.uf2", len(UF2), (drive / "INFO_UF2.TXT").unlink)
    flash(folder, None)
    assert (drive / "net.uf2").read_bytes() == UF2


def test_a_drive_that_stays_has_not_taken_the_image(pico: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.flashers.uf2._TIMEOUT_S", 0.3)
    with pytest.raises(EdgegenError, match="did not take the image"):
        flash(*pico)


def test_another_chips_drive_is_refused(pico: tuple[Path, Path]) -> None:
    folder, drive = pico
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\nBoard-ID: RP2350\n")
    with pytest.raises(EdgegenError, match=r"the drive of another chip .*Board-ID: RP2350"):
        flash(folder, drive)
    assert not (drive / "net.uf2").exists()


def test_without_a_drive_the_button_is_named(pico: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.flashers.drives.mounted_drives", list)
    with pytest.raises(EdgegenError, match="hold BOOTSEL while you plug the board in"):
        flash(pico[0], None)


def test_two_boards_at_once_are_asked_about(pico: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, drive = pico
    second = drive.parent / "RPI-RP21"
    second.mkdir()
    (second / "INFO_UF2.TXT").write_text(INFO)
    monkeypatch.setattr("edgegen.flashers.drives.mounted_drives", lambda: [drive, second])
    with pytest.raises(InputError, match="choose one with --drive"):
        flash(folder, None)


@pytest.fixture
def microbit(tmp_path: Path) -> tuple[Path, Path]:
    drive = tmp_path / "MICROBIT"
    drive.mkdir()
    (drive / "DETAILS.TXT").write_text("# DAPLink Firmware - see https://daplink.io\nUnique ID: 99\n")
    return artifact_folder(tmp_path / "out", "microbit-v2", {"net.hex": (0, b":00000001FF\n")}), drive


def test_daplink_is_done_when_the_file_is_taken(microbit: tuple[Path, Path]) -> None:
    folder, drive = microbit
    board = after_copy(drive / "net.hex", 12, (drive / "net.hex").unlink)
    flash(folder, drive)
    board.join()


def test_daplinks_own_error_is_told(microbit: tuple[Path, Path]) -> None:
    folder, drive = microbit
    text = "error: The hex file cannot be decoded. Checksum calculation failure occurred.\ntype: user\n"
    after_copy(drive / "net.hex", 12, lambda: (drive / "FAIL.TXT").write_text(text) and None)
    with pytest.raises(EdgegenError, match="refused the image: error: The hex file cannot be decoded"):
        flash(folder, drive)
