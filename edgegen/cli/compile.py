"""`edgegen compile`: a model in, a folder of plain C out."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import JsonOption, Optimize, OptimizeOption, print_json, progress


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
    isa: Annotated[Isa, typer.Option(help="Kernels to use; scalar runs everywhere.")] = Isa.scalar,
    json: JsonOption = False,
) -> None:
    """Turn a model into plain C.

    The kernels that it uses are in the folder, and the .tflite itself as a C array. No toolchain is needed.
    """
    from edgegen import pipeline

    target = out_dir or Path("build") / model.stem
    with progress() as step:
        compiled = pipeline.compile_model(model, target, optimize=optimize.value, isa=isa.value, step=step)
    if json:
        print_json({**dataclasses.asdict(compiled), "out_dir": str(target)})
        return
    print(f"{target}: {len(compiled.files)} files; arena {compiled.arena_bytes:,} bytes, {compiled.macs:,} MACs")
