"""A fault on a simulated board is told with its cause, function, file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from edgegen.boards import load_board
from edgegen.debug_info import DebugInfo
from edgegen.devices.faults import explain_fault
from edgegen.devices.qemu import Qemu, qemu_command
from edgegen.devices.session import FaultError, Session
from edgegen.errors import InputError
from edgegen.protocol import format_record
from edgegen.resources import resource_dir
from edgegen.toolchains import load_toolchain
from tests.tiny_firmware import build_tiny
from tests.unit.devices.test_monitor import Terminal, monitored
from tests.unit.flashers.peers import FIRMWARE, artifact_folder


@pytest.mark.parametrize("board", ["nucleo-l4r5zi", "raspberry-pi-pico", "mps3-an547", "esp32c3", "esp32"])
def test_a_crash_is_told_with_file_and_line(board: str, tmp_path: Path) -> None:
    profile = load_board(board)
    toolchain = load_toolchain(profile.toolchains[0])
    if missing := toolchain.missing():
        pytest.skip(missing)
    if shutil.which(program := qemu_command(profile, Path("x"))[0]) is None:
        pytest.skip(f"{program} is not installed")
    firmware = build_tiny(profile, toolchain, tmp_path)
    info = DebugInfo(firmware.elf)

    def locate(address: int, is_return: bool) -> str | None:
        return str(info.caller(address) if is_return else info.locate(address))

    with Qemu(profile, firmware.elf) as device, pytest.raises(FaultError) as caught:
        session = Session(device)
        session._send(b"\neg crash%")
        session._next(10.0, "none")
    text = explain_fault(caught.value.record, locate)
    source = (resource_dir("firmware") / "app" / "main.c").read_text(encoding="utf-8").splitlines()
    line = next(number for number, line in enumerate(source, start=1) if "__builtin_trap" in line)
    rows = text.splitlines()
    if board == "esp32":  # its compiler makes a trap a call of a function in the start-up code
        assert any(row.startswith("at abort (") and "start.c:" in row for row in rows), text
    else:
        assert any(row.startswith("at ") and row.endswith(f"main.c:{line})") for row in rows), text
    if board != "raspberry-pi-pico":
        assert "cause: an instruction that the core does not have" in text


def test_what_is_no_elf(tmp_path: Path) -> None:
    (tmp_path / "a.elf").write_bytes(b"no ELF at all")
    with pytest.raises(InputError, match="not an ELF file"):
        DebugInfo(tmp_path / "a.elf")
    with pytest.raises(InputError, match="can't be read"):
        DebugInfo(tmp_path / "b.elf")


def test_the_monitor_tells_places_of_the_firmware_that_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    firmware = build_tiny(load_board("nucleo-l4r5zi"), load_toolchain("zig"), tmp_path, simulator=False)
    with firmware.elf.open("rb") as stream:
        symbols = {
            item.name: item["st_value"] for item in ELFFile(stream).get_section_by_name(".symtab").iter_symbols()
        }
    place = f"0x{symbols['eg_app_main']:08x}"
    fault = format_record("fault", {"pc": place, "lr": place, "cfsr": "0x00010000"})
    panic = f"Backtrace: {place}:0x3ffb1f50\r\n".encode()
    folder = artifact_folder(tmp_path / "out", "nucleo-l4r5zi", {"x.bin": (0x0800_0000, b"x")})
    (folder / "net.elf").write_bytes(firmware.elf.read_bytes())
    outputs = {}
    for sha256 in (FIRMWARE, "ee" * 32):
        terminal = Terminal()
        boot = format_record("boot", {"firmware_sha256": sha256})
        monitored(
            lambda terminal=terminal, boot=boot: terminal.send(boot, fault, panic),  # type: ignore[misc]
            "--port", terminal.path, "--elf", str(folder), "--seconds", "1", "--no-times",
        )  # fmt: skip
        terminal.close()
        outputs[sha256] = capfd.readouterr().out
    assert re.search(r"^at eg_app_main \(\S*main\.c:\d+\)$", outputs[FIRMWARE], re.MULTILINE)
    assert re.search(rf"^    {place}: eg_app_main \(\S*main\.c:\d+\)$", outputs[FIRMWARE], re.MULTILINE)
    assert "cause: an instruction that the core does not have" in outputs[FIRMWARE]
    # Another firmware's lines would mislead.
    assert "another firmware runs there (eeeeeeeeeeee)" in outputs["ee" * 32]
    assert "main.c" not in outputs["ee" * 32]
