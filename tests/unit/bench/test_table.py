"""What people see of a record."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from edgegen.bench.record import BenchRecord, LayerRecord
from edgegen.bench.table import print_record
from tests.unit.bench.records import simulated_record


def shown(record: BenchRecord, width: int = 120) -> str:
    out = io.StringIO()
    print_record(record, Console(file=out, width=width, color_system=None))
    return out.getvalue()


def test_a_simulated_record_shows_estimates_as_such() -> None:
    text = shown(simulated_record())
    assert "simulated: times and energy are estimates" in text
    assert "16,000 (13,000 to 21,000)" in text
    assert "latency, measured" not in text
    rows = [line.split() for line in text.splitlines() if "CONV_2D" in line or "SOFTMAX" in line]
    assert rows == [
        ["0", "CONV_2D", "first[bold]", "5,000", "8,000", "80.0", "1.60", "12,800"],
        ["2", "SOFTMAX", "second", "0", "1,990", "19.9", "-", "3,184"],
    ]


def test_a_measured_record_shows_measured_cycles_and_no_estimates() -> None:
    record = simulated_record(
        device="ST-Link", simulated=False, instructions=None, cycles=1000, cycles_estimated=None,
        latency_us_estimated=None, latency_us_min=8.0, latency_us_median=8.3, latency_us_p95=9.0, latency_us_max=9.5,
        layers=(LayerRecord(0, "ADD", "a", 10, None, 750, None), LayerRecord(1, "MUL", "b", 10, None, 250, None)),
    )  # fmt: skip
    text = shown(record)
    assert "8.3 us" in text
    assert "8.0 to 9.5 us" in text
    assert "estimated" not in text.replace("energy, estimated", "")
    assert "instructions" not in text
    assert ["0", "ADD", "a", "10", "750", "75.0"] in [line.split() for line in text.splitlines()]


def test_a_failed_known_answer_test_is_plain_to_see() -> None:
    assert "FAILED" in shown(simulated_record(output_match=False))
    assert "known-answer" not in shown(simulated_record(output_match=None))


@pytest.mark.parametrize("width", [80, 100])
def test_numbers_are_never_cut(width: int) -> None:
    text = shown(simulated_record(), width)
    rows = [line.split() for line in text.splitlines() if "CONV_2D" in line]
    assert rows[0][-5:] == ["5,000", "8,000", "80.0", "1.60", "12,800"]
    assert "layer  operator" in text
    assert all(len(line) <= width for line in text.splitlines()[1:])
