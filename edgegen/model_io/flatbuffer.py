"""Bounds-checked reading of flatbuffer tables: every offset, length and string is checked before it is used.

Files may be hostile. Besides the bounds, a `Source` holds budgets for the tables, elements and bytes that are read, so
that a small file whose offsets all share one large vector costs no more than an honest file of its size.
"""

from __future__ import annotations

from struct import Struct

from flatbuffers import packer

from edgegen.errors import InputError

# Far above what fits a microcontroller, low enough to be read in seconds.
MAX_TABLES = 50_000
MAX_ELEMENTS = 1_000_000
# The schema's largest table has 14 fields; later ones of a longer vtable are not asked for.
_MAX_FIELDS = 32

UINT8 = packer.uint8
INT8 = packer.int8
INT32 = packer.int32
UINT32 = packer.uint32
INT64 = packer.int64
UINT64 = packer.uint64
FLOAT32 = packer.float32


class Source:
    """A file's bytes, its name for messages, and what may still be read of it."""

    __slots__ = ("_blobs", "_bytes_left", "_elements_left", "_tables_left", "_texts", "data", "name")

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self._tables_left = MAX_TABLES
        self._elements_left = MAX_ELEMENTS
        # Two fields may share a vector, but two vectors may not share bytes.
        self._bytes_left = len(data)
        self._blobs: dict[tuple[int, int], bytes] = {}
        self._texts: dict[tuple[int, int], str] = {}

    def error(self, where: str, what: str) -> InputError:
        return InputError(f"{self.name}: {where}: {what}\nThe file is damaged or no .tflite model; export it again.")

    def check(self, pos: int, size: int, where: str) -> None:
        """Raises InputError unless the `size` bytes at `pos` lie inside the file."""
        if pos < 0 or pos + size > len(self.data):
            raise self.error(where, f"{size} bytes at offset {pos} are outside the file of {len(self.data)} bytes")

    def number(self, packed: Struct, pos: int, where: str) -> int:
        """The integer of format `packed` at `pos`."""
        self.check(pos, packed.size, where)
        value: int = packed.unpack_from(self.data, pos)[0]
        return value

    def count_table(self, where: str) -> None:
        self._tables_left -= 1
        if self._tables_left < 0:
            raise self.error(where, f"the model has more than {MAX_TABLES} tensors, nodes and options")

    def count_elements(self, count: int, where: str) -> None:
        self._elements_left -= count
        if self._elements_left < 0:
            raise self.error(where, f"the model's lists have more than {MAX_ELEMENTS} elements")

    def blob(self, pos: int, size: int, where: str) -> bytes:
        """A copy of the bytes; one and the same object for the same place."""
        self.check(pos, size, where)
        known = self._blobs.get((pos, size))
        if known is None:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise self.error(where, "its vectors overlap")
            known = self._blobs[pos, size] = self.data[pos : pos + size]
        return known

    def text(self, pos: int, size: int, where: str) -> str:
        """The string at that place; one and the same object for the same place."""
        known = self._texts.get((pos, size))
        if known is None:
            known = self._texts[pos, size] = self.blob(pos, size, where).decode("utf-8", errors="replace")
        return known


def printable(name: str) -> str:
    """A name from a file as a message shows it: on one line, not endless."""
    text = "".join(c if c.isprintable() else "?" for c in name[:120])
    return text if len(name) <= 120 else text + "..."


class Table:
    """One table of the file. `slot` is a field's number in the schema, from 0; `where` names the table in messages."""

    __slots__ = ("_fields", "_pos", "source", "where")

    def __init__(self, source: Source, pos: int, where: str) -> None:
        source.count_table(where)
        self.source = source
        self.where = where
        self._pos = pos
        vtable = pos - source.number(packer.soffset, pos, where)
        size = source.number(packer.voffset, vtable, where)
        if size < 4 or size % 2:
            raise source.error(where, f"the vtable at offset {vtable} has the impossible size {size}")
        source.check(vtable, size, where)
        fields = min(size // 2 - 2, _MAX_FIELDS)
        self._fields = Struct(f"<{fields}H").unpack_from(source.data, vtable + 4)

    def __contains__(self, slot: int) -> bool:
        return self._place(slot) is not None

    def _place(self, slot: int) -> int | None:
        """Where the field is in the file, None if absent (then it has its default)."""
        offset = self._fields[slot] if slot < len(self._fields) else 0
        return self._pos + offset if offset else None

    def number(self, slot: int, packed: Struct, default: int = 0) -> int:
        place = self._place(slot)
        return default if place is None else self.source.number(packed, place, self.where)

    def float32(self, slot: int, default: float = 0.0) -> float:
        place = self._place(slot)
        if place is None:
            return default
        self.source.check(place, 4, self.where)
        value: float = FLOAT32.unpack_from(self.source.data, place)[0]
        return value

    def _target(self, slot: int) -> int | None:
        """The place that the field's offset points to."""
        place = self._place(slot)
        return None if place is None else place + self.source.number(packer.uoffset, place, self.where)

    def table(self, slot: int, where: str) -> Table | None:
        target = self._target(slot)
        return None if target is None else Table(self.source, target, where)

    def _vector(self, slot: int, width: int) -> tuple[int, int] | None:
        """The place of the first element and the number of elements."""
        target = self._target(slot)
        if target is None:
            return None
        count = self.source.number(packer.uoffset, target, self.where)
        self.source.check(target + 4, count * width, self.where)
        return target + 4, count

    def numbers(self, slot: int, packed: Struct) -> tuple[int, ...] | None:
        """A vector of integers, None if absent."""
        return self._unpack(slot, packed)

    def floats(self, slot: int) -> tuple[float, ...] | None:
        """A vector of float32, None if absent."""
        return self._unpack(slot, FLOAT32)

    def _unpack(self, slot: int, packed: Struct) -> tuple[int, ...] | None:
        vector = self._vector(slot, packed.size)
        if vector is None:
            return None
        place, count = vector
        self.source.count_elements(count, self.where)
        return Struct(f"<{count}{packed.format[-1]}").unpack_from(self.source.data, place)

    def blob(self, slot: int) -> bytes | None:
        """A vector of bytes, None if absent."""
        vector = self._vector(slot, 1)
        return None if vector is None else self.source.blob(*vector, self.where)

    def string(self, slot: int) -> str | None:
        """A string, None if absent; bytes that are no UTF-8 are replaced."""
        vector = self._vector(slot, 1)
        return None if vector is None else self.source.text(*vector, self.where)

    def places(self, slot: int) -> tuple[int, ...]:
        """Where the tables of a vector of tables are; empty if absent."""
        vector = self._vector(slot, 4)
        if vector is None:
            return ()
        first, count = vector
        if count > MAX_TABLES:
            raise self.source.error(self.where, f"a list has {count} entries, more than the limit of {MAX_TABLES}")
        self.source.count_elements(count, self.where)
        offsets = Struct(f"<{count}I").unpack_from(self.source.data, first)
        return tuple(first + 4 * index + offset for index, offset in enumerate(offsets))
