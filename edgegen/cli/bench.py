"""`edgegen bench`: a model and a board in, one benchmark record out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgegen.cli.console import (
    ArenaLimitOption,
    AutotuneOption,
    HistoryOption,
    JsonOption,
    ModelOption,
    Optimize,
    OptimizeOption,
    PortOption,
    ToolchainOption,
    TuningOption,
    history_file,
    print_json,
    print_table,
    progress,
    table_console,
    tuning_file,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgegen.bench.lab import Outcome
    from edgegen.bench.record import BenchRecord


def bench(
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="A board of `edgegen boards`.")
    ] = None,
    model: ModelOption = None,
    optimize: OptimizeOption = Optimize.speed,
    toolchain: ToolchainOption = None,
    autotune: AutotuneOption = False,
    tuning: TuningOption = None,
    arena_limit: ArenaLimitOption = None,
    port: PortOption = None,
    lab: Annotated[
        Path | None, typer.Option(metavar="FILE", help='Instead of --board: a TOML file of lines "PORT" = "BOARD".')
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Timed invocations.")] = 10,
    warmup: Annotated[int, typer.Option(metavar="N", min=0, max=100_000, help="Invocations before them.")] = 1,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Also append the record to a .jsonl file.")] = None,
    history: HistoryOption = None,
    json: JsonOption = False,
) -> None:
    """Measure speed and memory.

    Latency, instructions and bytes, in all and per layer, on the board's simulator or on the board at --port.
    With --lab, on several boards at the same time; one that fails doesn't stop the others.
    Without --model: the model that edgegen.toml in the working directory names, else the bundled example.
    """
    from edgegen import pipeline, settings
    from edgegen.bench import lab as labs
    from edgegen.errors import EdgegenError, InputError

    if (board is None) == (lab is None) or (lab is not None and port is not None):
        raise InputError("give --board B, with --port P for a real one, or --lab FILE")
    model = model or settings.default_model(Path())
    tuned = tuning_file(autotune, tuning, model)
    if lab is not None and tuned is not None:
        raise InputError("--autotune measures for one board: give --board instead of --lab")
    places = labs.read_lab(lab) if lab is not None else (labs.Place(board or "", port),)

    with progress() as step:

        def bench_one(place: labs.Place) -> BenchRecord:
            return pipeline.bench(
                place.board, model, optimize=optimize.value, toolchain=toolchain, port=place.port, runs=runs,
                warmup=warmup, tuning=tuned, arena_limit=arena_limit,
                step=(lambda text: step(f"{place}: {text}")) if lab else step,
            )  # fmt: skip

        outcomes = labs.bench_all(places, bench_one, jobs=len(places) if lab else 1)
    numbers = []
    for outcome in outcomes:
        if lab is None and outcome.error is not None:
            raise outcome.error
        if outcome.record is not None:
            numbers.append(_keep(outcome.record, model, log, history))
    if lab is None and outcomes[0].record is not None:
        _show(outcomes[0].record, json)
    elif json:
        print_json(
            [
                {"board": o.place.board, "port": o.place.port, "record": o.record.to_table() if o.record else None,
                 "error": str(o.error) if o.error else None}
                for o in outcomes
            ]
        )  # fmt: skip
    else:
        print_table(("place", "instructions", "cycles", "latency us", "arena", "flash", "result"), _rows(outcomes))
    if not json:
        print(f"\nrecord {', '.join(numbers)} of the history")
    problems = [f"{o.place}: {o.error}" for o in outcomes if o.error is not None]
    problems += [f"{o.place}: {_WRONG}" for o in outcomes if o.record is not None and o.record.output_match is False]
    if problems:
        raise EdgegenError("\n".join(problems))


def _keep(record: BenchRecord, model: Path, log: Path | None, history: Path | None) -> str:
    """Stores a record; returns its number in the history."""
    from edgegen.bench import records_file, revision
    from edgegen.errors import EdgegenError

    if log is not None:
        records_file.append(log, record)
    try:
        return f"#{history_file(history).add(record, model.stem, revision.current())}"
    except EdgegenError as error:  # what was measured is shown all the same
        print(f"warning: {error}", file=sys.stderr)
        return "none"


def _show(record: BenchRecord, json: bool) -> None:
    if json:
        print_json(record.to_table())
        return
    from edgegen.bench.table import print_record

    print_record(record, table_console())


def _rows(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for outcome in outcomes:
        r = outcome.record
        if r is None:
            rows.append((str(outcome.place), None, None, None, None, None, "failed"))
            continue
        cycles = r.cycles if r.cycles is not None else r.cycles_estimated
        latency = r.latency_us_median if r.latency_us_median is not None else r.latency_us_estimated
        result = "estimated" if r.simulated else "measured"
        if r.output_match is False:
            result = "WRONG OUTPUT"
        rows.append((str(outcome.place), r.instructions, cycles, latency, r.arena_bytes, r.flash_bytes, result))
    return rows


_WRONG = (
    "the outputs of the known-answer test differ from those of this machine\n"
    "the figures are those of a wrong result; report the model, the board and the toolchain"
)
