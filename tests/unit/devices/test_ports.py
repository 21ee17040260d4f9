from __future__ import annotations

import pytest

from edgegen.boards import load_board
from edgegen.devices.ports import SerialPortInfo, find_port
from edgegen.errors import EdgegenError, InputError

CP2102 = SerialPortInfo("/dev/ttyUSB0", "CP2102N USB to UART Bridge", "10C4:EA60")
CH340 = SerialPortInfo("/dev/ttyUSB1", "USB Serial", "1A86:7523")
STLINK = SerialPortInfo("/dev/ttyACM0", "STM32 STLink", "0483:374B")
BUILT_IN = SerialPortInfo("/dev/ttyS0", "ttyS0", "")


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        ([CP2102], "/dev/ttyUSB0"),
        ([CP2102, STLINK, BUILT_IN], "/dev/ttyUSB0"),
        ([CH340, BUILT_IN], "/dev/ttyUSB1"),  # a clone's adapter: the only USB port there is
    ],
)
def test_the_only_port_that_fits_is_taken(
    ports: list[SerialPortInfo], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgegen.devices.ports.serial_ports", lambda: ports)
    assert find_port(load_board("esp32"), None) == found
    assert find_port(load_board("esp32"), "COM9") == "COM9"


def test_several_are_listed_with_descriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.devices.ports.serial_ports", lambda: [STLINK, CH340])
    with pytest.raises(InputError) as caught:
        find_port(load_board("esp32"), None)
    assert str(caught.value).splitlines() == [
        "several serial ports fit esp32; choose one with --port:",
        "  /dev/ttyACM0  STM32 STLink  (0483:374B)",
        "  /dev/ttyUSB1  USB Serial  (1A86:7523)",
    ]


def test_none_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.devices.ports.serial_ports", lambda: [BUILT_IN])
    with pytest.raises(EdgegenError, match="plug the board in with a cable that carries data"):
        find_port(load_board("esp32"), None)
