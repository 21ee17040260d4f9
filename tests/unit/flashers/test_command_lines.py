"""The command lines of the tools that no test can run a board with, and what their errors are told as."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

from edgegen.artifact import Image
from edgegen.boards import load_board
from edgegen.errors import EdgegenError, InputError
from edgegen.flashers import flasher_names, load_flasher
from edgegen.flashers.base import CommandFlasher, FlashJob
from edgegen.process import ToolError
from edgegen.resources import resource_dir

BOARDS = sorted(path.stem for path in resource_dir("boards").glob("*.toml"))


def job(board: str, *images: tuple[str, int], port: str | None = None, probe: str | None = None) -> FlashJob:
    files = tuple(Image(Path(name).stem, name, offset, "", 1) for name, offset in images)
    return FlashJob(Path("/out dir"), files, "net.elf", load_board(board), port, probe)


def flasher(name: str) -> CommandFlasher:
    found = load_flasher(name)
    assert isinstance(found, CommandFlasher)
    return found


PROGRAM, CONSTANTS = ("net_program.bin", 0x1000), ("net_constants.bin", 0x10000)
FLASH = ("net_flash.bin", 0x0800_0000)
ESPTOOL = [sys.executable, "-m", "esptool", "--chip", "esp32", "--port"]
ESP_FILES = ["0x1000", "/out dir/net_program.bin", "0x10000", "/out dir/net_constants.bin"]
PYOCD = ["--no-wait", "--target", "stm32f446retx", "--uid", "066B"]

LINES = [
    (
        "esptool", job("esp32", PROGRAM, CONSTANTS, port="/dev/ttyUSB0"),
        [[*ESPTOOL, "/dev/ttyUSB0", "--baud", "460800", "--before", "default-reset", "--after", "hard-reset", what,
          *ESP_FILES] for what in ("write-flash", "verify-flash")],
    ),
    (
        "esptool", job("esp32", PROGRAM, CONSTANTS, port="socket://lab:3333"),
        [[*ESPTOOL, "socket://lab:3333", "--baud", "460800", "--before", "no-reset", "--after", "no-reset", what,
          *ESP_FILES] for what in ("write-flash", "verify-flash")],
    ),
    (
        "pyocd", job("nucleo-f446re", FLASH, probe="066B"),
        [
            ["/usr/bin/pyocd", "load", *PYOCD, "--no-reset", "--format", "bin", "--base-address", "0x8000000",
             "/out dir/net_flash.bin"],
            ["/usr/bin/pyocd", "commander", *PYOCD, "--command", 'compare 0x8000000 "/out dir/net_flash.bin"'],
            ["/usr/bin/pyocd", "reset", *PYOCD],
        ],
    ),
    (
        "pyocd", job("raspberry-pi-pico", ("net_flash.uf2", 0x1000_0000), probe="E66"),
        [
            ["/usr/bin/pyocd", "load", "--no-wait", "--target", "rp2040", "--uid", "E66", "--no-reset", "--format",
             "elf", "/out dir/net.elf"],
            ["/usr/bin/pyocd", "reset", "--no-wait", "--target", "rp2040", "--uid", "E66"],
        ],
    ),
    (
        "openocd", job("nucleo-h743zi", FLASH),
        [["openocd", "-f", "interface/stlink.cfg", "-f", "target/stm32h7x.cfg", "-c",
          "program {/out dir/net_flash.bin} 0x8000000 verify", "-c", "reset run; shutdown"]],
    ),
    (
        "openocd", job("nrf52840-dk", ("net_flash.bin", 0), probe="683"),
        [["openocd", "-f", "interface/jlink.cfg", "-c", "adapter serial 683", "-f", "target/nrf52.cfg", "-c",
          "program {/out dir/net_flash.bin} 0x0 verify", "-c", "reset run; shutdown"]],
    ),
    (
        "openocd", job("microbit-v2", ("net_flash.hex", 0)),
        [["openocd", "-f", "interface/cmsis-dap.cfg", "-f", "target/nrf52.cfg", "-c",
          "program {/out dir/net_flash.hex} verify", "-c", "reset run; shutdown"]],
    ),
    (
        "stm32_uart", job("nucleo-f446re", FLASH, port="COM5"),
        [["stm32loader", "--port", "COM5", "--no-progress", "--erase", "--write", "--verify", "--address", "0x8000000",
          "--go-address", "0x8000000", "/out dir/net_flash.bin"]],
    ),
    (
        "bossac", job("arduino-nano-33-ble", ("net_flash.bin", 0x10000), port="/dev/ttyACM0"),
        [["bossac", "--port=ttyACM0", "-U", "-i", "-e", "-w", "/out dir/net_flash.bin", "-R"]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "expected"), LINES)
def test_command_lines(name: str, given: FlashJob, expected: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.flashers.pyocd._pyocd", lambda: ["/usr/bin/pyocd"])
    assert [[str(word) for word in run.argv] for run in flasher(name).commands(given)] == expected


def test_every_flasher_that_runs_a_program_has_its_command_line_here() -> None:
    programs = {name for name in flasher_names() if isinstance(load_flasher(name), CommandFlasher)}
    assert programs == {name for name, _, _ in LINES}


@pytest.mark.parametrize("board", BOARDS)
def test_every_board_has_a_flasher_that_knows_it(board: str) -> None:
    profile = load_board(board)
    if profile.flasher == "none":
        return
    assert profile.flasher in flasher_names()
    if profile.flasher == "pyocd":
        assert profile.flasher_target


ERRORS = [
    ("esptool", "A fatal error occurred: This chip is ESP32-C3, not ESP32. Wrong chip argument?", "another chip"),
    ("esptool", "could not open port /dev/x: [Errno 13] Permission denied: '/dev/x'", "usermod -aG dialout"),
    ("esptool", "port is busy or doesn't exist. ([Errno 2] No such file or directory)", "no such port"),
    (
        "esptool",
        "Could not exclusively lock port /dev/x: Resource temporarily unavailable",
        "in use by another program",
    ),
    ("esptool", "Failed to connect to ESP32: No serial data received.", "hold BOOT"),
    ("esptool", "File net.bin (length 5000000) at offset 65536 will not fit in 4194304 bytes of flash", "larger than"),
    ("esptool", "Verification failed (digest mismatch).", "flash holds other bytes"),
    ("esptool", "device reports readiness to read but returned no data (device disconnected)", "was the cable pulled?"),
    ("esptool", "OSError: [Errno 5] Input/output error", "was the cable pulled?"),
    ("pyocd", "Target type stm32f446retx not recognized.", "pyocd pack install"),
    ("pyocd", "usb.core.USBError: [Errno 13] Access denied (insufficient permissions)", "udev rules"),
    ("pyocd", "No ACK received", "does not reach the chip"),
    ("pyocd", "Unable to open probe: device not found", "was the cable pulled?"),
    ("openocd", "Error: libusb_open() failed with LIBUSB_ERROR_ACCESS", "udev rules"),
    ("openocd", "Error: open failed", "no debug probe is connected"),
    ("openocd", "** Verify Failed **", "other bytes than were written"),
    ("openocd", "Warn : UNEXPECTED idcode: 0x2ba01477", "another one"),
    ("stm32_uart", "Can't init into bootloader. Ensure that BOOT0 is enabled and reset the device.", "set BOOT0 high"),
    ("bossac", "No device found on ttyACM0", "press the reset button twice"),
]


@pytest.mark.parametrize(("name", "output", "meaning"), ERRORS)
def test_errors_have_cause_and_remedy(name: str, output: str, meaning: str) -> None:
    board = {"esptool": "esp32", "bossac": "arduino-nano-33-ble"}.get(name, "nucleo-f446re")
    error = flasher(name).explain(ToolError(f"{name} failed", output), job(board, FLASH, port="/dev/x"))
    assert meaning in str(error)
    assert str(error).startswith("/dev/x: ")
    assert len(str(error).splitlines()) == 2


def test_an_error_that_is_not_known_is_told_as_it_is() -> None:
    error = flasher("pyocd").explain(ToolError("pyocd failed: strange"), job("nucleo-f446re", FLASH))
    assert str(error) == "nucleo-f446re: pyocd failed: strange"


def test_a_tool_that_ends_well_must_have_said_that_all_is_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyocd's comparison reports a difference and exits with 0."""
    monkeypatch.setattr("edgegen.flashers.pyocd._pyocd", lambda: ["pyocd"])
    monkeypatch.setattr("edgegen.flashers.pyocd._choose_probe", lambda wanted: "066B")
    output = (
        "Comparing 1 bytes @ 0x08000000\nMismatched byte at 0x08000000 (offset 0x0): 0xff (memory) != 0x00 (file)\n"
    )
    done: list[str] = []

    def run(argv: tuple[str, ...], timeout_s: float) -> str:
        done.append(argv[1])
        return output if argv[1] == "commander" else ""

    monkeypatch.setattr("edgegen.process.run", run)
    with pytest.raises(EdgegenError, match="flash holds other bytes than were written"):
        flasher("pyocd").write(job("nucleo-f446re", FLASH), lambda text: None)
    assert done == ["load", "commander"]
    output = "All 1 bytes match.\n"
    flasher("pyocd").write(job("nucleo-f446re", FLASH), lambda text: None)
    assert done[2:] == ["load", "commander", "reset"]


