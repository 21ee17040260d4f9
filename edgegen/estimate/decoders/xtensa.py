"""Xtensa code to Instructions: the fields of its 24- and 16-bit formats.

Encodings: Xtensa Instruction Set Architecture Reference Manual, chapter 7. No disassembler is asked: they lose step at
the padding between functions, while an executed block begins where the core began.
"""

from __future__ import annotations

from edgegen.estimate.instructions import Instruction, Kind

_ACCUMULATOR = "acc"
_PLAIN = frozenset[str]()
# By op2 of group RST1 and RST3, and by r of group LSAI.
_RST1: dict[int, Kind] = {**dict.fromkeys((0, 1, 2, 3, 4, 8, 9, 10, 11), "shift"), 6: "system", 12: "mul", 13: "mul"}
_RST2: dict[int, Kind] = {**dict.fromkeys((8, 10, 11), "mul"), **dict.fromkeys((12, 13, 14, 15), "div")}
_LSAI: dict[int, tuple[str, Kind]] = {
    0: ("l8ui", "load"), 1: ("l16ui", "load"), 2: ("l32i", "load"), 9: ("l16si", "load"), 11: ("l32ai", "load"),
    4: ("s8i", "store"), 5: ("s16i", "store"), 6: ("s32i", "store"), 14: ("s32c1i", "store"), 15: ("s32ri", "store"),
}  # fmt: skip


def decode(address: int, code: bytes) -> tuple[Instruction, ...]:
    """The instructions of `code`; what no case knows counts as simple."""
    found = []
    at = 0
    while at < len(code):
        size = 2 if code[at] & 0xF >= 8 else 3
        found.append(_instruction(int.from_bytes(code[at : at + size], "little"), size))
        at += size
    return tuple(found)


def _instruction(word: int, size: int) -> Instruction:
    op0, t, s, r = (word >> shift & 0xF for shift in (0, 4, 8, 12))
    if size == 2:
        return _narrow(op0, t, s, r)
    op1, op2 = word >> 16 & 0xF, word >> 20
    if op0 == 0:
        return _register_form(op1, op2, t, s, r)
    if op0 == 1:
        return _make("l32r", "load", 3, (), (t,))
    if op0 in (2, 3):
        return _memory_form(op0, t, s, r)
    if op0 == 4:
        return _multiply_accumulate(op1, op2, t, s)
    if op0 == 5:
        return _make("call", "branch", 3, (), ())
    if op0 == 6:
        return _jump_form(t, s, r)
    return _make("b", "branch_if", 3, (s, t), ()) if op0 == 7 else _make("unknown", "alu", 3, (), ())


def _narrow(op0: int, t: int, s: int, r: int) -> Instruction:
    if op0 == 8:
        return _make("l32i.n", "load", 2, (s,), (t,), (s,))
    if op0 == 9:
        return _make("s32i.n", "store", 2, (s, t), (), (s,))
    if op0 == 10:
        return _make("add.n", "alu", 2, (s, t), (r,))
    if op0 == 11:
        return _make("addi.n", "alu", 2, (s,), (r,))
    if op0 == 12:
        return _make("beqz.n", "branch_if", 2, (s,), ()) if t & 8 else _make("movi.n", "alu", 2, (), (s,))
    if r == 0:
        return _make("mov.n", "alu", 2, (s,), (t,))
    if r == 15 and t in (0, 1):
        return _make("ret.n", "jump", 2, (0,), ())
    return _make("nop.n", "nop", 2, (), ())


