"""Vector instructions and hardware loops of Armv8.1-M by their encodings: what the base decoder does not know.

Encodings: Armv8-M Architecture Reference Manual (DDI 0553), sections C2.4 and C2.3.7: coprocessors 14 and 15 of the
base set's space are the vector extension's.
"""

from __future__ import annotations

from edgegen.estimate.instructions import Instruction, Kind

_Q = tuple(f"q{number}" for number in range(8))


def decode(code: bytes) -> Instruction | None:
    """The vector or loop instruction that `code` begins with, or None for one of the base set."""
    if len(code) < 4:
        return None
    first, second = int.from_bytes(code[:2], "little"), int.from_bytes(code[2:4], "little")
    top = first & 0xEE00
    if first & 0xFF80 == 0xF000 and second & 0xF001 in (0xC001, 0xE001) and second & 0x0FFE != 0x0FFE:
        return _loop(first, second)
    if top == 0xEC00 and second & 0x0E00 == 0x0E00 and first & 0xFF00 != 0xFE00:
        return _access(first, second)
    if first & 0xEF00 == 0xEF00 or (first & 0xEF00 == 0xEE00 and _vector_space(first, second)):
        return _data(first, second)
    return None


def _vector_space(first: int, second: int) -> bool:
    """Whether 0xEE.. or 0xFE.. is a vector operation, not one of floating point (coprocessors 9 to 11)."""
    return (second >> 8 & 0xF) in (0x0, 0x1, 0xE, 0xF) or first & 0xFF00 == 0xFE00


def _loop(first: int, second: int) -> Instruction:
    """DLS, WLS and LE with or without tail predication."""
    if second & 0xF000 == 0xE000 or (first & 0x0040 and second & 0xF001 == 0xE001):
        return Instruction("dls", "loop_start", 4, writes=frozenset(("lr",)))
    if first & 0x000F == 0x000F:
        return Instruction("le", "loop_end", 4, frozenset(("lr",)), frozenset(("lr",)))
    return Instruction("wls", "loop_start", 4, writes=frozenset(("lr",)))


def _access(first: int, second: int) -> Instruction:
    vector = _Q[(second >> 13) & 7]
    base = f"r{first & 15}"
    load = bool(first & 0x0010)
    kind: Kind = "vector_load" if load else "vector_store"
    read = {base} if load else {base, vector}
    return Instruction(
        "vldr" if load else "vstr", kind, 4,
        frozenset(read), frozenset((vector,) if load else ()), frozenset((base,)),
    )  # fmt: skip


def _data(first: int, second: int) -> Instruction:
    destination, left, right = _Q[second >> 13 & 7], _Q[first >> 1 & 7], _Q[second >> 1 & 7]
    if first & 0xFFBF == 0xFE31 and second & 0x1FFF == 0x0F4D:
        return Instruction("vpst", "it", 4)
    if first & 0xEF80 == 0xEE80 and second & 0x0F00 in (0x0E00, 0x0F00):
        # VMLADAV and VMLALDAV: two vectors into a register.
        register = f"r{second >> 12 & 0xE}"
        return Instruction("vmladav", "vector_mul", 4, frozenset((left, right, register)), frozenset((register,)))
    multiplies = second & 0x0F50 == 0x0950 or (second & 0x0F40 == 0x0B40 and first & 0xEF00 == 0xEF00)
    multiplies = multiplies or (first & 0xEF01 == 0xEE01 and second & 0x0F00 in (0x0E00,))
    kind: Kind = "vector_mul" if multiplies else "vector"
    return Instruction("vmul" if multiplies else "vector", kind, 4, frozenset((left, right)), frozenset((destination,)))
