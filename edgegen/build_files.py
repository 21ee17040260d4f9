"""The Makefile and the CMakeLists.txt that build an artifact folder's sources with plain tools, without edgegen."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgegen.codegen.render import environment
from edgegen.toolchains.arm_gcc import CORES
from edgegen.toolchains.base import CompileJob
from edgegen.toolchains.c_flags import OPTIMIZE, common_flags

if TYPE_CHECKING:
    from edgegen.project import Project

_RISCV = ("-march=rv32imc_zicsr", "-mabi=ilp32")
_XTENSA = ("-mlongcalls",)
_BARE_COMPILE = ("-ffreestanding", "-fno-unwind-tables")
_BARE_LINK = ("-nostdlib", "-Wl,-e,reset", "-Wl,--gc-sections", "-Wl,--build-id=none")


@dataclass(frozen=True, slots=True)
class _Source:
    """A source by its path in the folder, and its object: linker scripts know objects by number and name."""

    path: str
    object: str
    is_model: bool


def write_build_files(project: Project, optimize: str, folder: Path) -> None:
    """Writes both files into `folder`, which the project's sources lie in."""
    core = project.profile.core
    compiler, flags = _compiler(core)
    job = CompileJob(core=core, optimize=optimize, include_dirs=())
    common = [flag for flag in common_flags(job) if flag not in ("-Werror", OPTIMIZE[optimize])]
    bare = project.linker_script is not None
    paths = [*project.model_sources, *project.firmware_sources, project.image_dir / "eg_build.c"]
    sources = [
        _Source(_relative(path, folder), f"{number:03d}_{path.name}.o", path in project.model_sources)
        for number, path in enumerate(paths)
    ]
    values = {
        "board": project.profile.id, "model": project.facts.name, "compiler": compiler, "cpu": " ".join(flags),
        "flags": " ".join([*common, *(_BARE_COMPILE if bare else ())]),
        "optimize": OPTIMIZE[optimize], "sources": sources, "has_assembly": any(s.path.endswith(".S") for s in sources),
        "include_dirs": [_relative(path, folder) for path in project.include_dirs],
        "script": _relative(project.linker_script, folder) if project.linker_script else "",
        "link": " ".join(_BARE_LINK if bare else ("-Wl,--gc-sections",)),
        "libraries": "-lgcc" if bare else "-lm", "unproven": compiler.startswith(("xtensa", "riscv")),
    }  # fmt: skip
    for name in ("Makefile", "CMakeLists.txt"):
        text = environment().get_template(f"firmware/bare_metal/{name}.j2").render(values)
        (folder / name).write_text(text, encoding="utf-8")


def _compiler(core: str) -> tuple[str, tuple[str, ...]]:
    """GNU's compiler for a core, as distributions and vendors call it, and its flags for that core."""
    if core == "host":
        return "cc", ()
    if core in CORES:
        return "arm-none-eabi-gcc", CORES[core]
    if core.startswith("rv32"):
        return "riscv64-unknown-elf-gcc", _RISCV
    return {"lx6": "xtensa-esp32-elf-gcc", "lx7": "xtensa-esp32s3-elf-gcc"}[core], _XTENSA


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
