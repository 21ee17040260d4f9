from __future__ import annotations

import sys

import pytest

from edgegen import process
from edgegen.process import ToolError


def test_output_is_returned() -> None:
    assert process.run([sys.executable, "-c", "print(input())"], timeout_s=30, stdin=b"hello\n") == "hello\n"


def test_a_failure_shows_its_error_lines_and_keeps_the_rest() -> None:
    script = "import sys; print('note: x'); print('a.c:1: error: bad', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ToolError, match=r"failed: a\.c:1: error: bad") as caught:
        process.run([sys.executable, "-c", script], timeout_s=30)
    assert "note: x" in caught.value.output
    assert "note" not in str(caught.value)


def test_a_program_that_hangs_is_stopped() -> None:
    with pytest.raises(ToolError, match=r"did not end within 0\.2 s"):
        process.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout_s=0.2)


def test_a_missing_program() -> None:
    with pytest.raises(ToolError, match="no-such-tool is not installed"):
        process.run(["no-such-tool"], timeout_s=1)
    with pytest.raises(ToolError, match="no-such-tool is not installed"):
        process.start(["no-such-tool"])


def test_a_stubborn_program_is_killed() -> None:
    script = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    running = process.start([sys.executable, "-c", script])
    assert running.stdout is not None
    assert running.stdout.readline() == b"up\n"
    assert process.stop(running, timeout_s=0.2) == -9
    assert process.stop(running) == -9
