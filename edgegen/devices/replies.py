"""What a firmware answers: its boot record, timings and figures of its own."""

from __future__ import annotations

from dataclasses import dataclass

from edgegen.protocol import Record


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


@dataclass(frozen=True, slots=True)
class Inference:
    """One inference: its cycles (0 where the core can't count), and the bytes of each output."""

    cycles: int
    outputs: tuple[bytes, ...]


def boot_record(record: Record) -> BootRecord:
    """Raises ProtocolError where a field is missing."""
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
