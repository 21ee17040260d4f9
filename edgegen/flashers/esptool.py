"""esptool: ESP32 chips by the ROM's bootloader, over the board's serial port."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from edgegen.flashers.base import CommandFlasher, FlashJob, ToolRun

_AGAIN = "flash again: it starts from the beginning"
# What every USB adapter on these boards does; the ROM starts at 115200.
_BAUD = "460800"


class EsptoolFlasher(CommandFlasher):
    """Writes, has the chip hash what it wrote, and compares once more."""

    name = "esptool"
    needs_port = True
    explanations = (
        (r"this chip is (not )?esp|wrong.{0,9}chip|chip is .* not|Unexpected chip", "another chip than the firmware is "
         "for is connected\nbuild for its board, or name the port of the right one with --port"),
        (r"Permission denied|Access is denied", "no permission to open the port\n"
         "add yourself to its group: sudo usermod -aG dialout $USER, then log in again"),
        (r"No such file or directory|FileNotFoundError", "no such port\n"
         "plug the board in, or give another --port"),
        (r"could not exclusively lock|busy|Resource temporarily unavailable", "the port is in use by another program "
         "(a monitor or an IDE?)\nclose it and flash again"),
        (r"(will not|does not|doesn't) fit in|exceeds? (the )?flash|flash size is smaller", "the image is larger than "
         "the flash that the board has\nbuild a smaller model, or for a board with more flash"),
        (r"No serial data received|Failed to connect|Timed out waiting for packet header|Wrong boot mode", "the chip's "
         "bootloader does not answer\nhold BOOT while flashing starts; check that the cable carries data and that this "
         "is its port"),
        (r"verify (failed|error)|digest mismatch|MD5 of file does not match|Verification failed", "the flash holds "
         f"other bytes than were written\n{_AGAIN}; if it stays so, the flash or its supply is bad"),
        (r"serial (port )?exception|device (reports readiness|disconnected)|Input/output error|stopped responding"
         r"|lost connection|serial noise|timeout|Connection (reset|refused)",
         f"the link broke while flashing: was the cable pulled?\nplug the board in and {_AGAIN}"),
    )  # fmt: skip

    def missing(self) -> str | None:
        return None if importlib.util.find_spec("esptool") else "esptool is missing: pip install esptool"

    def commands(self, job: FlashJob) -> list[ToolRun]:
        assert job.port is not None
        chip = job.profile.mcu.lower().replace("-", "")
        # A port on another machine, or a simulated one, has no lines that reset the chip.
        before = "no-reset" if job.port.startswith(("socket://", "/dev/pts/")) else "default-reset"
        head: list[str | Path] = [
            sys.executable, "-m", "esptool", "--chip", chip, "--port", job.port, "--baud", _BAUD,
            "--before", before, "--after", "no-reset" if before == "no-reset" else "hard-reset",
        ]  # fmt: skip
        places = [word for image in job.images for word in (f"{image.offset:#x}", job.folder / image.path)]
        return [
            ToolRun("writing", (*head, "write-flash", *places)), ToolRun("verifying", (*head, "verify-flash", *places)),
        ]  # fmt: skip
