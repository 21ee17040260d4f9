"""What is wrong with a serial link: bytes and lines as they came, in time, become one cause and its remedy."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Sequence

from edgegen.protocol import OtherLine, Record

_TAIL_BYTES = 256
# This many starts within this time are a loop.
_LOOP_BOOTS = 3
_LOOP_S = 30.0
_ONE_BOOT_S = 0.5
# The share of printable bytes under which a link is noise; text that lost bytes stays far above it.
_READABLE = 0.7
# Lines of boot ROMs and vendors' systems that tell of a start, and of why.
_BOOT = re.compile(rb"^ets [A-Z][a-z]{2} +\d|^ESP-ROM:|^rst:0x", re.MULTILINE)
_REASONS = (
    (rb"[Bb]rownout", "the supply's voltage drops (brownout): use another cable, port or supply"),
    (rb"TG\dWDT|RTCWDT|_WDT|[Ww]atchdog|wdt", "a watchdog resets it: something takes longer than it waits"),
    (rb"invalid header: 0x|flash read err|csum err", "there is no valid firmware in its flash: flash it"),
    (rb"waiting for download|DOWNLOAD\(", "it waits for a download: release BOOT and reset it"),
    (rb"Guru Meditation|panic", "its firmware crashes"),
)


class LinkHealth:
    """Watches a link; `clock` gives seconds and is another one in tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._boots: deque[float] = deque(maxlen=_LOOP_BOOTS)
        self._tail = b""
        self._faulted = False
        self.bytes = self.records = self.damaged = 0

    def take(self, data: bytes, lines: Sequence[Record | OtherLine]) -> None:
        """Notes the bytes that came and the lines that they completed."""
        self.bytes += len(data)
        for line in lines:
            if isinstance(line, Record):
                self.records += 1
                if line.kind == "boot":
                    self._note_boot()
                self._faulted = line.kind == "fault" or (self._faulted and line.kind == "boot")
            else:
                self.damaged += line.damaged
                if _BOOT.search(line.data):
                    self._note_boot()
        self._tail = (self._tail + data)[-_TAIL_BYTES * 8 :]

    @property
    def looping(self) -> bool:
        """Whether the board started several times in a short while."""
        return len(self._boots) == _LOOP_BOOTS and self._boots[-1] - self._boots[0] < _LOOP_S

    def diagnosis(self) -> str | None:
        """The cause and the remedy, in at most three lines; None where nothing is wrong."""
        if self.bytes == 0:
            return (
                "not one byte came\nis the board powered and flashed, is this its console's port, and does the cable "
                "carry data? a press on its reset button should bring text"
            )
        reason = self._reason()
        if self.looping:
            why = "its firmware ends in a fault" if self._faulted else reason or "it does not say why"
            return f"the board resets in a loop: {why}"
        if not self.records and self._readable() < _READABLE:
            return (
                f"{self.bytes} unreadable bytes came\nthe baud rate is probably another; edgegen's firmware has "
                "115200 unless the profile says otherwise"
            )
        if self.damaged:
            return (
                f"{self.damaged} records came damaged, {self.records} whole\nbytes get lost or changed: try another "
                "cable or hub, ground connected, no second program on the port, a lower baud rate"
            )
        if not self.records:
            return f"no record of edgegen's, but other text: {self._last_line()}\n" + (
                reason or "another firmware runs there, or it did not get so far; flash this one"
            )
        return None

    def _note_boot(self) -> None:
        """A ROM's lines and the firmware's record that follow each other closely are of one start."""
        now = self._clock()
        if not self._boots or now - self._boots[-1] > _ONE_BOOT_S:
            self._boots.append(now)

    def _reason(self) -> str | None:
        return next((text for pattern, text in _REASONS if re.search(pattern, self._tail)), None)

    def _readable(self) -> float:
        tail = self._tail[-_TAIL_BYTES:]
        return sum(32 <= byte < 127 or byte in b"\r\n\t\x1b" for byte in tail) / max(len(tail), 1)

    def _last_line(self) -> str:
        lines = self._tail.decode("ascii", errors="replace").strip().splitlines()
        return lines[-1][:80] if lines else ""
