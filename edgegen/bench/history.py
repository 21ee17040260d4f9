"""Keeps benchmark records: a file of JSON lines, only ever appended to."""

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
    """All records, oldest first. Raises InputError naming file and line of one that can't be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(record_from_table(json.loads(line)))
        except (ValueError, AttributeError):
            raise InputError(f"{path}:{number}: not a line of JSON; remove it") from None
        except InputError as error:
            raise InputError(f"{path}:{number}: {error}") from None
    return records
