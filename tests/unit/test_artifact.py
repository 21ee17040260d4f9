from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from edgegen.artifact import MANIFEST, Artifact, RegionUse, SelfTest, describe_image, read_manifest, write_manifest
from edgegen.errors import InputError


def _artifact(folder: Path) -> Artifact:
    (folder / "a.bin").write_bytes(b"firmware")
    return Artifact(
        edgegen="0",
        name="m",
        model_sha256="a",
        firmware_sha256="b",
        board="host",
        simulator=False,
        form="bare_metal",
        toolchain="zig",
        toolchain_version="zig 1",
        optimize="speed",
        kernels=("eg_x",),
        arena_bytes=1,
        flash_bytes=2,
        ram_bytes=3,
        stack_bytes=4,
        regions=(RegionUse("sram", "ram", 3, 16),),
        elf="m.elf",
        elf_sha256="c",
        images=(describe_image("flash", folder / "a.bin", folder, 0x1000),),
        self_test=SelfTest(("01234567",)),
        unproven=("all of it",),
    )


def test_a_manifest_reads_back_equal(tmp_path: Path) -> None:
    artifact = _artifact(tmp_path)
    write_manifest(artifact, tmp_path)
    assert read_manifest(tmp_path) == artifact
    assert str(tmp_path) not in (tmp_path / MANIFEST).read_text()


def test_a_changed_image_is_refused(tmp_path: Path) -> None:
    write_manifest(_artifact(tmp_path), tmp_path)
    (tmp_path / "a.bin").write_bytes(b"firmwarE")
    with pytest.raises(InputError, match="changed since the build"):
        read_manifest(tmp_path)


def test_another_schema_is_refused(tmp_path: Path) -> None:
    write_manifest(dataclasses.replace(_artifact(tmp_path), schema=99), tmp_path)
    with pytest.raises(InputError, match="schema 99"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"images": 3}', "\u0000"])
def test_what_is_no_artifact_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError):
        read_manifest(tmp_path)
