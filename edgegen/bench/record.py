"""What one benchmark found, as one JSON object. Measured fields never hold simulated figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgegen.errors import InputError

SCHEMA = "edgegen.bench/1"


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """One layer: `instructions` counted under simulation, `cycles` measured on the device."""

    index: int
    op: str
    name: str
    macs: int
    instructions: int | None
    cycles: int | None
    cycles_estimated: int | None


@dataclass(frozen=True, slots=True)
class BenchRecord:
    """Per inference. `cycles` and `latency_us_min/median/p95/max` are measured on the device or None.

    `cycles` is the median of the runs. `ram_bytes` is all static data, the arena included; `flash_bytes` code,
    constants and initialised data; `stack_bytes` the most that was used. `clock_hz` is what the board says, and
    `flash_wait_states` and `caches` (those that are on) what its registers say; None on a simulator.
    """

    time_utc: str
    edgegen: str
    board: str
    device: str
    model_sha256: str
    firmware_sha256: str
    toolchain: str
    optimize: str
    runs: int
    warmup: int
    instructions: int | None
    cycles: int | None
    cycles_estimated: int | None
    cycles_estimated_low: int | None
    cycles_estimated_high: int | None
    latency_us_min: float | None
    latency_us_median: float | None
    latency_us_p95: float | None
    latency_us_max: float | None
    latency_us_estimated: float | None
    energy_uj_estimated: float | None
    arena_bytes: int
    ram_bytes: int
    stack_bytes: int | None
    flash_bytes: int
    macs: int
    output_match: bool | None
    simulated: bool
    layers: tuple[LayerRecord, ...]
    schema: str = SCHEMA
    clock_hz: int | None = None
    flash_wait_states: int | None = None
    caches: str | None = None

    def to_table(self) -> dict[str, Any]:
        """The record as JSON's types, `schema` first."""
        table = dataclasses.asdict(self)
        return {"schema": table.pop("schema"), **table}

    def to_line(self) -> str:
        """The record as one line of a .jsonl log, without the line's end."""
        return json.dumps(self.to_table(), separators=(",", ":"), allow_nan=False)


def record_from_table(table: Mapping[str, Any]) -> BenchRecord:
    """The record that `to_table` wrote. Raises InputError for another schema, missing or unknown fields."""
    if table.get("schema") != SCHEMA:
        raise InputError(f"not a benchmark record of this edgegen: schema {table.get('schema')!r}, not {SCHEMA!r}")
    try:
        layers = tuple(LayerRecord(**layer) for layer in table["layers"])
        return BenchRecord(**{**table, "layers": layers})
    except (KeyError, TypeError) as error:
        raise InputError(f"not a benchmark record: {error}") from None
