"""A model's cost on one board or on all: what the link says of its size, what the simulator's run says of its time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgegen import pipeline
from edgegen.boards import BoardProfile, board_ids, load_board
from edgegen.errors import EdgegenError
from edgegen.estimate.energy import DutyCycle, duty_cycle

if TYPE_CHECKING:
    from edgegen.bench.record import BenchRecord
    from edgegen.ir import Graph


@dataclass(frozen=True, slots=True)
class BoardEstimate:
    """One board's row. `problem` says why there is no figure: the model doesn't fit, or a tool is missing.

    `flash_bytes` and `ram_bytes` are those of the board's own linked image, not of its simulator's.
    """

    board: BoardProfile
    flash_bytes: int | None
    ram_bytes: int | None
    record: BenchRecord | None
    problem: str = ""

    @property
    def fits(self) -> bool:
        return self.flash_bytes is not None

    def table(self) -> dict[str, object]:
        """The row as JSON's types."""
        record, power = self.record, self.board.power
        return {
            "board": self.board.id,
            "fits": self.fits,
            "problem": self.problem or None,
            "flash_bytes": self.flash_bytes,
            "ram_bytes": self.ram_bytes,
            "instructions": record.instructions if record else None,
            "cycles_estimated": record.cycles_estimated if record else None,
            "cycles_estimated_low": record.cycles_estimated_low if record else None,
            "cycles_estimated_high": record.cycles_estimated_high if record else None,
            "clock_hz": self.board.clock_hz,
            "latency_us_estimated": record.latency_us_estimated if record else None,
            "energy_uj_estimated": record.energy_uj_estimated if record else None,
            "power_basis": power.basis if power else None,
            "power_source": power.source if power else None,
        }


def estimate_boards(
    model: Path, boards: Sequence[BoardProfile], *, optimize: str, jobs: int, step: Callable[[str], None]
) -> list[BoardEstimate]:
    """The rows of `boards`, in their order, several at a time. A model that no board can hold raises InputError."""
    graph, model_bytes = pipeline.load_model(model)

    def one(board: BoardProfile) -> BoardEstimate:
        step(board.id)
        return _estimate(model, graph, model_bytes, board, optimize)

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, boards))


def every_board() -> list[BoardProfile]:
    """All boards but this machine, which has no cycles to estimate."""
    profiles = [load_board(name) for name in board_ids()]
    return [profile for profile in profiles if profile.simulator.kind != "host"]


def duty(estimate: BoardEstimate, period_us: float, battery_mah: float | None) -> DutyCycle | None:
    """One inference every period on a board; None where its time or power is not known. Raises InputError."""
    record, power = estimate.record, estimate.board.power
    if record is None or record.latency_us_estimated is None or power is None:
        return None
    return duty_cycle(record.latency_us_estimated, period_us, power, battery_mah)


def _estimate(model: Path, graph: Graph, model_bytes: bytes, board: BoardProfile, optimize: str) -> BoardEstimate:
    flash = ram = None
    try:
        with tempfile.TemporaryDirectory(prefix="edgegen-estimate-") as folder:
            firmware = pipeline.build_firmware(
                graph, model_bytes, board, Path(folder),
                optimize=optimize, toolchain=None, simulator=False, step=lambda step: None,
            ).firmware  # fmt: skip
        flash, ram = firmware.flash_bytes, firmware.ram_bytes
        record = pipeline.bench(
            board.id, model, optimize=optimize, port=None, runs=1, warmup=0, step=lambda step: None,
        )  # fmt: skip
    except EdgegenError as error:
        return BoardEstimate(board, flash, ram, None, str(error))
    return BoardEstimate(board, flash, ram, record)
