"""Firmware spread over several memories runs on the simulators and gives the golden bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.resources import resource_dir

REGION = """
[[simulator.regions]]
name = "{}"
kind = "{}"
origin = {}
length_bytes = {}
holds = {}
wait_states = {}
source = "this test"
"""
STACK_AND_DATA = 8192 + 1152
TIGHT = 8400
"""A memory of this size has no room for the arena of keyword spotting, but two have."""


def _write_profile(folder: Path, board: str, *regions: tuple[str, str, int, int, list[str], int]) -> Path:
    """A copy of a board's profile whose simulator has other memories."""
    text = (resource_dir("boards") / f"{board}.toml").read_text(encoding="utf-8")
    before, _, after = text.partition("[[simulator.regions]]")
    power = after.partition("[power]")
    path = folder / f"{board}.toml"
    path.write_text(before + "".join(REGION.format(*region) for region in regions) + "".join(power[1:]))
    return path


def _run(profile: Path, model: str, shared_models: Path, folder: Path) -> None:
    golden_file = shared_models / "golden" / f"{model}.npz"
    pipeline.run(
        str(profile), shared_models / f"{model}.tflite", golden_file, folder / "out.npz",
        optimize="speed", port=None, step=lambda step: None,
    )  # fmt: skip
    with np.load(golden_file) as golden, np.load(folder / "out.npz") as got:
        names = [name for name in golden.files if name.startswith("output_")]
        assert names
        assert all(got[name].tobytes() == golden[name].tobytes() for name in names)


def _symbols(elf: Path) -> dict[str, int]:
    with elf.open("rb") as file:
        return {s.name: int(s["st_value"]) & ~1 for s in ELFFile(file).get_section_by_name(".symtab").iter_symbols()}


def _link(profile: Path, model: str, shared_models: Path, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """The symbols of the simulator's image, and the bytes it uses in each region."""
    graph, data = pipeline.load_model(shared_models / f"{model}.tflite")
    folder.mkdir()
    built = pipeline.build_firmware(
        graph, data, load_board(str(profile)), folder,
        optimize="speed", toolchain=None, simulator=True, step=lambda step: None,
    )  # fmt: skip
    return _symbols(built.firmware.elf), dict(built.firmware.regions)


@pytest.mark.parametrize("toolchain", ["zig", "arm_gcc"])
def test_hot_kernels_and_weights_run_from_faster_memory(toolchain: str, shared_models: Path, tmp_path: Path) -> None:
    profile = _write_profile(
        tmp_path,
        "nucleo-l4r5zi",
        ("flash", "flash", 0, 1 << 20, ["code", "constants"], 5),
        ("sram", "ram", 0x2020_0000, 65_536, ["data", "arena", "stack"], 1),
        ("itcm", "ram", 0x20_0000, 4096, ["code"], 0),
        ("dtcm", "ram", 0x2000_0000, 40_960, ["data", "arena", "stack", "constants"], 0),
    )
    if toolchain == "arm_gcc":
        text = profile.read_text().replace('toolchains = ["zig", "arm_gcc"]', 'toolchains = ["arm_gcc"]')
        profile.write_text(text)
    symbols, used = _link(profile, "kws_ref_model", shared_models, tmp_path / "built")
    itcm = {name for name, at in symbols.items() if 0x20_0000 <= at < 0x20_1000}
    assert {"eg_gemm_3x2_relu_shift12_s8_armv7em", "kws_ref_model_layer_2"} <= itcm
    assert symbols["eg_app_main"] < 0x10_0000 > symbols["kws_ref_model_invoke"]
    weights = [at for name, at in symbols.items() if name.startswith("kws_ref_model_packed")]
    assert any(at >= 0x2000_0000 for at in weights)
    assert any(at < 0x10_0000 for at in weights)  # there are more than fit
    assert 0x2000_0000 <= symbols["kws_ref_model_arena"] < 0x2001_0000
    assert 2048 < used["itcm"] <= 4096
    assert 30_000 < used["dtcm"] <= 40_960
    assert used["sram"] == 0
    _run(profile, "kws_ref_model", shared_models, tmp_path)


@pytest.mark.parametrize(
    ("board", "regions"),
    [
        (
            "nucleo-l4r5zi",
            [
                ("flash", "flash", 0, 1 << 20, ["code", "constants"], 5),
                ("sram", "ram", 0x2000_0000, STACK_AND_DATA + TIGHT, ["data", "arena", "stack"], 1),
                ("ccm", "ram", 0x2100_0000, TIGHT, ["arena"], 2),
            ],
        ),
        (
            "esp32c3",
            [
                ("iram", "ram", 0x8000_0000, 131_072, ["code"], 0),
                ("drom", "flash", 0x8010_0000, 4_128_768, ["constants"], 4),
                ("dram", "ram", 0x8080_0000, 16_384 + TIGHT, ["data", "stack", "constants"], 0),
                ("sram", "ram", 0x8090_0000, TIGHT, ["arena"], 0),
                ("slow", "ram", 0x80A0_0000, TIGHT, ["arena"], 1),
            ],
        ),
        (
            "esp32",
            [
                ("iram", "ram", 0x10_0000, 131_072, ["code"], 0),
                ("drom", "flash", 0x40_0000, 4_128_768, ["constants"], 4),
                ("dram", "ram", 0x100_0000, 16_384 + TIGHT, ["data", "stack", "constants"], 0),
                ("sram", "ram", 0x110_0000, TIGHT, ["arena"], 0),
                ("slow", "ram", 0x120_0000, TIGHT, ["arena"], 1),
            ],
        ),
    ],
)
def test_an_arena_in_two_memories(
    board: str, regions: list[tuple[str, str, int, int, list[str], int]], shared_models: Path, tmp_path: Path
) -> None:
    profile = _write_profile(tmp_path, board, *regions)
    symbols, used = _link(profile, "kws_ref_model", shared_models, tmp_path / "built")
    arenas = [region for region in regions if "arena" in region[4]]
    for (name, _, origin, length, *_), symbol in zip(arenas, ("arena", "arena_2"), strict=True):
        assert origin <= symbols[f"kws_ref_model_{symbol}"] < origin + length
        assert 0 < used[name] <= length
    if board != "nucleo-l4r5zi":
        weights = [at for name, at in symbols.items() if name.startswith("kws_ref_model_packed")]
        dram = regions[2]
        assert any(dram[2] <= at < dram[2] + dram[3] for at in weights)
    _run(profile, "kws_ref_model", shared_models, tmp_path)
