"""The operator table of the documentation says what the code does."""

from __future__ import annotations

from pathlib import Path

from edgegen.ops import operators
from edgegen.ops.table import markdown_table, operator_rows


def test_committed_table_is_current(root: Path) -> None:
    """After a change: edgegen ops --markdown > edgegen/ops/README.md"""
    assert (root / "edgegen" / "ops" / "README.md").read_text() == markdown_table(operator_rows())


def test_every_rule_is_a_sentence_with_a_remedy() -> None:
    for operator in operators().values():
        for rule in operator.constraints():
            assert rule.rule.endswith("."), (operator.name, rule.rule)
            assert rule.remedy and not rule.remedy.endswith("."), (operator.name, rule.remedy)


def test_every_operator_names_its_types() -> None:
    assert all(operator.types for operator in operators().values())
