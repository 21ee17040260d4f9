"""The search under a budget: limits are read, trials are cached and shared, the winner's recipe gives the winner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edgegen.compress.budget import Budget, parse_budget
from edgegen.compress.measure import Compiled
from edgegen.compress.output import write_result
from edgegen.compress.recipe import check_recipe, read_recipe
from edgegen.compress.search import Trial, best, nearest, pareto
from edgegen.compress.search_record import describe_miss, front_rows, front_svg, front_table, write_front
from edgegen.compression import compress, tune
from edgegen.errors import EdgegenError, InputError

BOARD = "nucleo-l4r5zi"


def test_budget_is_read_in_its_units() -> None:
    found = parse_budget("flash=64K, ram=16KB,latency=20ms,accuracy_drop=1%,instructions=1.5M")
    assert found == Budget(
        flash=65536, ram=16384, latency=20_000, accuracy_drop=0.01, instructions=1_500_000
    )  # fmt: skip
    made = Compiled(flash_bytes=131072, ram_bytes=8192, latency_us_estimated=20_000, instructions=750_000)
    assert found.excess(made, 0.005) == (1.0, -0.5, -0.5, 0.0, -0.5)
    assert parse_budget("latency=1s").excess(Compiled(), 0.0) == (float("inf"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("flesh=64K", "flesh=64K"),
        ("flash=64", None),
        ("flash=64Q", "64Q"),
        ("latency=20", "us, ms, s"),
        ("flash=-1", "flash=-1"),
        ("flash", "flash"),
        ("ram=1K,ram=2K", "twice"),
    ],
)
def test_bad_budget_is_explained(text: str, says: str | None) -> None:
    if says is None:
        assert parse_budget(text).flash == 64
        return
    with pytest.raises(InputError, match=says):
        parse_budget(text)


def trial(key: str, instructions: int, flash: int, drop: float, *, limit: float = 0.05) -> Trial:
    compiled = Compiled(instructions=instructions, flash_bytes=flash, macs=1)
    excess = Budget(accuracy_drop=limit).excess(compiled, drop)
    recipe = check_recipe({"steps": [{"kind": "distil", "width": 0.5}, {"kind": "quantize"}]})
    return Trial(key, recipe, 1.0 - drop, drop, flash, compiled, excess)


def test_front_and_winner() -> None:
    fast, small, exact = trial("a", 10, 90, 0.2), trial("b", 50, 20, 0.04), trial("c", 90, 90, 0.0)
    beaten = trial("d", 95, 95, 0.01)
    every = (beaten, exact, small, fast)
    assert pareto(every) == (fast, small, exact)
    assert best(every) is small
    hard = tuple(trial(item.key, item.compiled.instructions or 0, 1, item.drop, limit=1e-9) for item in (fast, small))
    assert best(hard) is None
    assert nearest(hard).key == "b"


def test_search_keeps_the_budget_and_its_winner_is_reproducible(
    digits_model: Any, digits: dict[str, Any], tmp_path: Path
) -> None:
    recipe = {"seed": 5, "steps": [{"kind": "quantize", "samples": 32}]}
    told: list[str] = []
    options: dict[str, Any] = {"board": BOARD, "folder": tmp_path, "recipe": recipe, "epochs": 2, "step": told.append}
    budget = "instructions=400K,flash=60K,accuracy_drop=60%"
    found, winner = tune(digits_model, budget, digits, trials=2, **options)
    assert winner is not None
    assert found.winner is not None
    assert found.winner.kept
    assert winner.steps[-1].compiled.instructions == found.winner.compiled.instructions
    table = front_table(found, BOARD, budget)
    write_front(tmp_path, found, table)
    write_result(tmp_path / "winner.tflite", winner.tflite, {})
    assert json.loads((tmp_path / "front.json").read_text())["winner"] == found.winner.key
    assert len(front_rows(found)[1]) == len(found.front)
    assert front_svg(found).count("<circle") == len(found.trials) + 1
    again = compress(digits_model, read_recipe(tmp_path / "winner.toml"), digits, measure_all=False)
    assert again.tflite == (tmp_path / "winner.tflite").read_bytes()

    # A second call finds the study complete: it trains nothing, and says so of a budget that nobody keeps.
    told.clear()
    repeated, _ = tune(digits_model, budget, digits, trials=2, **options)
    assert {item.key for item in repeated.trials} == {item.key for item in found.trials}
    assert not [text for text in told if text.startswith("trial")]
    error = describe_miss(repeated, "instructions=1")
    assert isinstance(error, EdgegenError)
    assert "instructions=1" in str(error)
