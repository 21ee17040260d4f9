"""`edgegen build`: a model and a board in, the artifact folder with its firmware images out."""

from __future__ import annotations

import dataclasses
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
    ToolchainOption,
    TuningOption,
    print_json,
    print_table,
    progress,
    tuning_file,
)


def build(
    board: BoardOption,
    model: ModelOption = None,
    out_dir: Annotated[
        Path | None, typer.Option("-o", metavar="DIR", help="Artifact folder [default: build/<model>-<board>].")
    ] = None,
    optimize: OptimizeOption = Optimize.speed,
    toolchain: ToolchainOption = None,
    autotune: AutotuneOption = False,
    tuning: TuningOption = None,
    arena_limit: ArenaLimitOption = None,
    mlperf: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Serve MLPerf Tiny's runner, too: kws01, vww01, ic01 or ad01. Takes flash."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Turn a model into a board's firmware.

    Without --model: the model that edgegen.toml in the working directory names, else the bundled example.
    """
    from edgegen import pipeline, settings

    model = model or settings.default_model(Path())
    target = out_dir or Path("build") / f"{model.stem}-{Path(board).stem}"
    with progress() as step:
        artifact = pipeline.build(
            board, model, target, optimize=optimize.value, toolchain=toolchain,
            tuning=tuning_file(autotune, tuning, model), arena_limit=arena_limit, mlperf=mlperf, step=step,
        )  # fmt: skip
    if json:
        print_json(dataclasses.asdict(artifact))
        return
    print(f"{artifact.name} for {artifact.board}, {artifact.toolchain_version}, in {target}")
    print_table(
        ("memory", "bytes"),
        [
            ("flash: code, constants", artifact.flash_bytes),
            ("RAM: all static data", artifact.ram_bytes),
            ("  of it the arena", artifact.arena_bytes),
            ("stack, reserved", artifact.stack_bytes),
        ],
    )
    if artifact.regions:
        uses = [(f"{region.name} ({region.kind})", region.bytes, region.length_bytes) for region in artifact.regions]
        print_table(("region", "bytes", "of"), uses)
    if artifact.images:
        images = [(image.path, f"{image.offset:#x}", image.bytes) for image in artifact.images]
        print_table(("image", "offset", "bytes"), images)
    for note in artifact.unproven:
        print(f"unproven on the real board: {note}")
