"""The monitor on terminals and sockets that stand for boards."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import socket
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

import pytest
import serial
from serial.rfc2217 import PortManager

from edgegen.cli import main
from edgegen.protocol import format_record

BOOT = format_record("boot", {"firmware_sha256": "ab" * 32, "board": "esp32"})


class Terminal:
    """A pseudo terminal: `path` is the port, `send` is the board's side."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)

    def send(self, *parts: bytes, pause_s: float = 0.05) -> None:
        """Sends once the port is open: opening it drops what came before."""
        deadline = time.monotonic() + 20
        poller = select.poll()
        poller.register(self.master, select.POLLHUP)
        while poller.poll(0) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)
        for part in parts:
            os.write(self.master, part)
            time.sleep(pause_s)

    def close(self) -> None:
        os.close(self.master)


def monitored(act: Callable[[], None], *arguments: str) -> int:
    """Runs the monitor while `act` plays the board; the exit status."""
    board = threading.Thread(target=act, daemon=True)
    board.start()
    with pytest.raises(SystemExit) as end:
        main(["monitor", *arguments])
    board.join()
    return int(str(end.value.code))


def test_lines_have_times_and_go_to_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    terminal, log = Terminal(), tmp_path / "log.txt"

    def act() -> None:
        # Split anywhere, with noise and a colour before.
        terminal.send(b"\x00\xffets Jun  8\r\n", b"EG> ", BOOT[4:30], BOOT[30:], b"\x1b[0;32mI (12) x: hi\x1b[0m\r\n")

    status = monitored(act, "--port", terminal.path, "--log", str(log), "--seconds", "1.2")
    terminal.close()
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert status == 0
    assert all(re.match(r"\d\d:\d\d:\d\d\.\d\d\d  ", line) for line in lines)
    assert [line[14:] for line in lines] == [
        r"\x00\xffets Jun  8",
        "[boot] firmware_sha256 abababababab, board esp32",
        "I (12) x: hi",
    ]
    assert f"-- {terminal.path} at 115200 baud" in err
    logged = log.read_text().splitlines()
    assert len(logged) == 4
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}  ", line) for line in logged)


def test_a_prompt_without_an_end_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    status = monitored(lambda: terminal.send(BOOT, b"> "), "--port", terminal.path, "--seconds", "2", "--no-times")
    terminal.close()
    assert status == 0
    assert capfd.readouterr().out.splitlines()[-1] == "> "


def test_raw_shows_records_as_they_came(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    monitored(lambda: terminal.send(BOOT), "--port", terminal.path, "--seconds", "0.6", "--no-times", "--raw")
    terminal.close()
    assert capfd.readouterr().out.encode() == BOOT.replace(b"\r", b"")


def test_a_reset_loop_ends_with_its_cause_and_status_1(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    fault = format_record("fault", {"pc": "0x08000100", "cfsr": "0x02000000"})
    status = monitored(
        lambda: terminal.send(*[BOOT + fault] * 3, pause_s=0.7), "--port", terminal.path, "--seconds", "2.5"
    )
    terminal.close()
    out, err = capfd.readouterr()
    assert status == 1
    assert "cause: a division by zero" in out
    assert "-- the board resets in a loop: its firmware ends in a fault" in err


def test_a_silent_board_is_told_and_status_1(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    assert monitored(lambda: None, "--port", terminal.path, "--seconds", "0.5") == 1
    terminal.close()
    assert f"error: {terminal.path}: not one byte came" in capfd.readouterr().err


def test_a_port_that_vanishes_is_waited_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first, second, name = Terminal(), Terminal(), tmp_path / "ttyACM0"
    name.symlink_to(first.path)

    def act() -> None:
        first.send(BOOT)
        name.unlink()
        first.close()
        time.sleep(1.0)
        name.symlink_to(second.path)
        time.sleep(1.0)
        second.send(b"after\r\n")

    status = monitored(act, "--port", str(name), "--seconds", "4", "--no-times")
    second.close()
    out, err = capfd.readouterr()
    assert status == 0
    assert out.splitlines()[-1] == "after"
    assert "the link is gone" in err
    assert f"-- {name} is back" in err


def test_a_board_on_another_machine(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def act() -> None:
            link, _ = server.accept()
            time.sleep(0.3)  # opening drops what is there
            with link:
                link.sendall(BOOT + b"over the network\r\n")
                time.sleep(2)

        status = monitored(
            act, "--port", f"socket://127.0.0.1:{server.getsockname()[1]}", "--seconds", "1.2", "--no-times"
        )
    assert status == 0
    assert capfd.readouterr().out.splitlines()[-1] == "over the network"


class TelnetPort:
    """The far end of RFC 2217: pyserial's own, in front of a port that is not there."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self.manager = PortManager(serial.serial_for_url("loop://"), self)

    def write(self, data: bytes) -> None:
        self._link.sendall(data)

    def answer(self, seconds: float) -> None:
        """Takes options and answers them, for a while."""
        self._link.settimeout(0.05)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                b"".join(self.manager.filter(self._link.recv(1024)))


def test_a_board_on_another_machine_by_rfc2217(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def act() -> None:
            link, _ = server.accept()
            with link:
                port = TelnetPort(link)
                port.answer(1.0)
                port.write(b"".join(port.manager.escape(BOOT + b"\xff by telnet\r\n")))
                port.answer(1.5)

        url = f"rfc2217://127.0.0.1:{server.getsockname()[1]}"
        status = monitored(act, "--port", url, "--seconds", "1.5", "--no-times")
    assert status == 0
    assert capfd.readouterr().out.splitlines() == [
        "[boot] firmware_sha256 abababababab, board esp32",
        r"\xff by telnet",
    ]


def test_a_port_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert monitored(lambda: None, "--port", "/dev/nowhere") == 1
    assert "no such port" in capfd.readouterr().err
    assert monitored(lambda: None) == 2
    assert "name the port with --port" in capfd.readouterr().err
