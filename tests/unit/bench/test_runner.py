"""What the runner makes of a device: measured fields from hardware alone, counts and estimates from simulators."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edgegen.bench.runner import BuiltFirmware, percentile, run_bench, self_test_inputs
from edgegen.boards import load_board
from edgegen.devices.instruction_counter import Counts, InferenceCount
from edgegen.devices.replies import Timing
from edgegen.errors import EdgegenError
from edgegen.estimate.cycles import CycleEstimate, RunEstimate


class FakeSession:
    """Stands for a firmware with one input of 8 bytes and two layers."""

    def __init__(self, simulated: bool, cycles: int) -> None:
        self.device = SimpleNamespace(simulated=simulated, description="a device")
        self.boot = SimpleNamespace(input_bytes=(8,), clock_hz=100_000_000, layers=2, port="stm32h7")
        self.calls: list[str] = []
        self._cycles = cycles

    def word(self, address: int) -> int:
        return {0x52002000: 0x34, 0xE000ED14: 1 << 17}[address]

    def self_test(self) -> tuple[str, ...]:
        self.calls.append("self_test")
        return ("12345678",)

    def reset(self) -> None:
        self.calls.append("reset")

    def set_input(self, tensor: int, data: bytes) -> None:
        assert (tensor, len(data)) == (0, 8)
        self.calls.append("in")

    def invoke(self) -> int:
        self.calls.append("invoke")
        return self._cycles

    def bench(self, runs: int, warmup: int) -> Timing:
        self.calls.append(f"bench {runs} {warmup}")
        return Timing(tuple(self._cycles + (100 * i if self._cycles else 0) for i in range(runs)), (600, 400))

    def info(self) -> SimpleNamespace:
        return SimpleNamespace(stack_used_bytes=320)


class FakeCounter:
    def __init__(self, layers: tuple[int, ...] = (700, 290)) -> None:
        self._layers = layers

    def read(self) -> Counts:
        return Counts((InferenceCount(7, (3, 4)), InferenceCount(1000, self._layers)), ())


class FakeEstimator:
    """Prices the last inference's instructions at 1.6 clocks."""

    def estimate(self, counts: Counts) -> RunEstimate:
        last = counts.inferences[-1]
        whole, *layers = (
            CycleEstimate(clocks, round(1.6 * clocks), 2 * clocks) for clocks in (last.instructions, *last.layers)
        )
        return RunEstimate(whole, tuple(layers), CycleEstimate(0, 0, 0))


def firmware() -> BuiltFirmware:
    layers = [
        SimpleNamespace(index=0, op="CONV_2D", name="a", macs=500, calls=("conv",)),
        SimpleNamespace(index=2, op="RESHAPE", name="view", macs=0, calls=()),
        SimpleNamespace(index=3, op="ADD", name="b", macs=0, calls=("add",)),
    ]
    program: Any = SimpleNamespace(
        name="toy", macs=500, arena_bytes=64, main=SimpleNamespace(layers=layers),
        graph=SimpleNamespace(source_sha256="c" * 64),
    )  # fmt: skip
    return BuiltFirmware(program, Path("toy.elf"), "d" * 64, "zig 1", "speed", 1000, 200, ("12345678",))


def bench(
    board: str, session: FakeSession, counter: FakeCounter | None = None, built: BuiltFirmware | None = None
) -> Any:
    double: Any = session
    counts: Any = counter
    prices: Any = None if counter is None else FakeEstimator()
    profile = load_board(board)
    return run_bench(double, built or firmware(), profile, runs=4, warmup=2, counter=counts, estimator=prices)


def test_a_simulator_gives_counts_and_estimates_but_nothing_measured() -> None:
    session = FakeSession(simulated=True, cycles=123)
    record = bench("nucleo-l4r5zi", session, FakeCounter())
    assert session.calls == ["self_test", "reset", *["in", "invoke"] * 6]
    assert (record.instructions, record.cycles_estimated) == (1000, 1600)
    assert (record.cycles_estimated_low, record.cycles_estimated_high) == (1000, 2000)
    assert record.latency_us_estimated == pytest.approx(1600 / 120)
    assert record.energy_uj_estimated == pytest.approx(1600 / 120 * 44.0 / 1000)
    assert record.cycles is None
    assert {record.latency_us_min, record.latency_us_median, record.latency_us_p95, record.latency_us_max} == {None}
    assert [(row.index, row.instructions, row.cycles, row.cycles_estimated) for row in record.layers] == [
        (0, 700, None, 1120),
        (2, 0, None, 0),
        (3, 290, None, 464),
    ]
    assert record.output_match is True
    assert record.simulated
    assert (record.clock_hz, record.flash_wait_states, record.caches) == (None, None, None)


def test_a_board_gives_what_was_measured_and_no_estimated_cycles() -> None:
    session = FakeSession(simulated=False, cycles=1000)
    record = bench("nucleo-l4r5zi", session)
    assert session.calls == ["self_test", "reset", "in", "bench 4 2"]
    assert record.cycles == 1150
    assert (record.latency_us_min, record.latency_us_median, record.latency_us_p95, record.latency_us_max) == (
        10.0, 11.5, 13.0, 13.0,
    )  # fmt: skip
    assert record.instructions is None
    assert record.cycles_estimated is None
    assert record.latency_us_estimated is None
    assert record.energy_uj_estimated == pytest.approx(11.5 * 44.0 / 1000)
    assert [row.cycles for row in record.layers] == [600, 0, 400]
    assert (record.clock_hz, record.flash_wait_states, record.caches) == (100_000_000, 4, "instruction")


def test_the_host_is_timed_but_its_nanoseconds_are_no_cycles() -> None:
    record = bench("host", FakeSession(simulated=False, cycles=1000))
    assert record.latency_us_median == 11.5
    assert record.cycles is None
    assert [row.cycles for row in record.layers] == [None, None, None]
    assert record.energy_uj_estimated is None


def test_a_core_that_can_not_count_gives_no_time() -> None:
    record = bench("nucleo-l4r5zi", FakeSession(simulated=False, cycles=0))
    assert record.cycles is None
    assert record.latency_us_median is None
    assert record.energy_uj_estimated is None


@pytest.mark.parametrize(("expected", "match"), [((), None), (("00000000",), False)])
def test_output_match_needs_a_reference(expected: tuple[str, ...], match: bool | None) -> None:
    built = dataclasses.replace(firmware(), self_test=expected)
    assert bench("host", FakeSession(simulated=False, cycles=10), built=built).output_match is match


def test_counts_of_another_build_are_refused() -> None:
    with pytest.raises(EdgegenError, match="3 layer functions in the firmware, 2 in the model"):
        bench("nucleo-l4r5zi", FakeSession(simulated=True, cycles=1), FakeCounter((1, 2, 3)))


@pytest.mark.parametrize(("percent", "value"), [(95, 19), (100, 20), (50, 10), (0, 1)])
def test_percentile_is_the_nearest_rank(percent: float, value: float) -> None:
    assert percentile(list(range(20, 0, -1)), percent) == value


def test_self_test_inputs_are_the_firmware_s() -> None:
    """The first values of the generator in firmware/app/main.c, by hand: state = state * 1664525 + 1013904223."""
    first, second = self_test_inputs((2, 1))
    state = [1664525 + 1013904223]
    for _ in range(2):
        state.append((state[-1] * 1664525 + 1013904223) % 2**32)
    assert [*first, *second] == [value >> 26 for value in state]
