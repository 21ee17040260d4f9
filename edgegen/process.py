"""Runs other programs: an argument list becomes the captured output, or one clear error."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgegen.errors import EdgegenError

_PR_SET_PDEATHSIG = 1
_MESSAGE_LINES = 3


class ToolError(EdgegenError):
    """A program ended with an error; `output` holds all it printed."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


def run(
    argv: Sequence[str | Path],
    *,
    timeout_s: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> str:
    """Runs a program to its end and returns its standard output.

    Raises ToolError where it is missing, exceeds `timeout_s`, or exits other than 0; the message has the
    program's first error lines.
    """
    name = Path(argv[0]).name
    try:
        done = subprocess.run(
            [str(argument) for argument in argv],
            input=stdin,
            capture_output=True,
            timeout=timeout_s,
            cwd=cwd,
            env=None if env is None else dict(env),
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(f"{name} is not installed, or not in a folder of PATH") from None
    except OSError as error:
        raise ToolError(f"{name} can't be started: {error}") from None
    except subprocess.TimeoutExpired:
        raise ToolError(f"{name} did not end within {timeout_s:g} s and was stopped") from None
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        everything = done.stderr.decode(errors="replace") + output
        raise ToolError(f"{name} failed: {_first_errors(everything, done.returncode)}", everything)
    return output


def start(argv: Sequence[str | Path], *, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Starts a program with pipes on its standard streams; read both outputs or it stalls.

    The program gets no terminal signals (the caller ends it) and, on Linux, dies with this process.
    """
    # The kernel ties the signal to the thread that starts the program, so only the main thread may ask for it.
    tie = sys.platform == "linux" and threading.current_thread() is threading.main_thread()
    libc = ctypes.CDLL(None) if tie else None

    def die_with_parent() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    try:
        return subprocess.Popen(
            [str(argument) for argument in argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent if tie else None,
        )
    except FileNotFoundError:
        raise ToolError(f"{Path(argv[0]).name} is not installed, or not in a folder of PATH") from None
    except OSError as error:
        raise ToolError(f"{Path(argv[0]).name} can't be started: {error}") from None


def wait(process: subprocess.Popen[bytes], *, timeout_s: float) -> bool:
    """Waits for a program to end by itself; False where it still runs after `timeout_s`."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def stop(process: subprocess.Popen[bytes], *, timeout_s: float = 2.0, close: bool = True) -> int:
    """Ends a program from `start` (terminate, then kill) and returns its exit status; closes its pipes if asked to."""
    if process.poll() is None:
        process.terminate()
        if not wait(process, timeout_s=timeout_s):
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if close and stream is not None:
            try:
                stream.close()
            except OSError:  # unsent bytes to a program that has ended
                continue
    return process.returncode


def _first_errors(output: str, status: int) -> str:
    """The lines that name an error, else the last ones; at most three."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    chosen = errors[:_MESSAGE_LINES] or lines[-_MESSAGE_LINES:]
    return "\n".join(chosen) if chosen else f"exit status {status}, no message"
