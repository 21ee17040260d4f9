"""`edgegen run`: a model's inputs in, the outputs that a board or its simulator computed out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import (
    ArenaLimitOption,
    AutotuneOption,
    BoardOption,
    JsonOption,
    ModelOption,
    Optimize,
    OptimizeOption,
    PortOption,
    ToolchainOption,
    TuningOption,
    print_json,
    progress,
    tuning_file,
)


def run(
    board: BoardOption,
    inputs: Annotated[
        Path,
        typer.Option(metavar="IN.npz", help="Arrays input_<invocation>_<index>, in each tensor's shape and type."),
    ],
    output: Annotated[
        Path, typer.Option("-o", metavar="OUT.npz", help="Where the arrays output_<invocation>_<index> go.")
    ],
    model: ModelOption = None,
    optimize: OptimizeOption = Optimize.speed,
    toolchain: ToolchainOption = None,
    autotune: AutotuneOption = False,
    tuning: TuningOption = None,
    arena_limit: ArenaLimitOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Run a model on given inputs.

    It runs on the board's simulator, or on the board at --port, and its outputs are written to OUT.npz. Invocations
    are those of one model instance, in order; its state is kept between them. Without --model: the model that
    edgegen.toml in the working directory names, else the bundled example.
    """
    from edgegen import pipeline, settings

    model = model or settings.default_model(Path())
    with progress() as step:
        outputs = pipeline.run(
            board, model, inputs, output, optimize=optimize.value, toolchain=toolchain,
            tuning=tuning_file(autotune, tuning, model), arena_limit=arena_limit, port=port, step=step,
        )  # fmt: skip
    if json:
        shapes = [[{"shape": list(array.shape), "type": array.dtype.name} for array in row] for row in outputs]
        print_json({"board": board, "output": str(output), "invocations": len(outputs), "outputs": shapes})
        return
    print(f"{output}: {len(outputs)} invocation(s) of {len(outputs[0])} output(s)")
