"""The artifact of a build: the folder's facts, and its manifest.json in and out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgegen.errors import InputError

MANIFEST = "manifest.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Image:
    """One file the flasher writes at `offset` (a byte address of the chip's flash)."""

    name: str
    path: str
    offset: int
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class RegionUse:
    """How many bytes of a memory region the firmware uses, stack included, of how many there are."""

    name: str
    kind: str
    bytes: int
    length_bytes: int


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What the firmware's self-test must give: CRC-32 (8 hex digits) of each output for the fixed test input."""

    output_crc32: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """The content of manifest.json. Paths are relative to the artifact's folder; sizes in bytes."""

    edgegen: str
    name: str
    model_sha256: str
    firmware_sha256: str
    board: str
    simulator: bool
    form: str
    toolchain: str
    toolchain_version: str
    optimize: str
    kernels: tuple[str, ...]
    arena_bytes: int
    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    regions: tuple[RegionUse, ...]
    elf: str
    elf_sha256: str
    images: tuple[Image, ...]
    self_test: SelfTest
    unproven: tuple[str, ...]
    schema: int = SCHEMA


def describe_image(name: str, path: Path, folder: Path, offset: int) -> Image:
    """An Image for a file inside the artifact's folder."""
    data = path.read_bytes()
    return Image(name, path.relative_to(folder).as_posix(), offset, hashlib.sha256(data).hexdigest(), len(data))


def write_manifest(artifact: Artifact, folder: Path) -> Path:
    """Writes manifest.json (sorted keys, no time, no absolute path) and returns its path."""
    path = folder / MANIFEST
    temporary = folder / f".{MANIFEST}.{os.getpid()}"
    temporary.write_text(json.dumps(dataclasses.asdict(artifact), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path


def read_manifest(folder: Path) -> Artifact:
    """Reads an artifact folder. Raises InputError where it isn't one, or an image differs from its sha256."""
    path = folder / MANIFEST
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{folder}: no {MANIFEST}; give the folder that `edgegen build -o` wrote") from None
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON ({error}); build again") from None
    try:
        artifact = _from_table(table)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a manifest of this edgegen ({error}); build again") from None
    if artifact.schema != SCHEMA:
        raise InputError(f"{path}: schema {artifact.schema}, this edgegen reads {SCHEMA}; build again")
    for image in artifact.images:
        data = (folder / image.path).read_bytes() if (folder / image.path).is_file() else b""
        if hashlib.sha256(data).hexdigest() != image.sha256:
            raise InputError(f"{folder / image.path}: missing or changed since the build; build again")
    return artifact


def _from_table(table: dict[str, Any]) -> Artifact:
    values = dict(table)
    values["images"] = tuple(Image(**image) for image in table["images"])
    values["regions"] = tuple(RegionUse(**region) for region in table["regions"])
    values["self_test"] = SelfTest(tuple(table["self_test"]["output_crc32"]))
    values["kernels"] = tuple(table["kernels"])
    values["unproven"] = tuple(table["unproven"])
    return Artifact(**values)
