"""Samples through an open session: inputs in, outputs and cycles out; and what a line carried meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgegen.devices.base import Device
from edgegen.devices.session import Session

Outputs = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LineUse:
    """What a serial line carried: bytes in each direction, and the seconds in which it could, inferences left out."""

    sent_bytes: int
    received_bytes: int
    seconds: float
    percent: float


@dataclass(frozen=True, slots=True)
class Results:
    """Of each sample the outputs and the cycles; `line` is None where there is no serial line."""

    outputs: tuple[Outputs, ...]
    cycles: tuple[int, ...]
    line: LineUse | None


class Metered(Device):
    """A link that counts what goes over it; `clock` gives seconds and is another one in tests."""

    simulated = False

    def __init__(self, device: Device, clock: Callable[[], float] = time.monotonic) -> None:
        self._device = device
        self.simulated = device.simulated  # type: ignore[misc]
        self.baud = device.baud
        self.clock = clock
        self.sent_bytes = self.received_bytes = 0

    @property
    def description(self) -> str:
        return self._device.description

    def read(self, timeout_s: float) -> bytes:
        data = self._device.read(timeout_s)
        self.received_bytes += len(data)
        return data

    def write(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        self._device.write(data)

    def close(self) -> None:
        self._device.close()


def run_samples(
    session: Session,
    device: Metered,
    samples: Sequence[Sequence[bytes]],
    *,
    keeps_state: bool,
    on_line: bool,
    step: Callable[[str], None] = lambda text: None,
) -> Results:
    """Runs each sample from a fresh state; `on_line`: the link is a serial line, whose use is told."""
    outputs: list[Outputs] = []
    cycles: list[int] = []
    session.reset()
    sent, received, start = device.sent_bytes, device.received_bytes, device.clock()
    for number, inputs in enumerate(samples, start=1):
        step(f"sample {number} of {len(samples)} on {device.description}")
        if keeps_state and number > 1:
            session.reset()
        inference = session.infer(inputs)
        outputs.append(inference.outputs)
        cycles.append(inference.cycles)
    line = None
    if on_line:
        sent, received = device.sent_bytes - sent, device.received_bytes - received
        seconds = device.clock() - start - sum(cycles) / max(1, session.boot.clock_hz)
        percent = 100 * (sent + received) * 10 / device.baud / seconds if seconds > 0 else 0.0
        line = LineUse(sent, received, seconds, percent)
    return Results(tuple(outputs), tuple(cycles), line)
