"""stm32loader: STM32 chips by the ROM's bootloader, over a serial port."""

from __future__ import annotations

import shutil

from edgegen.flashers.base import CommandFlasher, FlashJob, ToolRun


class Stm32UartFlasher(CommandFlasher):
    """Erases, writes, reads back and compares, then starts the firmware."""

    name = "stm32_uart"
    needs_port = True
    explanations = (
        (r"Permission denied|Access is denied", "no permission to open the port\n"
         "add yourself to its group: sudo usermod -aG dialout $USER, then log in again"),
        (r"No such file|could not open port|FileNotFound", "no such port\nplug the board in, or give another --port"),
        (r"busy|lock", "the port is in use by another program (a monitor or an IDE?)\nclose it and flash again"),
        (r"verification (error|failed)|mismatch|bytes differ", "the flash holds other bytes than were written\n"
         "flash again; if it stays so, read-out protection may be on (stm32loader --unprotect)"),
        (r"Can.t init|bootloader|no answer|timeout|NACK", "the chip's bootloader does not answer\n"
         "set BOOT0 high, reset the board, and check that this is the bootloader's port"),
    )  # fmt: skip

    def missing(self) -> str | None:
        return None if shutil.which("stm32loader") else "stm32loader is missing: pip install stm32loader"

    def commands(self, job: FlashJob) -> list[ToolRun]:
        assert job.port is not None
        runs = []
        for number, image in enumerate(job.images):
            address = f"{image.offset:#x}"
            # The first run erases the whole chip.
            erase = ("--erase",) if number == 0 else ()
            argv = (
                "stm32loader", "--port", job.port, "--no-progress", *erase, "--write", "--verify",
                "--address", address, "--go-address", address, job.folder / image.path,
            )  # fmt: skip
            runs.append(ToolRun("writing and verifying", argv))
        return runs
