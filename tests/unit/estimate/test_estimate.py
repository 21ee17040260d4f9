"""Cycle and energy estimates: every core has figures with a source, and the interval holds the published pairs."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import get_args

import pytest

from edgegen.boards import Core
from edgegen.estimate.cycles import CycleEstimate, cycles_per_instruction, estimate_cycles, latency_us
from edgegen.estimate.energy import energy_uj

CORES = [core for core in get_args(Core) if core != "host"]
# Networks of MLPerf Tiny by task: their names in the table of counted instructions.
NETWORKS = {"ad": "ad01_int8", "vww": "vww_96_int8", "ic": "pretrainedResnet_quant", "kws": "kws_ref_model"}


@pytest.mark.parametrize("core", CORES)
def test_every_core_has_an_interval_with_its_source(core: str) -> None:
    ratio = cycles_per_instruction(core)
    assert ratio is not None
    assert 0.5 <= ratio.low < ratio.best < ratio.high <= 4
    assert ratio.basis in ("paired", "architecture")
    assert len(ratio.source) > 20


def test_the_host_has_no_estimate() -> None:
    assert cycles_per_instruction("host") is None
    assert estimate_cycles("host", 1000) is None


def test_an_estimate_is_instructions_times_the_ratio() -> None:
    assert estimate_cycles("cortex-m4f", 1_000_000) == CycleEstimate(1_300_000, 1_600_000, 2_100_000)
    assert estimate_cycles("cortex-m4f", None) is None


def test_units() -> None:
    assert latency_us(120_000, 120_000_000) == 1000.0
    assert energy_uj(1000.0, 40.0) == 40.0  # 1 ms at 40 mW
    assert energy_uj(None, 40.0) is None
    assert energy_uj(1000.0, None) is None


def truth(root: Path, name: str) -> list[dict[str, str]]:
    path = root.parent / "shared" / "truth" / name
    if not path.is_file():
        pytest.skip("the folder ../shared/truth is absent")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_m4_figures_are_those_of_the_published_pairs(root: Path) -> None:
    counted = {(row["model"], row["runtime"]): int(row["instructions"])
               for row in truth(root, "baseline_instructions.csv")}  # fmt: skip
    ratios = [
        float(row["latency_ms"]) * float(row["clock_mhz"]) * 1000 / counted[NETWORKS[row["task"]], "m4_cmsis"]
        for row in truth(root, "mlperf_tiny_m4_m0.csv")
        if row["version"] == "v1.0" and "microtvm_cmsis_nn" in row["source_path"]
    ]
    ours = cycles_per_instruction("cortex-m4f")
    assert ours is not None
    assert len(ratios) == 4
    assert ours.low < min(ratios) < ours.best < max(ratios) < ours.high
    assert math.prod(ratios) ** 0.25 == pytest.approx(ours.best, abs=0.05)


def test_the_rv32_figure_is_that_of_the_published_pair(root: Path) -> None:
    cycles = [
        float(row["latency_ms"]) * float(row["clock_mhz"]) * 1000
        for row in truth(root, "esp32_latency.csv")
        if row["mcu"] == "ESP32-C3" and row["stack"] == "TFLM + ESP-NN"
    ]
    counted = [
        int(row["instructions"])
        for row in truth(root, "baseline_instructions.csv")
        if row["model"] == "person_detect" and row["runtime"] == "rv32_espnn"
    ]
    ours = cycles_per_instruction("rv32imc")
    assert ours is not None
    assert cycles[0] / counted[0] == pytest.approx(ours.best, abs=0.05)
