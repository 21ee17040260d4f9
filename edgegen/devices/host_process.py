"""A firmware built for this machine, run as a process: its console is its standard input and output."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

from edgegen import process
from edgegen.devices.base import Device
from edgegen.errors import EdgegenError

_CHUNK_BYTES = 65536


class HostProcess(Device):
    """The process ends when this side closes its pipe, however this side ends."""

    simulated = False

    def __init__(self, program: Path) -> None:
        self._program = program
        self._process = process.start([program.resolve()])
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)

    @property
    def description(self) -> str:
        return "host"

    def read(self, timeout_s: float) -> bytes:
        pipe = self._process.stdout
        assert pipe is not None
        if pipe.closed:
            raise EdgegenError(f"{self._program.name}: the link is closed")
        ready, _, _ = select.select([pipe], [], [], timeout_s)
        if not ready:
            return b""
        data = os.read(pipe.fileno(), _CHUNK_BYTES)
        if not data:
            raise self._ended()
        return data

    def write(self, data: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        left = memoryview(data)
        deadline = time.monotonic() + 20.0
        while left:
            try:
                left = left[os.write(pipe.fileno(), left) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EdgegenError(f"{self._program.name} takes no more input") from None
                select.select([], [pipe], [], 1.0)
            except OSError:
                raise self._ended() from None

    def close(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        process.stop(self._process)

    def _ended(self) -> EdgegenError:
        """The process is gone: says how, with the first lines of what it wrote (a sanitizer's report, say)."""
        errors = self._process.stderr
        assert errors is not None
        status = self._process.wait(10.0)
        text = (errors.read() or b"").decode(errors="replace") if not errors.closed else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        chosen = [line for line in lines if "error" in line.lower()][:2] or lines[:2]
        return EdgegenError("\n".join([f"{self._program.name} ended with status {status}", *chosen]))
