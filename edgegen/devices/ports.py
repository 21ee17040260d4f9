"""Serial ports: which there are, and the one that a board is at."""

from __future__ import annotations

from dataclasses import dataclass

from edgegen.boards import BoardProfile
from edgegen.errors import EdgegenError, InputError


@dataclass(frozen=True, slots=True)
class SerialPortInfo:
    """A port as the system lists it.

    `usb` is VID:PID in upper-case hex, empty for a port that is not USB; `serial_number` is the USB device's own.
    """

    device: str
    description: str
    usb: str
    serial_number: str = ""


def serial_ports() -> list[SerialPortInfo]:
    """The serial ports of this machine, by name."""
    from serial.tools import list_ports

    return sorted(
        (
            SerialPortInfo(
                port.device,
                port.description or "",
                "" if port.vid is None else f"{port.vid:04X}:{port.pid:04X}",
                port.serial_number or "",
            )
            for port in list_ports.comports()
        ),
        key=lambda port: port.device,
    )


def find_port(profile: BoardProfile, wanted: str | None) -> str:
    """The port that is wanted, else the only USB port that fits the board.

    Fitting are those with one of the profile's `usb` ids; where none has, all USB ports. Raises InputError with a list
    where several fit, EdgegenError where none does.
    """
    if wanted is not None:
        return wanted
    usb = [port for port in serial_ports() if port.usb]
    known = [port for port in usb if port.usb in profile.usb]
    fitting = known or usb
    if len(fitting) == 1:
        return fitting[0].device
    if fitting:
        listed = "\n".join(f"  {port.device}  {port.description}  ({port.usb})" for port in fitting)
        raise InputError(f"several serial ports fit {profile.id}; choose one with --port:\n{listed}")
    raise EdgegenError(
        f"no USB serial port is there for {profile.id}\nplug the board in with a cable that carries data; on Linux "
        "`sudo dmesg` tells whether the system saw it"
    )


def same_device(before: SerialPortInfo | None, port: str) -> str:
    """The name that a USB device has after it was reset: the old one, or that of the port with its serial number."""
    now = serial_ports()
    if before is None or not before.serial_number or any(item.device == port for item in now):
        return port
    return next((i.device for i in now if (i.usb, i.serial_number) == (before.usb, before.serial_number)), port)


def port_info(port: str) -> SerialPortInfo | None:
    """What the system knows of a port; None for a URL, or a terminal that is no serial port."""
    return next((item for item in serial_ports() if item.device == port), None)
