"""Runs a firmware some times and gathers what it took: a session and the build's facts become a BenchRecord."""

from __future__ import annotations

import math
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from edgegen import __version__
from edgegen.bench.memory_settings import MemorySettings, read_settings
from edgegen.bench.record import BenchRecord, LayerRecord
from edgegen.boards import BoardProfile
from edgegen.codegen.program import Program
from edgegen.devices import open_device
from edgegen.devices.instruction_counter import InferenceCount, InstructionCounter
from edgegen.devices.qemu import qemu_command
from edgegen.devices.session import Session
from edgegen.errors import EdgegenError
from edgegen.estimate.cycles import Estimator, RunEstimate, latency_us
from edgegen.estimate.energy import energy_uj
from edgegen.project import Firmware


@dataclass(frozen=True, slots=True)
class BuiltFirmware:
    """A linked firmware and the program in it. Sizes in bytes; `toolchain` is its version line.

    `self_test` is what the known-answer test must give: CRC-32 of each output; empty without a reference.
    """

    program: Program
    elf: Path
    firmware_sha256: str
    toolchain: str
    optimize: str
    flash_bytes: int
    ram_bytes: int
    self_test: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, program: Program, firmware: Firmware, toolchain: str, optimize: str, self_test: tuple[str, ...]
    ) -> BuiltFirmware:
        """What a linked project says of itself, and what it doesn't."""
        return cls(
            program=program,
            elf=firmware.elf,
            firmware_sha256=firmware.firmware_sha256,
            toolchain=toolchain,
            optimize=optimize,
            flash_bytes=firmware.flash_bytes,
            ram_bytes=firmware.ram_bytes,
            self_test=self_test,
        )


@dataclass(frozen=True, slots=True)
class _Measured:
    """Medians over the runs on real hardware; None each where it can't count."""

    cycles: int | None = None
    layer_cycles: tuple[int, ...] | None = None
    latencies_us: tuple[float, ...] | None = None


def bench_firmware(
    firmware: BuiltFirmware, board: BoardProfile, *, port: str | None, runs: int, warmup: int, memory: bool = True
) -> BenchRecord:
    """Benches a firmware: on the board at `port`, which must hold it, else on the simulator, counting instructions.

    `memory`: whether the estimate of cycles has what memory adds, for which every read is watched.

    Raises EdgegenError where the device does not answer or runs another firmware.
    """
    with tempfile.TemporaryDirectory(prefix="edgegen-bench-") as work:
        counter = estimator = None
        qemu_args: list[str] = []
        if port is None and board.simulator.kind != "host":
            estimator = Estimator(board, firmware.elf)
            counter = InstructionCounter(
                firmware.elf, firmware.program.name, Path(work), caches=estimator.caches if memory else ()
            )
            qemu_args = counter.qemu_arguments(_installed(qemu_command(board, firmware.elf)[0]))
        with open_device(board, elf=firmware.elf, port=port, qemu_args=qemu_args) as device:
            session = Session(device, firmware_sha256=firmware.firmware_sha256)
            return run_bench(session, firmware, board, runs=runs, warmup=warmup, counter=counter, estimator=estimator)


