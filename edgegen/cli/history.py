"""`edgegen history`: the benchmarks that were run, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from edgegen.cli.console import HistoryOption, JsonOption, history_file, print_json, print_table


def history(
    count: Annotated[int, typer.Option("--last", metavar="N", min=1, max=100_000, help="How many.")] = 20,
    history: HistoryOption = None,
    json: JsonOption = False,
) -> None:
    """List the benchmarks that were run, newest first.

    A + behind a commit: files had been changed since.
    """
    entries = history_file(history).newest(count)
    if json:
        print_json(
            [
                {"number": e.number, "model": e.model, "commit": e.commit.revision if e.commit else None,
                 "clean": e.commit.clean if e.commit else None, "record": e.record.to_table()}
                for e in entries
            ]
        )  # fmt: skip
        return
    rows = []
    for entry in entries:
        commit = f"{entry.commit.revision[:12]}{'' if entry.commit.clean else '+'}" if entry.commit else None
        r = entry.record
        cycles = r.cycles if r.cycles is not None else r.cycles_estimated
        kind = "simulated" if r.simulated else "measured"
        figures = (r.instructions, cycles, r.arena_bytes, r.flash_bytes)
        rows.append((f"#{entry.number}", r.time_utc, commit, entry.model, r.board, r.optimize, kind, *figures))
    header = (
        "number",
        "time",
        "commit",
        "model",
        "board",
        "optimize",
        "kind",
        "instructions",
        "cycles",
        "arena",
        "flash",
    )
    print_table(header, rows)
