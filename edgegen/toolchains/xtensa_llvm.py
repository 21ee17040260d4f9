"""zig cc to LLVM IR, llc, llvm-mc and the GNU linker: C sources become firmware for Xtensa LX6.

No one compiler on the package registries does it all: zig's clang parses Xtensa C but carries no Xtensa back end,
Debian's LLVM has the back end but no linker, and the GNU linker for lx106 links any little-endian Xtensa object.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from edgegen import process
from edgegen.errors import EdgegenError
from edgegen.toolchains import cache
from edgegen.toolchains.base import CompileJob, Toolchain
from edgegen.toolchains.c_flags import TOOL_FOLDER, common_flags, place_flags
from edgegen.toolchains.zig import zig_executable, zig_version

_INSTALL = "apt-get install llvm-22 binutils-xtensa-lx106"
_OLDEST_LLVM = 22
_NEWEST_LLVM = 40
_LLVM_TOOLS = ("llc", "llvm-mc", "opt")
_LINKER = "xtensa-lx106-elf-ld"
_MC = ("-triple=xtensa", "-mcpu=esp32", "-filetype=obj")
_LLC = ("-O2", "-mtriple=xtensa", "-mcpu=esp32", "-function-sections", "-data-sections", "-filetype=asm")
_DATA_LAYOUT = "e-m:e-p:32:32-i8:8:32-i16:16:32-i64:64-n32"
_TRIPLE = "xtensa-unknown-unknown-unknown"
_TARGET = ("-target", "xtensa-freestanding-none", "-Wno-unused-command-line-argument")
# The core has no vectors, and llc fails on some of those that the vectoriser makes.
_BARE = (
    "-ffreestanding", "-fno-builtin", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-fno-sanitize=all",
    "-fomit-frame-pointer", "-fno-unroll-loops", "-fno-vectorize", "-fno-slp-vectorize",
)  # fmt: skip
# The run-time library is zig's, built for a core of the same word size, order and integer types. Its functions on
# types that Xtensa C lacks stay out.
_RUNTIME_BUILD = (
    "build-obj", "-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m", "-OReleaseSmall", "-fstrip",
    "-fomit-frame-pointer", "-fno-emit-bin",
)  # fmt: skip
_ALIAS = re.compile(r"^@(\S+) = [^\n]* alias ([^\n]*)$", re.MULTILINE)
# llc names a function's literals after whatever section came before it; behind its own, they precede its code.
_LITERALS = re.compile(r"^((?:\t\.literal[^\n]*\n)+)((?:\t\.(?:text|section\t)[^\n]*\n)+)", re.MULTILINE)
_FOREIGN_TYPE = re.compile(r"\b(?:fp128|half|i128|x86_fp80|bfloat)\b")
# Raise it when the steps between the tools change: it is part of every cache key.
_RECIPE = "3"
_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class _Tools:
    """Paths of the LLVM tools, all of one version, and that version."""

    llc: str
    assembler: str
    optimizer: str
    llvm_version: str


class XtensaLlvmToolchain(Toolchain):
    """Compiles through LLVM IR; three processes per source, in parallel, through the object cache."""

    name = "xtensa_llvm"

    def missing(self) -> str | None:
        absent = [] if zig_executable() else ["zig (pip install ziglang)"]
        if _find_tools() is None:
            absent.append(f"LLVM {_OLDEST_LLVM} or newer ({', '.join(_LLVM_TOOLS)})")
        if shutil.which(_LINKER) is None:
            absent.append(_LINKER)
        return f"missing for Xtensa: {'; '.join(absent)}. Install: {_INSTALL}" if absent else None

    def version(self) -> str:
        return f"zig {zig_version()}, LLVM {self._tools().llvm_version}, {_linker_version()}"

    def compile(self, job: CompileJob, sources: Sequence[Path], work_dir: Path) -> list[Path]:
        if job.core not in ("lx6", "lx7"):
            raise EdgegenError(f"toolchain xtensa_llvm can't build for core '{job.core}'; it serves lx6 and lx7")
        tools = self._tools()
        flags = [*_TARGET, *common_flags(job), *_BARE]
        key = [self.version(), *flags, *_LLC, *_MC, _RECIPE, TOOL_FOLDER]

        def one(source: Path, target: Path) -> None:
            zig = zig_executable()
            assert zig is not None  # as _tools has found out
            argv = [str(zig), "cc", *flags, *place_flags(job, source, zig.parent), source.name]
            with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
                assembly = Path(folder) / f"{source.stem}.s"
                if source.suffix == ".S":
                    _run([*argv, "-E", "-P", "-o", str(assembly)], source.parent)
                else:
                    ir = Path(folder) / f"{source.stem}.ll"
                    _run([*argv, "-S", "-emit-llvm", "-o", str(ir)], source.parent)
                    _lower(tools, ir, assembly)
                _run([tools.assembler, *_MC, str(assembly), "-o", str(target)])

        return cache.compile_all(sources, job.include_dirs, lambda source: key, work_dir, one)

    def link(self, job: CompileJob, objects: Sequence[Path], linker_script: Path | None, elf: Path) -> None:
        if linker_script is None:
            raise ValueError("an Xtensa image needs a linker script")
        with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
            everything = [*objects, self._runtime(Path(folder))]
            flags = ["--no-relax", "--gc-sections", "--build-id=none"]
            key = cache.link_key(everything, linker_script, [self.version(), *flags])

            def make(path: Path) -> None:
                _run([_LINKER, *flags, "-T", str(linker_script), *map(str, everything), "-o", str(path)])

            cache.cached(key, ".elf", elf, make)

    def _runtime(self, work_dir: Path) -> Path:
        """What compiled code calls without naming it: 64-bit division, float and double helpers, libm."""
        target = work_dir / "compiler_rt.o"
        key = cache.key_of([self.version(), *_RUNTIME_BUILD, *_LLC, *_MC, _DATA_LAYOUT, _RECIPE])
        cache.cached(key, ".o", target, lambda path: _build_compiler_rt(self._tools(), path))
        return target

    def _tools(self) -> _Tools:
        tools = _find_tools()
        problem = self.missing()
        if tools is None or problem is not None:
            raise EdgegenError(problem or _INSTALL)
        return tools


def _run(argv: Sequence[str], cwd: Path | None = None) -> str:
    return process.run(argv, timeout_s=_TIMEOUT_S, cwd=cwd, env=cache.tool_environment())


def _lower(tools: _Tools, ir: Path, assembly: Path) -> None:
    """LLVM IR to assembly, each function's literals in a section named after the function."""
    _run([tools.llc, *_LLC, str(ir), "-o", str(assembly)])
    # Any byte may stand in it: llc writes some constants as raw text.
    assembly.write_text(_LITERALS.sub(r"\2\1", assembly.read_text(encoding="latin-1")), encoding="latin-1")


