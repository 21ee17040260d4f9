"""What a search found, for people and scripts: the Pareto front as table, JSON and SVG, and the winner's recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgegen.compress.recipe import recipe_text
from edgegen.compress.search import Found, Trial, nearest
from edgegen.errors import EdgegenError

SCHEMA = "edgegen.tune/1"
_WIDTH, _HEIGHT, _MARGIN = 640, 400, 60


def front_table(found: Found, board: str, budget: str) -> dict[str, Any]:
    """The outcome as JSON's types; scores are of validation data, instructions and flash a simulator's."""
    return {
        "schema": SCHEMA,
        "board": board,
        "budget": budget,
        "trials": len(found.trials),
        "winner": None if found.winner is None else found.winner.key,
        "front": [_entry(trial) for trial in found.front],
    }


def _entry(trial: Trial) -> dict[str, Any]:
    made = trial.compiled
    return {
        "key": trial.key,
        "keeps_budget": trial.kept,
        "score": trial.score,
        "drop": trial.drop,
        "instructions": made.instructions,
        "latency_us_estimated": made.latency_us_estimated,
        "flash_bytes": made.flash_bytes,
        "ram_bytes": made.ram_bytes,
        "arena_bytes": made.arena_bytes,
        "tflite_bytes": trial.tflite_bytes,
        "recipe": trial.recipe.model_dump(mode="json", exclude_unset=True),
    }


def front_rows(found: Found) -> tuple[tuple[str, ...], list[list[object]]]:
    """The header and one row per recipe of the front."""
    header = ("recipe", "in budget", "score", "drop", "instructions", "latency us", "flash", "RAM")
    return header, [
        [
            _label(trial),
            "winner" if trial is found.winner else "yes" if trial.kept else "no",
            f"{trial.score:.4f}",
            f"{trial.drop:.4f}",
            trial.compiled.instructions,
            trial.compiled.latency_us_estimated,
            trial.compiled.flash_bytes,
            trial.compiled.ram_bytes,
        ]
        for trial in found.front
    ]


def _label(trial: Trial) -> str:
    words = []
    for step in trial.recipe.steps:
        if step.kind == "distil" and step.width is not None:
            words.append(f"width {step.width:g}, depth {step.depth or 1.0:g}")
        elif step.kind == "prune":
            words.append(f"{step.sparsity:.0%} of the channels pruned")
    return "; ".join(words) or "as given"


def write_front(folder: Path, found: Found, table: Mapping[str, Any]) -> None:
    """Writes front.json, front.svg and, where there is a winner, winner.toml."""
    (folder / "front.json").write_text(json.dumps(table, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    (folder / "front.svg").write_text(front_svg(found), encoding="utf-8")
    if found.winner is not None:
        (folder / "winner.toml").write_text(recipe_text(found.winner.recipe), encoding="utf-8")


def front_svg(found: Found) -> str:
    """A plot of all trials: instructions to the right, score upwards; the front is filled, the winner ringed."""
    trials = [trial for trial in found.trials if trial.compiled.instructions]
    if not trials:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'
    most = max(trial.costs[0] for trial in trials)
    low, high = min(trial.score for trial in trials), max(trial.score for trial in trials)

    def place(trial: Trial) -> tuple[float, float]:
        across = _MARGIN + trial.costs[0] / most * (_WIDTH - 2 * _MARGIN)
        up = (trial.score - low) / (high - low or 1.0)
        return across, _HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN)

    front = {trial.key for trial in found.front}
    dots = []
    for trial in trials:
        x, y = place(trial)
        fill = "#1f77b4" if trial.key in front else "none"
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="#1f77b4"/>')
        if found.winner is not None and trial.key == found.winner.key:
            dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="none" stroke="#d62728" stroke-width="2"/>')
    bottom, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<path d="M{_MARGIN} {_MARGIN}V{bottom}H{right}" fill="none" stroke="black"/>',
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 15}" text-anchor="middle">instructions, up to {most:,.0f}</text>',
        f'<text x="10" y="{_MARGIN - 20}">score on validation data, {low:.4f} to {high:.4f}</text>',
        *dots,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def describe_miss(found: Found, budget: str) -> EdgegenError:
    """The error for a search in which no trial keeps the budget."""
    close = nearest(found.trials)
    made = close.compiled
    figures = f"{made.instructions} instructions, {made.flash_bytes} flash bytes, {made.ram_bytes} RAM bytes"
    return EdgegenError(
        f"none of {len(found.trials)} trials keeps the budget {budget}\n"
        f"the nearest ({_label(close)}): {figures}, score {close.drop:.4f} below the float model's\n"
        "allow more, or search on with more --trials or --epochs"
    )
