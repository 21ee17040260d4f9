"""A conversation with a firmware over a Device: inputs, invocations, outputs, timings; lost lines are asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from edgegen import protocol
from edgegen.devices.base import Device
from edgegen.errors import EdgegenError
from edgegen.protocol import OtherLine, ProtocolError, Record

T = TypeVar("T")
_TRIES = 5
_REPLY_TIMEOUT_S = 3.0
_HELLO_INTERVAL_S = 0.3
_REGISTERS = ("pc", "lr", "sp", "xpsr", "cfsr", "hfsr", "mmfar", "bfar", "cause", "exccause", "excvaddr",
              "mcause", "mepc", "mtval", "epc", "ps", "signal")  # fmt: skip


@dataclass(frozen=True, slots=True)
class BootRecord:
    """What a firmware says of itself; sizes in bytes."""

    protocol: int
    firmware_sha256: str
    model: str
    model_sha256: str
    board: str
    port: str
    clock_hz: int
    chunk_bytes: int
    input_bytes: tuple[int, ...]
    output_bytes: tuple[int, ...]
    layers: int
    arena_bytes: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Cycles of each whole inference, and of each layer run alone; zeros where the core can't count."""

    run_cycles: tuple[int, ...]
    layer_cycles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Info:
    """Stack reserved and used so far, in bytes, and commands that arrived damaged."""

    stack_bytes: int
    stack_used_bytes: int
    bad_commands: int


class FaultError(EdgegenError):
    """The firmware ended in a fault; `record` has the registers."""

    def __init__(self, message: str, record: Record) -> None:
        super().__init__(message)
        self.record = record


