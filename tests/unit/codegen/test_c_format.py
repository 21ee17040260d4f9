"""C literals are exact; hostile names end as harmless text."""

from __future__ import annotations

import ctypes
import re
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.codegen import c_format


@given(st.text())
def test_identifier_is_always_one(text: str) -> None:
    name = c_format.c_identifier(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,60}", name)
    assert name not in {"int", "main", "class", "while"}
    assert not name.startswith("eg_")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kws_ref_model", "kws_ref_model"),
        ("2nd model", "model_2nd_model"),
        ("int", "model_int"),
        ("", "model"),
        ("a.b/c-d", "a_b_c_d"),
        ("eg_conv", "model_eg_conv"),
        ("math", "model_math"),
        ("été", "t"),
    ],
)
def test_identifier(text: str, name: str) -> None:
    assert c_format.c_identifier(text) == name


@given(st.text())
def test_comment_cannot_end_early(text: str) -> None:
    comment = c_format.c_comment("/" + text + "*")
    assert "*/" not in comment and "\n" not in comment
    assert all(c in string.printable for c in comment)


@given(st.text())
def test_string_cannot_end_early(text: str) -> None:
    body = c_format.c_string(text)
    assert not re.search(r'(?<!\\)(\\\\)*"', body)
    assert not re.search(r"(?<!\\)(\\\\)*\\$", body)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_is_exact(value: float) -> None:
    text = c_format.c_float(value)
    assert text.endswith("f")
    assert ctypes.c_float(float(text[:-1])).value == value


@pytest.mark.parametrize("value", [0, -1, 2**31 - 1, -(2**31), 2**31, 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1])
def test_int_has_its_value(value: int) -> None:
    text = re.sub(r"U?INT64_C\((\d+)\)|(\d+)u\b", lambda m: m[1] or m[2], c_format.c_int(value))
    assert eval(text, {"__builtins__": {}}) == value


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64", "float32"])
def test_initializer_keeps_every_element(dtype: str) -> None:
    values = np.arange(-50, 73).astype(dtype)
    text = c_format.c_initializer(values)
    numbers = [
        n.strip().removesuffix("f" if dtype == "float32" else "")
        for n in text.replace("\n", " ").split(",")
        if n.strip()
    ]
    parsed = [int(n, 16) if n.startswith("0x") else float(n) for n in numbers]
    assert np.array_equal(np.array(parsed).astype(dtype), values)
