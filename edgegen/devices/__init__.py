"""Opens the link to a firmware: a board's port, or the simulator that its profile names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgegen.boards import BoardProfile
from edgegen.devices.base import Device
from edgegen.errors import InputError

__all__ = ["Device", "open_device"]


def open_device(
    profile: BoardProfile, *, elf: Path | None = None, port: str | None = None, qemu_args: Sequence[str] = ()
) -> Device:
    """A real board where `port` is given (a path, COM name or pyserial URL), else `elf` on the board's simulator.

    `qemu_args` go to QEMU as they are (a plugin, say). Raises EdgegenError where the link can't be opened.
    """
    if port is not None:
        from edgegen.devices.serial_port import SerialPort

        return SerialPort(port, profile.console.baud)
    if elf is None:
        raise InputError(f"board {profile.id}: give the firmware to simulate, or --port for a real board")
    if profile.simulator.kind == "host":
        from edgegen.devices.host_process import HostProcess

        return HostProcess(elf)
    from edgegen.devices.qemu import Qemu

    return Qemu(profile, elf, qemu_args)
