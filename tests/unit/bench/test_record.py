"""Records in and out of JSON, and their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgegen.bench import records_file
from edgegen.bench.record import BenchRecord, record_from_table
from edgegen.errors import InputError
from tests.unit.bench.records import simulated_record

# The interface that scripts read.
FIELDS = [
    "schema", "time_utc", "edgegen", "board", "device", "model_sha256", "firmware_sha256", "toolchain",
    "optimize", "runs", "warmup", "instructions", "cycles", "cycles_estimated", "cycles_estimated_low",
    "cycles_estimated_high", "latency_us_min", "latency_us_median", "latency_us_p95", "latency_us_max",
    "latency_us_estimated", "energy_uj_estimated", "arena_bytes", "ram_bytes", "stack_bytes", "flash_bytes",
    "macs", "output_match", "simulated", "layers", "clock_hz", "flash_wait_states", "caches",
]  # fmt: skip


def test_the_fields_are_those_of_the_interface() -> None:
    table = simulated_record().to_table()
    assert list(table) == FIELDS
    assert list(table["layers"][0]) == ["index", "op", "name", "macs", "instructions", "cycles", "cycles_estimated"]


def test_a_record_survives_its_line() -> None:
    record = simulated_record()
    line = record.to_line()
    assert "\n" not in line
    assert record_from_table(json.loads(line)) == record


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": "other/1"}, "schema"),
        ({"extra": 1}, "extra"),
        ({"layers": [{"index": 1}]}, "op"),
        ({"layers": 3}, "iterable"),
    ],
)
def test_what_is_no_record_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        record_from_table({**simulated_record().to_table(), **change})


def test_file_appends(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "log.jsonl"
    records: list[BenchRecord] = [simulated_record(runs=runs) for runs in (1, 2, 3)]
    for record in records:
        records_file.append(path, record)
    assert records_file.read(path) == records
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("line", ["{", "[]", '{"schema": "edgegen.bench/1"}', "3"])
def test_file_names_the_line_that_is_broken(line: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    records_file.append(path, simulated_record())
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(InputError, match=r"log\.jsonl:2: "):
        records_file.read(path)


def test_file_without_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        records_file.read(tmp_path / "absent.jsonl")
