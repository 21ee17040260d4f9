"""Reads and writes files of benchmark records: one JSON object, or JSON lines that are only ever appended to."""

from __future__ import annotations

import json
from pathlib import Path

from edgegen.bench.record import BenchRecord, record_from_table
from edgegen.errors import InputError


def append(path: Path, record: BenchRecord) -> None:
    """Adds one record as one line; folders are made. A single write keeps parallel writers' lines whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        file.write(f"{record.to_line()}\n".encode())


def read(path: Path) -> list[BenchRecord]:
    """The one record of a .json file, or all of a .jsonl file, oldest first.

    Raises InputError naming file and line of what can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InputError(f"{path}: can't be read ({reason})") from None
    whole = _object(text)
    if whole is not None:
        return [_record(whole, str(path))]
    records = []
    for number, line in enumerate(text.splitlines(), 1):
        table = _object(line)
        if table is None:
            raise InputError(f"{path}:{number}: not a line of JSON; remove it")
        records.append(_record(table, f"{path}:{number}"))
    return records


def _object(text: str) -> dict[str, object] | None:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


def _record(table: dict[str, object], where: str) -> BenchRecord:
    try:
        return record_from_table(table)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
