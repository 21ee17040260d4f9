"""`edgegen bench`: a model and a board in, one benchmark record out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import (
    BoardOption,
    JsonOption,
    ModelOption,
    Optimize,
    OptimizeOption,
    PortOption,
    ToolchainOption,
    print_json,
    progress,
    table_console,
)


def bench(
    board: BoardOption,
    model: ModelOption = None,
    optimize: OptimizeOption = Optimize.speed,
    toolchain: ToolchainOption = None,
    port: PortOption = None,
    runs: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Timed invocations.")] = 10,
    warmup: Annotated[int, typer.Option(metavar="N", min=0, max=100_000, help="Invocations before them.")] = 1,
    json: JsonOption = False,
) -> None:
    """Measure speed and memory.

    Latency, instructions and bytes, in all and per layer, on the board's simulator or on the board at --port.
    Without --model: the model that edgegen.toml in the working directory names, else the bundled example.
    """
    from edgegen import pipeline, settings
    from edgegen.errors import EdgegenError

    model = model or settings.default_model(Path())
    with progress() as step:
        record = pipeline.bench(
            board, model, optimize=optimize.value, toolchain=toolchain, port=port, runs=runs, warmup=warmup, step=step
        )
    if json:
        print_json(record.to_table())
    else:
        from edgegen.bench.table import print_record

        print_record(record, table_console())
    if record.output_match is False:
        raise EdgegenError(
            f"{record.board}: the outputs of the known-answer test differ from those of this machine\n"
            "the figures are those of a wrong result; report the model, the board and the toolchain"
        )
