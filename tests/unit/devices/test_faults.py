from __future__ import annotations

import pytest

from edgegen.devices.faults import explain_fault, explain_panic, fault_causes
from edgegen.protocol import Record


def locate(address: int, is_return: bool) -> str | None:
    return f"f_{address:x}{'_call' if is_return else ''}" if address else None


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"cfsr": "0x00010000", "hfsr": "0x40000000"}, "an instruction that the core does not have"),
        ({"cfsr": "0x00008200"}, "access to memory that does not answer (bfar)"),
        ({"cfsr": "0x00100000"}, "the stack ran over its limit"),
        ({"cfsr": "0x01000000"}, "an unaligned access"),
        ({"mcause": "0x00000005"}, "a load from memory that is not there (mtval)"),
        ({"exccause": 9}, "an unaligned access (excvaddr)"),
        ({"exccause": 61}, "exccause 61"),
    ],
)
def test_the_cause_is_in_words(fields: dict[str, object], cause: str) -> None:
    assert fault_causes(Record("fault", fields)) == [cause]
    assert f"cause: {cause}" in explain_fault(Record("fault", fields))


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"pc": "0x08000100", "lr": "0x08000201"}, ["at f_8000100", "called from f_8000200_call"]),
        ({"pc": "0x40380100", "ra": "0x40380200"}, ["at f_40380100", "called from f_40380200_call"]),
        # Xtensa's a0 has the window's size where the address has its region.
        ({"pc": "0x40080100", "a0": "0x80080200"}, ["at f_40080100", "called from f_40080200_call"]),
        ({"signal": 11}, []),
    ],
)
def test_places_are_told_where_they_are_known(fields: dict[str, object], places: list[str]) -> None:
    lines = explain_fault(Record("fault", fields), locate).splitlines()
    assert [line for line in lines if line.startswith(("at ", "called "))] == places


def test_espressifs_panic_text() -> None:
    text = "Backtrace: 0x400d1a2b:0x3ffb1f50 0x400d1c3d:0x3ffb1f70"
    assert explain_panic(text, locate) == ["0x400d1a2b: f_400d1a2b", "0x400d1c3d: f_400d1c3d_call"]
    text = "MEPC    : 0x42001234  RA      : 0x42005678  SP      : 0x3fc91230"
    assert explain_panic(text, locate) == ["0x42001234: f_42001234", "0x42005678: f_42005678"]
    assert explain_panic("I (123) main: at 0x400d1a2b", locate) == []


def test_registers_that_are_no_numbers_do_no_harm() -> None:
    assert "pc what" in explain_fault(Record("fault", {"pc": "what", "cfsr": None, "lr": []}), locate)
