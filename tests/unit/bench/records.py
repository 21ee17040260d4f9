"""Benchmark records for tests."""

from __future__ import annotations

from edgegen.bench.record import BenchRecord, LayerRecord


def simulated_record(**changes: object) -> BenchRecord:
    """A record as a simulator gives it, with some fields replaced."""
    values: dict[str, object] = {
        "time_utc": "2024-05-06T07:08:09+00:00",
        "edgegen": "0.1.0",
        "board": "nucleo-l4r5zi",
        "device": "simulator",
        "model_sha256": "a" * 64,
        "firmware_sha256": "b" * 64,
        "toolchain": "zig 0.17.1",
        "optimize": "speed",
        "runs": 3,
        "warmup": 1,
        "instructions": 10_000,
        "cycles": None,
        "cycles_estimated": 16_000,
        "cycles_estimated_low": 13_000,
        "cycles_estimated_high": 21_000,
        "latency_us_min": None,
        "latency_us_median": None,
        "latency_us_p95": None,
        "latency_us_max": None,
        "latency_us_estimated": 133.3,
        "energy_uj_estimated": 5.9,
        "arena_bytes": 1024,
        "ram_bytes": 2048,
        "stack_bytes": 300,
        "flash_bytes": 9000,
        "macs": 5000,
        "output_match": True,
        "simulated": True,
        "layers": (
            LayerRecord(0, "CONV_2D", "first[bold]", 5000, 8000, None, 12_800),
            LayerRecord(2, "SOFTMAX", "second", 0, 1990, None, 3184),
        ),
    }
    return BenchRecord(**{**values, **changes})  # type: ignore[arg-type]
