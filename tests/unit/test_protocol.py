from __future__ import annotations

import random

import pytest

from edgegen import protocol
from edgegen.protocol import LineReader, OtherLine, ProtocolError, Record, format_record

BOOT = format_record("boot", {"clock_hz": 120_000_000, "board": "x"})


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_records_arrive_whole_however_the_stream_is_cut(step: int) -> None:
    stream = b"\x00\xffets Jul 29 2019\r\n" + BOOT + b"I (30) boot: x\r\n" + BOOT
    reader = LineReader()
    lines = [line for at in range(0, len(stream), step) for line in reader.feed(stream[at : at + step])]
    assert [line.kind for line in lines if isinstance(line, Record)] == ["boot", "boot"]
    assert [line.data for line in lines if isinstance(line, OtherLine)] == [
        b"\x00\xffets Jul 29 2019",
        b"I (30) boot: x",
    ]
    assert reader.bad_checksums == 0


def test_noise_before_the_prefix_does_not_spoil_a_record() -> None:
    (line,) = LineReader().feed(b"rst:0x1 (POWERON" + BOOT)
    assert isinstance(line, Record)


def test_every_single_bit_error_is_noticed() -> None:
    text = BOOT.rstrip(b"\r\n")
    for at in range(len(text) * 8):
        damaged = bytearray(text)
        damaged[at // 8] ^= 1 << (at % 8)
        reader = LineReader()
        lines = reader.feed(bytes(damaged) + b"\n")
        assert not any(isinstance(line, Record) for line in lines), at


def test_garbage_is_never_a_record_and_memory_stays_bounded() -> None:
    generator = random.Random(1)
    reader = LineReader()
    for _ in range(200):
        data = generator.randbytes(1000).replace(b"\n", b"x")
        assert not any(isinstance(line, Record) for line in reader.feed(data))
        assert len(reader._pending) <= protocol.LONGEST_LINE_BYTES


@pytest.mark.parametrize("text", [b"[]", b"3", b"{}", b'{"record":4}', b"nonsense", b"[" * 5000])
def test_a_right_checksum_over_a_wrong_content_is_no_record(text: bytes) -> None:
    import zlib

    assert protocol.parse_record(b"EG> %s *%08x" % (text, zlib.crc32(text))) is None


@pytest.mark.parametrize("value", [None, "1", 1.5, True, [1]])
def test_fields_are_checked(value: object) -> None:
    with pytest.raises(ProtocolError):
        Record("x", {"n": value}).number("n")


def test_field_types() -> None:
    record = Record("x", {"n": 3, "t": "aGk=", "l": [1, 2], "bad": "a"})
    assert (record.number("n"), record.text("t"), record.numbers("l"), record.data("t")) == (3, "aGk=", (1, 2), b"hi")
    for ask in (lambda: record.text("n"), lambda: record.numbers("t"), lambda: record.data("bad")):
        with pytest.raises(ProtocolError):
            ask()


def test_a_command_is_one_line_that_ends_in_percent() -> None:
    assert protocol.command("hello") == b"\neg hello *44a65770%"
    assert protocol.input_command(0, 8, b"hi").startswith(b"\neg in 0 8 aGk= *")
