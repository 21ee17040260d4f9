"""A linked ESP firmware becomes the files esptool writes: the program, which the ROM loads to RAM, and the constants.

There is no vendor bootloader: the program takes its place in flash, and the ROM loads it whole. The model's constants
are a file of their own on a 64 KB page behind it (0x10000, or later for a longer program), which the start-up code
maps into the address space. They stay in flash even where they would fit in RAM: one layout, and RAM is the arena's.
"""

from __future__ import annotations

import struct
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from edgegen import process
from edgegen.errors import EdgegenError
from edgegen.toolchains import cache

# Where each chip's ROM looks for the program, and its flash clock (a slow one that every module's flash takes).
_PROGRAM_OFFSETS = {"esp32": 0x1000, "esp32s3": 0x0, "esp32c3": 0x0, "esp32c6": 0x0}
_FLASH_OPTIONS = ("--flash-mode", "dio", "--flash-freq", "40m", "--flash-size", "4MB")
_FLASH_BYTES = 4 * 1024 * 1024
_CONSTANTS_SECTION = ".flash_constants"
# The linker script's choice of the page; the start-up code maps it.
_OFFSET_SYMBOL = "eg_flash_constants_offset"
_SHT_NOBITS = 8
_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class EspImage:
    """One file and the flash address it is written to, in bytes."""

    name: str
    path: Path
    offset: int


def write_esp_images(elf: Path, chip: str, folder: Path) -> list[EspImage]:
    """Writes `<elf>_program.bin` and, where the firmware has constants in flash, `<elf>_constants.bin`.

    `chip` is esptool's name. Raises EdgegenError where the constants reach past the flash, or with esptool's message.
    """
    data = bytearray(elf.read_bytes())
    constants, offset = _take_constants(elf, data)
    start = _PROGRAM_OFFSETS[chip]
    images = [EspImage("program", folder / f"{elf.stem}_program.bin", start)]

    def make(path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="edgegen-") as name:
            ram_elf = Path(name) / elf.name
            ram_elf.write_bytes(data)
            run_esptool("--chip", chip, "elf2image", *_FLASH_OPTIONS, "-o", path, ram_elf)

    key = cache.key_of(["esp image", metadata.version("esptool"), chip, *_FLASH_OPTIONS, bytes(data)])
    cache.cached(key, ".bin", images[0].path, make)
    if constants:
        end = offset + len(constants)
        if start + images[0].path.stat().st_size > offset:
            raise EdgegenError(f"{elf}: the program reaches past {offset:#x}, where the constants begin")
        if end > _FLASH_BYTES:
            raise EdgegenError(f"{elf.stem}: the constants end at {end:#x}, the flash at {_FLASH_BYTES:#x}")
        images.append(EspImage("constants", folder / f"{elf.stem}_constants.bin", offset))
        images[1].path.write_bytes(constants)
    return images


def run_esptool(*arguments: str | Path) -> str:
    """Runs esptool and returns what it printed. Raises EdgegenError with its message."""
    return process.run([sys.executable, "-m", "esptool", *arguments], timeout_s=_TIMEOUT_S)


def _take_constants(elf: Path, data: bytearray) -> tuple[bytes, int]:
    """Returns the constants and their flash address, and marks their section in `data` as one without content.

    esptool would place them for its own bootloader's mapping.
    """
    with elf.open("rb") as stream:
        file = ELFFile(stream)
        for index, section in enumerate(file.iter_sections()):
            if section.name == _CONSTANTS_SECTION and section["sh_size"]:
                header = file["e_shoff"] + index * file["e_shentsize"]
                struct.pack_into("<I", data, header + 4, _SHT_NOBITS)
                return section.data(), _symbol(file, _OFFSET_SYMBOL)
    return b"", 0


def _symbol(file: ELFFile, name: str) -> int:
    for section in file.iter_sections():
        if isinstance(section, SymbolTableSection):
            for symbol in section.get_symbol_by_name(name) or ():
                return int(symbol["st_value"])
    raise EdgegenError(f"the firmware has no symbol {name}")
