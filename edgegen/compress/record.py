"""What compressing found: as one JSON object, and as a table for people."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from typing import Any

from edgegen import __version__
from edgegen.compress.layer_errors import worst
from edgegen.compress.measure import StepFigures
from edgegen.compress.run import Compressed
from edgegen.compress.training import score_name

SCHEMA = "edgegen.compress/1"
_WORTH_PERCENT = 1.0


def to_table(result: Compressed, board: str | None) -> dict[str, Any]:
    """The record as JSON's types. `instructions` and flash are a simulator's; scores are of held-out test data."""
    data = result.data
    return {
        "schema": SCHEMA,
        "edgegen": __version__,
        "model": result.name,
        "board": board,
        "score": score_name(data.classes),
        "tflite_bytes": len(result.tflite),
        "tflite_sha256": hashlib.sha256(result.tflite).hexdigest(),
        "data": {
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
            "sha256": data.sha256,
        },
        "recipe": result.recipe.model_dump(mode="json"),
        "steps": [_step(step) for step in result.steps],
        "remarks": remarks(result),
        "layers": [dataclasses.asdict(layer) for layer in result.layers],
        "worst_layers": [layer.name for layer in worst(result.layers)],
        "notes": list(result.notes),
        "versions": dict(result.versions),
    }


def _step(step: StepFigures) -> dict[str, Any]:
    table = dataclasses.asdict(step)
    compiled = table.pop("compiled")
    seconds, notes = table.pop("seconds"), table.pop("notes")
    return {**table, **compiled, "seconds": seconds, "notes": list(notes)}


def rows(result: Compressed) -> tuple[tuple[str, ...], list[list[object]]]:
    """The header and one row per step."""
    named = "accuracy" if result.data.classes else "-MSE"
    header = (
        "step", f"{named} float", f"{named} int", "parameters", "zeros %", "MACs", ".tflite", "flash", "arena",
        "instructions", "seconds",
    )  # fmt: skip
    return header, [_row(step) for step in result.steps]


def _row(step: StepFigures) -> list[object]:
    made = step.compiled
    return [
        f"{step.step} {step.kind}",
        f"{step.score_float:.4f}",
        f"{step.score_integer:.4f}",
        step.parameters,
        round(100 * step.zero_share, 1),
        made.macs,
        step.tflite_bytes,
        made.flash_bytes,
        made.arena_bytes,
        made.instructions,
        step.seconds,
    ]


def worth(before: StepFigures, step: StepFigures) -> str:
    """What zeros or shared weights saved in the program, by its figures; empty if unknown."""
    old, new = before.compiled, step.compiled
    if old.flash_bytes is None or new.flash_bytes is None or old.instructions is None or new.instructions is None:
        return ""
    saved, faster = (
        100 * (1 - after / first)
        for first, after in ((old.flash_bytes, new.flash_bytes), (old.instructions, new.instructions))
    )
    if max(saved, faster) < _WORTH_PERCENT:
        return "it is worth nothing in the program: flash and instructions stay as they were"
    return f"in the program it saves {saved:.1f} % of the flash and {faster:.1f} % of the instructions"


def remarks(result: Compressed) -> list[str]:
    """What is to be said below the table: notes of the steps, the worst layers, what was assumed."""
    lines = [f"{step.kind}: {note}" for step in result.steps for note in step.notes]
    for before, step in itertools.pairwise(result.steps):
        said = worth(before, step) if step.kind in ("prune", "cluster") else ""
        lines += [f"{step.kind}: {said}"] if said else []
    lines += sorted({f"not compiled: {step.compiled.problem}" for step in result.steps if step.compiled.problem})
    for layer in worst(result.layers):
        what = f"layer {layer.index} {layer.op} ({layer.name[:60]})"
        lines.append(f"least signal over rounding noise: {layer.sqnr_db:.1f} dB in {what}")
    return lines + [f"note: {note}" for note in result.notes]
