"""Every bundled board builds the example, has images its flasher takes, and gives the right outputs where simulated."""

from __future__ import annotations

import shutil
from pathlib import Path

import intelhex
import pytest

from edgegen import elf as elf_file
from edgegen import pipeline
from edgegen.boards import BoardProfile, load_board
from edgegen.devices.qemu import Qemu, qemu_command
from edgegen.devices.session import Session
from edgegen.flashers import check_images
from edgegen.resources import resource_dir
from edgegen.toolchains import load_toolchain
from edgegen.uf2 import read_uf2
from tests.tiny_firmware import build_tiny, expected_output

BOARDS = sorted(path.stem for path in resource_dir("boards").glob("*.toml"))
DATA = bytes((5 * index) % 256 for index in range(1000))


def _built(profile: BoardProfile) -> None:
    missing = load_toolchain(profile.toolchains[0]).missing()
    if missing:
        pytest.skip(missing)


@pytest.mark.parametrize("board", BOARDS)
def test_the_example_is_built_as_the_flasher_takes_it(board: str, example_model: Path, tmp_path: Path) -> None:
    profile = load_board(board)
    _built(profile)
    artifact = pipeline.build(board, example_model, tmp_path / "out", optimize="speed", step=lambda text: None)
    assert artifact.unproven == profile.unproven
    assert bool(artifact.images) == (profile.flasher != "none")
    for image in artifact.images:
        path = tmp_path / "out" / image.path
        if profile.flasher in ("esptool", "none"):
            continue
        region = next(region for region in profile.regions if region.origin == image.offset)
        flat = elf_file.flat_image(tmp_path / "out" / artifact.elf, region)
        if path.suffix == ".uf2":
            address, data, _ = read_uf2(path.read_bytes())
            assert (address, data[: len(flat)]) == (region.origin, flat)
        elif path.suffix == ".hex":
            content = intelhex.IntelHex(str(path))
            assert (content.minaddr(), content.tobinstr()) == (region.origin, flat)
        else:
            assert path.read_bytes() == flat


@pytest.mark.parametrize("board", BOARDS)
def test_the_example_runs_on_the_simulator_with_right_outputs(board: str, example_model: Path) -> None:
    profile = load_board(board)
    _built(profile)
    if profile.simulator.kind != "host" and shutil.which(program := qemu_command(profile, Path("x"))[0]) is None:
        pytest.skip(f"{program} is not installed")
    record = pipeline.bench(board, example_model, optimize="speed", port=None, runs=1, warmup=0, step=lambda text: None)
    assert record.output_match is True
    assert record.simulated == (board != "host")


@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
def test_a_users_own_board_works_like_a_bundled_one(
    example_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (resource_dir("boards") / "nucleo-f446re.toml").read_text(encoding="utf-8")
    own = tmp_path / "config" / "edgegen" / "boards" / "my-board.toml"
    own.parent.mkdir(parents=True)
    own.write_text(text.replace("180_000_000", "100_000_000"), encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for number, name in enumerate(("my-board", str(own))):
        folder = tmp_path / str(number)
        artifact = pipeline.build(name, example_model, folder, optimize="speed", step=lambda text: None)
        assert artifact.board == "my-board"
        check_images(artifact, load_board(name), folder)
        record = pipeline.bench(
            name, example_model, optimize="speed", port=None, runs=1, warmup=0, step=lambda text: None
        )
        assert (record.board, record.output_match) == ("my-board", True)


@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
def test_the_nrf_port_runs_on_qemus_microbit(tmp_path: Path) -> None:
    """That is the micro:bit V1 (nRF51), with another core; clock, GPIO and UART registers are those of the nRF52."""
    text = (resource_dir("boards") / "microbit-v2.toml").read_text(encoding="utf-8")
    text = text[: text.index("# The same core and memory sizes on QEMU")]
    for before, after in (("cortex-m4f", "cortex-m0plus"), ("armv7em", "armv6m"), ("8_192", "4_096")):
        assert before in text
        text = text.replace(before, after)
    # The nRF51's memory.
    text = text.replace("524_288", "262_144").replace("131_072", "16_384")
    text += '[simulator]\nkind = "qemu_arm"\nmachine = "microbit"\nport = "nrf52"\nproven = "board"\n'
    path = tmp_path / "microbit.toml"
    path.write_text(text, encoding="utf-8")
    profile = load_board(str(path))
    firmware = build_tiny(profile, load_toolchain("zig"), tmp_path)
    with Qemu(profile, firmware.elf) as device:
        session = Session(device, firmware_sha256=firmware.firmware_sha256)
        assert (session.boot.port, session.boot.clock_hz) == ("nrf52", 64_000_000)
        session.set_input(0, DATA)
        session.invoke()
        assert session.get_output(0) == expected_output(DATA, 0)
