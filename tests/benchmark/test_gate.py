"""Instructions and bytes of the benchmark networks must not rise by more than one per cent over the record.

After a deliberate change: python -m tests.benchmark, read the difference of record.json, commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.measure import BOARDS, FURTHER_MODELS, MODELS, measure, read_record
from tests.benchmark.page import missing_rows, with_table

ALLOWED_RISE = 1.01
ROWS = [(model, board, "speed") for board in BOARDS for model in MODELS]
ROWS += [(model, board, "size") for board in BOARDS for model in MODELS[:2]]


@pytest.mark.parametrize(("model", "board", "optimize"), ROWS)
def test_no_figure_rises(model: str, board: str, optimize: str, shared_models: Path) -> None:
    committed = read_record()[f"{model}/{board}/{optimize}"]
    found = measure(model, board, optimize)
    assert found.note == committed.note
    assert found.output_match == committed.output_match
    for name in ("instructions", "arena_bytes", "ram_bytes", "flash_bytes"):
        before, now = getattr(committed, name), getattr(found, name)
        assert now <= before * ALLOWED_RISE, f"{name} rose from {before:,} to {now:,}"


def test_the_record_is_complete_and_the_readme_shows_it(shared_models: Path) -> None:
    record = read_record()
    assert not missing_rows(record, [*MODELS, *FURTHER_MODELS])
    wrong = [row.key for row in record.values() if not row.note and not row.output_match]
    assert not wrong
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert with_table(text, record) == text
