"""A serial port by pyserial: a real board, a simulator's pseudo terminal, or a port on another machine by URL."""

from __future__ import annotations

import errno
import sys
import time

import serial

from edgegen.devices.base import Device
from edgegen.errors import EdgegenError

if sys.platform == "win32":
    _TERMINAL_ERRORS: tuple[type[Exception], ...] = ()
else:
    import termios

    # What pyserial lets through when the other end of a terminal closes while it is being flushed; no OSError.
    _TERMINAL_ERRORS = (termios.error,)
_WRITE_TIMEOUT_S = 20.0
# The longest that one look for a byte takes.
_POLL_S = 0.05


class SerialPort(Device):
    """`port` as pyserial names it: /dev/ttyUSB0, COM5, socket://host:1234, rfc2217://host:2217."""

    simulated = False

    def __init__(self, port: str, baud: int) -> None:
        self._port = port
        self.baud = baud
        # RFC 2217's client knows no timeout for writing, and negotiates anew when the one for reading is changed.
        write_timeout = None if port.startswith("rfc2217:") else _WRITE_TIMEOUT_S
        try:
            self._serial = serial.serial_for_url(port, baud, timeout=_POLL_S, write_timeout=write_timeout)
        except (serial.SerialException, OSError, ValueError) as error:
            raise EdgegenError(_explain_open(port, error)) from None

    @property
    def description(self) -> str:
        return self._port

    def read(self, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        try:
            # Waits for one byte, then takes all that is there.
            first = self._serial.read(1)
            while not first and time.monotonic() < deadline:
                first = self._serial.read(1)
            waiting = self._serial.in_waiting if first else 0
            return bytes(first + (self._serial.read(waiting) if waiting else b""))
        except (serial.SerialException, OSError, TypeError) as error:
            # A port that is closed meanwhile raises TypeError in pyserial.
            raise EdgegenError(f"{self._port}: the link is gone ({error}); check the cable and the board") from None

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
            self._serial.flush()
        except serial.SerialTimeoutException:
            raise EdgegenError(f"{self._port}: the board takes no more data; reset it") from None
        except (serial.SerialException, OSError, TypeError, *_TERMINAL_ERRORS) as error:
            raise EdgegenError(f"{self._port}: the link is gone ({error}); check the cable and the board") from None

    def close(self) -> None:
        self._serial.close()


def _explain_open(port: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    text = str(error)
    if number == errno.EACCES or "Permission" in text or "Access is denied" in text:
        return f"{port}: no permission; add yourself to its group: sudo usermod -aG dialout $USER, then log in again"
    if number == errno.EBUSY or "busy" in text or "lock" in text:
        return f"{port}: in use by another program (a monitor or an IDE?); close it"
    if number == errno.ENOENT or "No such file" in text or "FileNotFound" in text:
        return f"{port}: no such port; plug the board in, or give another --port"
    return f"{port}: can't be opened: {text}"
