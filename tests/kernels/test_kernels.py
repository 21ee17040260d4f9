"""Every kernel against TFLite Micro, by equality, under ASan and UBSan; every operator has its rows."""

from __future__ import annotations

import random

import pytest

from edgegen.ops import operators
from tests.kernels.differential import compare, generators, modules, rows, verdicts

# The rows of a module are compiled together, so one worker takes them all.
ROWS = [
    pytest.param(name, row.id, id=row.id, marks=pytest.mark.xdist_group(name))
    for name in sorted(modules())
    for row in rows(name)
]
SEEDS = range(4)


@pytest.mark.parametrize(("module", "row"), ROWS)
def test_equals_tflite_micro(module: str, row: str) -> None:
    verdict = verdicts(module)[row]
    assert verdict.difference is None, verdict.difference


@pytest.mark.parametrize("operator", sorted(generators()))
def test_random_models(operator: str) -> None:
    """A sample with fixed seeds of what `make conformance` runs at length."""
    models = [generators()[operator](random.Random(seed)) for seed in SEEDS]
    for seed, verdict in zip(SEEDS, compare(models, sanitize=False), strict=True):
        assert verdict.difference is None, f"seed {seed}: {verdict.difference}"


@pytest.mark.parametrize("operator", sorted(operators()))
def test_every_operator_has_rows(operator: str) -> None:
    if operator.startswith("EG_"):  # made by edgegen's own passes: TFLite Micro does not know it
        return
    assert any(row.operator == operator for name in modules() for row in rows(name))
    assert operator in generators()


def test_row_names_are_unique() -> None:
    names = [row.id for name in modules() for row in rows(name)]
    assert len(names) == len(set(names))
