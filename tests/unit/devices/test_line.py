"""Inputs over a serial line of 115200 baud, in simulated time: its use, and a UART that holds one byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import ClassVar

import pytest

from edgegen.devices import session as session_module
from edgegen.devices.base import Device
from edgegen.devices.session import Session
from edgegen.validation.samples import Metered, run_samples
from tests.unit.devices.test_session import SHA, Peer

BYTE_S = 10 / 115_200
# A USB adapter passes on what came every millisecond.
LATENCY_S = 0.001
CLOCK_HZ = 10_000_000


class Line(Device):
    """A line to `peer` whose UART holds one byte: what comes while the firmware works or sends is lost but for that.

    `now` is the host's time in seconds. `lose` says of each command whether noise spoils a byte of it.
    """

    simulated: ClassVar[bool] = False

    def __init__(self, peer: Peer, lose: Iterator[bool] | None = None) -> None:
        self.peer = peer
        self.lose = lose or iter(())
        self.now = 0.0
        self.free = 0.0
        self.lost_bytes = 0
        self._arrived = b""

    @property
    def description(self) -> str:
        return "line"

    def write(self, data: bytes) -> None:
        at, held = self.now, -1
        for byte in data:
            at += BYTE_S
            if at < self.free:
                self.lost_bytes += held >= 0 and held != ord("\n")
                held = byte
                continue
            self._take(held, at)
            held = -1
            self._take(byte, at)
        if held >= 0:
            self._take(held, at)
        self.now = at + LATENCY_S

    def _take(self, byte: int, at: float) -> None:
        if byte < 0:
            return
        self._arrived += bytes([byte])
        if byte in b"\n":
            self._arrived = b""
        elif byte in b"%":
            command, self._arrived = self._arrived, b""
            if next(self.lose, False):
                command = bytes([command[0] ^ 1]) + command[1:]
            waiting = len(self.peer.sent)
            self.peer.write(command)
            # What it sends takes its time, too: a real one can't listen while it does.
            work_s = 80 * len(command) / CLOCK_HZ
            self.free = max(at, self.free) + work_s + (len(self.peer.sent) - waiting) * BYTE_S

    def read(self, timeout_s: float) -> bytes:
        data, self.peer.sent = self.peer.sent, b""
        self.now = max(self.now, self.free + LATENCY_S) if data else self.now + timeout_s
        return data

    def close(self) -> None:
        self.peer.close()


@pytest.fixture(autouse=True)
def _simulated_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silence ends soon: nothing comes by itself here."""
    monkeypatch.setattr(session_module, "_REPLY_TIMEOUT_S", 0.02)


@pytest.mark.parametrize(("size", "least_percent"), [(27_648, 95), (9_216, 95), (490, 90)])
def test_nine_tenths_of_the_line_are_used_and_nothing_is_lost(size: int, least_percent: float) -> None:
    line = Line(Peer(size=size))
    # The peer's output is as large as its input, a classifier's is small.
    line.peer.output_bytes = 12
    metered = Metered(line, clock=lambda: line.now)
    session = Session(metered, firmware_sha256=SHA)
    samples = [(random.Random(i).randbytes(size),) for i in range(20)]
    results = run_samples(session, metered, samples, keeps_state=False, on_line=True)
    assert [outputs for (outputs,) in results.outputs] == [
        bytes((value + step) % 256 for value in data[:12]) for step, (data,) in enumerate(samples, start=1)
    ]
    assert line.lost_bytes == 0
    assert results.line is not None
    assert results.line.percent >= least_percent
    if size > 1000:
        assert 100 * results.line.sent_bytes * BYTE_S / results.line.seconds >= 90
    assert results.line.percent <= 100


def test_without_time_between_chunks_bytes_are_lost_and_the_data_are_right_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_module, "_CLOCKS_PER_CHARACTER", 0)
    line = Line(Peer(size=1000))
    session = Session(line)
    data = random.Random(1).randbytes(1000)
    session.set_input(0, data)
    assert line.lost_bytes > 0
    assert bytes(line.peer.input) == data


@pytest.mark.parametrize("seed", range(10))
def test_a_chunk_that_is_lost_is_sent_again(seed: int) -> None:
    generator = random.Random(seed)
    line = Line(Peer(size=9_216), iter(lambda: generator.random() < 0.03, None))
    session = Session(line)
    for step in range(1, 4):
        data = generator.randbytes(9_216)
        assert session.infer([data]).outputs == (bytes((value + step) % 256 for value in data),)
    assert line.peer.invocations == 3


def test_a_board_that_starts_again_in_the_middle_is_noticed() -> None:
    line = Line(Peer(size=9_216))
    session = Session(line)
    session.infer([bytes(9_216)])
    line.peer.chunks = 0
    with pytest.raises(session_module.EdgegenError, match="started again"):
        session.infer([bytes(9_216)])
