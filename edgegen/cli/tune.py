"""`edgegen tune`: a float model, data and a budget in, the recipe that keeps it and the Pareto front out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import BoardOption, JsonOption, Optimize, OptimizeOption, print_json, print_table, progress


def tune(
    model: Annotated[
        Path, typer.Argument(metavar="M", help="A .keras or .h5 file or a Keras SavedModel.", show_default=False)
    ],
    budget: Annotated[
        str, typer.Option(metavar="LIMITS", help='Such as "flash=64K,ram=16K,latency=20ms,accuracy_drop=1%".')
    ],
    board: BoardOption,
    out_dir: Annotated[Path, typer.Option("-o", metavar="DIR", help="The study, its front and the winner.")],
    data: Annotated[
        str | None, typer.Option(metavar="D", help="An .npz, a folder of classes, or module:function, which will run.")
    ] = None,
    recipe: Annotated[
        Path | None,
        typer.Option("--recipe", "-r", metavar="R", help="Seed, data and the step quantize of this recipe."),
    ] = None,
    trials: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Trials of the whole study.")] = 20,
    epochs: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Epochs of a trial's training.")] = 8,
    storage: Annotated[
        str | None, typer.Option(metavar="URL", help="A database for many machines [default: a journal in DIR].")
    ] = None,
    optimize: OptimizeOption = Optimize.speed,
    json: JsonOption = False,
) -> None:
    """Search for a recipe under a budget.

    Trains, compiles and measures one recipe after the other on the board's simulator. Several processes with the same
    DIR or --storage share one study; a second call goes on where the first one ended.
    """
    search(
        model, budget, board, out_dir, data=data, recipe=recipe, trials=trials, epochs=epochs, storage=storage,
        optimize=optimize.value, json=json,
    )  # fmt: skip


def search(
    model: Path,
    budget: str,
    board: str,
    out_dir: Path,
    *,
    data: str | None,
    recipe: Path | None,
    trials: int,
    epochs: int,
    storage: str | None,
    optimize: str,
    json: bool,
) -> None:
    """Runs a search, writes its folder and prints what it found. Raises EdgegenError where nothing keeps the budget."""
    from edgegen.compress.output import write_result
    from edgegen.compress.record import remarks, rows, to_table
    from edgegen.compress.search_record import describe_miss, front_rows, front_table, write_front
    from edgegen.compression import tune as run

    sys.path.insert(0, "")  # module:function is looked for in the working directory first
    with progress() as step:
        found, winner = run(
            model, budget, data, board=board, folder=out_dir, recipe=recipe, storage=storage, trials=trials,
            epochs=epochs, optimize=optimize, step=step,
        )  # fmt: skip
    table = front_table(found, board, budget)
    write_front(out_dir, found, table)
    if winner is not None:
        write_result(out_dir / "winner.tflite", winner.tflite, to_table(winner, board))
    if json:
        print_json({**table, "out_dir": str(out_dir)})
    else:
        print_table(*front_rows(found))
        print()
        if winner is not None:
            print_table(*rows(winner))
            print()
            for line in remarks(winner):
                print(line)
            print(f"{out_dir}: winner.tflite, winner.toml, front.json and front.svg")
    if found.winner is None:
        raise describe_miss(found, budget)
