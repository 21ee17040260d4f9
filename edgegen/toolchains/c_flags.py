"""The flags that clang and gcc share for every C source."""

from __future__ import annotations

from pathlib import Path

from edgegen.toolchains.base import CompileJob

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
OPTIMIZE = {"speed": "-O2", "size": "-Os", "smallest": "-Os"}
TOOL_FOLDER = "toolchain"
"""How objects name the folder of a toolchain that is a Python package; a part of their cache key."""


def common_flags(job: CompileJob) -> list[str]:
    """Language, warnings, optimisation and defines.

    One section per function lets the linker drop the unused. Products are rounded before they are added: the
    reference does not fuse them.
    """
    return [
        "-std=c99",
        *WARNINGS,
        OPTIMIZE[job.optimize],
        "-g",
        "-ffp-contract=off",
        "-ffunction-sections",
        "-fdata-sections",
        *(f"-D{define}" for define in job.defines),
    ]


def place_flags(job: CompileJob, source: Path, tool_folder: Path | None = None) -> list[str]:
    """Include paths, and maps that keep folders of this machine out of the object (so that it caches)."""
    folders = sorted({source.parent, *job.include_dirs}, key=lambda path: (-len(str(path)), path))
    maps = [f"-ffile-prefix-map={folder}=." for folder in folders]
    if tool_folder is not None:
        maps.append(f"-ffile-prefix-map={tool_folder}={TOOL_FOLDER}")
    return [*maps, *(f"-I{folder}" for folder in job.include_dirs)]
