"""The examples' figures: what their README says is what was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

EXAMPLES = ("fashion_mnist", "watch_gestures")


@pytest.mark.parametrize("name", EXAMPLES)
def test_readme_shows_the_recorded_figures(name: str, root: Path) -> None:
    folder = root / "edgegen" / "example" / name
    record = json.loads((folder / "figures.json").read_text())
    text = (folder / "README.md").read_text()
    for step in record["steps"][:-1]:
        row = next(line for line in text.splitlines() if line.startswith(f"| {step['kind']} |") and
                   f" {step['instructions']:,} |" in line)  # fmt: skip
        for key in ("parameters", "macs", "tflite_bytes", "flash_bytes", "arena_bytes"):
            assert f" {step[key]:,} " in row, (name, key)
        for key in ("score_float", "score_integer"):
            assert f" {100 * step[key]:.2f} % " in row, (name, key)


@pytest.mark.parametrize(("name", "gap"), [("fashion_mnist", 0.015), ("watch_gestures", 0.025)])
def test_student_is_much_smaller_and_quantising_costs_little(name: str, gap: float, root: Path) -> None:
    record = json.loads((root / "edgegen" / "example" / name / "figures.json").read_text())
    given, last = record["steps"][0], record["steps"][-1]
    assert abs(given["score_float"] - given["score_integer"]) <= 0.005
    assert given["instructions"] >= 4 * last["instructions"]
    assert given["flash_bytes"] >= 3 * last["flash_bytes"]
    assert given["score_integer"] - last["score_integer"] <= gap
    assert record["data"]["test"] >= 500
    recipe = folder_recipe(root, name)
    assert [step["kind"] for step in record["recipe"]["steps"]] == [step["kind"] for step in recipe["steps"]]
    assert record["recipe"]["steps"] == recipe["steps"]


def folder_recipe(root: Path, name: str) -> dict[str, list[dict[str, object]]]:
    from edgegen.compress.recipe import read_recipe

    dumped: dict[str, list[dict[str, object]]] = read_recipe(
        root / "edgegen" / "example" / name / "recipe.toml"
    ).model_dump(mode="json")
    return dumped
