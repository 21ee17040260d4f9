"""`edgegen estimate`: what a model, or any ELF, takes on a board without the board: fit, cycles, energy, battery."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgegen.cli.console import JsonOption, Optimize, OptimizeOption, print_json, print_table, progress

if TYPE_CHECKING:
    from edgegen.estimate.energy import DutyCycle
    from edgegen.estimation import BoardEstimate

_JOBS = 3


def estimate(
    model: Annotated[Path | None, typer.Argument(metavar="[M]", help="The .tflite file.")] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="A board of `edgegen boards`.")
    ] = None,
    all_boards: Annotated[bool, typer.Option("--all-boards", help="Every board, instead of --board.")] = False,
    optimize: OptimizeOption = Optimize.speed,
    energy: Annotated[bool, typer.Option("--energy", help="The mean current of a duty cycle: needs --every.")] = False,
    every: Annotated[str | None, typer.Option(metavar="T", help="One inference every 250ms, 1s, 5min ...")] = None,
    battery: Annotated[str | None, typer.Option(metavar="Q", help="A battery's charge, as 230mAh.")] = None,
    elf: Annotated[Path | None, typer.Option(metavar="X", help="Instead of a model: any program.")] = None,
    begin: Annotated[str, typer.Option(metavar="SYM", help="A function it calls just before.")] = "eg_marker_begin",
    end: Annotated[str, typer.Option(metavar="SYM", help="A function it calls just after.")] = "eg_marker_end",
    timeout: Annotated[float, typer.Option(metavar="S", min=1, max=36_000, help="For --elf, in seconds.")] = 60.0,
    json: JsonOption = False,
) -> None:
    """Estimate size, cycles and energy without the board.

    Sizes are those of the board's linked firmware. Cycles come from the instructions that the board's simulator
    executes and a model of its core and memory; energy from them and the power in the board's profile. With --elf, any
    program that runs on the board's simulator, between its calls of two functions.
    Without M: the model that edgegen.toml in the working directory names, else the bundled example.
    """
    from edgegen import settings
    from edgegen.boards import load_board
    from edgegen.errors import EdgegenError, InputError
    from edgegen.estimate import energy as energies
    from edgegen.estimation import duty, estimate_boards, every_board

    if (board is None) == (not all_boards):
        raise InputError("give --board B, or --all-boards")
    if (energy and every is None) or ((every or battery) and not energy):
        raise InputError("--energy and --every T go together, with --battery Q if wanted")
    if elf is not None:
        if board is None or model is not None or energy:
            raise InputError("--elf stands alone: give it with --board B and no model")
        _elf(elf, board, (begin, end), timeout, json)
        return
    period = None if every is None else energies.read_period_us(every)
    charge = None if battery is None else energies.read_battery_mah(battery)
    path = model or settings.default_model(Path())
    profiles = every_board() if board is None else [load_board(board)]
    with progress() as step:
        found = estimate_boards(path, profiles, optimize=optimize.value, jobs=_JOBS, step=step)
    duties: list[DutyCycle | None] = []
    problems: list[str] = []
    for row in found:
        try:
            duties.append(None if period is None else duty(row, period, charge))
            problems.append(row.problem)
        except InputError as error:
            if board is not None:
                raise
            duties.append(None)
            problems.append(str(error))
    if board is not None and found[0].record is None:
        raise EdgegenError(found[0].problem)
    if period is not None and board is not None and duties[0] is None:
        raise InputError(f"{board}: the profile has no power; give it a [power] table")
    if json:
        rows = [
            {**r.table(), "duty_cycle": dataclasses.asdict(d) if d else None}
            for r, d in zip(found, duties, strict=True)
        ]
        print_json(rows[0] if board is not None else rows)
        return
    _show(found, duties, problems)


def _show(found: list[BoardEstimate], duties: list[DutyCycle | None], problems: list[str]) -> None:
    rows: list[tuple[object, ...]] = []
    for row, duty, problem in zip(found, duties, problems, strict=True):
        r, power = row.record, row.board.power
        low_high = None
        if r and r.cycles_estimated_low is not None and r.cycles_estimated_high is not None:
            clock = row.board.clock_hz / 1e6
            low_high = f"{r.cycles_estimated_low / clock:,.0f} to {r.cycles_estimated_high / clock:,.0f}"
        figures: tuple[object, ...] = (
            row.board.id, row.flash_bytes, row.ram_bytes, r.instructions if r else None,
            r.cycles_estimated if r else None,
            r.latency_us_estimated if r else None, low_high, r.energy_uj_estimated if r else None,
            power.basis if power and r else None,
        )  # fmt: skip
        if any(duties):
            days = None if duty is None or duty.battery_days is None else duty.battery_days
            figures += (duty.average_ua if duty else None, days, _sleep(row) if duty else None)
        rows.append((*figures, problem.splitlines()[0] if problem else "fits"))
    header: tuple[str, ...] = (
        "board", "flash", "RAM", "instructions", "cycles", "latency us", "between", "energy uJ", "power from",
    )  # fmt: skip
    if any(duties):
        header += ("mean uA", "battery days", "sleep from")
    print_table((*header, "result"), rows)
    print("cycles, latency and energy are estimates; sizes are those of the linked firmware")
    sources = [row.board.power.source for row in found if row.board.power and row.record] if len(found) == 1 else []
    for source in sources:
        print(f"power: {source}")


def _sleep(row: BoardEstimate) -> str | None:
    return row.board.power.sleep_basis if row.board.power else None


def _elf(elf: Path, board: str, markers: tuple[str, str], timeout_s: float, json: bool) -> None:
    from edgegen.boards import load_board
    from edgegen.estimate.cycles import latency_us
    from edgegen.estimate.foreign import estimate_elf

    profile = load_board(board)
    run = estimate_elf(elf, profile, markers, timeout_s)
    cycles, waiting = run.estimate.all, run.estimate.waiting
    microseconds = latency_us(cycles.best, profile.clock_hz)
    if json:
        print_json(
            {
                "board": profile.id, "elf": str(elf), "begin": markers[0], "end": markers[1],
                "instructions": run.instructions, "cycles_estimated": cycles.best,
                "cycles_estimated_low": cycles.low, "cycles_estimated_high": cycles.high,
                "cycles_waiting": waiting.best, "clock_hz": profile.clock_hz, "latency_us_estimated": microseconds,
            }
        )  # fmt: skip
        return
    print(f"{elf.name} on {profile.id}, from {markers[0]} to {markers[1]}; simulated: cycles and times are estimates")
    print(f"instructions        {run.instructions:>16,}")
    print(f"cycles, estimated   {cycles.best:>16,} ({cycles.low:,} to {cycles.high:,})")
    print(f"  waiting for memory{waiting.best:>16,}")
    print(f"latency, estimated  {microseconds:>16,.1f} us")
