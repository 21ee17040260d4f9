"""Recipes are checked before anything runs, and errors name the key, its value and the limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgegen.compress.recipe import STEPS, Quantize, check_recipe, read_recipe, recipe_text
from edgegen.errors import InputError

END = '\n[[steps]]\nkind = "quantize"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "key 'steps' is missing"),
        ("steps = []", "steps"),
        ("steps = 3", "'steps' is 3"),
        ("steps =", "not valid TOML"),
        ('[[steps]]\nkind = "qantize"', "'qantize'; known kinds: distil, prune"),
        ("[[steps]]\nepochs = 3", "kind is None"),
        ('[[steps]]\nkind = "prune"', "end with kind = 'quantize'"),
        (END + END, "step 1 is 'quantize' but not the last"),
        ('[[steps]]\nkind = "quantize_aware"\n[[steps]]\nkind = "prune"' + END, "step 1 is 'quantize_aware'"),
        ('[[steps]]\nkind = "prune"\nsparsity = 1.5' + END, r"'steps\[1\].sparsity' is 1.5.*0.98"),
        ('[[steps]]\nkind = "prune"\nsparsty = 0.5' + END, r"'steps\[1\].sparsty'; did you mean sparsity"),
        ('[[steps]]\nkind = "prune"\nepochs = "ten"' + END, "'ten'"),
        ('[[steps]]\nkind = "prune"\nmethod = "blocks"\nzeros = 4\nof = 4' + END, r"'zeros' \(4\) must be less than"),
        ('[[steps]]\nkind = "prune"\nmethod = "magnitude"\nround_to = 4' + END, "belongs to method 'channels'"),
        ('[[steps]]\nkind = "distil"\nstudent = "a.keras"\nwidth = 0.5' + END, "not both"),
        ('[[steps]]\nkind = "distil"\ntemperature = nan' + END, "temperature"),
        ('[[steps]]\nkind = "cluster"\nclusters = 1' + END, "'steps\\[1\\].clusters' is 1.*2"),
        ('[[steps]]\nkind = "quantize"\nscheme = "int16x8"\ncalibration = "mse"', "int16x8 takes 'minmax'"),
        ("seed = -1" + END, "'seed' is -1"),
        ("[data]\nscal = 2" + END, "did you mean scale"),
    ],
)
def test_error_names_file_key_and_remedy(text: str, says: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=says) as caught:
        read_recipe(path)
    message = str(caught.value)
    assert str(path) in message
    assert len(message.splitlines()) <= 3


def test_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        read_recipe(tmp_path / "absent.toml")


def test_text_of_a_recipe_reads_back_equal(tmp_path: Path) -> None:
    recipe = check_recipe(
        {
            "seed": 3,
            "data": {"path": 'a "quoted" \\ path', "scale": 0.5},
            "steps": [
                {"kind": "distil", "width": 0.5, "depth": 0.75, "epochs": 3},
                {"kind": "prune", "method": "blocks", "zeros": 1},
                {"kind": "cluster", "clusters": 8},
                {"kind": "quantize_aware", "preserve": False},
                {"kind": "quantize", "io": "float32"},
            ],
        }
    )
    assert [step.kind for step in recipe.steps] == list(STEPS)
    assert read_recipe(write(tmp_path, recipe_text(recipe))) == recipe


def test_defaults_are_full_integer_int8() -> None:
    recipe = check_recipe({"steps": [{"kind": "quantize"}]})
    assert recipe.quantize == Quantize(kind="quantize", scheme="int8", io="integer", calibration="minmax")


def test_recipes_of_the_examples_are_valid(root: Path) -> None:
    paths = sorted((root / "edgegen" / "example").glob("*/recipe.toml"))
    assert len(paths) >= 2
    for path in paths:
        assert read_recipe(path).quantize.scheme == "int8"
