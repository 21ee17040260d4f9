"""Energy and duty cycles by hand, against MLPerf Tiny's published energy, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from edgegen.boards import Power, board_ids, load_board
from edgegen.errors import InputError
from edgegen.estimate.energy import duty_cycle, energy_uj, read_battery_mah, read_period_us

POWER = Power(active_mw=36.0, source="a meter", volts=1.8, sleep_ua=2.0, wakeup_us=1000.0)


def test_energy_is_power_times_time() -> None:
    assert energy_uj(1000.0, 40.0) == 40.0  # 1 ms at 40 mW
    assert energy_uj(None, 40.0) is None
    assert energy_uj(1000.0, None) is None


def test_a_duty_cycle_by_hand() -> None:
    duty = duty_cycle(9000.0, 1e6, POWER, 240.0)
    # 20 mA for 10 ms a second, 2 uA else.
    assert duty.average_ua == pytest.approx(200.0 + 2.0 * 0.99)
    assert duty.active_share == pytest.approx(200.0 / 201.98)
    assert duty.battery_days == pytest.approx(240_000 / 201.98 / 24)
    assert duty_cycle(9000.0, 1e6, POWER, None).battery_days is None


def test_a_rarer_inference_lasts_longer() -> None:
    days = [duty_cycle(9000.0, period, POWER, 240.0).battery_days for period in (1e5, 1e6, 1e7)]
    assert all(day is not None for day in days)
    assert days == sorted(days, key=lambda day: day or 0.0)


def test_an_inference_longer_than_its_period_is_refused() -> None:
    with pytest.raises(InputError, match="longer than the period"):
        duty_cycle(9000.0, 9500.0, POWER, None)


def test_a_board_without_sleep_figures_is_refused() -> None:
    with pytest.raises(InputError, match="sleep_ua"):
        duty_cycle(1.0, 1e6, Power(active_mw=1.0, source="a meter"), None)


@pytest.mark.parametrize(
    ("text", "period"), [("1s", 1e6), ("250ms", 250e3), ("5min", 3e8), ("1.5 s", 1.5e6), ("7us", 7.0), ("1h", 3.6e9)]
)
def test_periods(text: str, period: float) -> None:
    assert read_period_us(text) == period


@pytest.mark.parametrize("text", ["", "1", "s", "0s", "-1s", "1 day", "1e3s", "1s "])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--every"):
        read_period_us(text)


def test_batteries() -> None:
    assert read_battery_mah("230mAh") == 230
    assert read_battery_mah("2.5Ah") == 2500
    for text in ("230", "mAh", "0mAh", "1 Wh"):
        with pytest.raises(InputError, match="--battery"):
            read_battery_mah(text)


@pytest.mark.parametrize("board", board_ids())
def test_every_power_says_where_it_is_from(board: str) -> None:
    power = load_board(board).power
    if power is not None:
        assert len(power.source) > 20
        assert (power.volts is None) == (power.sleep_ua is None) == (not power.sleep_source)


def test_the_measured_power_gives_the_published_energy(root: Path) -> None:
    """Nucleo-L4R5ZI on its LDO at 1.8 V: time times the profile's power, against what the meter said."""
    path = root.parent / "shared" / "truth" / "mlperf_tiny_m4_m0.csv"
    if not path.is_file():
        pytest.skip("the folder ../shared/truth is absent")
    power = load_board("nucleo-l4r5zi").power
    assert power is not None
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["mcu"].startswith("STM32L4R5ZIT6") and row["voltage"] == "1.8" and row["energy_uj"]
        ]
    assert len(rows) == 20
    errors = []
    for row in rows:
        estimated = energy_uj(float(row["latency_ms"]) * 1000, power.active_mw)
        assert estimated is not None
        errors.append(abs(estimated / float(row["energy_uj"]) - 1))
    assert sum(error < 0.15 for error in errors) >= 0.9 * len(errors)
