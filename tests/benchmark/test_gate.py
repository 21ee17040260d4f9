"""Instructions and bytes of the benchmark networks must not rise by more than one per cent over the record.

After a deliberate change: python -m tests.benchmark, read the difference of record.json, commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.measure import BOARDS, MODELS, measure, read_record

ALLOWED_RISE = 1.01


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("board", BOARDS)
def test_no_figure_rises(board: str, model: str, shared_models: Path) -> None:
    committed = read_record()[f"{model}/{board}/speed"]
    found = measure(model, board, "speed")
    assert found.note == committed.note
    assert found.output_match == committed.output_match
    for name in ("instructions", "arena_bytes", "ram_bytes", "flash_bytes"):
        before, now = getattr(committed, name), getattr(found, name)
        assert now <= before * ALLOWED_RISE, f"{name} rose from {before:,} to {now:,}"
