"""Bounds-checked reading of a flexbuffer that is one map from names to numbers, as custom operators' options are.

Format: https://flatbuffers.dev/internals/ (FlexBuffers). The root is at the end: value, its packed type, its width. A
map's pointer leads to its values; before them lie the keys' pointer, the keys' width and the number of entries.
"""

from __future__ import annotations

import struct

_MAX_ENTRIES = 256
_MAX_NAME = 256
_NULL, _INT, _UINT, _FLOAT, _INDIRECT_INT, _INDIRECT_UINT, _INDIRECT_FLOAT, _MAP, _BOOL = 0, 1, 2, 3, 6, 7, 8, 9, 26
_INDIRECT = {_INDIRECT_INT: _INT, _INDIRECT_UINT: _UINT, _INDIRECT_FLOAT: _FLOAT}
_FORMATS = {
    _INT: {1: "<b", 2: "<h", 4: "<i", 8: "<q"},
    _UINT: {1: "<B", 2: "<H", 4: "<I", 8: "<Q"},
    _BOOL: {1: "<B", 2: "<H", 4: "<I", 8: "<Q"},
    _FLOAT: {2: "<e", 4: "<f", 8: "<d"},
}


class FlexbufferError(ValueError):
    """The bytes are no flexbuffer map."""


def read_scalar_map(data: bytes) -> dict[str, int | float | None]:
    """Returns the map's numbers by name; values of other types are left out. Raises FlexbufferError."""
    if len(data) < 3:
        raise FlexbufferError(f"{len(data)} bytes are too few")
    width = data[-1]
    if width not in (1, 2, 4, 8):
        raise FlexbufferError(f"impossible width {width}")
    kind, child_width = data[-2] >> 2, 1 << (data[-2] & 3)
    if kind != _MAP:
        raise FlexbufferError("they are no map")
    values = _follow(data, len(data) - 2 - width, width)
    count = _unsigned(data, values - child_width, child_width)
    if count > _MAX_ENTRIES:
        raise FlexbufferError(f"{count} entries, the limit is {_MAX_ENTRIES}")
    keys_width = _unsigned(data, values - 2 * child_width, child_width)
    if keys_width not in (1, 2, 4, 8):
        raise FlexbufferError(f"impossible width {keys_width} of the keys")
    keys = _follow(data, values - 3 * child_width, child_width)
    types = values + count * child_width
    found: dict[str, int | float | None] = {}
    for index in range(count):
        name = _text(data, _follow(data, keys + index * keys_width, keys_width))
        packed = _unsigned(data, types + index, 1)
        kind, width, place = packed >> 2, child_width, values + index * child_width
        if kind in _INDIRECT:
            place, width = _follow(data, place, child_width), 1 << (packed & 3)
            kind = _INDIRECT[kind]
        if kind == _NULL:
            found[name] = None
        elif kind in _FORMATS:
            found[name] = _number(data, place, width, kind)
    return found


def _number(data: bytes, place: int, width: int, kind: int) -> int | float:
    code = _FORMATS[kind].get(width)
    if code is None or place < 0 or place + width > len(data):
        raise FlexbufferError(f"no number at byte {place}")
    value: int | float = struct.unpack_from(code, data, place)[0]
    return value


def _unsigned(data: bytes, place: int, width: int) -> int:
    return int(_number(data, place, width, _UINT))


def _follow(data: bytes, place: int, width: int) -> int:
    """Where the backward offset at `place` leads to."""
    target = place - _unsigned(data, place, width)
    if not 0 <= target < len(data):
        raise FlexbufferError(f"the offset at byte {place} leads out of it")
    return target


def _text(data: bytes, place: int) -> str:
    end = data.find(b"\0", place, place + _MAX_NAME)
    if end < 0:
        raise FlexbufferError(f"the name at byte {place} has no end")
    return data[place:end].decode("utf-8", errors="replace")
