"""openocd: Arm chips by a debug probe, where it is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgegen.errors import InputError
from edgegen.flashers.base import CommandFlasher, FlashJob, ToolRun

# The start of a chip's name, and openocd's script for it.
_TARGETS = {
    "STM32F4": "stm32f4x", "STM32F7": "stm32f7x", "STM32H7": "stm32h7x", "STM32L4": "stm32l4x", "STM32U5": "stm32u5x",
    "nRF52": "nrf52", "RP2040": "rp2040", "RP2350": "rp2350",
}  # fmt: skip
# The probe on the boards of a vendor.
_PROBES = {"STMicroelectronics": "stlink", "Nordic Semiconductor": "jlink"}


class OpenocdFlasher(CommandFlasher):
    """One run that writes, compares and resets."""

    name = "openocd"
    explanations = (
        (r"LIBUSB_ERROR_ACCESS|Permission denied|insufficient permissions", "no permission to open the probe\n"
         "install openocd's udev rules (contrib/60-openocd.rules), then plug it in again"),
        (r"LIBUSB_ERROR_NO_DEVICE|disconnect|transfer.* fail.*usb|unplugged", "the probe is gone: was the cable "
         "pulled?\nplug it in and flash again: it starts from the beginning"),
        (r"open failed|No (J-Link )?device found|unable to find a matching|no such device", "no debug probe is "
         "connected\nplug the board's debug port in, or choose another probe with --probe"),
        (r"verify failed|checksum mismatch|contents differ", "the flash holds other bytes than were written\n"
         "flash again; if it stays so, read-out protection may be on"),
        (r"unexpected idcode|init mode failed|target not examined|Cannot identify|unable to connect to the target",
         "the probe does not reach the chip, or it is another one\ncheck the board, its supply and its debug jumpers"),
    )  # fmt: skip

    def missing(self) -> str | None:
        return None if shutil.which("openocd") else "openocd is missing: apt-get install openocd"

    def commands(self, job: FlashJob) -> list[ToolRun]:
        mcu = job.profile.mcu
        target = next((script for start, script in _TARGETS.items() if mcu.startswith(start)), None)
        if target is None:
            raise InputError(f"board {job.profile.id}: openocd serves {', '.join(_TARGETS)}, not {mcu}")
        interface = _PROBES.get(job.profile.vendor, "cmsis-dap")
        argv: list[str | Path] = ["openocd", "-f", f"interface/{interface}.cfg"]
        if job.probe:
            argv += ["-c", f"adapter serial {job.probe}"]
        argv += ["-f", f"target/{target}.cfg"]
        for path, address in job.files():
            place = "" if address is None else f" {address:#x}"
            # Braces keep a path with spaces whole.
            argv += ["-c", f"program {{{path.as_posix()}}}{place} verify"]
        return [ToolRun("writing and verifying", (*argv, "-c", "reset run; shutdown"))]
