"""What the cycle models know of an instruction: its kind, its registers, how many it moves, and where a branch goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "alu", "shift", "saturate", "bitfield", "dsp", "mul", "mul_long", "mac", "mac_long", "div", "load", "load_many",
    "store", "store_many",
    "branch", "branch_if", "jump", "nop", "it", "system", "float", "float_mac", "float_div", "float_move",
    "vector", "vector_mul", "vector_load", "vector_store", "loop_start", "loop_end", "mac16_load", "mac16",
]  # fmt: skip
"""`jump` goes to an address from a register or memory (returns, too); `branch` to one in the code, calls included.
`loop_end` is a branch that hardware predicts (M55's LE); `mac16` works on Xtensa's accumulator."""

MEMORY: frozenset[str] = frozenset(
    ("load", "load_many", "store", "store_many", "vector_load", "vector_store", "mac16_load")
)
BRANCHES: frozenset[str] = frozenset(("branch", "branch_if", "jump", "loop_end"))


@dataclass(frozen=True, slots=True)
class Instruction:
    """One decoded instruction. `registers` is how many registers a load or store moves beyond the first.

    `address_reads` are those of `reads` that make the address of an access.
    """

    name: str
    kind: Kind
    size_bytes: int
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    address_reads: frozenset[str] = frozenset()
    registers: int = 0