def run_bench(
    session: Session,
    firmware: BuiltFirmware,
    board: BoardProfile,
    *,
    runs: int,
    warmup: int,
    counter: InstructionCounter | None = None,
    estimator: Estimator | None = None,
) -> BenchRecord:
    """Benches the firmware behind an open session, with the self-test's input.

    `counter` is the one QEMU was started with; its figures are those of the last run. Cycles and latencies come from
    real hardware alone, estimates from counted instructions.
    """
    device, program = session.device, firmware.program
    _check_layers(session.boot.layers, program)
    output_match = session.self_test() == firmware.self_test if firmware.self_test else None
    session.reset()
    inputs = self_test_inputs(session.boot.input_bytes)
    count: InferenceCount | None = None
    estimated: RunEstimate | None = None
    measured = _Measured()
    if device.simulated:
        for _ in range(warmup + runs):
            # A run may overwrite its input: both share the arena.
            _set_inputs(session, inputs)
            session.invoke()
        if counter is not None:
            counts = counter.read()
            count = counts.inferences[-1]
            _check_layers(len(count.layers), program)
            estimated = estimator.estimate(counts) if estimator is not None else None
    else:
        _set_inputs(session, inputs)
        measured = _time(session, board, runs, warmup)
    estimate = None if estimated is None else estimated.all
    estimated_us = None if estimate is None else latency_us(estimate.best, board.clock_hz)
    latencies = measured.latencies_us
    settings = MemorySettings() if device.simulated else read_settings(session.boot.port, session.word)
    median_us = None if latencies is None else statistics.median(latencies)
    return BenchRecord(
        time_utc=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        edgegen=__version__,
        board=board.id,
        device=device.description,
        model_sha256=program.graph.source_sha256,
        firmware_sha256=firmware.firmware_sha256,
        toolchain=firmware.toolchain,
        optimize=firmware.optimize,
        runs=runs,
        warmup=warmup,
        instructions=None if count is None else count.instructions,
        cycles=measured.cycles,
        cycles_estimated=None if estimate is None else estimate.best,
        cycles_estimated_low=None if estimate is None else estimate.low,
        cycles_estimated_high=None if estimate is None else estimate.high,
        latency_us_min=None if latencies is None else min(latencies),
        latency_us_median=median_us,
        latency_us_p95=None if latencies is None else percentile(latencies, 95),
        latency_us_max=None if latencies is None else max(latencies),
        latency_us_estimated=estimated_us,
        energy_uj_estimated=energy_uj(
            estimated_us if median_us is None else median_us, board.power.active_mw if board.power else None
        ),
        arena_bytes=program.arena_bytes,
        ram_bytes=firmware.ram_bytes,
        stack_bytes=session.info().stack_used_bytes,
        flash_bytes=firmware.flash_bytes,
        macs=program.macs,
        output_match=output_match,
        simulated=device.simulated,
        layers=_layers(program, count, estimated, measured.layer_cycles),
        clock_hz=None if device.simulated else session.boot.clock_hz,
        flash_wait_states=settings.flash_wait_states,
        caches=settings.caches,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """The least of `values` that at least `percent` of them don't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(percent / 100 * len(ordered)), 1) - 1]


def _time(session: Session, board: BoardProfile, runs: int, warmup: int) -> _Measured:
    """Times on real hardware. The host's counter counts nanoseconds: a time, but no cycles of its core."""
    timing = session.bench(runs, warmup)
    if not any(timing.run_cycles):
        return _Measured()
    latencies = tuple(latency_us(cycles, session.boot.clock_hz) for cycles in timing.run_cycles)
    if board.core == "host":
        return _Measured(latencies_us=latencies)
    return _Measured(round(statistics.median(timing.run_cycles)), timing.layer_cycles, latencies)


def self_test_inputs(input_bytes: Sequence[int]) -> list[bytes]:
    """The bytes that the firmware's self-test gives its inputs: 0 to 63, from its fixed generator."""
    state = 1
    inputs = []
    for size in input_bytes:
        data = bytearray(size)
        for index in range(size):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            data[index] = state >> 26
        inputs.append(bytes(data))
    return inputs


def _set_inputs(session: Session, inputs: Sequence[bytes]) -> None:
    for tensor, data in enumerate(inputs):
        session.set_input(tensor, data)


def _layers(
    program: Program, count: InferenceCount | None, estimated: RunEstimate | None, cycles: Sequence[int] | None
) -> tuple[LayerRecord, ...]:
    rows = []
    position = 0
    for layer in program.main.layers:
        instructions = None if count is None else count.layers[position] if layer.calls else 0
        measured = None if cycles is None else cycles[position] if layer.calls else 0
        own = None if estimated is None else estimated.layers[position].best if layer.calls else 0
        position += bool(layer.calls)
        rows.append(
            LayerRecord(
                index=layer.index,
                op=layer.op,
                name=layer.name,
                macs=layer.macs,
                instructions=instructions,
                cycles=measured,
                cycles_estimated=own,
            )
        )
    return tuple(rows)


def _check_layers(functions: int, program: Program) -> None:
    """A layer without kernel calls has no function in the firmware."""
    expected = sum(bool(layer.calls) for layer in program.main.layers)
    if functions != expected:
        raise EdgegenError(
            f"{program.name}: {functions} layer functions in the firmware, {expected} in the model\n"
            "the firmware belongs to another build; build again"
        )


def _installed(qemu: str) -> str:
    if shutil.which(qemu) is None:
        package = "qemu-system-arm" if qemu.endswith("-arm") else "qemu-system-misc"
        raise EdgegenError(f"{qemu} is not installed\nDebian and Ubuntu: apt-get install {package}")
    return qemu
