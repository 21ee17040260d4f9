"""build and bench from the command line, on every board."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgegen.bench.record import record_from_table
from edgegen.resources import resource_dir
from edgegen.toolchains.cache import cache_dir

BOARDS = ("host", "nucleo-l4r5zi", "netduinoplus2", "mps3-an547", "esp32c3", "esp32")


def edgegen(*arguments: str | Path, cwd: Path) -> str:
    """Runs a command that must succeed in silence, and returns its standard output."""
    command = [sys.executable, "-c", "from edgegen.cli import main; main()", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("board", BOARDS)
def test_build_writes_the_same_artifact_on_two_paths(board: str, tmp_path: Path) -> None:
    contents = []
    for folder in (tmp_path / "a", tmp_path / "b" / "with space"):
        folder.mkdir(parents=True)
        manifest = json.loads(edgegen("build", "--board", board, "-o", "out", "--json", cwd=folder))
        out = folder / "out"
        assert json.loads((out / "manifest.json").read_text()) == manifest
        assert manifest["board"] == board
        for image in manifest["images"]:
            assert hashlib.sha256((out / image["path"]).read_bytes()).hexdigest() == image["sha256"]
        contents.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    first, second = contents
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
    machine = [tmp_path, cache_dir(), resource_dir("firmware"), Path(sys.prefix) / "lib"]
    assert not [(path, place) for path, data in first.items() for place in machine if os.fsencode(place) in data]


@pytest.mark.parametrize("board", ["esp32", "esp32c3"])
def test_esptool_accepts_the_image_and_the_manifest_says_what_is_unproven(board: str, tmp_path: Path) -> None:
    manifest = json.loads(edgegen("build", "--board", board, "-o", "out", "--json", cwd=tmp_path))
    assert any("silicon" in note for note in manifest["unproven"])
    (program,) = (image for image in manifest["images"] if image["offset"] == {"esp32": 0x1000, "esp32c3": 0}[board])
    command = [sys.executable, "-m", "esptool", "image-info", str(tmp_path / "out" / program["path"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(valid)" in done.stdout
    assert "(invalid" not in done.stdout


@pytest.mark.parametrize("board", BOARDS)
def test_bench_counts_the_same_instructions_twice_and_keeps_to_the_record(board: str, tmp_path: Path) -> None:
    tables = [json.loads(edgegen("bench", "--board", board, "--runs", "2", "--json", cwd=tmp_path)) for _ in range(2)]
    first, second = map(record_from_table, tables)
    assert first.output_match is True
    assert first.simulated is (board != "host")
    assert first.instructions == second.instructions
    assert [layer["instructions"] for layer in tables[0]["layers"]] == [
        row["instructions"] for row in tables[1]["layers"]
    ]
    if first.simulated:
        assert first.instructions is not None
        assert first.instructions >= sum(layer.instructions or 0 for layer in first.layers) > 0
        assert first.cycles is None
        assert first.latency_us_median is None
        assert first.latency_us_estimated is not None
    else:
        assert first.latency_us_median is not None
        assert first.cycles_estimated is None


def test_bench_shows_a_table_of_layers(tmp_path: Path) -> None:
    shown = edgegen("bench", "--board", "esp32c3", "--runs", "1", "--warmup", "0", cwd=tmp_path)
    for word in ("instructions", "latency, estimated", "arena", "CONV_2D", "FULLY_CONNECTED", "SOFTMAX"):
        assert word in shown
