"""UF2: a copy to the USB drive of the RP2040's or RP2350's boot ROM."""

from __future__ import annotations

import time
from collections.abc import Callable

from edgegen.errors import EdgegenError
from edgegen.flashers.base import Flasher, FlashJob
from edgegen.flashers.drives import copy_to_drive, find_drive, read_text

_INFO = "INFO_UF2.TXT"
_BOARD_IDS = {"RP2040": "RPI-RP2", "RP2350": "RP2350"}
_HOW = "hold BOOTSEL while you plug the board in, and flash again; --drive names a drive mounted elsewhere"
_TIMEOUT_S = 20.0


class Uf2Flasher(Flasher):
    """The boot ROM counts the blocks: its drive goes away when it has them all, and it starts the firmware."""

    name = "uf2"

    def missing(self) -> str | None:
        return None

    def write(self, job: FlashJob, step: Callable[[str], None]) -> None:
        drive = find_drive(job.drive, _INFO, f"Board-ID: {_BOARD_IDS.get(job.profile.mcu, job.profile.mcu)}", _HOW)
        for image in job.images:
            step(f"writing to {drive}")
            copy_to_drive(job.folder / image.path, drive)
        step("waiting for the boot ROM to take it")
        deadline = time.monotonic() + _TIMEOUT_S
        while read_text(drive / _INFO) is not None:
            if time.monotonic() > deadline:
                raise EdgegenError(
                    f"{drive}: the boot ROM did not take the image: its drive is still there\n"
                    "it drops files for another chip; unplug the board, hold BOOTSEL, and flash again"
                )
            time.sleep(0.1)
