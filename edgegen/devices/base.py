"""The interface of a live link to a firmware: a real board's serial port, a simulator, a host process.

To add one: write `devices/<name>.py` with a subclass, and open it in `devices.open_device`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import ClassVar

from typing_extensions import Self


class Device(ABC):
    """A byte stream to a firmware that has just been started (or reset); a context manager."""

    simulated: ClassVar[bool]
    baud = 115_200
    """Bits a second on the line."""

    @property
    @abstractmethod
    def description(self) -> str:
        """What BenchRecord's `device` says: simulator, host, or the port's description."""

    @abstractmethod
    def read(self, timeout_s: float) -> bytes:
        """Returns what has arrived, at least one byte, or b"" after `timeout_s` seconds of silence.

        Raises EdgegenError where the link is gone (cable pulled, simulator ended) and says why.
        """

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises EdgegenError where the link is gone."""

    @abstractmethod
    def close(self) -> None:
        """Ends the link, and the process behind it. Safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
