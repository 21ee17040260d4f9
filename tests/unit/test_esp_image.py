"""ESP images: esptool accepts them, and the bytes lie where the ROM and the start-up code look for them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.errors import EdgegenError
from edgegen.esp_image import run_esptool, write_esp_images
from edgegen.toolchains import load_toolchain

OFFSETS = {"esp32": 0x1000, "esp32s3": 0x0, "esp32c3": 0x0, "esp32c6": 0x0}


@pytest.fixture(scope="module")
def example(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example model built for the board that the test names."""
    board = str(request.param)
    missing = load_toolchain(load_board(board).toolchains[0]).missing()
    if missing:
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp(board) / "out"
    model = root / "edgegen" / "example" / "digits.tflite"
    pipeline.build(board, model, folder, optimize="speed", step=lambda text: None)
    return folder


@pytest.mark.parametrize(("example", "board"), [(board, board) for board in OFFSETS], indirect=["example"])
def test_esptool_accepts_and_merges_the_images(example: Path, board: str, tmp_path: Path) -> None:
    manifest = json.loads((example / "manifest.json").read_text())
    images = {image["name"]: image for image in manifest["images"]}
    assert {name: image["offset"] for name, image in images.items()} == {
        "program": OFFSETS[board],
        "constants": 0x10000,
    }
    assert any("never run on silicon" in text for text in manifest["unproven"])
    program = example / images["program"]["path"]
    information = run_esptool("image-info", program)
    assert "(valid)" in information
    assert "invalid" not in information
    merged = tmp_path / "merged.bin"
    places = [word for image in images.values() for word in (hex(image["offset"]), str(example / image["path"]))]
    run_esptool("--chip", board, "merge-bin", "-o", merged, *places)
    flash = merged.read_bytes()
    constants = (example / images["constants"]["path"]).read_bytes()
    assert flash[0x10000 : 0x10000 + len(constants)] == constants
    assert flash[OFFSETS[board]] == 0xE9  # the magic byte the ROM looks for
    assert len(constants) > 1000


@pytest.mark.parametrize(("example", "board"), [(board, board) for board in OFFSETS], indirect=["example"])
def test_program_holds_ram_segments_only(example: Path, board: str) -> None:
    """A segment in the flash's address space would be copied there by the ROM, which can't."""
    data = next(example.glob("*_program.bin")).read_bytes()
    regions = [region for region in load_board(board).regions if region.kind == "ram"]
    position = 24
    for _ in range(data[1]):
        address, length = struct.unpack_from("<II", data, position)
        assert any(region.origin <= address and address + length <= region.end for region in regions)
        position += 8 + length
    assert data[1] >= 2


@pytest.mark.parametrize("example", ["esp32"], indirect=True)
def test_images_are_the_same_twice(example: Path, tmp_path: Path) -> None:
    elf = next(example.glob("*.elf"))
    for image in write_esp_images(elf, "esp32", tmp_path):
        assert image.path.read_bytes() == (example / image.path.name).read_bytes()


@pytest.mark.parametrize("example", ["esp32"], indirect=True)
def test_constants_past_the_flash_are_refused(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgegen.esp_image._FLASH_BYTES", 0x10100)
    with pytest.raises(EdgegenError, match=r"the constants end at 0x1[0-9a-f]{4}, the flash at 0x10100"):
        write_esp_images(next(example.glob("*.elf")), "esp32", tmp_path)
