"""QEMU running a firmware, its UART on a pseudo terminal that is read as a board's serial port is."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Sequence
from pathlib import Path

from edgegen import process
from edgegen.boards import BoardProfile
from edgegen.devices.base import Device
from edgegen.devices.serial_port import SerialPort
from edgegen.errors import EdgegenError

_PTY = re.compile(rb"char device redirected to (\S+)")
_START_TIMEOUT_S = 30.0
_EXIT_TIMEOUT_S = 10.0
_PROGRAMS = {
    "qemu_arm": ("qemu-system-arm", "qemu-system-arm"),
    "qemu_riscv": ("qemu-system-riscv32", "qemu-system-misc"),
    "qemu_xtensa": ("qemu-system-xtensa", "qemu-system-misc"),
}


def qemu_program(kind: str) -> tuple[str, str]:
    """The program that simulates boards of a profile's `simulator.kind`, and the Debian package that has it."""
    return _PROGRAMS[kind]


def qemu_command(profile: BoardProfile, elf: Path, extra: Sequence[str] = ()) -> list[str]:
    """The command line that runs `elf` on the simulator of a profile."""
    simulator = profile.simulator
    argv = [_PROGRAMS[simulator.kind][0], "-M", simulator.machine]
    if simulator.cpu:
        argv += ["-cpu", simulator.cpu]
    if simulator.kind == "qemu_riscv":
        argv += ["-bios", "none"]
    if simulator.kind == "qemu_xtensa":
        argv += ["-m", "128"]
    argv += ["-nographic", "-monitor", "none", "-serial", "pty"]
    # By its own option, semihosting writes to the UART's terminal where it is a console (Xtensa's simulator).
    argv += ["-semihosting"] if simulator.kind == "qemu_xtensa" else ["-semihosting-config", "enable=on,target=native"]
    return [*argv, *extra, "-kernel", str(elf)]


class Qemu(Device):
    """A QEMU process and the serial port it offers; both end with `close`."""

    simulated = True

    def __init__(self, profile: BoardProfile, elf: Path, extra: Sequence[str] = ()) -> None:
        self._package = _PROGRAMS[profile.simulator.kind][1]
        self._argv = qemu_command(profile, elf, extra)
        try:
            self._process = process.start(self._argv)
        except process.ToolError as error:
            raise EdgegenError(f"{error}\nDebian and Ubuntu: apt-get install {self._package}") from None
        try:
            terminal = self._terminal()
            # QEMU looks for a reader of its terminal when it builds the machine, then once a second: be there at once.
            try:
                reader = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
            except FileNotFoundError:
                raise self._ended() from None
            try:
                self._port = SerialPort(terminal, profile.console.baud)
            except EdgegenError:  # the terminal goes with QEMU, even while it is open here
                raise self._ended() from None
            finally:
                os.close(reader)
        except BaseException:
            process.stop(self._process)
            raise

    @property
    def description(self) -> str:
        return "simulator"

    def read(self, timeout_s: float) -> bytes:
        try:
            return self._port.read(timeout_s)
        except EdgegenError:
            raise self._ended() from None

    def write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except EdgegenError:
            raise self._ended() from None

    def wait_exit(self, timeout_s: float = _EXIT_TIMEOUT_S) -> int:
        """Waits for QEMU to end by the firmware's own exit (its plugins then write their results).

        Returns its exit status; raises EdgegenError where it still runs after `timeout_s`.
        """
        if not process.wait(self._process, timeout_s=timeout_s):
            raise EdgegenError(f"{self._argv[0]} did not end within {timeout_s:g} s of the firmware's exit")
        return int(self._process.returncode)

    def close(self) -> None:
        self._port.close()
        process.stop(self._process)

    def _terminal(self) -> str:
        """The path of the pseudo terminal, from QEMU's first line of output."""
        output = self._process.stdout
        assert output is not None
        text = b""
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            ready, _, _ = select.select([output], [], [], 0.5)
            if not ready:
                continue
            data = os.read(output.fileno(), 4096)
            text += data
            found = _PTY.search(text)
            if found and text.endswith(b"\n"):
                return found.group(1).decode()
            if not data:
                raise self._ended(text)
        raise EdgegenError(f"{self._argv[0]} offered no serial port within {_START_TIMEOUT_S:g} s")

    def _ended(self, text: bytes = b"") -> EdgegenError:
        """QEMU is gone, or its terminal is: says how."""
        errors = self._process.stderr
        assert errors is not None
        process.wait(self._process, timeout_s=1.0)
        status = process.stop(self._process, close=False)
        text += errors.read() or b"" if not errors.closed else b""
        lines = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
        return EdgegenError("\n".join([f"{self._argv[0]} ended with status {status}", *lines[:2]]))
