"""Thumb code to Instructions: capstone for the base set, DSP and floating point; decoders.mve for what it lacks."""

from __future__ import annotations

import re
from collections.abc import Callable

import capstone
from capstone import arm as capstone_arm

from edgegen.estimate.decoders import mve
from edgegen.estimate.instructions import Instruction, Kind

_CONDITIONS = "(eq|ne|hs|cs|lo|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?"
# Tried in order, on the mnemonic without width and condition.
_KINDS: dict[Kind, str] = {
    "it": r"it[te]{0,3}",
    "div": r"[su]div",
    "mul": r"muls?|smul[bt][bt]|smulw[bt]|smmulr?|smuad?x?|smus?dx?",
    "mul_long": r"[su]mulls?",
    "mac": r"mla|mls|smla[bt][bt]|smlaw[bt]|smladx?|smlsdx?|smmlar?|smmlsr?",
    "mac_long": r"[su]mlal|umaal|smlal[bt][bt]|smlaldx?|smlsldx?",
    "load_many": r"pop|ldm(ia|db|fd|ea)?|vldm(ia|db)?|vpop",
    "store_many": r"push|stm(ia|db|fd|ea)?|vstm(ia|db)?|vpush",
    "load": r"ldr.*|ldrex.*|vldr|tb[bh]",
    "store": r"str.*|strex.*|vstr|pld.*",
    "float_div": r"vdiv|vsqrt",
    "float_mac": r"v(n?ml[as]|fn?m[as])",
    "float_move": r"vmov.*|vmrs|vmsr",
    "float": r"v.*",
    "dsp": (
        r"[us]?xta?[bh](16)?|[suq]h?(add|sub)(8|16)|[su]?[hq](add|sub|asx|sax)(8|16)?"
        r"|qd?(add|sub)|sel|usada?8|pkh(bt|tb)|[su]asx|[su]sax"
    ),
    "saturate": r"[su]sat(16)?",
    "bitfield": r"[su]?bfx|bfi|bfc|clz|rbit|rev(16|sh)?",
    "shift": r"(ls[lr]|asr|ror|rrx)s?",
    "nop": r"nop|yield|wfi|wfe|sev",
    "system": r"msr|mrs|cps.*|dmb|dsb|isb|svc|bkpt|sg|udf",
}
_COMPILED = tuple((re.compile(pattern + r"\Z"), kind) for kind, pattern in _KINDS.items())
_WIDTH = re.compile(r"\.(w|n)\Z")


def decoder(vector: bool) -> Callable[[int, bytes], tuple[Instruction, ...]]:
    """A decoder of code at an address; with `vector` for a core that has the vector extension and hardware loops."""
    engine = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS | capstone.CS_MODE_V8)
    engine.detail = True

    def decode(address: int, code: bytes) -> tuple[Instruction, ...]:
        found: list[Instruction] = []
        at = 0
        while at < len(code):
            special = mve.decode(code[at : at + 4]) if vector else None
            if special is not None:
                found.append(special)
                at += special.size_bytes
                continue
            # The longest stretch at once: capstone then follows IT blocks.
            stop = at + 2
            while vector and stop < len(code) and mve.decode(code[stop : stop + 4]) is None:
                stop += 2
            for item in engine.disasm(code[at : stop if vector else len(code)], address + at):
                found.append(_instruction(item))
                at += item.size
                if vector and at < len(code) and mve.decode(code[at : at + 4]) is not None:
                    break
            else:
                if at < (stop if vector else len(code)):
                    wide = code[at + 1] >= 0xE8
                    found.append(Instruction("unknown", "alu", 4 if wide else 2))
                    at += 4 if wide else 2
        return tuple(found)

    return decode


def _instruction(item: capstone.CsInsn) -> Instruction:
    """capstone's view of an instruction as the models'."""
    name = _WIDTH.sub("", item.mnemonic)
    base = name.split(".")[0]
    condition = item.cc not in (capstone_arm.ARM_CC_AL, capstone_arm.ARM_CC_INVALID)
    if condition and not base.startswith("it"):
        base = re.sub(_CONDITIONS + r"\Z", "", base, count=1) or base
    reads, writes = ({item.reg_name(register) for register in side} for side in item.regs_access())
    operands = item.operands
    kind = _branch_kind(base, condition, item, writes) or _plain_kind(base)
    if kind == "alu" and "," in item.op_str and re.search(r"(lsl|lsr|asr|ror) #", item.op_str):
        base += "_shifted"
    registers = 0
    if kind in ("load_many", "store_many") or (kind == "jump" and "{" in item.op_str):
        registers = item.op_str.split("{")[-1].count(",") if "{" in item.op_str else 0
        listed = re.search(r"\{([sd])(\d+)-[sd](\d+)\}", item.op_str.replace(" ", ""))
        if listed:
            registers = int(listed[3]) - int(listed[2])
    elif base in ("ldrd", "strd"):
        registers = 1
    address = {
        item.reg_name(register)
        for operand in operands
        if operand.type == capstone_arm.ARM_OP_MEM
        for register in (operand.mem.base, operand.mem.index)
        if register
    }
    return Instruction(base, kind, item.size, frozenset(reads), frozenset(writes), frozenset(address), registers)


def _plain_kind(base: str) -> Kind:
    return next((kind for pattern, kind in _COMPILED if pattern.match(base)), "alu")


def _branch_kind(base: str, condition: bool, item: capstone.CsInsn, writes: set[str]) -> Kind | None:
    if base in ("cbz", "cbnz"):
        return "branch_if"
    if base in ("bx", "blx", "bxns", "blxns"):
        return "jump"
    if base in ("tbb", "tbh") or ("pc" in writes and base not in ("b", "bl")):
        return "jump"
    if base in ("b", "bl") or re.fullmatch("b" + _CONDITIONS, item.mnemonic.split(".")[0]):
        return "branch_if" if condition else "branch"
    return None
