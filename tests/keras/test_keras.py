"""What Keras users write: each row of the table becomes what the table says."""

from __future__ import annotations

import functools
from importlib.util import find_spec

import pytest

from tests.keras.check import observe
from tests.keras.convert import Job
from tests.keras.report import README, render
from tests.keras.table import EQUAL, ROWS, Outcome

# `make conformance` runs every row in every type.
SAMPLED = {
    "int16": ("Dense", "Conv2D padding=same", "BatchNormalization unfused, alone", "Softmax"),
    "float32": (
        "Conv2D any batch, Flatten, Dense",
        "LayerNormalization",
        "LSTM",
        "LSTM return_sequences=True",
        "LSTM stateful=True",
        "GRU",
    ),
}
JOBS: tuple[Job, ...] = (
    *((number, "int8") for number in range(len(ROWS))),
    *((n, kind) for kind, names in SAMPLED.items() for n, row in enumerate(ROWS) if row.id in names),
)


@functools.cache
def observed() -> dict[Job, Outcome]:
    return dict(zip(JOBS, observe(JOBS, sanitize=False), strict=True))


# They share one import of TensorFlow, so one worker takes them all.
@pytest.mark.xdist_group("keras")
@pytest.mark.timeout(1800)
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed (edgegen's extra `compress`)")
@pytest.mark.parametrize("job", [pytest.param(job, id=f"{ROWS[job[0]].id}, {job[1]}") for job in JOBS])
def test_row(job: Job) -> None:
    expected, found = ROWS[job[0]].expected(job[1]), observed()[job]
    assert expected.covers(found), f"{found.verdict}: {found.says[:2000]}"


def test_rows_are_unique_and_the_samples_exist() -> None:
    names = [row.id for row in ROWS]
    assert len(names) == len(set(names))
    assert {name for sample in SAMPLED.values() for name in sample} <= set(names)


def test_what_is_refused_has_a_reason() -> None:
    outcomes = [row.expected(kind) for row in ROWS for kind in ("int8", "int16", "float32")]
    assert not [outcome for outcome in outcomes if outcome != EQUAL and not outcome.says]


def test_the_readme_is_current() -> None:
    assert README.read_text(encoding="utf-8") == render(), "run `python -m tests.keras`"
