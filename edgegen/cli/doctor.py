"""`edgegen doctor`: what is installed, what is missing for which board, and the line that installs it."""

from __future__ import annotations

from typing import Annotated

import typer

from edgegen.cli.console import JsonOption, print_json, print_table, progress


def doctor(
    board: Annotated[
        list[str] | None, typer.Option("--board", "-b", metavar="B", help="Only for this board; may be repeated.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show what is missing on this machine.

    Tries each tool by running it. Exits with 1 if a board that --board names can't be built for or simulated.
    """
    import dataclasses

    from edgegen.doctor import diagnose
    from edgegen.errors import EdgegenError

    with progress() as step:
        diagnosis = diagnose(board, step)
    if json:
        print_json(dataclasses.asdict(diagnosis))
    else:
        for check in diagnosis.checks:
            print(f"{'ok     ' if not check.problem else 'MISSING'}  {check.name}: {check.found or check.problem}")
            if check.problem:
                print(f"         for {check.purpose}; remedy: {check.remedy}")
        print()
        rows = [(r.board, r.toolchain or "no toolchain", r.simulator or "no simulator") for r in diagnosis.boards]
        print_table(("board", "builds with", "simulated by"), rows)
    lacking = [r.board for r in diagnosis.boards if not r.ready]
    if board and lacking:
        raise EdgegenError(f"not ready for {', '.join(lacking)}\nthe remedies are above")
