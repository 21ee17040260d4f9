"""Several boards at once, from a lab file."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from edgegen.bench.lab import Place, bench_all, read_lab
from edgegen.bench.record import BenchRecord
from edgegen.cli import main
from edgegen.errors import EdgegenError, InputError
from tests.unit.bench.records import simulated_record


def test_a_lab_file_names_ports_and_simulators(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(
        '"/dev/ttyUSB0" = "esp32"\n"socket://rack:4000" = "nucleo-l4r5zi"\nsimulator = ["esp32c3", "host"]\n'
    )
    assert [str(place) for place in read_lab(path)] == [
        "esp32 at /dev/ttyUSB0",
        "nucleo-l4r5zi at socket://rack:4000",
        "esp32c3 at simulator",
        "host at simulator",
    ]


@pytest.mark.parametrize("text", ["", "[x", '"/dev/x" = 3', '"/dev/x" = ["esp32"]', "simulator = [1]", "\xff"])
def test_a_bad_lab_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"lab\.toml: "):
        read_lab(path)


def test_boards_run_at_the_same_time_and_a_failing_one_stops_no_other() -> None:
    places = [Place("a", "p"), Place("b", "q"), Place("c", None)]
    together = threading.Barrier(3, timeout=30)

    def bench(place: Place) -> BenchRecord:
        together.wait()
        if place.board == "b":
            raise EdgegenError("no answer")
        return simulated_record(board=place.board)

    outcomes = bench_all(places, bench, jobs=3)
    assert [outcome.place for outcome in outcomes] == places
    assert [outcome.record.board if outcome.record else str(outcome.error) for outcome in outcomes] == [
        "a",
        "no answer",
        "c",
    ]


def test_the_command_reports_every_board(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lab.toml"
    path.write_text('simulator = ["host"]\n"/dev/no-such-port" = "host"\n')
    with pytest.raises(SystemExit) as end:
        main(["bench", "--lab", str(path), "--runs", "1", "--json"])
    assert end.value.code == 1
    streams = capsys.readouterr()
    good, bad = json.loads(streams.out)
    assert good["record"]["output_match"] is True
    assert bad["record"] is None
    assert "no-such-port" in bad["error"]
    assert "host at /dev/no-such-port" in streams.err
