"""Time on a board with a measured power becomes estimated energy.

Measured energy of neural networks divided by their time is nearly constant on one board (MLPerf Tiny, closed division),
so power times time is the model.
"""

from __future__ import annotations


def energy_uj(time_us: float | None, active_mw: float | None) -> float | None:
    """Microjoule of `time_us` at `active_mw`; None where either is not known."""
    return None if time_us is None or active_mw is None else time_us * active_mw / 1000
