"""`edgegen flash`: an artifact folder in, a board that runs it out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from edgegen.cli.console import JsonOption, print_json, progress


def flash(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `edgegen build -o` wrote.")],
    port: Annotated[
        str | None, typer.Option(metavar="P", help="The board's serial port [default: the only one that fits].")
    ] = None,
    tool: Annotated[
        str | None, typer.Option(metavar="T", help="Another flasher than the board's: esptool, pyocd, openocd, …")
    ] = None,
    probe: Annotated[
        str | None, typer.Option(metavar="ID", help="The debug probe's serial number [default: the only one].")
    ] = None,
    drive: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the bootloader's drive is mounted [default: found].")
    ] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="The profile, where the artifact's is not known.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Ask the board afterwards which firmware it runs.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Write a built firmware to a board.

    The images are written and verified; then the board's boot record must name this very firmware.
    """
    from edgegen import pipeline

    with progress() as step:
        result = pipeline.flash(
            folder, board=board, tool=tool, port=port, probe=probe, drive=drive, check=check, step=step
        )
    if json:
        boot = None if result.boot is None else dataclasses.asdict(result.boot)
        images = [dataclasses.asdict(image) for image in result.artifact.images]
        print_json({
            "board": result.artifact.board, "flasher": result.flasher, "port": result.port,
            "firmware_sha256": result.artifact.firmware_sha256, "images": images, "boot": boot,
        })  # fmt: skip
        return
    count = sum(image.bytes for image in result.artifact.images)
    print(f"{result.artifact.name}: {count:,} bytes written with {result.flasher}")
    if result.boot is None:
        print("the board was not asked what it runs (--no-check)")
    else:
        print(f"{result.port}: runs {result.boot.model} at {result.boot.clock_hz / 1e6:g} MHz, firmware "
              f"{result.boot.firmware_sha256[:12]}, as built")  # fmt: skip
