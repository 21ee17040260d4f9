"""Machine code for the tests of the cycle models, as people read it."""

from __future__ import annotations


def thumb(words: str) -> bytes:
    """Half-words in reading order as little-endian bytes."""
    return b"".join(int(word, 16).to_bytes(2, "little") for word in words.split())


# Assembled with LLVM's assembler for esp32.
XTENSA = {
    "l32i a2, a3, 0": "222300",
    "add a4, a2, a5": "504280",
    "add a4, a5, a6": "604580",
    "mull a2, a3, a4": "402382",
    "add a5, a2, a2": "205280",
}
