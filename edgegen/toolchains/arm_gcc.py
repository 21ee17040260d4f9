"""arm-none-eabi-gcc, where it is installed and asked for: Cortex-M."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from edgegen import process
from edgegen.errors import EdgegenError
from edgegen.toolchains import cache
from edgegen.toolchains.base import CompileJob, Toolchain
from edgegen.toolchains.c_flags import common_flags, place_flags

_GCC = "arm-none-eabi-gcc"
_HARD_FLOAT = "-mfloat-abi=hard"
CORES: dict[str, tuple[str, ...]] = {
    "cortex-m0plus": ("-mthumb", "-mcpu=cortex-m0plus", "-mfloat-abi=soft"),
    "cortex-m3": ("-mthumb", "-mcpu=cortex-m3", "-mfloat-abi=soft"),
    "cortex-m4f": ("-mthumb", "-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", _HARD_FLOAT),
    "cortex-m7": ("-mthumb", "-mcpu=cortex-m7", "-mfpu=fpv5-d16", _HARD_FLOAT),
    "cortex-m33": ("-mthumb", "-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", _HARD_FLOAT),
    "cortex-m55": ("-mthumb", "-mcpu=cortex-m55", "-mfpu=auto", _HARD_FLOAT),
}
_TIMEOUT_S = 300.0


class ArmGccToolchain(Toolchain):
    """GNU's compiler and linker for Cortex-M; needs only gcc's own run-time library, no newlib."""

    name = "arm_gcc"

    def missing(self) -> str | None:
        return None if shutil.which(_GCC) else f"{_GCC} is missing: apt-get install gcc-arm-none-eabi"

    def version(self) -> str:
        return _version()

    def compile(self, job: CompileJob, sources: Sequence[Path], work_dir: Path) -> list[Path]:
        flags = compile_flags(job)
        key = [self.version(), *flags]

        def one(source: Path, target: Path) -> None:
            argv = [_GCC, *flags, *place_flags(job, source), "-c", source.name, "-o", str(target)]
            process.run(argv, timeout_s=_TIMEOUT_S, cwd=source.parent)

        return cache.compile_all(sources, job.include_dirs, lambda source: key, work_dir, one)

    def link(self, job: CompileJob, objects: Sequence[Path], linker_script: Path | None, elf: Path) -> None:
        flags = link_flags(job)
        key = cache.link_key(objects, linker_script, [self.version(), *flags])

        def make(path: Path) -> None:
            script = ["-T", str(linker_script)] if linker_script else []
            argv = [_GCC, *flags, *script, *map(str, objects), "-lgcc", "-o", str(path)]
            process.run(argv, timeout_s=_TIMEOUT_S)

        cache.cached(key, ".elf", elf, make)


def compile_flags(job: CompileJob) -> list[str]:
    """All flags but the paths. Raises EdgegenError for a core that is not a Cortex-M."""
    if job.core not in CORES:
        raise EdgegenError(f"toolchain arm_gcc can't build for core '{job.core}'; it serves {', '.join(CORES)}")
    return [*CORES[job.core], *common_flags(job), "-ffreestanding", "-fno-unwind-tables"]


def link_flags(job: CompileJob) -> list[str]:
    """The linker's flags but script, objects and libraries."""
    return [*CORES[job.core], "-nostdlib", "-Wl,-e,reset", "-Wl,--gc-sections", "-Wl,--build-id=none"]


@lru_cache(maxsize=1)
def _version() -> str:
    return process.run([_GCC, "--version"], timeout_s=60.0).splitlines()[0].strip()
