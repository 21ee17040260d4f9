"""RV32IMAC code to Instructions, by capstone."""

from __future__ import annotations

import re

import capstone

from edgegen.estimate.instructions import Instruction, Kind

_ENGINE = capstone.Cs(capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV32 | capstone.CS_MODE_RISCVC)
_REGISTER = re.compile(r"\b(zero|ra|sp|gp|tp|[ast]\d+)\b")
_LOADS = {"lb", "lh", "lw", "lbu", "lhu", "lwsp", "lr.w"}
_STORES = {"sb", "sh", "sw", "swsp"}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_LOADS, "load"),
    **dict.fromkeys(_STORES, "store"),
    **dict.fromkeys(("mul", "mulh", "mulhu", "mulhsu"), "mul"),
    **dict.fromkeys(("div", "divu", "rem", "remu"), "div"),
    **dict.fromkeys(("beq", "bne", "blt", "bge", "bltu", "bgeu"), "branch_if"),
    **dict.fromkeys(("beqz", "bnez", "bgez", "bltz", "blez", "bgtz"), "branch_if"),
    **dict.fromkeys(("j", "jal"), "branch"),
    **dict.fromkeys(("jr", "jalr", "ret"), "jump"),
    **dict.fromkeys(("nop", "fence"), "nop"),
    **dict.fromkeys(("csrrw", "csrrs", "csrrc", "csrr", "csrw", "csrs", "csrc", "ecall", "ebreak", "mret"), "system"),
}  # fmt: skip


def decode(address: int, code: bytes) -> tuple[Instruction, ...]:
    """The instructions of `code`; what capstone does not know counts as simple."""
    found: list[Instruction] = []
    at = 0
    while at < len(code):
        for item in _ENGINE.disasm(code[at:], address + at):
            found.append(_instruction(item.mnemonic, item.op_str, item.size))
            at += item.size
        if at < len(code):
            size = 4 if code[at] & 3 == 3 else 2
            found.append(Instruction("unknown", "alu", size))
            at += size
    return tuple(found)


def _instruction(mnemonic: str, operands: str, size: int) -> Instruction:
    name = mnemonic.removeprefix("c.")
    kind = _KINDS.get(name, "alu")
    registers = [r for r in _REGISTER.findall(operands) if r != "zero"]
    if kind in ("branch_if", "store", "jump"):
        written: list[str] = []
        read = registers
    else:
        written, read = registers[:1], registers[1:]
        if mnemonic.startswith("c.") and kind == "alu" and name not in ("mv", "li", "lui"):
            read = registers  # the short forms read their destination
    address = registers[-1:] if kind in ("load", "store") else []
    return Instruction(name, kind, size, frozenset(read), frozenset(written), frozenset(address))
