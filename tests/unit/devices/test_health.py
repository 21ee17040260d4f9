"""Each thing that can be wrong with a link is told by its cause."""

from __future__ import annotations

import random

import pytest

from edgegen.devices.health import LinkHealth
from edgegen.protocol import LineReader, format_record

BOOT = format_record("boot", {"firmware_sha256": "ab"})
ROM = b"ets Jun  8 2016 00:22:57\r\n\r\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"


def diagnose(*parts: tuple[float, bytes]) -> str | None:
    """The diagnosis after bytes that came at times, in seconds."""
    now = 0.0
    health, reader = LinkHealth(lambda: now), LineReader()
    for at, data in parts:
        now = at
        # As a port gives them: in pieces.
        for start in range(0, len(data), 7):
            piece = data[start : start + 7]
            health.take(piece, reader.feed(piece))
    return health.diagnosis()


def test_a_link_without_fault() -> None:
    assert diagnose((0.1, BOOT)) is None


def test_boot_noise_before_the_first_record_is_no_fault() -> None:
    assert diagnose((0.1, ROM), (0.2, b"\x00\xff\xf0"), (0.3, BOOT)) is None


def test_a_silent_board() -> None:
    assert "not one byte came" in (diagnose() or "")


def test_a_wrong_baud_rate() -> None:
    noise = bytes(value | 0x80 for value in random.Random(1).randbytes(300))
    assert "300 unreadable bytes came\nthe baud rate" in (diagnose((0.1, noise)) or "")


def test_lost_bytes() -> None:
    damaged = BOOT.replace(b"sha", b"sa")
    assert "1 records came damaged, 2 whole\nbytes get lost" in (diagnose((0.1, BOOT + damaged + BOOT)) or "")


def test_another_firmware() -> None:
    found = diagnose((0.1, b"Hello from Arduino\r\n"))
    assert "but other text: Hello from Arduino\nanother firmware runs there" in (found or "")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"Brownout detector was triggered\r\n", "supply's voltage drops"),
        (b"invalid header: 0xffffffff\r\n", "no valid firmware in its flash"),
        (b"waiting for download\r\n", "release BOOT"),
    ],
)
def test_a_rom_that_says_why(text: bytes, cause: str) -> None:
    assert cause in (diagnose((0.1, text)) or "")


@pytest.mark.parametrize(
    ("each", "cause"),
    [
        (ROM, "a watchdog resets it"),
        (b"ESP-ROM:esp32c3-api1-20210207\r\nBrownout detector was triggered\r\n", "the supply's voltage drops"),
        (BOOT + format_record("fault", {"pc": "0x0"}), "its firmware ends in a fault"),
        (BOOT, "it does not say why"),
    ],
)
def test_a_reset_loop(each: bytes, cause: str) -> None:
    found = diagnose((1, each), (2, each), (3, each)) or ""
    assert found.startswith("the board resets in a loop: ")
    assert cause in found


def test_starts_that_are_far_apart_are_no_loop() -> None:
    assert diagnose((1, BOOT), (40, BOOT), (80, BOOT)) is None


def test_a_rom_and_the_firmware_behind_it_are_one_start() -> None:
    assert diagnose((1, ROM), (1.2, BOOT), (9, ROM), (9.2, BOOT)) is None