class Session:
    """Waits for the boot record, checks it, and then serves one caller.

    `firmware_sha256` is what the artifact says; a board that runs another firmware is refused. `on_text` gets the
    lines that are no records. Raises EdgegenError with the cause where the firmware doesn't answer.
    """

    def __init__(
        self,
        device: Device,
        *,
        firmware_sha256: str | None = None,
        boot_timeout_s: float = 15.0,
        on_text: Callable[[bytes], None] | None = None,
    ) -> None:
        self._device = device
        self._reader = protocol.LineReader()
        self._on_text = on_text
        self._waiting: list[Record] = []
        self._sequence = 0
        self._received = b""
        self._received_bytes = 0
        self.boot = self._wait_for_boot(boot_timeout_s)
        self._check(firmware_sha256)

    @property
    def device(self) -> Device:
        """The link that the session speaks over."""
        return self._device

    @property
    def bad_checksums(self) -> int:
        """Records that arrived damaged so far."""
        return self._reader.bad_checksums

    def hello(self) -> BootRecord:
        """Asks for the boot record again."""
        return self._ask(protocol.command("hello"), "boot", _boot)

    def set_input(self, tensor: int, data: bytes) -> None:
        """Writes a whole input tensor. Raises EdgegenError where the size is another."""
        sizes = self.boot.input_bytes
        if not 0 <= tensor < len(sizes) or len(data) != sizes[tensor]:
            expected = sizes[tensor] if 0 <= tensor < len(sizes) else 0
            raise EdgegenError(f"{self.boot.model}: input {tensor} takes {expected} bytes, {len(data)} were given")
        for offset in range(0, len(data), self.boot.chunk_bytes):
            chunk = data[offset : offset + self.boot.chunk_bytes]
            expected_reply = (tensor, offset, len(chunk))
            self._ask(
                protocol.input_command(tensor, offset, chunk),
                "in",
                lambda record: (record.number("tensor"), record.number("offset"), record.number("bytes")),
                lambda reply, expected_reply=expected_reply: reply == expected_reply,  # type: ignore[misc]
            )

    def invoke(self, timeout_s: float = 120.0) -> int:
        """Runs one inference and returns its cycles (0 where the core can't count).

        The sequence number keeps a repeated command from running a model with state twice.
        """
        self._sequence += 1
        sequence = self._sequence

        def cycles(record: Record) -> int | None:
            return record.number("cycles") if record.number("sequence") == sequence else None

        result = self._ask(
            protocol.command("invoke", sequence), "invoke", cycles, lambda reply: reply is not None, timeout_s
        )
        return result or 0

    def get_output(self, tensor: int) -> bytes:
        """Reads a whole output tensor; only chunks that were lost are asked for again."""
        sizes = self.boot.output_bytes
        if not 0 <= tensor < len(sizes):
            raise EdgegenError(f"{self.boot.model} has {len(sizes)} outputs, there is no output {tensor}")
        size, step = sizes[tensor], self.boot.chunk_bytes
        chunks: dict[int, bytes] = {}
        wanted = list(range(0, size, step))
        for _ in range(_TRIES):
            if len(wanted) * step >= size:
                self._send(protocol.command("out", tensor))
            else:
                self._send(b"".join(protocol.command("out", tensor, offset, step) for offset in wanted))
            damaged, bound_s = self.bad_checksums, _REPLY_TIMEOUT_S
            while wanted:
                record = self._next(bound_s, "out", until_damaged=True)
                if record is None:
                    if self.bad_checksums == damaged:
                        break
                    # Perhaps the last one: what still comes comes soon.
                    damaged, bound_s = self.bad_checksums, _REPLY_TIMEOUT_S / 6
                elif record.number("tensor") == tensor:
                    chunks[record.number("offset")] = record.data("data")
                    wanted = [offset for offset in wanted if offset not in chunks]
            if not wanted:
                return b"".join(chunks[offset] for offset in range(0, size, step))
        raise self._silence(f"output {tensor}")

    def reset(self) -> None:
        """Sets the model's state back to what it was after boot."""
        self._ask(protocol.command("reset"), "reset", lambda record: True)

    def bench(self, runs: int, warmup: int, timeout_s: float = 600.0) -> Timing:
        """Times `runs` inferences after `warmup` ones, then each layer alone, on the inputs as they are.

        `timeout_s` bounds the silence between two records; once one was damaged, perhaps the last, a few times the
        longest pause so far does.
        """
        for _ in range(_TRIES):
            self._send(protocol.command("bench", runs, warmup))
            timings: dict[str, dict[int, int]] = {"run": {}, "layer": {}}
            damaged, pause_s, bound_s = self.bad_checksums, _REPLY_TIMEOUT_S / 4, timeout_s
            while True:
                started = time.monotonic()
                record = self._next(bound_s, "run", "layer", "bench", "error", until_damaged=True)
                pause_s = max(pause_s, time.monotonic() - started)
                if record is None:
                    if self.bad_checksums == damaged:
                        break
                    damaged, bound_s = self.bad_checksums, 4 * pause_s
                elif record.kind in timings:
                    timings[record.kind][record.number("index")] = record.number("cycles")
                else:
                    break
            if len(timings["run"]) == runs and len(timings["layer"]) == self.boot.layers:
                ordered = [tuple(value for _, value in sorted(timings[kind].items())) for kind in ("run", "layer")]
                return Timing(ordered[0], ordered[1])
        raise self._silence("bench")

    def info(self) -> Info:
        """The stack's high-water mark, and more."""
        return self._ask(
            protocol.command("info"),
            "info",
            lambda record: Info(
                record.number("stack_bytes"), record.number("stack_used_bytes"), record.number("bad_commands")
            ),
        )

    def self_test(self, timeout_s: float = 120.0) -> tuple[str, ...]:
        """Runs the fixed test input from a reset state; the CRC-32 of each output in 8 hex digits."""
        crcs = self._ask(
            protocol.command("selftest"),
            "selftest",
            lambda record: record.numbers("output_crc32"),
            timeout_s=timeout_s,
            repeat=False,
        )
        return tuple(f"{crc:08x}" for crc in crcs)

    def exit(self, status: int = 0) -> None:
        """Ends a simulated firmware with an exit status (a real board starts again)."""
        try:
            self._send(protocol.command("exit", status))
            self._next(_REPLY_TIMEOUT_S, "exit")
        except FaultError:
            raise
        except EdgegenError:  # the link ends with the firmware
            return

    def _ask(
        self,
        command: bytes,
        kind: str,
        read: Callable[[Record], T],
        accept: Callable[[T], bool] = lambda reply: True,
        timeout_s: float | None = None,
        repeat: bool = True,
    ) -> T:
        """Sends a command until the reply of `kind` that `accept` takes is here.

        It is sent again when an answer came damaged and, if `repeat`, after each while of silence: every command
        but the self-test may be taken twice. Raises EdgegenError after some bad answers or `timeout_s`.
        """
        bad_answers, last_error = 0, ""
        deadline = time.monotonic() + (_TRIES * _REPLY_TIMEOUT_S if timeout_s is None else timeout_s)
        while bad_answers < _TRIES and (left_s := deadline - time.monotonic()) > 0:
            self._send(command)
            reply_by = time.monotonic() + (min(left_s, _REPLY_TIMEOUT_S) if repeat else left_s)
            while True:
                damaged = self.bad_checksums
                record = self._next(reply_by - time.monotonic(), kind, "error", until_damaged=True)
                if record is None:
                    bad_answers += self.bad_checksums > damaged
                    break
                if record.kind == "error":
                    last_error = record.text("error")
                    if last_error in ("range", "syntax"):
                        raise EdgegenError(f"{self._device.description}: the firmware refused a command ({last_error})")
                    bad_answers += 1
                    break
                reply = read(record)
                if accept(reply):
                    return reply
        raise self._silence(kind, last_error)

    def _send(self, command: bytes) -> None:
        self._device.write(command)

    def _next(self, timeout_s: float, *kinds: str, until_damaged: bool = False) -> Record | None:
        """The next record of one of the kinds, or None after `timeout_s` of nothing (or once one came damaged)."""
        deadline = time.monotonic() + timeout_s
        damaged = self._reader.bad_checksums
        while True:
            while self._waiting:
                record = self._waiting.pop(0)
                if record.kind == "fault":
                    raise FaultError(explain_fault(record), record)
                if record.kind in kinds:
                    return record
            if until_damaged and self._reader.bad_checksums > damaged:
                return None
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._take(self._device.read(left))

    def _take(self, data: bytes) -> None:
        self._received_bytes += len(data)
        self._received = (self._received + data)[-256:]
        for line in self._reader.feed(data):
            if isinstance(line, Record):
                self._waiting.append(line)
            elif self._on_text is not None and isinstance(line, OtherLine):
                self._on_text(line.data)

    def _wait_for_boot(self, timeout_s: float) -> BootRecord:
        """A board that booted before the port was open is asked; one that is still booting tells by itself."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            record = self._next(_HELLO_INTERVAL_S, "boot")
            if record is not None:
                try:
                    return _boot(record)
                except ProtocolError as error:
                    raise EdgegenError(f"{self._device.description}: {error}; flash this edgegen's firmware") from None
            self._send(protocol.command("hello"))
        raise EdgegenError(self._explain_no_boot(timeout_s))

    def _explain_no_boot(self, timeout_s: float) -> str:
        head = f"{self._device.description}: no boot record within {timeout_s:g} s"
        if self._received_bytes == 0:
            return f"{head}, and not one byte\nis it powered, flashed, and is this its console's port?"
        if self._reader.bad_checksums:
            return f"{head}: {self._reader.bad_checksums} records came damaged\ncheck cable and baud rate"
        plain = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in self._received)
        if plain < 0.7 * len(self._received):
            return f"{head}: {self._received_bytes} unreadable bytes came\nthe baud rate is probably another"
        last = self._received.decode("ascii", errors="replace").strip().splitlines()[-1:]
        return f"{head}, but other text: {last[0] if last else ''}\nanother firmware runs there; flash this one"

    def _check(self, firmware_sha256: str | None) -> None:
        if self.boot.protocol != protocol.VERSION:
            raise EdgegenError(
                f"{self._device.description}: the firmware speaks protocol {self.boot.protocol}, this edgegen "
                f"{protocol.VERSION}; build and flash it again"
            )
        if firmware_sha256 is not None and firmware_sha256 != self.boot.firmware_sha256:
            raise EdgegenError(
                f"{self._device.description}: firmware {self.boot.firmware_sha256[:12]} runs there (model "
                f"{self.boot.model}), expected {firmware_sha256[:12]}\n"
                "write the images of `edgegen build` to the board first"
            )

    def _silence(self, what: str, last_error: str = "") -> EdgegenError:
        cause = f"last error '{last_error}'" if last_error else f"{self.bad_checksums} records came damaged"
        return EdgegenError(
            f"{self._device.description}: the firmware stopped answering at '{what}' ({cause})\n"
            "reset the board; a model that runs long needs a longer timeout"
        )


def explain_fault(record: Record) -> str:
    """A fault record as a message with the registers that tell most."""
    first = [f"{key} {record.fields[key]}" for key in _REGISTERS if key in record.fields]
    rest = [f"{key} {value}" for key, value in record.fields.items() if key not in _REGISTERS]
    return "\n".join(["the firmware ended in a fault: " + ", ".join(first), *([", ".join(rest)] if rest else [])])


def _boot(record: Record) -> BootRecord:
    return BootRecord(
        protocol=record.number("protocol"),
        firmware_sha256=record.text("firmware_sha256"),
        model=record.text("model"),
        model_sha256=record.text("model_sha256"),
        board=record.text("board"),
        port=record.text("port"),
        clock_hz=record.number("clock_hz"),
        chunk_bytes=record.number("chunk_bytes"),
        input_bytes=record.numbers("input_bytes"),
        output_bytes=record.numbers("output_bytes"),
        layers=record.number("layers"),
        arena_bytes=record.number("arena_bytes"),
    )
