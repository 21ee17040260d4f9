"""`edgegen export`: a model in, a library for another build system out."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.compile import Isa
from edgegen.cli.console import JsonOption, Optimize, OptimizeOption, print_json, progress


class Runtime(str, Enum):
    """What runs the model in the exported library."""

    edgegen = "edgegen"
    tflm = "tflm"


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="The .tflite file.", show_default=False)],
    form: Annotated[
        str,
        typer.Option(
            metavar="F",
            help="arduino, cmake, cmsis_pack, esp_idf, platformio, single_file or zephyr.",
            show_default=False,
        ),
    ],
    out_dir: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Output folder [default: build/<model>_<form>].")
    ] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="The kernels of this board, instead of --isa.")
    ] = None,
    isa: Annotated[Isa | None, typer.Option(help="Kernels to use; scalar runs everywhere [default: scalar].")] = None,
    optimize: OptimizeOption = Optimize.speed,
    runtime: Annotated[
        Runtime, typer.Option(help="tflm: the .tflite with TensorFlow Lite Micro's interpreter (cmake, esp_idf).")
    ] = Runtime.edgegen,
    json: JsonOption = False,
) -> None:
    """Turn a model into a library for another build system.

    The folder is complete: sources, the build system's own files, an example, and a README that says how to use it and
    how far it was tried.
    """
    from edgegen.errors import InputError
    from edgegen.export import export_model

    if board is not None and isa is not None:
        raise InputError("give --isa or --board, not both")
    target = out_dir or Path("build") / f"{model.stem}_{form}"
    with progress() as step:
        exported = export_model(
            model, target, form=form, runtime=runtime.value, isa=(isa or Isa.scalar).value, board=board,
            optimize=optimize.value, step=step,
        )  # fmt: skip
    if json:
        print_json({**dataclasses.asdict(exported), "out_dir": str(target)})
        return
    print(f"{target}: {len(exported.files)} files; arena {exported.arena_bytes:,} bytes; see {target / 'README.md'}")
