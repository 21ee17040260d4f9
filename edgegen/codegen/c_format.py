"""Python values to C99 literals and identifiers."""

from __future__ import annotations

import keyword
import re

import numpy as np

_VALUES_PER_LINE = {2: 16, 4: 10, 8: 5}
_INT8_TEXT = np.array([f"{v},".rjust(5).encode() for v in range(-128, 128)], dtype="S5")
_UINT8_TEXT = np.array([f"0x{v:02x},".encode() for v in range(256)], dtype="S5")
_C_KEYWORDS = re.compile(
    "auto|break|case|char|const|continue|default|do|double|else|enum|extern|float|for|goto|if|inline|int|long|register"
    "|restrict|return|short|signed|sizeof|static|struct|switch|typedef|union|unsigned|void|volatile|while|bool|true"
    "|false|main|asm|typeof|and|or|not|xor|class|new|delete|this|template|typename|namespace|public|private|protected"
    "|virtual|operator|try|catch|throw|using|friend|export|mutable|explicit"
)
# A model of this name would give a header that hides the compiler's own.
_STANDARD_HEADERS = re.compile(
    "assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic"
    "|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|threads|time|uchar|wchar|wctype",
    re.IGNORECASE,
)


def c_identifier(text: str) -> str:
    """A harmless C and C++ identifier made from any text: letters, digits, single underscores; at most 48 long."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:48].rstrip("_") or "model"
    taken = _C_KEYWORDS.fullmatch(name) or _STANDARD_HEADERS.fullmatch(name) or keyword.iskeyword(name)
    if name[0].isdigit() or taken or name.lower().startswith("eg_"):
        name = "model_" + name
    return name


def c_comment(text: str) -> str:
    """Any text as the inside of a one-line comment: printable ASCII, no asterisk or backslash to end it early."""
    clean = "".join(c if " " <= c <= "~" else "?" for c in text)
    return clean.replace("*", "+").replace("\\", "/")[:200]


def c_string(text: str) -> str:
    """Any text as the inside of a C string literal; what is not printable ASCII becomes a question mark."""
    clean = "".join(c if " " <= c <= "~" else "?" for c in text[:400])
    return clean.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")


def c_int(value: int) -> str:
    """An integer literal of the right width; the most negative values need an expression."""
    if value == -(2**31):
        return "(-2147483647 - 1)"
    if value == -(2**63):
        return "(-INT64_C(9223372036854775807) - 1)"
    if -(2**31) < value < 2**31:
        return str(value)
    if value < 2**32 and value > 0:
        return f"{value}u"
    return f"UINT64_C({value})" if value >= 2**63 else f"INT64_C({value})"


def c_float(value: float) -> str:
    """A float literal with exactly this float32 value; infinities and NaN as the macros of <math.h>."""
    if value != value:
        return "NAN"
    if value in (float("inf"), float("-inf")):
        return "INFINITY" if value > 0 else "-INFINITY"
    text = np.format_float_scientific(np.float32(value), unique=True, trim="0")
    return f"{text}f"


def c_double(value: float) -> str:
    """A double literal with exactly this value."""
    if value != value or value in (float("inf"), float("-inf")):
        return c_float(value)
    return repr(value)


def c_initializer(values: np.ndarray) -> str:
    """The elements of an array in row-major order, each followed by a comma, wrapped into lines."""
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.dtype == np.int8:
        return _byte_lines(_INT8_TEXT[flat.astype(np.int16) + 128])
    if flat.dtype == np.uint8:
        return _byte_lines(_UINT8_TEXT[flat])
    if flat.dtype.kind == "f":
        texts = [c_float(float(v)) if flat.dtype.itemsize == 4 else c_double(float(v)) for v in flat]
    elif flat.dtype == np.bool_:
        texts = ["true" if v else "false" for v in flat.tolist()]
    else:
        texts = [c_int(v) for v in flat.tolist()]
    step = _VALUES_PER_LINE.get(flat.dtype.itemsize, 8)
    return "\n".join("  " + ", ".join(texts[i : i + step]) + "," for i in range(0, len(texts), step))


def _byte_lines(texts: np.ndarray) -> str:
    """Five characters a value, twenty values a line: fast enough for models of megabytes."""
    whole = len(texts) - len(texts) % 20
    lines = [row.tobytes().decode() for row in texts[:whole].reshape(-1, 20)]
    if whole < len(texts):
        lines.append(texts[whole:].tobytes().decode())
    return "\n".join(lines)
