"""zig cc from the Python package ziglang: Cortex-M, RISC-V and this machine."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from edgegen import process
from edgegen.errors import EdgegenError
from edgegen.toolchains import cache
from edgegen.toolchains.base import CompileJob, Toolchain
from edgegen.toolchains.c_flags import TOOL_FOLDER, common_flags, place_flags

# Plain cortex_m55 silently has no vector instructions, cortex_m33 no DSP, none of them an FPU: features to ask for.
_CORES: dict[str, tuple[str, ...]] = {
    "host": ("-mcpu=baseline",),  # not this machine's own: a cache may be read on another
    "cortex-m0plus": ("-target", "thumb-freestanding-eabi", "-mcpu=cortex_m0plus"),
    "cortex-m3": ("-target", "thumb-freestanding-eabi", "-mcpu=cortex_m3"),
    "cortex-m4f": ("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"),
    "cortex-m7": ("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m7+fp_armv8d16sp"),
    "cortex-m33": ("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m33+dsp+fp_armv8d16sp"),
    "cortex-m55": ("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m55+mve+mve_fp+dsp+lob"),
    "rv32imc": ("-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m+c+zicsr"),
}
_BARE = ("-ffreestanding", "-fno-builtin", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables")
# The unroller spills on convolutions; debug checks of zig's are not those of our sanitizer build.
_EVERYWHERE = ("-fno-unroll-loops", "-fno-sanitize=all")
_BARE_LINK = ("-nostdlib", "-Wl,-e,reset", "-Wl,--gc-sections", "-Wl,--build-id=none")
# What -lcompiler_rt would build by itself, but without debug information: that names folders of this machine.
_RUNTIME_BUILD = ("build-lib", "-OReleaseFast", "-fstrip", "-ffunction-sections", "-fdata-sections")
_TIMEOUT_S = 300.0


class ZigToolchain(Toolchain):
    """clang and lld as zig carries them, with its own run-time library."""

    name = "zig"

    def missing(self) -> str | None:
        return None if zig_executable() else "zig is missing: pip install ziglang"

    def version(self) -> str:
        return f"zig {zig_version()}"

    def compile(self, job: CompileJob, sources: Sequence[Path], work_dir: Path) -> list[Path]:
        flags = [*self._core_flags(job), *common_flags(job), *_EVERYWHERE]
        key = [self.version(), *flags, TOOL_FOLDER]

        def one(source: Path, target: Path) -> None:
            places = place_flags(job, source, Path(_zig()).parent)
            argv = [_zig(), "cc", *flags, *places, "-c", source.name, "-o", str(target)]
            process.run(argv, timeout_s=_TIMEOUT_S, cwd=source.parent, env=cache.tool_environment())

        return cache.compile_all(sources, job.include_dirs, lambda source: key, work_dir, one)

    def link(self, job: CompileJob, objects: Sequence[Path], linker_script: Path | None, elf: Path) -> None:
        flags = [*_CORES[job.core], "-O2", *(_BARE_LINK if job.core != "host" else ("-lm",))]
        with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
            everything = list(objects)
            if job.core != "host":
                everything.append(self._runtime(job.core, Path(folder)))
            key = cache.link_key(everything, linker_script, [self.version(), *flags])

            def make(path: Path) -> None:
                script = ["-T", str(linker_script)] if linker_script else []
                argv = [_zig(), "cc", *flags, *script, *map(str, everything), "-o", str(path)]
                process.run(argv, timeout_s=_TIMEOUT_S, env=cache.tool_environment())

            cache.cached(key, ".elf", elf, make)

    def _runtime(self, core: str, work_dir: Path) -> Path:
        """What compiled code calls without naming it: 64-bit division, float and double helpers."""
        target = work_dir / "libcompiler_rt.a"

        def make(path: Path) -> None:
            source = Path(_zig()).parent / "lib" / "compiler_rt.zig"
            argv = [_zig(), *_RUNTIME_BUILD, *_CORES[core], "--name", "compiler_rt", f"-femit-bin={path}", str(source)]
            process.run(argv, timeout_s=_TIMEOUT_S, env=cache.tool_environment())

        cache.cached(cache.key_of([self.version(), *_RUNTIME_BUILD, *_CORES[core]]), ".a", target, make)
        return target

    def _core_flags(self, job: CompileJob) -> list[str]:
        if job.core not in _CORES:
            raise EdgegenError(f"toolchain zig can't build for core '{job.core}'; it serves {', '.join(_CORES)}")
        smallest = ("-Xclang", "-Oz") if job.optimize == "smallest" else ()  # zig takes -Oz for -Os
        return [*_CORES[job.core], *(_BARE if job.core != "host" else ()), *smallest]


@lru_cache(maxsize=1)
def zig_executable() -> Path | None:
    """The zig binary inside the installed package; calling it directly saves starting Python again."""
    found = importlib.util.find_spec("ziglang")
    if found is None or not found.submodule_search_locations:
        return None
    for name in ("zig", "zig.exe"):
        path = Path(found.submodule_search_locations[0]) / name
        if path.is_file():
            return path
    return None


def _zig() -> str:
    path = zig_executable()
    if path is None:
        raise EdgegenError("zig is missing; install it with: pip install ziglang")
    return str(path)


@lru_cache(maxsize=1)
def zig_version() -> str:
    return process.run([_zig(), "version"], timeout_s=60.0, env=cache.tool_environment()).strip()
