"""An ELF's code by address: executed blocks in, their decoded instructions out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from edgegen.errors import EdgegenError
from edgegen.estimate.decoders import arm, riscv, xtensa
from edgegen.estimate.instructions import Instruction

Decode: TypeAlias = Callable[[int, bytes], tuple[Instruction, ...]]
"""The instructions of the bytes at an address."""

_MACHINES = ("EM_ARM", "EM_RISCV", "EM_XTENSA")


class CodeImage:
    """The code of an ELF. Raises EdgegenError for what isn't an ELF of a machine that can be decoded."""

    def __init__(self, elf: Path, core: str) -> None:
        self._elf = elf
        try:
            with elf.open("rb") as file:
                image = ELFFile(file)
                machine = image["e_machine"]
                self._parts = [(int(s["p_vaddr"]), s.data()) for s in image.iter_segments("PT_LOAD") if s["p_filesz"]]
        except (ELFError, OSError) as error:
            raise EdgegenError(f"{elf}: not a readable ELF file ({error})") from None
        if machine not in _MACHINES:
            raise EdgegenError(f"{elf.name}: {machine} code can't be decoded; it can for {', '.join(_MACHINES)}")
        self._decode = self._decoder(machine, core)

    def block(self, address: int, size_bytes: int) -> tuple[Instruction, ...]:
        """The instructions in `size_bytes` from `address`. Raises EdgegenError where the file has no such bytes."""
        for start, data in self._parts:
            if start <= address and address + size_bytes <= start + len(data):
                return self._decode(address, data[address - start : address - start + size_bytes])
        raise EdgegenError(f"{self._elf.name}: ran code at {address:#x}, where the file has none")

    def _decoder(self, machine: str, core: str) -> Decode:
        if machine == "EM_ARM":
            return arm.decoder(vector=core == "cortex-m55")
        if machine == "EM_RISCV":
            return riscv.decode
        return xtensa.decode
