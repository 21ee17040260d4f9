"""The table as Markdown."""

from __future__ import annotations

from pathlib import Path

from tests.keras.table import EQUAL, KINDS, ROWS, Outcome

README = Path(__file__).resolve().parent / "README.md"

_INTRODUCTION = """# Keras layers, converted and compiled

<!-- Written by `python -m tests.keras`; the tests compare it with the table and the table with what happens. -->

One small model per layer and option, of Keras 3.15 where no other is named, converted by the TFLiteConverter of
TensorFlow 2.21 with a batch of 1 and compiled by edgegen for the host: int8 (full integer), int16 (16-bit activations
and 8-bit weights) and float32.

- **equal**: the bytes of all outputs are those of TensorFlow Lite Micro.
- **equal to TFLite**: TensorFlow Lite Micro refuses the model or leaves its outputs undefined. edgegen compiles it, and
  its bytes are those of TFLite's reference kernels.
- **refused**: `edgegen compile` refuses the model, as does TensorFlow Lite Micro.
- **not converted**: TensorFlow's own converter fails.
- \\*: Keras 3 makes a WHILE loop of a recurrent layer that is not unrolled, and TensorFlow's calibrator dies of such
  loops. `loops.py` in this folder gets these models past it.
"""


def render() -> str:
    """The text of README.md beside this file."""
    notes: list[Outcome] = []
    lines = ["| Layer | Options | int8 | int16 | float32 |", "|---|---|---|---|---|"]
    for row in ROWS:
        cells = [_cell(row.expected(kind), notes) + (r"\*" if row.loop and kind == "int8" else "") for kind in KINDS]
        lines.append("| " + " | ".join([row.layer, row.option.replace("|", "\\|"), *cells]) + " |")
    listed = [f"{number}. {note.note or note.says}" for number, note in enumerate(notes, 1)]
    return "\n".join([_INTRODUCTION, *lines, "", *listed, ""])


def _cell(outcome: Outcome, notes: list[Outcome]) -> str:
    if outcome == EQUAL:
        return outcome.verdict
    if outcome not in notes:
        notes.append(outcome)
    return f"{outcome.verdict} ({notes.index(outcome) + 1})"
