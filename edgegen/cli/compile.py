"""`edgegen compile`: a model in, a folder of plain C out."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import (
    ArenaLimitOption,
    AutotuneOption,
    JsonOption,
    Optimize,
    OptimizeOption,
    TuningOption,
    print_json,
    progress,
    tuning_file,
)


class Isa(str, Enum):
    """Instruction sets that kernels are written for, as boards name them."""

    scalar = "scalar"
    armv6m = "armv6m"
    armv7em = "armv7em"
    mve = "mve"
    rv32im = "rv32im"
    xtensa_mac16 = "xtensa_mac16"


def compile_(
    model: Annotated[Path, typer.Argument(metavar="M", help="The .tflite file.", show_default=False)],
    out_dir: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Output folder [default: build/<model>].")
    ] = None,
    optimize: OptimizeOption = Optimize.speed,
    isa: Annotated[Isa | None, typer.Option(help="Kernels to use; scalar runs everywhere [default: scalar].")] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="The kernels of this board, instead of --isa.")
    ] = None,
    autotune: AutotuneOption = False,
    tuning: TuningOption = None,
    arena_limit: ArenaLimitOption = None,
    json: JsonOption = False,
) -> None:
    """Turn a model into plain C.

    The kernels that it uses are in the folder, and the .tflite itself as a C array. No toolchain is needed,
    unless --autotune has to measure.
    """
    from edgegen import pipeline
    from edgegen.errors import InputError

    tuned = tuning_file(autotune, tuning, model)
    if board is not None and isa is not None:
        raise InputError("give --isa or --board, not both")
    if board is None and tuned is not None:
        raise InputError("--autotune measures on a board's simulator: name the board with --board")
    target = out_dir or Path("build") / model.stem
    with progress() as step:
        compiled = pipeline.compile_model(
            model, target, optimize=optimize.value, isa=(isa or Isa.scalar).value, board=board, tuning=tuned,
            arena_limit=arena_limit, step=step,
        )  # fmt: skip
    if json:
        print_json({**dataclasses.asdict(compiled), "out_dir": str(target)})
        return
    print(f"{target}: {len(compiled.files)} files; arena {compiled.arena_bytes:,} bytes, {compiled.macs:,} MACs")
