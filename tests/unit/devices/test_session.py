"""A session against a peer that loses, damages and repeats what goes over the line."""

from __future__ import annotations

import base64
import random
import time
import zlib
from collections.abc import Callable
from typing import ClassVar

import pytest

from edgegen.devices import session as session_module
from edgegen.devices.base import Device
from edgegen.devices.replies import Inference
from edgegen.devices.session import FaultError, Session
from edgegen.errors import EdgegenError
from edgegen.protocol import format_record

SHA = "c" * 64


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_REPLY_TIMEOUT_S", 0.1)


class Peer(Device):
    """A firmware in Python: output = input + number of invocations; `damage` changes what it sends."""

    simulated: ClassVar[bool] = True

    def __init__(self, damage: Callable[[bytes], bytes] = lambda data: data, size: int = 1000) -> None:
        self.damage = damage
        self.damage_command: Callable[[bytes], bytes] = lambda data: data
        self.input = bytearray(size)
        self.output = bytes(size)
        self.output_bytes = size
        self.invocations = 0
        self.sequence = 0
        self.chunks = 0
        self.sent = b""
        self.fault_at_invoke = False

    @property
    def description(self) -> str:
        return "peer"

    def read(self, timeout_s: float) -> bytes:
        data, self.sent = self.sent[:100], self.sent[100:]
        if not data:
            time.sleep(min(timeout_s, 0.01))
        return data

    def write(self, data: bytes) -> None:
        for command in data.split(b"%"):
            if not command.strip():
                continue
            text, _, crc = self.damage_command(command.strip()).rpartition(b" *")
            if crc != b"%08x" % zlib.crc32(text):
                self.sent += self.damage(format_record("error", {"error": "checksum"}))
                continue
            self.sent += b"".join(self.damage(line) for line in self.answer(text.decode().split()))

    def close(self) -> None:
        self.sent = b""

    def answer(self, words: list[str]) -> list[bytes]:
        size = len(self.input)
        if words[1] == "hello":
            return [format_record("boot", {
                "protocol": 2, "firmware_sha256": SHA, "model": "m", "model_sha256": "d", "board": "b", "port": "p",
                "clock_hz": 10_000_000, "chunk_bytes": 384, "input_bytes": [size], "layers": 2,
                "output_bytes": [self.output_bytes], "arena_bytes": 0,
            })]  # fmt: skip
        if words[1] == "in":
            if len(words) == 4:
                return [format_record("in", {"sequence": int(words[2]), "chunks": self.chunks})]
            data = base64.b64decode(words[4])
            self.input[int(words[3]) : int(words[3]) + len(data)] = data
            self.chunks += 1
            return []
        if words[1] == "invoke":
            if self.fault_at_invoke:
                return [format_record("fault", {"pc": "0x08001234", "lr": "0x1", "r0": "0xdead"})]
            if int(words[2]) != self.sequence:
                if len(words) > 3 and int(words[3]) != self.chunks:
                    return [format_record("in", {"sequence": int(words[2]), "chunks": self.chunks})]
                self.sequence = int(words[2])
                self.invocations += 1
                self.output = bytes((value + self.invocations) % 256 for value in self.input[: self.output_bytes])
            outputs = self.answer(["eg", "out", "0"]) if len(words) > 4 else []
            return [format_record("invoke", {"sequence": self.sequence, "cycles": 77}), *outputs]
        if words[1] == "out":
            start, count = (int(words[3]), int(words[4])) if len(words) > 3 else (0, self.output_bytes)
            end = min(start + count, self.output_bytes)
            return [
                format_record("out", {
                    "tensor": 0, "offset": at, "data": base64.b64encode(self.output[at : min(at + 384, end)]).decode(),
                })
                for at in range(start, end, 384)
            ]  # fmt: skip
        if words[1] == "reset":
            return [format_record("reset", {})]
        if words[1] == "bench":
            runs = [format_record("run", {"index": i, "cycles": 10 + i}) for i in range(int(words[2]))]
            layers = [format_record("layer", {"index": i, "cycles": 5 + i}) for i in range(2)]
            return [*runs, *layers, format_record("bench", {"runs": int(words[2]), "layers": 2})]
        return []


@pytest.mark.parametrize("seed", range(20))
def test_results_are_right_over_a_line_that_damages_records(seed: int) -> None:
    generator = random.Random(seed)

    rate = 0.15

    def damage(line: bytes) -> bytes:
        if generator.random() < rate:
            data = bytearray(line)
            data[generator.randrange(len(data) - 2)] ^= 1 << generator.randrange(7)
            return bytes(data)
        return line

    peer = Peer(damage)
    session = Session(peer, firmware_sha256=SHA)
    peer.damage_command = damage
    for step in range(1, 4):
        data = generator.randbytes(1000)
        session.set_input(0, data)
        assert session.invoke() == 77
        assert session.get_output(0) == bytes((value + step) % 256 for value in data)
    for step in range(4, 7):
        data = generator.randbytes(1000)
        assert session.infer([data]) == Inference(77, (bytes((value + step) % 256 for value in data),))
    assert peer.invocations == 6
    rate = 0.05
    timing = session.bench(3, 0)
    assert (timing.run_cycles, timing.layer_cycles) == ((10, 11, 12), (5, 6))


def test_another_firmware_is_refused() -> None:
    with pytest.raises(EdgegenError, match=r"firmware cccccccccccc runs there .* expected dddddddddddd"):
        Session(Peer(), firmware_sha256="d" * 64)


def test_a_fault_shows_registers() -> None:
    peer = Peer()
    session = Session(peer)
    peer.fault_at_invoke = True
    with pytest.raises(FaultError, match="pc 0x08001234, lr 0x1") as caught:
        session.invoke()
    assert "r0 0xdead" in str(caught.value)


def test_sizes_are_checked_before_anything_is_sent() -> None:
    session = Session(Peer())
    with pytest.raises(EdgegenError, match="input 0 takes 1000 bytes, 3 were given"):
        session.set_input(0, b"abc")
    with pytest.raises(EdgegenError, match="no output 7"):
        session.get_output(7)


@pytest.mark.parametrize(
    ("sends", "cause"),
    [
        (b"", "not one byte"),
        (b"\x80\xfe\x01\x00\xf0" * 4, "baud rate"),
        (b"hello from zephyr\n", "other text: hello from zephyr"),
        (b'EG> {"record":"boot"} *00000000\n', "came damaged"),
    ],
)
def test_a_board_without_boot_record_is_diagnosed(sends: bytes, cause: str) -> None:
    peer = Peer(lambda line: b"")
    peer.sent = sends
    with pytest.raises(EdgegenError, match=cause):
        Session(peer, boot_timeout_s=0.4)


def test_a_board_that_stops_answering_is_diagnosed() -> None:
    peer = Peer()
    session = Session(peer)
    peer.damage = lambda line: line[:-4] + b"\r\n"
    with pytest.raises(EdgegenError, match="stopped answering at 'boot'"):
        session.hello()
