"""`edgegen monitor`: a board's serial log on the terminal, with times, decoded faults and what ails the link."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

if TYPE_CHECKING:
    from edgegen.artifact import Artifact
    from edgegen.debug_info import DebugInfo
    from edgegen.protocol import OtherLine, Record

_BAUD = 115_200
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def monitor(
    port: Annotated[str | None, typer.Option(metavar="P", help="A serial port or a pyserial URL.")] = None,
    board: Annotated[
        str | None, typer.Option("--board", "-b", metavar="B", help="Take port and baud rate from this profile.")
    ] = None,
    baud: Annotated[
        int | None, typer.Option(metavar="N", min=1200, max=12_000_000, help=f"[default: the board's, else {_BAUD}].")
    ] = None,
    elf: Annotated[
        Path | None, typer.Option(metavar="PATH", help="An artifact folder or an ELF, to tell where faults happened.")
    ] = None,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Append all lines to this file, too.")] = None,
    times: Annotated[bool, typer.Option("--times/--no-times", help="Show when each line came.")] = True,
    raw: Annotated[bool, typer.Option("--raw", help="Show the firmware's records as they came.")] = False,
    seconds: Annotated[
        float | None, typer.Option(metavar="S", min=0.1, help="Stop after this time [default: at Ctrl-C].")
    ] = None,
) -> None:
    """Show a board's log.

    Records are shown in words, faults with their cause and, given --elf, file and line. What is wrong with the link
    (silence, noise, a wrong baud rate, a reset loop) is told on standard error; a port that vanishes is waited for.
    With --seconds, the exit status is 1 where something was wrong.
    """
    from edgegen.boards import load_board
    from edgegen.devices.monitor import watch
    from edgegen.devices.ports import find_port
    from edgegen.errors import EdgegenError, InputError

    profile = None if board is None else load_board(board)
    if port is None:
        if profile is None:
            raise InputError("name the port with --port, or the board with --board to have it found")
        port = find_port(profile, None)
    rate = baud or (profile.console.baud if profile else _BAUD)
    decoder = _Decoder(elf)
    with _LogFile(log) as file:
        out = _Output(file, times)

        def show(line: Record | OtherLine) -> None:
            for text in decoder.lines(line, raw):
                out.line(text)

        def note(text: str) -> None:
            for part in text.splitlines():
                out.note(part)

        out.note(f"{port} at {rate} baud; Ctrl-C ends")
        try:
            wrong = watch(port, rate, on_line=show, on_note=note, seconds=seconds)
        except KeyboardInterrupt:
            return
    if wrong is not None:
        raise EdgegenError(f"{port}: {wrong}")


class _LogFile:
    """The file of --log, open for the time of a `with`; None without one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> TextIO | None:
        from edgegen.errors import InputError

        if self._path is not None:
            try:
                self._file = self._path.open("a", encoding="utf-8", errors="replace", buffering=1)
            except OSError as error:
                raise InputError(f"'{self._path}' can't be written: {error.strerror}") from None
        return self._file

    def __exit__(self, *unused: object) -> None:
        if self._file is not None:
            self._file.close()


class _Output:
    """Lines go to standard output, notes to standard error, both to the log with the full time."""

    def __init__(self, file: TextIO | None, times: bool) -> None:
        self._file = file
        self._times = times

    def line(self, text: str) -> None:
        self._write(text, sys.stdout)

    def note(self, text: str) -> None:
        self._write(f"-- {text}", sys.stderr)

    def _write(self, text: str, stream: TextIO) -> None:
        now = datetime.now()
        print(f"{now:%H:%M:%S.%f}"[:12] + f"  {text}" if self._times else text, file=stream, flush=True)
        if self._file is not None:
            self._file.write(f"{now.isoformat(timespec='milliseconds')}  {text}\n")


class _Decoder:
    """Lines of the link in words; `elf` is a file, or an artifact folder that names its firmware."""

    def __init__(self, elf: Path | None) -> None:
        self._info: DebugInfo | None = None
        self._artifact: Artifact | None = None
        if elf is None:
            return
        from edgegen.artifact import read_manifest
        from edgegen.debug_info import DebugInfo

        if elf.is_dir():
            self._artifact = read_manifest(elf)
            elf = elf / self._artifact.elf
        self._info = DebugInfo(elf)

    def lines(self, line: Record | OtherLine, raw: bool) -> list[str]:
        from edgegen.devices.faults import explain_fault, explain_panic
        from edgegen.protocol import Record, format_record

        locate = self._locate if self._info is not None else None
        if isinstance(line, Record):
            if line.kind == "fault":
                return explain_fault(line, locate).splitlines()
            if raw:
                return [format_record(line.kind, line.fields).decode().rstrip()]
            return [f"[{line.kind}] {_words(line)}", *self._warnings(line)]
        text = _printable(line.data)
        panic = explain_panic(text, locate) if locate is not None else []
        return [f"[damaged] {text}" if line.damaged else text, *(f"    {place}" for place in panic)]

    def _locate(self, address: int, is_return: bool) -> str | None:
        assert self._info is not None
        place = self._info.caller(address) if is_return else self._info.locate(address)
        return None if place is None else str(place)

    def _warnings(self, record: Record) -> list[str]:
        """A folder's firmware and the board's may differ: then its source lines would be wrong."""
        firmware = str(record.fields.get("firmware_sha256", ""))
        if record.kind != "boot" or self._artifact is None or firmware == self._artifact.firmware_sha256:
            return []
        self._info = None
        return [f"another firmware runs there ({firmware[:12]}) than --elf has: its places in the source are not told"]


def _words(record: Record) -> str:
    """A record's fields in a line; hashes cut short."""
    return ", ".join(
        f"{key} {value[:12] if isinstance(value, str) and len(value) == 64 else value}"
        for key, value in record.fields.items()
    )


def _printable(data: bytes) -> str:
    """Text without a terminal's control sequences; bytes that are no text in hex."""
    text = _ESCAPES.sub("", data.decode("utf-8", errors="backslashreplace"))
    return "".join(char if char.isprintable() or char == "\t" else f"\\x{ord(char):02x}" for char in text)
