"""Any ELF with marker functions in, its estimated cycles out: runs it on a board's simulator until the end marker."""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError

from edgegen import process
from edgegen.boards import BoardProfile
from edgegen.devices.instruction_counter import Counts, InstructionCounter
from edgegen.devices.qemu import qemu_command
from edgegen.errors import EdgegenError, InputError
from edgegen.estimate.cores import core_model
from edgegen.estimate.cycles import Estimator, RunEstimate

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """What was executed between the first call of the one marker and the next of the other."""

    instructions: int
    estimate: RunEstimate


def estimate_elf(elf: Path, board: BoardProfile, markers: tuple[str, str], timeout_s: float) -> ForeignRun:
    """Counts and prices what runs between two functions of an ELF that the board's simulator can run.

    The markers are functions that are called just before and just after; their own instructions don't count. The
    program need not end, nor use the serial port. Raises InputError for what is no ELF or has no such functions,
    EdgegenError where the end is not reached within `timeout_s`.
    """
    if core_model(board.core) is None or board.simulator.kind == "host":
        raise InputError(f"board {board.id} has no cycle model; choose a board with a simulator")
    if not elf.is_file():
        raise InputError(f"{elf}: no such file")
    with tempfile.TemporaryDirectory(prefix="edgegen-estimate-") as folder:
        try:
            estimator = Estimator(board, elf)
            counter = InstructionCounter(elf, "", Path(folder), markers=markers, caches=estimator.caches)
        except (EdgegenError, ELFError, ValueError) as error:
            raise InputError(f"{elf.name}: {error}" if elf.name not in str(error) else str(error)) from None
        command = qemu_command(board, elf)
        command[command.index("pty")] = "null"
        simulator = process.start([command[0], *counter.qemu_arguments(command[0]), *command[1:]])
        try:
            counts = _first_counts(simulator, counter, elf, markers, timeout_s)
        finally:
            process.stop(simulator)
    return ForeignRun(counts.inferences[-1].instructions, estimator.estimate(counts))


def _first_counts(
    simulator: subprocess.Popen[bytes],
    counter: InstructionCounter,
    elf: Path,
    markers: tuple[str, str],
    timeout_s: float,
) -> Counts:
    """The counts as soon as there are some."""
    deadline = time.monotonic() + timeout_s
    while True:
        ended = process.wait(simulator, timeout_s=_POLL_S)
        if counter.has_result():
            return counter.read()
        if ended or time.monotonic() > deadline:
            what = "ended" if ended else f"did not come there within {timeout_s:g} s"
            raise EdgegenError(
                f"{elf.name}: {what} before {markers[1]} was called after {markers[0]}\n"
                "the program must run on the board's simulator (`edgegen boards`); --timeout gives it longer"
            )
