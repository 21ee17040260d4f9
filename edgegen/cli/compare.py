"""`edgegen compare`: two records, files of records or commits in, what changed out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgegen.cli.console import HistoryOption, JsonOption, history_file, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgegen.bench.comparison import Comparison
    from edgegen.bench.history import History
    from edgegen.bench.record import BenchRecord

    Key = tuple[str, str, str, str]


def compare(
    before: Annotated[str, typer.Argument(help="A record's file (.json, .jsonl), its number #N, or a commit.")],
    after: Annotated[str, typer.Argument(help="Likewise.")],
    threshold: Annotated[
        float, typer.Option(metavar="PERCENT", min=0, help="Exit with 1 if a figure rose by more.")
    ] = 1.0,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table, for a pull request.")] = False,
    history: HistoryOption = None,
    json: JsonOption = False,
) -> None:
    """Compare two benchmark records, or those of two commits.

    Exits with 1 if a figure rose by more than the threshold, or if the known-answer test failed.
    Records come from `edgegen bench`: --json, --log, or the history, whose numbers `edgegen history` lists.
    """
    from edgegen.bench.comparison import compare as compare_records
    from edgegen.bench.comparison import to_markdown
    from edgegen.errors import EdgegenError

    first, second = (_records(text, history_file(history)) for text in (before, after))
    pairs = _pairs(before, first, after, second)
    found = [compare_records(name, old, new) for name, old, new in pairs]
    if json:
        print_json([_table(item, threshold) for item in found])
    elif markdown:
        print(to_markdown(found, threshold))
    else:
        rows = [
            (item.name, item.board, item.optimize, c.figure, c.before, c.after, f"{c.percent:+.2f} %")
            for item in found
            for c in item.changes
        ]
        print_table(("model", "board", "optimize", "figure", "before", "after", "change"), rows)
    worse = [f"{item.name} on {item.board}: {c.figure} rose by {c.percent:.2f} %" for item in found
             for c in item.over(threshold)]  # fmt: skip
    worse += [f"{item.name} on {item.board}: the known-answer test fails" for item in found if item.output_broke]
    if worse:
        raise EdgegenError(f"{worse[0]}" + (f", and {len(worse) - 1} more" if worse[1:] else "") +
                           f"\nthe threshold is {threshold:g} %; set another one with --threshold")  # fmt: skip


def _records(text: str, history: History) -> Mapping[Key, BenchRecord]:
    """The newest record for each model, board, optimisation and kind of device."""
    from edgegen.bench import records_file
    from edgegen.bench.revision import resolve
    from edgegen.errors import InputError

    path = Path(text)
    if text.startswith("#") and text[1:].isdecimal():
        entries = [history.get(int(text[1:]))]
    elif path.suffix in (".json", ".jsonl") or path.exists():
        return {_key(record.model_sha256[:12], record): record for record in records_file.read(path)}
    else:
        revision = resolve(text)
        if revision is None:
            raise InputError(
                f"'{text}' is no file, no number of a record (#N) and no commit of this folder's repository\n"
                "see `edgegen history` for the records there are"
            )
        entries = history.of_revision(revision)
        if not entries:
            raise InputError(
                f"commit {revision[:12]} has no record in {history.path}\n"
                "check it out and run `edgegen bench`; records of changed files count for no commit"
            )
    return {_key(entry.model, entry.record): entry.record for entry in entries}


def _key(model: str, record: BenchRecord) -> Key:
    return model, record.board, record.optimize, "simulated" if record.simulated else "measured"


def _pairs(
    before: str, first: Mapping[Key, BenchRecord], after: str, second: Mapping[Key, BenchRecord]
) -> list[tuple[str, BenchRecord, BenchRecord]]:
    """What to compare: the two records where each side has one, else those with the same key. Raises InputError."""
    from edgegen.errors import InputError

    if len(first) == len(second) == 1:
        (old_key, old), (new_key, new) = *first.items(), *second.items()
        if old_key[1] != new_key[1] or old_key[3] != new_key[3]:
            raise InputError(
                f"{before} is of {old_key[1]} ({old_key[3]}), {after} of {new_key[1]} ({new_key[3]})\n"
                "compare records of one board, both simulated or both measured"
            )
        return [(new_key[0], old, new)]
    common = [key for key in second if key in first]
    if not common:
        raise InputError(f"{before} and {after} have no model on the same board in common")
    return [(key[0], first[key], second[key]) for key in common]


def _table(item: Comparison, threshold: float) -> dict[str, object]:
    changes = [
        {"figure": c.figure, "before": c.before, "after": c.after, "percent": c.percent if c.before else None}
        for c in item.changes
    ]
    over = [change.figure for change in item.over(threshold)]
    names = {"model": item.name, "board": item.board, "optimize": item.optimize}
    return {**names, "changes": changes, "over_threshold": over, "output_broke": item.output_broke}
