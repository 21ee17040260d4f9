"""The images of the RP2 chips begin with what their boot ROMs look for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgegen.boards import load_board
from edgegen.project import write_images
from edgegen.toolchains import load_toolchain
from edgegen.uf2 import FAMILIES, read_uf2
from tests.tiny_firmware import build_tiny


def boot_rom_crc32(data: bytes) -> int:
    """The checksum of the RP2040 data sheet, section 2.8.1.3.1."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C1_1DB7 if crc >> 31 else crc << 1) & 0xFFFF_FFFF
    return crc


def image(board: str, toolchain: str, folder: Path) -> bytes:
    """The tiny model's firmware for a board, as its bootloader would write it to flash."""
    profile, tools = load_board(board), load_toolchain(toolchain)
    if missing := tools.missing():
        pytest.skip(missing)
    firmware = build_tiny(profile, tools, folder, simulator=False)
    [(name, path, offset)] = write_images(firmware, profile, folder)
    address, data, family = read_uf2(path.read_bytes())
    assert (name, path.suffix, offset) == ("flash", ".uf2", profile.regions[0].origin)
    assert (address, family) == (profile.regions[0].origin, FAMILIES[profile.mcu])
    assert not path.with_suffix(".bin").exists()
    return data


@pytest.mark.parametrize("toolchain", ["zig", "arm_gcc"])
def test_rp2040s_boot_stage_has_the_checksum_and_the_vectors_follow(toolchain: str, tmp_path: Path) -> None:
    data = image("raspberry-pi-pico", toolchain, tmp_path)
    assert boot_rom_crc32(b"123456789") == 0x0376_E6E7  # the catalogue's check value of CRC-32/MPEG-2
    assert int.from_bytes(data[252:256], "little") == boot_rom_crc32(data[:252])
    profile = load_board("raspberry-pi-pico")
    stack, entry = int.from_bytes(data[256:260], "little"), int.from_bytes(data[260:264], "little")
    assert stack == 0x2000_0000 + profile.stack_bytes
    assert entry % 2 == 1
    assert 0x1000_0100 < entry < 0x1000_0000 + len(data)
