"""bossac: boards with Arduino's bootloader, over their USB port."""

from __future__ import annotations

import dataclasses
import shutil
import time
from pathlib import Path

import serial

from edgegen.devices.ports import serial_ports
from edgegen.errors import EdgegenError
from edgegen.flashers.base import CommandFlasher, FlashJob, ToolRun

_TOUCH_BAUD = 1200
_BOOTLOADER_TIMEOUT_S = 10.0


class BossacFlasher(CommandFlasher):
    """Starts the bootloader by opening the port at 1200 baud, then writes.

    The bootloader can't read flash back; the boot record is what shows that the firmware is there.
    """

    name = "bossac"
    needs_port = True
    explanations = (
        (r"No device found|Unsupported device|SAM-BA operation failed", "the bootloader does not answer\n"
         "press the reset button twice, quickly, and flash again"),
        (r"Permission denied", "no permission to open the port\n"
         "add yourself to its group: sudo usermod -aG dialout $USER, then log in again"),
    )  # fmt: skip

    def missing(self) -> str | None:
        return None if shutil.which("bossac") else "bossac is missing: apt-get install bossa-cli, 1.9 or newer"

    def prepare(self, job: FlashJob) -> FlashJob:
        assert job.port is not None
        before = {port.device for port in serial_ports()}
        try:
            serial.Serial(job.port, _TOUCH_BAUD).close()
        except (serial.SerialException, OSError) as error:
            raise EdgegenError(f"{job.port}: can't be opened: {error}") from None
        # The bootloader is another USB device: its port may have another name.
        deadline = time.monotonic() + _BOOTLOADER_TIMEOUT_S
        while time.monotonic() < deadline:
            time.sleep(0.5)
            now = {port.device for port in serial_ports()}
            new = now - before
            if new:
                return dataclasses.replace(job, port=new.pop())
            if job.port in now:
                return job
            before = now
        raise EdgegenError(f"{job.port}: the bootloader did not come up\npress reset twice, quickly, and flash again")

    def commands(self, job: FlashJob) -> list[ToolRun]:
        assert job.port is not None
        port = Path(job.port).name if job.port.startswith("/dev/") else job.port
        (image,) = job.images
        argv = ("bossac", f"--port={port}", "-U", "-i", "-e", "-w", job.folder / image.path, "-R")
        return [ToolRun("writing", argv)]
