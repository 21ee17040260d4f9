"""Watches a board's serial log: a port in, lines with their time and notes on the link's state out, until stopped."""

from __future__ import annotations

import time
from collections.abc import Callable

from edgegen import protocol
from edgegen.devices.health import LinkHealth
from edgegen.devices.ports import port_info, same_device
from edgegen.devices.serial_port import SerialPort
from edgegen.errors import EdgegenError
from edgegen.protocol import LineReader, OtherLine, Record

_READ_S = 0.25
_RETRY_S = 0.5
# How long each state must last before it is told.
_SILENCE_S = 5.0
_OTHER_TEXT_S = 10.0
_HELLO_AFTER_S = 1.0
# An unfinished line is shown after this long: a prompt has no end.
_UNFINISHED_S = 1.0


def watch(
    port: str,
    baud: int,
    *,
    on_line: Callable[[Record | OtherLine], None],
    on_note: Callable[[str], None],
    seconds: float | None = None,
) -> str | None:
    """Hands over each line as it comes, and each diagnosis once; a port that vanishes is waited for.

    Ends after `seconds`, or by the caller's exception (Ctrl-C). Returns the last diagnosis, None where all is well.
    Raises EdgegenError where the port can't be opened at the start.
    """
    started = time.monotonic()
    identity = port_info(port)
    reader, health = LineReader(), LinkHealth()
    device: SerialPort | None = SerialPort(port, baud)
    asked, told, heard = False, None, started
    try:
        while seconds is None or time.monotonic() - started < seconds:
            now = time.monotonic()
            if device is None:
                device = _open_again(same_device(identity, port), baud)
                if device is not None:
                    on_note(f"{device.description} is back")
                    reader = LineReader()
                continue
            try:
                data = device.read(_READ_S)
                if not asked and not health.records and now - started > _HELLO_AFTER_S:
                    # A board that booted before says who it is; one that does not speak edgegen's protocol ignores it.
                    asked = True
                    device.write(protocol.command("hello"))
            except EdgegenError as error:
                device.close()
                device = None
                on_note(f"{str(error).splitlines()[0]}; waiting for it")
                continue
            lines: list[Record | OtherLine] = list(reader.feed(data))
            if data:
                heard = now
            elif now - heard > _UNFINISHED_S:
                lines += reader.take_unfinished()
            health.take(data, lines)
            for line in lines:
                on_line(line)
            found = _worth_telling(health, now - started)
            if found is not None and found.partition("\n")[0] != told:
                told = found.partition("\n")[0]
                on_note(found)
    finally:
        if device is not None:
            device.close()
    return health.diagnosis()


def _worth_telling(health: LinkHealth, age_s: float) -> str | None:
    """The diagnosis, once its state has lasted long enough to be one."""
    if health.bytes == 0 and age_s < _SILENCE_S:
        return None
    if health.bytes and not health.records and not health.looping and age_s < _OTHER_TEXT_S:
        return None
    return health.diagnosis()


def _open_again(port: str, baud: int) -> SerialPort | None:
    try:
        return SerialPort(port, baud)
    except EdgegenError:
        time.sleep(_RETRY_S)
        return None