def _register_form(op1: int, op2: int, t: int, s: int, r: int) -> Instruction:
    if op1 == 0:
        if op2 == 0 and r == 0 and t >= 8:
            return _make("jx", "jump", 3, (s,), ())
        if op2 == 0 and r >= 2:
            return _make("nop", "nop", 3, (), ())
        if op2 == 4:
            return _make("nsau", "alu", 3, (s,), (t,)) if r >= 14 else _make("ssr", "shift", 3, (s,), ())
        return _make("add", "alu", 3, (s, t), (r,))
    if op1 == 1:
        kind = _RST1.get(op2, "alu")
        return _make("shift" if kind == "shift" else kind, kind, 3, (s, t), (r,))
    if op1 == 2:
        kind = _RST2.get(op2, "alu")
        return _make(kind, kind, 3, (s, t), (r,))
    if op1 == 3:
        if op2 in (0, 1, 14, 15):
            return _make("rsr", "system", 3, (t,), (r if op2 == 14 else t,))
        conditional = (r,) if 8 <= op2 <= 13 else ()
        return _make("minmax", "alu", 3, (s, t, *conditional) if op2 > 3 else (s,), (r,))
    if op1 in (4, 5):
        return _make("extui", "shift", 3, (t,), (r,))
    if op1 in (8, 9):
        store = op2 & 4 != 0
        return _make("indexed", "store" if store else "load", 3, (s, t), () if store else (r,), (s,))
    if op1 in (10, 11):
        return _make("float", "float_mac" if op1 == 10 and op2 in (4, 5) else "float", 3, (), ())
    return _make("unknown", "alu", 3, (), ())


def _memory_form(op0: int, t: int, s: int, r: int) -> Instruction:
    if op0 == 3:
        return _make("lsi", "store" if r & 4 else "load", 3, (s,), (), (s,))
    if r in _LSAI:
        name, kind = _LSAI[r]
        return _make(name, kind, 3, (s, t) if kind == "store" else (s,), () if kind == "store" else (t,), (s,))
    return _make("movi", "alu", 3, (), (t,)) if r == 10 else _make("addi", "alu", 3, (s,), (t,))


def _multiply_accumulate(op1: int, op2: int, t: int, s: int) -> Instruction:
    """MAC16; the forms with a load write m0 to m3 and step their address register."""
    loads = op2 in (0, 1, 4, 5, 8, 9)
    half = f"m{op1 & 3}"
    if op2 in (8, 9):
        return Instruction(
            "ldinc", "mac16_load", 3, frozenset((f"a{s}",)), frozenset((half, f"a{s}")), frozenset((f"a{s}",))
        )
    reads = {_ACCUMULATOR} if op1 >= 8 else set[str]()
    reads |= {"m0", "m1"} if op2 in (0, 1, 2, 3) else set()
    reads |= {"m2", "m3"} if op2 in (0, 1, 2, 4, 5, 6) else set()
    if not loads:
        reads |= {f"a{s}"} if op2 in (3, 7) else set()
        reads |= {f"a{t}"} if op2 in (6, 7) else set()
        return Instruction("mac16", "mac16", 3, frozenset(reads), frozenset((_ACCUMULATOR,)))
    writes = {_ACCUMULATOR, f"a{s}"}
    return Instruction(
        "mac16_load", "mac16_load", 3, frozenset((*reads, f"a{s}")), frozenset(writes), frozenset((f"a{s}",))
    )


def _jump_form(t: int, s: int, r: int) -> Instruction:
    low, high = t & 3, t >> 2
    if low == 0:
        return _make("j", "branch", 3, (), ())
    if low == 3 and high == 0:
        return _make("entry", "nop", 3, (), ())
    if low == 3 and high == 1 and r in (8, 9, 10):
        return _make("loop", "loop_start", 3, (s,), ())
    return _make("bz", "branch_if", 3, (s,), ())


def _make(
    name: str, kind: Kind, size: int, reads: tuple[int, ...], writes: tuple[int, ...], address: tuple[int, ...] = ()
) -> Instruction:
    def names(numbers: tuple[int, ...]) -> frozenset[str]:
        return frozenset(f"a{number}" for number in numbers) if numbers else _PLAIN

    return Instruction(name, kind, size, names(reads), names(writes), names(address))
