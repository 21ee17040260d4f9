"""Runs a board's own image on an emulated core whose registers are modelled from the reference manual.

QEMU has no clock trees: it proves kernels, not start-up code. Here the very image for the board runs from reset, on
registers that remember what is written and whose status bits follow, as the manual says, what switches them. It shows
that the start-up code waits for the right bits in the right order, reaches its clock, sets a baud rate that fits, and
sends its boot record; it can't show that the manual was read rightly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import unicorn
from elftools.elf.elffile import ELFFile
from unicorn import arm_const

from edgegen.boards import BoardProfile
from edgegen.protocol import LineReader, Record

_PAGE = 0x1000
_PERIPHERALS = ((0x18000000, 0x1000), (0x40000000, 0x20000000), (0xE0000000, 0x00100000))
_INSTRUCTIONS = 20_000_000
_CORES = {
    "cortex-m0plus": arm_const.UC_CPU_ARM_CORTEX_M0,
    "cortex-m4f": arm_const.UC_CPU_ARM_CORTEX_M4,
    "cortex-m7": arm_const.UC_CPU_ARM_CORTEX_M7,
    "cortex-m33": arm_const.UC_CPU_ARM_CORTEX_M33,
}


@dataclass
class Registers:
    """The peripherals of a chip. `status` gives a register's bits that follow others; `sink` is the UART's data.

    `on_read` replaces reading a register, `on_write` comes after writing one. `atomic`: writes 0x1000, 0x2000, 0x3000
    above a register flip, set and clear bits (RP2040, RP2350).
    """

    sink: int
    status: dict[int, Callable[[Registers], int]] = field(default_factory=dict)
    reset: dict[int, int] = field(default_factory=dict)
    on_read: dict[int, Callable[[Registers], int]] = field(default_factory=dict)
    on_write: dict[int, Callable[[Registers, int], None]] = field(default_factory=dict)
    atomic: bool = False
    values: dict[int, int] = field(default_factory=dict)
    output: bytearray = field(default_factory=bytearray)
    writes: list[tuple[int, int]] = field(default_factory=list)

    def __getitem__(self, address: int) -> int:
        return self.values.get(address, self.reset.get(address, 0))

    def read(self, address: int) -> int:
        if address in self.on_read:
            return self.on_read[address](self)
        follow = self.status.get(address)
        return self[address] | (follow(self) if follow else 0)

    def write(self, address: int, value: int) -> None:
        self.writes.append((address, value))
        if address == self.sink:
            self.output.append(value & 0xFF)
            return
        base, kind = address, 0
        if self.atomic and 0x40000000 <= address < 0x50200000:
            base, kind = address & ~0x3000, address >> 12 & 3
        old = self[base]
        self.values[base] = (value, old ^ value, old | value, old & ~value)[kind]
        if base in self.on_write:
            self.on_write[base](self, value)


def boot(profile: BoardProfile, elf: Path, registers: Registers, *, boot_stage: int | None = None) -> Record:
    """Runs an image from reset until its boot record; raises AssertionError where none comes.

    `boot_stage`: where a boot ROM copies the first 256 bytes of flash, and begins.
    """
    machine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    machine.ctl_set_cpu_model(_CORES[profile.core])
    for region in profile.regions:
        start = region.origin & ~(_PAGE - 1)
        machine.mem_map(start, (region.end - start + _PAGE - 1) // _PAGE * _PAGE)
    for base, size in _PERIPHERALS:
        machine.mmio_map(
            base,
            size,
            lambda uc, offset, width, base: registers.read(base + offset),
            base,
            lambda uc, offset, width, value, base: registers.write(base + offset, value),
            base,
        )
    vectors = 0
    with elf.open("rb") as stream:
        image = ELFFile(stream)
        for segment in image.iter_segments("PT_LOAD"):
            if segment["p_filesz"]:
                machine.mem_write(segment["p_paddr"], segment.data())
        symbols = {symbol.name: symbol["st_value"] for symbol in image.get_section_by_name(".symtab").iter_symbols()}
        vectors = symbols["eg_vectors"]
    machine.reg_write(arm_const.UC_ARM_REG_SP, int.from_bytes(machine.mem_read(vectors, 4), "little"))
    start = int.from_bytes(machine.mem_read(vectors + 4, 4), "little")
    if boot_stage is not None:
        machine.mem_write(boot_stage, bytes(machine.mem_read(profile.regions[0].origin, 256)))
        start = boot_stage
    reader, found = LineReader(), list[Record]()

    def look(uc: unicorn.Uc, address: int, size: int, data: object) -> None:
        if registers.output.endswith(b"\n"):
            lines = reader.feed(bytes(registers.output))
            registers.output.clear()
            found.extend(line for line in lines if isinstance(line, Record))
            if found:
                uc.emu_stop()

    machine.hook_add(unicorn.UC_HOOK_BLOCK, look)
    try:
        machine.emu_start(start | 1, 0xFFFFFFFE, count=_INSTRUCTIONS)
    except unicorn.UcError as error:
        pc = machine.reg_read(arm_const.UC_ARM_REG_PC)
        raise AssertionError(f"{error} at {pc:#x}; wrote {bytes(registers.output)!r}") from None
    assert found, f"no record; wrote {bytes(registers.output)!r}"
    return found[0]


def within(value: float, expected: float, tolerance: float = 0.02) -> bool:
    """Whether two rates fit each other, as a UART's must."""
    return math.isclose(value, expected, rel_tol=tolerance)
