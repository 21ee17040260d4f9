"""Time on a board with a measured power becomes estimated energy.

Measured energy of neural networks divided by their time is nearly constant on one board (MLPerf Tiny, closed division),
so power times time is the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgegen.boards import Power
from edgegen.errors import InputError

_UNITS_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6}
_HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True)
class DutyCycle:
    """One inference every `period_us`, asleep in between. Shares are of the energy; None where not known."""

    period_us: float
    active_us: float
    average_ua: float
    active_share: float
    battery_days: float | None


def energy_uj(time_us: float | None, active_mw: float | None) -> float | None:
    """Microjoule of `time_us` at `active_mw`; None where either is not known."""
    return None if time_us is None or active_mw is None else time_us * active_mw / 1000


def duty_cycle(time_us: float, period_us: float, power: Power, battery_mah: float | None) -> DutyCycle:
    """The mean current of one inference of `time_us` every period, and how long a battery lasts.

    While waking up the chip draws as much as while it infers. A battery gives all of its charge at `power.volts`: no
    self-discharge, no regulator, no peripherals. Raises InputError where the profile has no figures for sleep, or an
    inference takes longer than the period.
    """
    if power.volts is None or power.sleep_ua is None:
        raise InputError("the board's profile has no sleep current: give [power] volts and sleep_ua")
    active_us = time_us + (power.wakeup_us or 0.0)
    if active_us > period_us:
        raise InputError(f"--every: an inference and the wake-up take {active_us:,.0f} us, longer than the period")
    active_ua = power.active_mw * 1000 / power.volts * active_us / period_us
    average_ua = active_ua + power.sleep_ua * (1 - active_us / period_us)
    days = None if battery_mah is None else battery_mah * 1000 / average_ua / _HOURS_A_DAY
    return DutyCycle(period_us, active_us, average_ua, active_ua / average_ua, days)


def read_period_us(text: str) -> float:
    """'1s', '250ms', '5min' in microseconds. Raises InputError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s|min|h)", text)
    if found is None or float(found[1]) == 0:
        raise InputError(f"--every '{text}': give a time above 0 as 250ms, 1s, 5min or 1h")
    return float(found[1]) * _UNITS_US[found[2]]


def read_battery_mah(text: str) -> float:
    """'230mAh' or '2.5Ah' in mAh. Raises InputError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mAh|Ah)", text)
    if found is None or float(found[1]) == 0:
        raise InputError(f"--battery '{text}': give a charge above 0 as 230mAh or 2.5Ah")
    return float(found[1]) * (1000 if found[2] == "Ah" else 1)
