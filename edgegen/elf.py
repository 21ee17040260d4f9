"""What an ELF file says: bytes per region, flash and RAM totals, and the flat images a flasher writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from edgegen.boards import Region
from edgegen.errors import EdgegenError

# The linker scripts reserve the stack in a section of this name.
_STACK = ".stack"
# And copies to faster memory in these.
_FAST = (".fast_code", ".fast_constants")
_FILL = b"\xff"


@dataclass(frozen=True, slots=True)
class ElfSizes:
    """Bytes of a linked firmware: `flash_bytes` code, constants and initialised data; `ram_bytes` static data.

    Initialised data, and code and constants that are copied to faster memory, count in both; the stack in neither.
    """

    flash_bytes: int
    ram_bytes: int
    regions: tuple[tuple[str, int], ...]


def measure(elf: Path, regions: Sequence[Region]) -> ElfSizes:
    """The sizes of an ELF; `regions` gives the bytes in each, the stack and what is copied from there included."""
    flash = ram = 0
    used = {region.name: 0 for region in regions}
    with _opened(elf) as file:
        image = ELFFile(file)
        for segment in image.iter_segments("PT_LOAD"):
            load, run = int(segment["p_paddr"]), int(segment["p_vaddr"])
            for region in regions:
                if region.origin <= load < region.end and load != run:
                    used[region.name] += int(segment["p_filesz"])
        for section in image.iter_sections():
            flags, size = int(section["sh_flags"]), int(section["sh_size"])
            if not flags & SH_FLAGS.SHF_ALLOC or size == 0:
                continue
            for region in regions:
                if region.origin <= int(section["sh_addr"]) < region.end:
                    used[region.name] += size
            if section.name == _STACK:
                continue
            if section["sh_type"] != "SHT_NOBITS":
                flash += size
            if (flags & SH_FLAGS.SHF_WRITE and not flags & SH_FLAGS.SHF_EXECINSTR) or section.name in _FAST:
                ram += size
    return ElfSizes(flash, ram, tuple(used.items()))


def code_sections(path: Path) -> dict[str, int]:
    """The bytes of each section of code in an object file."""
    with _opened(path) as file:
        sections = [s for s in ELFFile(file).iter_sections() if int(s["sh_flags"]) & SH_FLAGS.SHF_EXECINSTR]
        return {section.name: int(section["sh_size"]) for section in sections}


def loaded_bytes(path: Path) -> int:
    """The bytes of code, constants and initialised data in an object file."""
    with _opened(path) as file:
        sections = [s for s in ELFFile(file).iter_sections() if int(s["sh_flags"]) & SH_FLAGS.SHF_ALLOC]
        return sum(int(section["sh_size"]) for section in sections if section["sh_type"] != "SHT_NOBITS")


def flat_image(elf: Path, region: Region) -> bytes:
    """What the ELF loads into `region`, from the region's start to the last byte; b"" for none."""
    image = bytearray()
    with _opened(elf) as file:
        for segment in ELFFile(file).iter_segments("PT_LOAD"):
            address, size = int(segment["p_paddr"]), int(segment["p_filesz"])
            if size == 0 or not region.origin <= address < region.end:
                continue
            start = address - region.origin
            image.extend(_FILL * (start + size - len(image)))
            image[start : start + size] = segment.data()
    return bytes(image)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """An ELF file open for reading; what isn't one becomes an EdgegenError."""
    with path.open("rb") as file:
        try:
            yield file
        except ELFError as error:
            raise EdgegenError(f"{path}: not an ELF file ({error})") from None
