"""Every benchmark of this user, in a SQLite file: records by number, by commit, newest first."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from edgegen.bench.record import BenchRecord, record_from_table
from edgegen.errors import EdgegenError, InputError

_TABLE = """
create table if not exists records (
  id integer primary key,
  model text not null,
  revision text not null,
  clean integer not null,
  record text not null
)
"""
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit of the folder a benchmark was run in; not `clean` where files had been changed since."""

    revision: str
    clean: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with its number, the name of its model's file, and the commit, if there was one."""

    number: int
    model: str
    commit: Commit | None
    record: BenchRecord


class History:
    """A history file; it is made when the first record is added. Several processes may use it at the same time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, record: BenchRecord, model: str, commit: Commit | None) -> int:
        """Stores a record and returns its number."""
        with self._open(make=True) as database:
            row = (model, commit.revision if commit else "", bool(commit and commit.clean), record.to_line())
            cursor = database.execute("insert into records (model, revision, clean, record) values (?, ?, ?, ?)", row)
            return int(cursor.lastrowid or 0)

    def get(self, number: int) -> Entry:
        """Raises InputError where there is no such record."""
        found = self._read("where id = ?", number)
        if not found:
            raise InputError(f"{self.path} has no record {number}; see `edgegen history`")
        return found[0]

    def newest(self, count: int) -> list[Entry]:
        """The last records, newest first."""
        return self._read("order by id desc limit ?", count)

    def of_revision(self, revision: str) -> list[Entry]:
        """The records of a commit, oldest first, without those of changed files."""
        return self._read("where revision = ? and clean order by id", revision)

    def _read(self, condition: str, value: int | str) -> list[Entry]:
        if not self.path.is_file():
            return []
        with self._open(make=False) as database:
            query = f"select id, model, revision, clean, record from records {condition}"
            return [_entry(row, self.path) for row in database.execute(query, (value,))]

    @contextmanager
    def _open(self, *, make: bool) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as database, database:
                database.execute(_TABLE)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise EdgegenError(
                f"{self.path}: the history of benchmarks can't be used: {error}\n"
                "name another file with --history, or remove this one"
            ) from None


def default_path() -> Path:
    """Where a user's history lies, by the rules of freedesktop.org."""
    data = os.environ.get("XDG_DATA_HOME") or ""
    return (Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share") / "edgegen" / "history.sqlite"


def _entry(row: tuple[int, str, str, int, str], path: Path) -> Entry:
    number, model, revision, clean, text = row
    try:
        record = record_from_table(json.loads(text))
    except (ValueError, AttributeError, InputError) as error:
        raise EdgegenError(f"{path}: record {number} can't be read: {error}\nremove the file") from None
    return Entry(number, model, Commit(revision, bool(clean)) if revision else None, record)
