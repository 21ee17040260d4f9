"""`edgegen doctor` on a machine that has everything, and on one that lacks things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgegen.boards import board_ids
from edgegen.cli import main
from edgegen.doctor import diagnose
from edgegen.errors import InputError


def test_every_board_is_judged() -> None:
    diagnosis = diagnose()
    assert [board.board for board in diagnosis.boards] == board_ids()
    host = next(board for board in diagnosis.boards if board.board == "host")
    assert host.ready
    assert all(check.remedy for check in diagnosis.checks if check.problem)


def test_a_machine_without_tools_gets_the_lines_that_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--board", "esp32", "--json"])
    assert end.value.code == 1
    streams = capsys.readouterr()
    table = json.loads(streams.out)
    (board,) = table["boards"]
    assert board == {"board": "esp32", "toolchain": None, "simulator": None}
    remedies = [check["remedy"] for check in table["checks"] if check["problem"]]
    assert "apt-get install qemu-system-misc" in remedies
    assert any("llvm-22" in remedy for remedy in remedies)
    assert "not ready for esp32" in streams.err


def test_a_tool_that_does_not_work_is_no_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "qemu-system-arm"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (simulator,) = [check for check in diagnose(["nucleo-l4r5zi"]).checks if "qemu-system-arm" in check.name]
    assert "doesn't work" in simulator.problem


def test_an_unknown_board_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean"):
        diagnose(["nucleo-l4r5"])
