"""`edgegen compress`: a float model, a recipe and data in, an integer .tflite and what each step cost out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import JsonOption, Optimize, OptimizeOption, print_json, print_table, progress


def compress(
    model: Annotated[
        Path, typer.Argument(metavar="M", help=".keras, .h5, SavedModel or float .tflite.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", metavar="OUT", help="The .tflite to write; OUT.json beside it.")],
    recipe: Annotated[Path | None, typer.Option("--recipe", "-r", metavar="R", help="The recipe, a TOML file.")] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="D",
            help="An .npz, a folder of classes, or module:function, which will run [default: the recipe's].",
        ),
    ] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="Measure each step on this board's simulator.")
    ] = None,
    optimize: OptimizeOption = Optimize.speed,
    measure: Annotated[bool, typer.Option("--measure/--last", help="Measure each step, or the last one alone.")] = True,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoints of a run that was stopped.")
    ] = False,
    budget: Annotated[
        str | None, typer.Option(metavar="LIMITS", help="Search for the recipe instead, as `edgegen tune` does.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Quantise, prune, cluster, distil.

    Runs the steps of a recipe on a float model and says what each cost in accuracy and bought in bytes and speed.
    Ctrl-C keeps the best weights; --resume goes on. Needs TensorFlow: pip install 'edgegen[compress]'.
    """
    from edgegen.compress.output import check_output, work_folder, write_result
    from edgegen.compression import compress as run
    from edgegen.errors import InputError

    check_output(output)
    if budget is not None:
        _search(model, budget, board, output, data=data, recipe=recipe, optimize=optimize.value, json=json)
        return
    if recipe is None:
        raise InputError("no recipe: give --recipe R.toml, or --budget with --board to search for one")
    work = work_folder(output)
    sys.path.insert(0, "")  # module:function is looked for in the working directory first
    try:
        with progress() as step:
            result = run(
                model, recipe, data, board=board, optimize=optimize.value, measure_all=measure, work=work,
                resume=resume, step=step,
            )  # fmt: skip
    except KeyboardInterrupt:
        if any(work.glob("*/best.npz")):
            print(f"the best weights are in '{work}'; go on with --resume", file=sys.stderr)
        raise
    from edgegen.compress.record import remarks, rows, to_table

    table = to_table(result, board)
    write_result(output, result.tflite, table)
    if json:
        print_json({**table, "output": str(output)})
        return
    print_table(*rows(result))
    print()
    for line in remarks(result):
        print(line)
    print(f"{output}: {len(result.tflite):,} bytes; the figures are in {output.with_suffix('.json')}")


def _search(
    model: Path, budget: str, board: str | None, output: Path, *, data: str | None, recipe: Path | None, optimize: str,
    json: bool,
) -> None:  # fmt: skip
    """`edgegen tune` with its defaults, the study beside `output`, which gets the winner."""
    import shutil

    from edgegen.cli.tune import search
    from edgegen.errors import InputError

    if board is None:
        raise InputError("a budget is measured on a board: give --board B")
    folder = output.with_name(f"{output.stem}.search")
    search(
        model, budget, board, folder, data=data, recipe=recipe, trials=20, epochs=8, storage=None, optimize=optimize,
        json=json,
    )  # fmt: skip
    for suffix in (".json", ".tflite"):
        shutil.copyfile(folder / f"winner{suffix}", output.with_suffix(suffix))
