"""The serial protocol: bytes from a firmware become records and other text, commands become bytes; no I/O."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

VERSION = 2
PREFIX = b"EG> "
_CHECKSUM_AT_END = re.compile(rb" \*[0-9a-f]{8}$")
# A line longer than this is noise: no record comes near it.
LONGEST_LINE_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Record:
    """One message of the firmware: its kind (boot, in, invoke, out, fault, ...) and fields."""

    kind: str
    fields: dict[str, Any]

    def number(self, key: str) -> int:
        """An integer field. Raises ProtocolError where it is missing or no integer."""
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ProtocolError(f"record '{self.kind}' has no number '{key}'")
        return value

    def text(self, key: str) -> str:
        """A text field. Raises ProtocolError where it is missing or no text."""
        value = self.fields.get(key)
        if not isinstance(value, str):
            raise ProtocolError(f"record '{self.kind}' has no text '{key}'")
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of integers. Raises ProtocolError where it is missing or something else."""
        value = self.fields.get(key)
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise ProtocolError(f"record '{self.kind}' has no list of numbers '{key}'")
        return tuple(value)

    def data(self, key: str) -> bytes:
        """A base64 field, decoded. Raises ProtocolError where it is missing or malformed."""
        try:
            return base64.b64decode(self.text(key), validate=True)
        except binascii.Error:
            raise ProtocolError(f"record '{self.kind}' has malformed data '{key}'") from None


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line that is no record: a boot ROM's, a vendor's log, noise. `damaged`: a record with a bad checksum."""

    data: bytes
    damaged: bool = False


class ProtocolError(ValueError):
    """A record with a right checksum and a wrong content: the firmware speaks another protocol."""


class LineReader:
    """Cuts a byte stream into lines; keeps what is incomplete for the next call."""

    def __init__(self) -> None:
        self._pending = b""
        self.bad_checksums = 0

    def feed(self, data: bytes) -> list[Record | OtherLine]:
        """Takes bytes as they arrive and returns the lines that they complete, in order."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        if len(self._pending) > LONGEST_LINE_BYTES:
            lines.append(self._pending)
            self._pending = b""
        found = [self._line(line.rstrip(b"\r")) for line in lines]
        return [line for line in found if isinstance(line, Record) or line.data]

    def take_unfinished(self) -> list[Record | OtherLine]:
        """What came of a line whose end did not, for a log; such as a prompt."""
        line, self._pending = self._pending, b""
        return [OtherLine(line)] if line else []

    def _line(self, line: bytes) -> Record | OtherLine:
        # Noise before the prefix, such as a boot ROM's unfinished line, doesn't spoil the record.
        start = line.find(PREFIX)
        if start < 0 and not _CHECKSUM_AT_END.search(line):
            return OtherLine(line)
        record = parse_record(line[start:]) if start >= 0 else None
        if record is None:
            self.bad_checksums += 1
            return OtherLine(line, damaged=True)
        return record


def parse_record(line: bytes) -> Record | None:
    """One line without its end, from `EG> ` on; None where checksum or form is wrong."""
    text, separator, digits = line[len(PREFIX) :].rpartition(b" *")
    if not separator or len(digits) != 8 or digits != b"%08x" % zlib.crc32(text):
        return None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not isinstance(fields.get("record"), str):
        return None
    return Record(fields.pop("record"), fields)


def format_record(kind: str, fields: dict[str, Any]) -> bytes:
    """The line a firmware would send (for tests and simulated peers)."""
    text = json.dumps({"record": kind, **fields}, separators=(",", ":")).encode()
    return PREFIX + text + b" *%08x\r\n" % zlib.crc32(text)


def command(*words: str | int) -> bytes:
    """A command for the firmware, with checksum; the line end first makes the firmware forget any noise before it."""
    text = " ".join(["eg", *(str(word) for word in words)]).encode()
    return b"\n%s *%08x%%" % (text, zlib.crc32(text))


def input_command(tensor: int, offset: int, data: bytes) -> bytes:
    """The command that writes `data` at `offset` of an input tensor."""
    return command("in", tensor, offset, base64.b64encode(data).decode())
