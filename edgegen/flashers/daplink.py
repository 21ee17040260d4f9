"""DAPLink: a copy to the USB drive of a board's interface chip, which writes the target and tells errors in a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from edgegen.errors import EdgegenError
from edgegen.flashers.base import Flasher, FlashJob
from edgegen.flashers.drives import copy_to_drive, find_drive, read_text

_DETAILS, _FAIL = "DETAILS.TXT", "FAIL.TXT"
_HOW = "plug the board in without holding its reset button, and flash again; --drive names a drive mounted elsewhere"
_TIMEOUT_S = 30.0
# The file is there until the interface chip has taken it and shows its drive anew.
_POLL_S = 0.2


class DaplinkFlasher(Flasher):
    """The interface chip compares what it wrote, and leaves FAIL.TXT on its drive where something was wrong."""

    name = "daplink"

    def missing(self) -> str | None:
        return None

    def write(self, job: FlashJob, step: Callable[[str], None]) -> None:
        drive = find_drive(job.drive, _DETAILS, "DAPLink", _HOW)
        for image in job.images:
            step(f"writing to {drive}")
            copy_to_drive(job.folder / image.path, drive)
            step("waiting for the interface chip to write and verify it")
            self._wait(drive, drive / Path(image.path).name)

    def _wait(self, drive: Path, copy: Path) -> None:
        deadline = time.monotonic() + _TIMEOUT_S
        while time.monotonic() < deadline:
            failure = read_text(drive / _FAIL)
            if failure is not None:
                raise EdgegenError(
                    f"{drive}: the interface chip refused the image: {' '.join(failure.split())[:200]}\n"
                    "flash again; if it stays so, build for the chip that the board has"
                )
            if read_text(drive / _DETAILS) is not None and not copy.exists():
                return
            time.sleep(_POLL_S)
        raise EdgegenError(
            f"{drive}: the interface chip did not finish within {_TIMEOUT_S:g} s\n"
            "plug the board in again and flash again: it starts from the beginning"
        )