def _probes(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str]) -> None:
    text = ", ".join(f'{{"unique_id": "{uid}", "info": "{info}", "board_name": "x"}}' for uid, info in found)
    monkeypatch.setattr("edgegen.process.run", lambda argv, timeout_s: f'{{"boards": [{text}]}}')
    monkeypatch.setattr("edgegen.flashers.pyocd._pyocd", lambda: ["pyocd"])


def test_the_only_probe_is_taken_and_several_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    given = job("nucleo-f446re", FLASH)
    _probes(monkeypatch, ("066BFF", "STLink [Nucleo-F446RE]"))
    assert flasher("pyocd").prepare(given).probe == "066BFF"
    _probes(monkeypatch, ("066BFF", "STLink [Nucleo-F446RE]"), ("0D28", "DAPLink"))
    assert flasher("pyocd").prepare(dataclasses.replace(given, probe="0d28")).probe == "0D28"
    with pytest.raises(InputError, match=r"choose one with --probe:\n  066BFF  STLink \[Nucleo-F446RE\]\n  0D28"):
        flasher("pyocd").prepare(given)
    with pytest.raises(InputError, match="no debug probe '99'; connected are:"):
        flasher("pyocd").prepare(dataclasses.replace(given, probe="99"))
    _probes(monkeypatch)
    with pytest.raises(EdgegenError, match="no debug probe is connected"):
        flasher("pyocd").prepare(given)
