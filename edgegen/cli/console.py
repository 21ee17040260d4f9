"""What commands share in talking to people and scripts: options, progress, tables, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from edgegen.bench.history import History


class Optimize(str, Enum):
    """What the generated code is made for."""

    speed = "speed"
    size = "size"


BoardOption = Annotated[str, typer.Option("--board", "-b", metavar="B", help="A board of `edgegen boards`.")]
ModelOption = Annotated[Path | None, typer.Option("--model", "-m", metavar="M", help="The .tflite file.")]
OptimizeOption = Annotated[Optimize, typer.Option(help="Prefer fast or small code.")]
ToolchainOption = Annotated[
    str | None, typer.Option(metavar="T", help="A toolchain that serves the board [default: its first].")
]
AutotuneOption = Annotated[
    bool, typer.Option("--autotune", help="Measure each layer's kernels on the simulator, keep and use the fastest.")
]
TuningOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where --autotune keeps its choice [default: <model>.autotune.json]."),
]
ArenaLimitOption = Annotated[
    int | None,
    typer.Option(
        metavar="BYTES", min=1, help="If the arena exceeds it, compute the first layers in bands of rows: more work."
    ),
]
PortOption = Annotated[
    str | None, typer.Option(metavar="P", help="The real board's serial port; without it, the simulator.")
]
HistoryOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The history's SQLite file [default: in the user's data folder].")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yields a function that shows the step being done, on a terminal; a pipe or a file sees nothing of it."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        task = display.add_task("", total=None)
        yield lambda step: display.update(task, description=step)


def history_file(path: Path | None) -> History:
    """The history that `--history` names, or the user's own."""
    from edgegen.bench.history import History, default_path

    return History(path or default_path())


def tuning_file(autotune: bool, tuning: Path | None, model: Path) -> Path | None:
    """The file of --autotune's choice, None where there is to be none; --tuning alone means both."""
    if tuning is not None:
        return tuning
    return model.with_name(f"{model.name.removesuffix('.tflite')}.autotune.json") if autotune else None


def table_console() -> Console:
    """A console on standard output for rich tables; in a pipe or a file wide enough that nothing is cut."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=160)


def print_json(document: object) -> None:
    """Prints `document` as the one JSON document of standard output."""
    print(json.dumps(document, indent=2))


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows under a header: numbers to the right, with thousands separated, words to the left, None as -."""
    texts = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [header, *texts]) for i in range(len(header))]
    numeric = [all(row[i] is None or isinstance(row[i], int | float) for row in rows) for i in range(len(header))]
    for line in [header, *texts]:
        cells = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
