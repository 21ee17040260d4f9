"""`edgegen validate`: a data set through a firmware; accuracy, and whether it computes what the references do."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    print_table,
    progress,
    tuning_file,
)

if TYPE_CHECKING:
    from edgegen.validation import Validation

_MOST_CLASSES_SHOWN = 20


def validate(
    board: BoardOption,
    data: Annotated[
        Path,
        typer.Option(metavar="D.npz", help="Arrays x or input_<i>, a sample at each index of axis 0; y: the labels."),
    ],
    model: ModelOption = None,
    optimize: OptimizeOption = Optimize.speed,
    toolchain: ToolchainOption = None,
    autotune: AutotuneOption = False,
    tuning: TuningOption = None,
    arena_limit: ArenaLimitOption = None,
    port: PortOption = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Take the first N samples.")] = None,
    bisect: Annotated[
        bool, typer.Option("--bisect", help="Where an output differs, find the first layer that does.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check outputs and accuracy on a data set.

    Every sample runs, from a fresh state, on the board's simulator, or on the board at --port; its outputs are
    compared, byte for byte, with those of this machine and of TensorFlow Lite Micro, where that is installed. Floats
    are quantised with the input's scale and zero point: value / scale to nearest, halves away from zero. With labels,
    classes are the highest value of the first output. The exit status is 1 where an output differs.
    """
    from edgegen import settings
    from edgegen.errors import EdgegenError
    from edgegen.validation import validate as run_validation

    model = model or settings.default_model(Path())
    with progress() as step:
        found = run_validation(
            board, model, data, optimize=optimize.value, toolchain=toolchain,
            tuning=tuning_file(autotune, tuning, model), arena_limit=arena_limit, port=port, limit=limit,
            bisect=bisect, step=step,
        )  # fmt: skip
    if json:
        print_json({**dataclasses.asdict(found), "matches": found.matches})
    else:
        _show(found)
    if not found.matches:
        wrong = next(comparison for comparison in found.comparisons if comparison.different)
        raise EdgegenError(
            f"{found.board}: {wrong.different} of {found.samples} samples have other outputs than {wrong.reference}, "
            f"first sample {wrong.first[0]}\n"
            + (_place(found) if bisect else "--bisect finds the layer; report the model, the board and the toolchain")
        )


def _place(found: Validation) -> str:
    layer = found.diverges
    if layer is None:
        return "no layer's output differs by itself: report the model, the board and the toolchain"
    return f"the first other bytes are those of layer {layer.layer}, {layer.op} '{layer.name}' ({layer.runs} runs)"


def _show(found: Validation) -> None:
    print(f"{found.board} ({found.device}): {found.samples} samples")
    if found.clipped_values:
        print(f"{found.clipped_values} values were beyond the input's range and clipped")
    if found.accuracy is not None:
        print(f"accuracy {100 * found.accuracy:.2f} % ({found.correct} of {found.samples})")
    for comparison in found.comparisons:
        result = comparison.note or f"{comparison.equal} equal, {comparison.different} different"
        print(f"{comparison.reference}: {result}")
    if found.cycles_mean is not None:
        print(f"cycles, measured (mean): {found.cycles_mean:,.0f}")
    if found.line is not None:
        print(f"line: {found.line.percent:.0f} % used in {found.line.seconds:.1f} s without the inferences")
    if found.confusion is not None and len(found.confusion) <= _MOST_CLASSES_SHOWN:
        print("labels down, classes found across:")
        print_table(
            ("label", *(str(i) for i in range(len(found.confusion)))),
            [(str(label), *row) for label, row in enumerate(found.confusion)],
        )
