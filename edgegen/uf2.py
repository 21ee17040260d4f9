"""UF2, the format of bootloaders that show up as a USB drive: bytes and their address in, the file's bytes out."""

from __future__ import annotations

import struct

from edgegen.errors import EdgegenError

# Values of the format (github.com/microsoft/uf2).
_MAGIC = (0x0A324655, 0x9E5D5157)
_MAGIC_END = 0x0AB16F30
_FAMILY_PRESENT = 0x2000
_BLOCK_BYTES = 512
# What every bootloader takes; the format would allow 476.
PAYLOAD_BYTES = 256

FAMILIES = {"RP2040": 0xE48BFF56, "RP2350": 0xE48BFF59}
"""The family id by chip, from the format's list: a bootloader drops blocks of another family. RP2350: Arm, secure."""


def write_uf2(data: bytes, address: int, family: int) -> bytes:
    """`data` for `address` as UF2 blocks; the last page is filled with zeros."""
    pages = [data[start : start + PAYLOAD_BYTES] for start in range(0, len(data), PAYLOAD_BYTES)]
    return b"".join(
        struct.pack(
            "<8I476sI", *_MAGIC, _FAMILY_PRESENT, address + index * PAYLOAD_BYTES, PAYLOAD_BYTES,
            index, len(pages), family, page, _MAGIC_END,
        )
        for index, page in enumerate(pages)
    )  # fmt: skip


def read_uf2(blocks: bytes) -> tuple[int, bytes, int]:
    """Address, bytes (the last page's filling included) and family of a UF2 file. Raises EdgegenError for another."""
    data, start, family = bytearray(), 0, 0
    if not blocks or len(blocks) % _BLOCK_BYTES:
        raise EdgegenError(f"not a UF2 file: {len(blocks)} bytes are no whole number of {_BLOCK_BYTES}-byte blocks")
    count = len(blocks) // _BLOCK_BYTES
    for index in range(count):
        fields = struct.unpack_from("<8I476sI", blocks, index * _BLOCK_BYTES)
        first, second, flags, address, size, number, total, kind, page, end = fields
        if index == 0:
            start, family = address, kind
        expected = (*_MAGIC, _FAMILY_PRESENT, start + len(data), index, count, family, _MAGIC_END)
        if (first, second, flags, address, number, total, kind, end) != expected or size > 476:
            raise EdgegenError(f"not a UF2 file that edgegen writes: block {index} is malformed or out of order")
        data += page[:size]
    return start, bytes(data), family
