"""Addresses of a firmware become function, file and line, by its ELF's symbols and debug information."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elftools.common.exceptions import DWARFError, ELFError
from elftools.elf.elffile import ELFFile

from edgegen.errors import InputError


@dataclass(frozen=True, slots=True)
class Location:
    """Where an address lies; `line` is 0 and `file` empty where the ELF has no debug information for it."""

    function: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.function} ({self.file}:{self.line})" if self.file else self.function


class DebugInfo:
    """The code of one ELF. Raises InputError where the file is none."""

    def __init__(self, elf: Path) -> None:
        self._functions: list[tuple[int, int, str]] = []
        self._lines: list[tuple[int, int, str, int]] = []
        try:
            with elf.open("rb") as stream:
                image = ELFFile(stream)
                self._functions = sorted(_functions(image))
                try:
                    self._lines = sorted(_lines(image))
                except (DWARFError, KeyError, IndexError, AttributeError):  # what another compiler wrote: names remain
                    self._lines = []
        except OSError as error:
            raise InputError(f"{elf}: can't be read ({error.strerror})") from None
        except ELFError as error:
            raise InputError(f"{elf}: not an ELF file ({error}); give the one that `edgegen build` wrote") from None

    def locate(self, address: int) -> Location | None:
        """The location of an address in code, None for one that is not."""
        function = _covering(self._functions, address)
        if function is None:
            return None
        row = _covering(self._lines, address)
        return Location(str(function[2]), str(row[2]), int(row[3])) if row else Location(str(function[2]), "", 0)

    def caller(self, address: int) -> Location | None:
        """The location of the call that returns to an address."""
        return self.locate(address - 1)


def _covering(rows: list[Any], address: int) -> Any:
    """The row (start, end, …) that holds an address; rows are sorted and don't overlap."""
    index = bisect_right(rows, address, key=lambda row: row[0]) - 1
    return rows[index] if index >= 0 and address < rows[index][1] else None


def _functions(image: ELFFile) -> Iterator[tuple[int, int, str]]:
    """Start, end and name; bit 0 of an Arm function's address only says Thumb."""
    table = image.get_section_by_name(".symtab")
    thumb = 1 if image["e_machine"] == "EM_ARM" else 0
    for symbol in table.iter_symbols() if table else ():
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_size"]:
            start = int(symbol["st_value"]) & ~thumb
            yield start, start + int(symbol["st_size"]), symbol.name


def _lines(image: ELFFile) -> Iterator[tuple[int, int, str, int]]:
    """Start and end of each run of code, its file and line."""
    if not image.has_dwarf_info():
        return
    dwarf = image.get_dwarf_info()
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is None:
            continue
        names = _file_names(program)
        before = None
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            # Code that the linker dropped keeps address 0.
            if before is not None and before.address and state.address > before.address:
                yield before.address, state.address, names.get(before.file, "?"), before.line
            before = None if state.end_sequence else state


def _file_names(program: Any) -> dict[int, str]:
    """File numbers of a line program and their paths; version 5 counts from 0."""
    header = program.header
    first = 0 if header.version >= 5 else 1
    folders = [_text(folder) for folder in _directories(header)]
    names = {}
    for number, entry in enumerate(header.file_entry, start=first):
        # Up to version 4 folder 0 is the compiler's own, and the table begins with 1.
        index = entry.dir_index - (0 if header.version >= 5 else 1)
        folder = folders[index] if 0 <= index < len(folders) else ""
        names[number] = "/".join(part for part in (folder.removeprefix("./").strip("."), _text(entry.name)) if part)
    return names


def _directories(header: Any) -> Iterable[Any]:
    return [getattr(folder, "DW_LNCT_path", folder) for folder in (header.include_directory or ())]


def _text(name: Any) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)