def _build_compiler_rt(tools: _Tools, target: Path) -> None:
    """Builds zig's run-time library for Xtensa.

    zig can't emit Xtensa code from its own language, but the LLVM IR it emits for another 32-bit little-endian core
    with soft float holds nothing of that core beyond the header and the feature lists, which are replaced here.
    """
    zig = zig_executable()
    assert zig is not None
    with tempfile.TemporaryDirectory(prefix="edgegen-") as name:
        folder = Path(name)
        ir, reduced, assembly = folder / "all.ll", folder / "reduced.ll", folder / "rt.s"
        source = zig.parent / "lib" / "compiler_rt.zig"
        _run([str(zig), *_RUNTIME_BUILD, f"-femit-llvm-ir={ir}", str(source)], folder)
        text = ir.read_text(encoding="utf-8")
        text = re.sub(r"^target datalayout = .*$", f'target datalayout = "{_DATA_LAYOUT}"', text, flags=re.MULTILINE)
        text = re.sub(r"^target triple = .*$", f'target triple = "{_TRIPLE}"', text, flags=re.MULTILINE)
        text = re.sub(r' uwtable| "target-cpu"="[^"]*"| "target-features"="[^"]*"', "", text)
        # The back end drops the local prefix where it names a private function, so they are made internal.
        text = re.sub(r"^define private ", "define internal ", text, flags=re.MULTILINE)
        ir.write_text(text, encoding="utf-8")
        public = [symbol for symbol, kind in _ALIAS.findall(text) if not _FOREIGN_TYPE.search(kind)]
        keep = folder / "keep"
        keep.write_text("\n".join(public), encoding="utf-8")
        passes = ["-passes=internalize,globaldce,strip-dead-prototypes", f"--internalize-public-api-file={keep}"]
        _run([tools.optimizer, *passes, str(ir), "-S", "-o", str(reduced)])
        _lower(tools, reduced, assembly)
        _run([tools.assembler, *_MC, str(assembly), "-o", str(target)])


@lru_cache(maxsize=1)
def _find_tools() -> _Tools | None:
    """The newest LLVM that has Xtensa; the plain names count where they are new enough."""
    for suffix in (*(f"-{number}" for number in range(_NEWEST_LLVM, _OLDEST_LLVM - 1, -1)), ""):
        paths = [shutil.which(f"{tool}{suffix}") for tool in _LLVM_TOOLS]
        if None in paths:
            continue
        llc, assembler, optimizer = (str(path) for path in paths)
        found = re.search(r"LLVM version (\d+)(\S*)", _run([llc, "--version"]))
        if found and int(found.group(1)) >= _OLDEST_LLVM:
            return _Tools(llc, assembler, optimizer, "".join(found.groups()))
    return None


@lru_cache(maxsize=1)
def _linker_version() -> str:
    return _run([_LINKER, "--version"]).splitlines()[0].strip()
