"""A conversation with a firmware over a Device: inputs, invocations, outputs, timings; lost lines are asked again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from edgegen import protocol
from edgegen.devices.base import Device
from edgegen.devices.faults import explain_fault
from edgegen.devices.health import LinkHealth
from edgegen.devices.replies import BootRecord, Inference, Info, Timing, boot_record
from edgegen.errors import EdgegenError
from edgegen.protocol import OtherLine, ProtocolError, Record

T = TypeVar("T")
_TRIES = 5
_REPLY_TIMEOUT_S = 3.0
_HELLO_INTERVAL_S = 0.3
# Chunks of inputs on their way before the firmware is asked whether they came.
_WINDOW = 16
# A core's clocks for a character of a chunk, from its checksum to its copy, with slow flash: time that the line gets.
_CLOCKS_PER_CHARACTER = 100


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
        self._chunks: int | None = None
        self._window = _WINDOW
        self._health = LinkHealth()
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
        return self._ask(protocol.command("hello"), "boot", boot_record)

    def set_input(self, tensor: int, data: bytes) -> None:
        """Writes a whole input tensor. Raises EdgegenError where the size is another."""
        self._deliver(self._input_commands([(tensor, data)]), lambda chunks: self._taken_chunks())

    def infer(self, inputs: Sequence[bytes], timeout_s: float = 120.0) -> Inference:
        """Writes all inputs, runs one inference and reads all outputs, in as few turns of the line as can be."""
        if len(inputs) != len(self.boot.input_bytes):
            raise EdgegenError(f"{self.boot.model} takes {len(self.boot.input_bytes)} inputs, {len(inputs)} were given")
        cycles: list[int] = []
        commands = self._input_commands(list(enumerate(inputs)))
        self._deliver(commands, lambda chunks: self._invoke_after(chunks, cycles, timeout_s))
        outputs = (self.get_output(tensor, asked=True) for tensor in range(len(self.boot.output_bytes)))
        return Inference(cycles[-1], tuple(outputs))

    def layers_crc(
        self, inputs: Sequence[bytes], layers: int, place: tuple[int, int, int], timeout_s: float = 60.0
    ) -> int:
        """Runs the first `layers` from a fresh state; then the CRC-32 of arena bytes (part, offset, count)."""
        for _ in range(_TRIES):
            self.reset()
            for index, data in enumerate(inputs):
                self.set_input(index, data)
            self._send(protocol.command("layers", layers, *place))
            # Nothing is sent twice: the layers overwrite the inputs.
            record = self._next(timeout_s, "layers", "error", until_damaged=True)
            if record is not None and record.kind == "layers":
                return record.number("crc32")
            if record is not None:
                self._refuse_wrong_command(record)
        raise self._silence("layers")

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

    def _input_commands(self, inputs: Sequence[tuple[int, bytes]]) -> list[bytes]:
        """The commands that write input tensors, each with the time that it takes."""
        sizes = self.boot.input_bytes
        for tensor, data in inputs:
            if not 0 <= tensor < len(sizes) or len(data) != sizes[tensor]:
                expected = sizes[tensor] if 0 <= tensor < len(sizes) else 0
                raise EdgegenError(f"{self.boot.model}: input {tensor} takes {expected} bytes, {len(data)} were given")
        step = self.boot.chunk_bytes
        # Line ends say nothing: while they come, the firmware may be busy with what came before.
        clocks_per_byte = max(1, self.boot.clock_hz) * 10 / self._device.baud
        return [
            command + b"\n" * min(64, math.ceil(_CLOCKS_PER_CHARACTER * len(command) / clocks_per_byte))
            for tensor, data in inputs
            for offset in range(0, len(data), step)
            for command in (protocol.input_command(tensor, offset, data[offset : offset + step]),)
        ]

    def _deliver(self, commands: list[bytes], confirm_last: Callable[[int], int]) -> None:
        """Sends commands, a window of them at once; goes back to its first one where one was lost or damaged.

        After each window the firmware is asked how many chunks it has taken since it started; after the last one
        `confirm_last`, told how many there should be, returns how many there are.
        """
        at = failures = 0
        before = self._taken_chunks() if self._chunks is None else self._chunks
        while failures < _TRIES:
            window = commands[at : at + self._window]
            is_last = at + len(window) == len(commands)
            self._send(b"".join(window))
            after = confirm_last(before + len(window)) if is_last else self._taken_chunks()
            arrived, self._chunks, before = after - before, after, after
            if not 0 <= arrived <= len(window):
                raise EdgegenError(f"{self._device.description}: the board started again in the middle; try again")
            if arrived == len(window):
                at, failures, self._window = at + len(window), 0, min(_WINDOW, 2 * self._window)
                if is_last:
                    return
            else:
                failures += len(window) == 1
                self._window = max(1, self._window // 2)
        raise self._silence("in")

    def _taken_chunks(self) -> int:
        """How many chunks the firmware has taken since it started."""
        self._sequence += 1
        command = protocol.command("in", self._sequence, 0)
        for _ in range(_TRIES):
            self._send(command)
            # Errors are those of chunks that came damaged: the count tells.
            while (record := self._next(_REPLY_TIMEOUT_S, "in", "error")) is not None:
                if record.kind == "in" and record.number("sequence") == self._sequence:
                    return record.number("chunks")
                self._refuse_wrong_command(record)
        raise self._silence("in")

    def _invoke_after(self, chunks: int, cycles: list[int], timeout_s: float) -> int:
        """Runs an inference if the firmware has taken so many chunks; returns how many it has."""
        # A new number at each try: answers to an earlier one may still come.
        self._sequence += 1
        command = protocol.command("invoke", self._sequence, chunks, 1)
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            self._send(command)
            damaged = self.bad_checksums
            while (record := self._next(min(left_s, _REPLY_TIMEOUT_S), "in", "invoke", "error")) is not None:
                if record.kind == "error":
                    self._refuse_wrong_command(record)
                elif record.number("sequence") == self._sequence:
                    if record.kind == "in":
                        return record.number("chunks")
                    cycles.append(record.number("cycles"))
                    return chunks
                if self.bad_checksums > damaged:
                    break
        raise self._silence("invoke")

    def _refuse_wrong_command(self, record: Record) -> None:
        if record.kind == "error" and (error := record.text("error")) in ("range", "syntax"):
            raise EdgegenError(f"{self._device.description}: the firmware refused a command ({error})")

    def get_output(self, tensor: int, asked: bool = False) -> bytes:
        """Reads a whole output tensor, `asked` for or not yet; only chunks that were lost are asked for again."""
        sizes = self.boot.output_bytes
        if not 0 <= tensor < len(sizes):
            raise EdgegenError(f"{self.boot.model} has {len(sizes)} outputs, there is no output {tensor}")
        size, step = sizes[tensor], self.boot.chunk_bytes
        chunks: dict[int, bytes] = {}
        wanted = list(range(0, size, step))
        for _ in range(_TRIES):
            if asked:
                asked = False
            elif len(wanted) * step >= size:
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

    def word(self, address: int) -> int:
        """A register of the chip, of 32 bits. Raises EdgegenError on this machine."""
        return self._ask(protocol.command("word", address // 4), "word", lambda record: record.number("value"))

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
        lines = self._reader.feed(data)
        self._health.take(data, lines)
        for line in lines:
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
                    return boot_record(record)
                except ProtocolError as error:
                    raise EdgegenError(f"{self._device.description}: {error}; flash this edgegen's firmware") from None
            self._send(protocol.command("hello"))
        raise EdgegenError(self._explain_no_boot(timeout_s))

    def _explain_no_boot(self, timeout_s: float) -> str:
        cause = self._health.diagnosis() or "the firmware answers, but not with a boot record"
        return f"{self._device.description}: no boot record within {timeout_s:g} s: {cause}"

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
