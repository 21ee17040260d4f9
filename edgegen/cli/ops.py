"""`edgegen ops`: the operators that compile, in which types, and under which rules."""

from __future__ import annotations

from typing import Annotated

import typer

from edgegen.cli.console import JsonOption, print_json


def ops(
    name: Annotated[str | None, typer.Argument(metavar="OPERATOR", help="Only this one, with its rules.")] = None,
    json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the documentation.")] = False,
) -> None:
    """List the operators that edgegen compiles."""
    import difflib

    from edgegen.errors import InputError
    from edgegen.ops import operators
    from edgegen.ops.table import markdown_table, operator_rows

    rows = operator_rows()
    if name is not None:
        chosen = [row for row in rows if row.name.lower() == name.lower()]
        if not chosen:
            near = difflib.get_close_matches(name.upper(), operators(), n=3)
            hint = f"did you mean {', '.join(near)}?" if near else "`edgegen ops` lists all"
            raise InputError(f"no operator '{name}'; {hint}")
        rows = chosen
    if json:
        print_json([row.to_table() for row in rows])
        return
    if markdown:
        print(markdown_table(rows), end="")
        return
    for row in rows:
        print(f"{row.name:<34}{', '.join(row.types)}")
        for rule in row.rules if name is not None else ():
            print(f"  - {rule}")
