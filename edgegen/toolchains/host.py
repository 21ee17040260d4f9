"""The system's own C compiler: builds for this machine, with sanitizers on demand."""

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

_SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
_TIMEOUT_S = 300.0


class HostToolchain(Toolchain):
    """`cc`. `sanitize` adds AddressSanitizer and UndefinedBehaviorSanitizer, for tests."""

    name = "host"

    def __init__(self, sanitize: bool = False) -> None:
        self._sanitize = _SANITIZE if sanitize else ()

    def missing(self) -> str | None:
        return None if shutil.which("cc") else "a C compiler is missing: apt-get install gcc"

    def version(self) -> str:
        return _version()

    def compile(self, job: CompileJob, sources: Sequence[Path], work_dir: Path) -> list[Path]:
        if job.core != "host":
            raise EdgegenError(f"toolchain host can't build for core '{job.core}'; it serves this machine only")
        flags = [*common_flags(job), *self._sanitize]
        key = [self.version(), *flags]

        def one(source: Path, target: Path) -> None:
            argv = ["cc", *flags, *place_flags(job, source), "-c", source.name, "-o", str(target)]
            process.run(argv, timeout_s=_TIMEOUT_S, cwd=source.parent)

        return cache.compile_all(sources, job.include_dirs, lambda source: key, work_dir, one)

    def link(self, job: CompileJob, objects: Sequence[Path], linker_script: Path | None, elf: Path) -> None:
        flags = [*self._sanitize, "-Wl,--gc-sections"]
        key = cache.link_key(objects, linker_script, [self.version(), *flags])

        def make(path: Path) -> None:
            process.run(["cc", *flags, *map(str, objects), "-lm", "-o", str(path)], timeout_s=_TIMEOUT_S)

        cache.cached(key, ".elf", elf, make)


@lru_cache(maxsize=1)
def _version() -> str:
    return process.run(["cc", "--version"], timeout_s=60.0).splitlines()[0].strip()
