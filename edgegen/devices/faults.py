"""Fault records and panic texts of a firmware become words: the cause, and where in the source it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from edgegen.protocol import Record

Locate: TypeAlias = "Callable[[int, bool], str | None]"
"""An address (and whether it is a return address) to its place in the source; None for one that is not in code."""

_REGISTERS = ("pc", "lr", "ra", "sp", "xpsr", "cfsr", "hfsr", "mmfar", "bfar", "cause", "exccause", "excvaddr",
              "mcause", "mepc", "mtval", "epc", "ps", "signal")  # fmt: skip
# Armv7-M and Armv8-M Architecture Reference Manuals, CFSR and HFSR.
_CFSR = {
    0: "code fetched from memory that must not run", 1: "access to memory that is not there or forbidden (mmfar)",
    3: "the stack was not accessible on return", 4: "the stack ran over or was not accessible",
    5: "the stack was not accessible for the FPU's registers", 8: "code fetched from memory that does not answer",
    9: "access to memory that does not answer (bfar)", 10: "an earlier write to memory that does not answer",
    11: "the stack does not answer on return", 12: "the stack does not answer",
    13: "the stack does not answer for the FPU's registers", 16: "an instruction that the core does not have",
    17: "a jump to an address that is not code (or not Thumb)", 18: "a broken return from an exception",
    19: "an instruction of a unit that is off or missing (FPU?)", 20: "the stack ran over its limit",
    24: "an unaligned access", 25: "a division by zero",
}  # fmt: skip
_HFSR = {1: "the vector table does not answer", 31: "a breakpoint without a debugger"}
# RISC-V privileged specification, mcause.
_MCAUSE = {
    0: "a jump to an unaligned address", 1: "code fetched from memory that must not run",
    2: "an instruction that the core does not have", 3: "a breakpoint", 4: "an unaligned load",
    5: "a load from memory that is not there (mtval)", 6: "an unaligned store",
    7: "a store to memory that is not there (mtval)", 11: "a system call",
}  # fmt: skip
# Xtensa ISA reference manual, EXCCAUSE.
_EXCCAUSE = {
    0: "an instruction that the core does not have", 2: "code fetched from memory that must not run",
    3: "a load or store that memory refused (excvaddr)", 5: "a register window moved without its handler",
    6: "a division by zero", 9: "an unaligned access (excvaddr)", 12: "code fetched from memory that does not answer",
    13: "a load or store to memory that does not answer (excvaddr)", 20: "code fetched from forbidden memory",
    28: "a load from forbidden memory (excvaddr)", 29: "a store to forbidden memory (excvaddr)",
}  # fmt: skip
# What ESP-IDF prints when it gives up: the program counter, and pairs of it and the stack pointer, innermost first.
_PANIC_ADDRESSES = re.compile(r"\b(?:PC|MEPC|EPC1|RA|MTVEC)\s*:\s*(0x[0-9a-fA-F]{8})")
_BACKTRACE = re.compile(r"\bBacktrace:((?:\s*0x[0-9a-fA-F]{8}:0x[0-9a-fA-F]{8})+)")
_PAIR = re.compile(r"(0x[0-9a-fA-F]{8}):0x[0-9a-fA-F]{8}")


def explain_fault(record: Record, locate: Locate | None = None) -> str:
    """A fault record as a message: the registers that tell most, the cause, and its place where `locate` knows it."""
    fields = record.fields
    first = [f"{key} {fields[key]}" for key in _REGISTERS if key in fields]
    rest = [f"{key} {value}" for key, value in fields.items() if key not in _REGISTERS]
    lines = ["the firmware ended in a fault: " + ", ".join(first), *([", ".join(rest)] if rest else [])]
    causes = fault_causes(record)
    if causes:
        lines.append("cause: " + "; ".join(causes))
    if locate is not None:
        places = (("at", locate(_number(fields.get("pc")), False)), ("called from", locate(_caller(fields), True)))
        lines += [f"{what} {place}" for what, place in places if place is not None]
    return "\n".join(lines)


def fault_causes(record: Record) -> list[str]:
    """What the status registers of a fault record say, in words."""
    fields = record.fields
    found = [text for bit, text in _CFSR.items() if _number(fields.get("cfsr")) >> bit & 1]
    found += [text for bit, text in _HFSR.items() if _number(fields.get("hfsr")) >> bit & 1]
    for key, table in (("mcause", _MCAUSE), ("exccause", _EXCCAUSE)):
        if key in fields:
            found.append(table.get(_number(fields[key]), f"{key} {fields[key]}"))
    return found


def explain_panic(line: str, locate: Locate) -> list[str]:
    """The places of the addresses in a line of ESP-IDF's panic text; empty for any other line."""
    backtrace = _BACKTRACE.search(line)
    if backtrace is not None:
        # The first is where it happened, the others are return addresses.
        found = [int(address, 16) for address in _PAIR.findall(backtrace.group(1))]
        places = [locate(address, number > 0) for number, address in enumerate(found)]
    else:
        found = [int(address, 16) for address in _PANIC_ADDRESSES.findall(line)]
        places = [locate(address, False) for address in found]
    return [f"0x{address:08x}: {place}" for address, place in zip(found, places, strict=True) if place is not None]


def _caller(fields: dict[str, object]) -> int:
    """The return address: Arm's lr, RISC-V's ra, or Xtensa's a0, whose top bits hold the window's size."""
    for key in ("lr", "ra"):
        if key in fields:
            return _number(fields[key]) & ~1
    if "a0" in fields:
        return _number(fields["a0"]) & 0x3FFF_FFFF | _number(fields.get("pc")) & 0xC000_0000
    return 0


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    try:
        return int(str(value), 0)
    except ValueError:
        return 0
