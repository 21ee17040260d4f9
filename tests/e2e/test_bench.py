"""Benchmarks of the bundled example on every kind of simulator, and on this machine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from edgegen import pipeline
from edgegen.bench.record import BenchRecord

SIMULATED = ("nucleo-l4r5zi", "mps3-an547", "netduinoplus2", "esp32c3", "esp32")


def bench(board: str, model: Path) -> BenchRecord:
    return pipeline.bench(board, model, optimize="speed", port=None, runs=2, warmup=1, step=lambda step: None)


@pytest.mark.parametrize("board", SIMULATED)
def test_counts_are_the_same_at_every_run_and_add_up(board: str, example_model: Path) -> None:
    record = bench(board, example_model)
    again = bench(board, example_model)
    assert dataclasses.replace(again, time_utc=record.time_utc) == record
    counts = [layer.instructions for layer in record.layers]
    assert record.instructions is not None
    assert all(count is not None and count > 100 for count in counts)
    # Besides the layers there is the call that leads to the first.
    outside = record.instructions - sum(count or 0 for count in counts)
    assert 0 < outside < 100


@pytest.mark.parametrize("board", SIMULATED)
def test_nothing_simulated_is_called_measured(board: str, example_model: Path) -> None:
    record = bench(board, example_model)
    assert record.simulated
    assert record.output_match is True
    assert record.cycles is None
    assert record.latency_us_min is record.latency_us_median is record.latency_us_max is record.latency_us_p95 is None
    assert all(layer.cycles is None for layer in record.layers)
    low, best, high = record.cycles_estimated_low, record.cycles_estimated, record.cycles_estimated_high
    assert low is not None and best is not None and high is not None
    assert 0 < low < best < high
    assert record.stack_bytes is not None and 0 < record.stack_bytes < 8192


def test_the_host_is_measured_and_has_no_instructions(example_model: Path) -> None:
    record = bench("host", example_model)
    assert not record.simulated
    assert record.device == "host"
    assert record.instructions is None
    assert record.cycles_estimated is None
    assert record.latency_us_median is not None and record.latency_us_median > 0
    assert record.output_match is True
