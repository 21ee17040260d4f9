from __future__ import annotations

import pytest

from edgegen.errors import EdgegenError
from edgegen.uf2 import FAMILIES, read_uf2, write_uf2

DATA = bytes(range(256)) * 2 + b"end"


def test_blocks_are_as_the_format_says() -> None:
    blocks = write_uf2(DATA, 0x1000_0000, FAMILIES["RP2040"])
    assert len(blocks) == 3 * 512
    # Magic, flag "family present", address, payload, number, count, family: the example of the format's specification.
    assert blocks[512:544].hex() == "5546320a 57515d9e 00200000 00010010 00010000 01000000 03000000 56ff8be4".replace(
        " ", ""
    )
    assert blocks[512 + 32 : 512 + 288] == bytes(range(256))
    assert blocks[1020:1024].hex() == "306fb10a"


def test_what_is_written_reads_back() -> None:
    address, data, family = read_uf2(write_uf2(DATA, 0x2000, FAMILIES["RP2350"]))
    assert (address, family) == (0x2000, FAMILIES["RP2350"])
    assert data == DATA + bytes(253)


@pytest.mark.parametrize("position", [0, 512 + 12, 512 + 20, 512 + 28, 1020])
def test_a_damaged_file_is_refused(position: int) -> None:
    blocks = bytearray(write_uf2(DATA, 0x1000_0000, FAMILIES["RP2040"]))
    blocks[position] ^= 1
    with pytest.raises(EdgegenError, match="not a UF2 file"):
        read_uf2(bytes(blocks))


@pytest.mark.parametrize("size", [0, 511])
def test_another_length_is_refused(size: int) -> None:
    with pytest.raises(EdgegenError, match="whole number"):
        read_uf2(bytes(size))
