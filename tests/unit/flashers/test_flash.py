"""Flashing through the real esptool to a simulated ROM bootloader, and the boot record that must come after it."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgegen.cli import main
from edgegen.errors import EdgegenError, InputError
from edgegen.flashers import flash_artifact, read_boot_record
from tests.unit.flashers.peers import FIRMWARE, artifact_folder, boot_record, cable, firmware_on_a_pty

pytest.importorskip("esp32_mock_bootloader")
PROGRAM = random.Random(1).randbytes(20_000)
CONSTANTS = random.Random(2).randbytes(40_000)
IMAGES = {"program.bin": (0x1000, PROGRAM), "constants.bin": (0x10000, CONSTANTS)}


@contextlib.contextmanager
def bootloader(chip: str, folder: Path) -> Iterator[str]:
    """The mock on a terminal; yields its path."""
    code = "import sys; from esp32_mock_bootloader.cli import main; sys.exit(main())"
    argv = [sys.executable, "-c", code, "run", "--pty", "--chip", chip, "--timeout", "120"]
    environment = {"ESP32_MOCK_BOOTLOADER_STATE_DIR": str(folder), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        assert process.stdout is not None
        path = next(line.split()[-1] for line in process.stdout if "/dev/pts/" in line)
        # Its log must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield path
    finally:
        process.terminate()
        process.wait()


def flash(folder: Path, port: str) -> None:
    flash_artifact(
        folder, board=None, tool=None, port=port, probe=None, drive=None, check=False, step=lambda text: None
    )


def read_back(port: str, offset: int, size: int, target: Path) -> bytes:
    """The mock reads by its ROM's command or by its stub's, depending on what the last client left running."""
    output = ""
    for stub in ([], ["--no-stub"], []):
        argv = [sys.executable, "-m", "esptool", "--chip", "esp32", *stub, "--port", port, "--before", "no-reset",
                "--after", "no-reset", "read-flash", hex(offset), str(size), str(target)]  # fmt: skip
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return target.read_bytes()
        output += done.stdout + done.stderr
    raise AssertionError(output)


def test_what_is_written_is_what_reads_back(tmp_path: Path) -> None:
    folder = artifact_folder(tmp_path / "out", "esp32", IMAGES)
    with bootloader("esp32", tmp_path) as port:
        flash(folder, port)
        for offset, data in IMAGES.values():
            assert read_back(port, offset, len(data), tmp_path / "back") == data


def test_another_chip_is_refused(tmp_path: Path) -> None:
    folder = artifact_folder(tmp_path / "out", "esp32", IMAGES)
    with (
        bootloader("esp32c3", tmp_path) as port,
        pytest.raises(EdgegenError, match=r"another chip than the firmware is for is connected"),
    ):
        flash(folder, port)


def test_a_cable_pulled_in_the_middle_is_told_and_flashing_again_repairs_it(tmp_path: Path) -> None:
    folder = artifact_folder(tmp_path / "out", "esp32", IMAGES)
    with bootloader("esp32", tmp_path) as port:
        with cable(port, length=30_000) as broken, pytest.raises(EdgegenError, match=r"was the cable pulled\?"):
            flash(folder, broken)
        with cable(port) as whole:
            flash(folder, whole)
        assert read_back(port, 0x10000, len(CONSTANTS), tmp_path / "back") == CONSTANTS


def test_no_port_there(tmp_path: Path) -> None:
    folder = artifact_folder(tmp_path / "out", "esp32", IMAGES)
    with pytest.raises(EdgegenError, match="/dev/pts/9999: no such port\n"):
        flash(folder, "/dev/pts/9999")


def test_the_board_must_name_this_firmware() -> None:
    with firmware_on_a_pty(boot_record()) as port:
        assert read_boot_record(port, 115200, FIRMWARE).firmware_sha256 == FIRMWARE
    with firmware_on_a_pty(boot_record("ee" * 32)) as port, pytest.raises(EdgegenError, match="firmware eeeeeeeeeeee"):
        read_boot_record(port, 115200, FIRMWARE)


def test_a_port_that_comes_back_after_the_reset_is_waited_for(tmp_path: Path) -> None:
    """USB boards vanish with their reset: the name leads nowhere until the system has found them again."""
    name = tmp_path / "ttyACM0"
    with firmware_on_a_pty(boot_record()) as port:
        threading.Timer(1.0, lambda: name.symlink_to(port)).start()
        assert read_boot_record(str(name), 115200, FIRMWARE).model == "net"


def test_a_board_that_never_comes_back() -> None:
    started = time.monotonic()
    with pytest.raises(EdgegenError, match="no such port"):
        read_boot_record("/dev/nowhere", 115200, FIRMWARE, timeout_s=1.0)
    assert 0.9 < time.monotonic() - started < 5


def test_images_are_checked_before_anything_is_written(tmp_path: Path) -> None:
    large = artifact_folder(tmp_path / "large", "nucleo-f446re", {"flash.bin": (0x0800_0000, bytes(600_000))})
    with pytest.raises(InputError, match=r"600000 bytes, region 'flash' of nucleo-f446re has 524288"):
        flash(large, "x")
    nothing = artifact_folder(tmp_path / "nothing", "mps3-an547", {})
    with pytest.raises(InputError, match="no images to flash"):
        flash(nothing, "x")
    changed = artifact_folder(tmp_path / "changed", "esp32", IMAGES)
    (changed / "program.bin").write_bytes(b"else")
    with pytest.raises(InputError, match="changed since the build"):
        flash(changed, "x")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = artifact_folder(tmp_path / "out", "esp32", IMAGES)
    with bootloader("esp32", tmp_path) as port, pytest.raises(SystemExit) as end:
        main(["flash", str(folder), "--port", port, "--no-check", "--json"])
    table = json.loads(capsys.readouterr().out)
    assert end.value.code == 0
    assert (table["board"], table["flasher"], table["boot"]) == ("esp32", "esptool", None)
    assert [image["offset"] for image in table["images"]] == [0x1000, 0x10000]
