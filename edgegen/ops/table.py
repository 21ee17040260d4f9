"""The operators and their rules as rows, for `edgegen ops` and the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from edgegen.ops import operators

_INTERNAL = "EG_"
"""Operators that only edgegen's own passes make."""


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """One operator: TFLite's name, the type forms that compile, the rules a node must keep."""

    name: str
    types: tuple[str, ...]
    rules: tuple[str, ...]

    def to_table(self) -> dict[str, object]:
        """The row for JSON."""
        return asdict(self)


def operator_rows() -> list[OperatorRow]:
    """Every operator a model can hold, by name."""
    return [
        OperatorRow(name, tuple(operator.types), tuple(c.rule for c in operator.constraints()))
        for name, operator in sorted(operators().items(), key=lambda item: item[0].lower())
        if not name.startswith(_INTERNAL)
    ]


def markdown_table(rows: Sequence[OperatorRow]) -> str:
    """A Markdown page: what each operator accepts."""
    lines = [
        "# Operators",
        "",
        "Every operator that edgegen compiles, bit for bit as TensorFlow Lite Micro computes it. Made by",
        "`edgegen ops --markdown`; a test keeps it in step with the code.",
        "",
        "| operator | types | rules |",
        "|---|---|---|",
    ]
    for row in rows:
        lines.append(f"| {row.name} | {'<br>'.join(row.types)} | {'<br>'.join(row.rules) or '-'} |")
    return "\n".join(lines) + "\n"
