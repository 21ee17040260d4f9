"""The history of benchmarks, and `edgegen compare` over files, numbers and commits."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edgegen.bench.comparison import compare, to_markdown
from edgegen.bench.history import Commit, History, default_path
from edgegen.bench.revision import current, resolve
from edgegen.cli import main
from edgegen.errors import EdgegenError, InputError
from tests.unit.bench.records import simulated_record


def test_records_come_back_by_number_commit_and_age(tmp_path: Path) -> None:
    history = History(tmp_path / "deep" / "history.sqlite")
    assert history.newest(3) == []
    for number, commit in enumerate((Commit("aa", True), Commit("bb", False), Commit("bb", True), None), 1):
        assert history.add(simulated_record(runs=number), "kws", commit) == number
    assert [entry.number for entry in history.newest(2)] == [4, 3]
    assert history.get(1).record == simulated_record(runs=1)
    assert history.get(4).commit is None
    assert [entry.number for entry in history.of_revision("bb")] == [3]
    with pytest.raises(InputError, match="no record 9"):
        history.get(9)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda i: History(path).add(simulated_record(runs=i + 1), "m", None), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert {entry.record.runs for entry in History(path).newest(100)} == set(range(1, 41))


def test_a_file_that_is_no_history_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(EdgegenError, match="name another file with --history"):
        History(path).newest(1)


def test_changes_are_in_per_cent_and_only_of_figures_that_both_have() -> None:
    before = simulated_record(instructions=1000, stack_bytes=0, cycles=None)
    found = compare("m", before, simulated_record(instructions=1011, stack_bytes=8, cycles=5))
    by_name = {change.figure: change for change in found.changes}
    assert "cycles" not in by_name
    assert by_name["instructions"].percent == pytest.approx(1.1)
    assert {change.figure for change in found.over(1)} == {"instructions", "stack_bytes"}
    assert {change.figure for change in found.over(2)} == {"stack_bytes"}


def test_markdown_shows_what_changed_and_no_markup_of_a_name() -> None:
    found = compare("a|b`<x>", simulated_record(), simulated_record(instructions=20_000, output_match=False))
    text = to_markdown([found], 1)
    assert "| abx | nucleo-l4r5zi | speed | instructions | 10,000 | 20,000 | **+100.00 %** |" in text
    assert "FAILED" in text
    same = compare("m", simulated_record(), simulated_record())
    assert to_markdown([same], 1) == "No figure changed (1 compared)."


def _status(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as end:
        main(["compare", *arguments])
    return end.value.code


def test_compare_files_and_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.jsonl"
    old.write_text(json.dumps(simulated_record().to_table(), indent=2))
    new.write_text(simulated_record(instructions=10_200).to_line() + "\n")
    assert _status(str(old), str(new)) == 1
    assert "instructions rose by 2.00 %" in capsys.readouterr().err
    assert _status(str(old), str(new), "--threshold", "2.5", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["over_threshold"] == []
    history = History(default_path())
    for count in (10_000, 9_000):
        history.add(simulated_record(instructions=count), "kws", None)
    assert _status("#1", "#2") == 0
    assert "-10.00 %" in capsys.readouterr().out


def test_compare_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert resolve("HEAD") is None
    history = History(default_path())
    for instructions in (10_000, 10_500):
        (tmp_path / "file").write_text(str(instructions))
        subprocess.run([*git, "add", "file"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "m"], check=True)
        for board in ("esp32", "esp32c3"):
            commit = current()
            assert commit is not None
            assert commit.clean
            history.add(simulated_record(board=board, instructions=instructions), "kws", commit)
    assert _status("HEAD~1", "HEAD") == 1
    assert "kws on esp32: instructions rose by 5.00 %, and 1 more" in capsys.readouterr().err
    assert _status("HEAD", "HEAD~1") == 0
    (tmp_path / "file").write_text("changed")
    changed = current()
    assert changed is not None
    assert not changed.clean


@pytest.mark.parametrize(
    ("before", "reason"), [("absent.json", "can't be read"), ("#77", "no record 77"), ("no-such-commit", "is no file")]
)
def test_what_can_not_be_compared_is_named(
    before: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _status(before, before) == 2
    assert reason in capsys.readouterr().err


def test_records_of_two_boards_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for board in ("esp32", "esp32c3"):
        (tmp_path / f"{board}.json").write_text(simulated_record(board=board).to_line())
    assert _status(str(tmp_path / "esp32.json"), str(tmp_path / "esp32c3.json")) == 2
    assert "compare records of one board" in capsys.readouterr().err
