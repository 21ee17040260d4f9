"""A lab file in, its benches out: which boards hang on which ports, for commands that use several at once.

"/dev/ttyUSB0" = "esp32"
"socket://rack:4000" = "nucleo-l4r5zi"
simulator = ["esp32c3", "mps3-an547"]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from edgegen.bench.record import BenchRecord
from edgegen.errors import EdgegenError, InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Place:
    """A board and its serial port; `port` is None for the board's simulator."""

    board: str
    port: str | None

    def __str__(self) -> str:
        return f"{self.board} at {self.port or SIMULATOR}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one place: a record, or the error that ended it."""

    place: Place
    record: BenchRecord | None
    error: EdgegenError | None = None


def read_lab(path: Path) -> tuple[Place, ...]:
    """The places of a lab file, in its order. Raises InputError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path}: no TOML: {error}") from None
    places = [place for port, value in table.items() for place in _places(path, port, value)]
    if not places:
        raise InputError(f'{path}: it names no board; write lines such as "/dev/ttyUSB0" = "esp32"')
    return tuple(places)


def _places(path: Path, port: str, value: object) -> list[Place]:
    if port == SIMULATOR and isinstance(value, list) and all(isinstance(board, str) for board in value):
        return [Place(board, None) for board in value]
    if isinstance(value, str):
        return [Place(value, None if port == SIMULATOR else port)]
    raise InputError(f"{path}: '{port}' must be the name of a board, not {value!r}")


def bench_all(places: Sequence[Place], bench: Callable[[Place], BenchRecord], jobs: int) -> list[Outcome]:
    """Benches every place, `jobs` at a time, in the order of `places`; one that fails doesn't stop the others."""

    def one(place: Place) -> Outcome:
        try:
            return Outcome(place, bench(place))
        except EdgegenError as error:
            return Outcome(place, None, error)

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return list(pool.map(one, places))
