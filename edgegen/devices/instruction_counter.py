"""Counts executed instructions under QEMU: a firmware's ELF becomes plugin arguments, their result file a Counts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from edgegen import process
from edgegen.errors import EdgegenError
from edgegen.resources import resource_dir
from edgegen.toolchains import cache
from edgegen.toolchains.zig import zig_executable, zig_version

_FLAGS = ("-shared", "-fPIC", "-O2", "-g0", "-fno-sanitize=all", "-Wall", "-Wextra", "-Wconversion", "-Werror")
_TIMEOUT_S = 300.0
# QEMU 9 dropped version 1 of its plugin interface; what the plugin uses is the same in both.
_FIRST_QEMU_WITH_API_2 = 9
# Xtensa's window vectors (overflow and underflow of 4, 8, 12 registers) lie at these offsets from the vector base.
_WINDOW_VECTORS = (0x000, 0x040, 0x080, 0x0C0, 0x100, 0x140)
MARKERS = ("eg_marker_begin", "eg_marker_end")


@dataclass(frozen=True, slots=True)
class InferenceCount:
    """Instructions between the markers of one inference, and per layer function of the model, in order.

    A layer ends where the next one begins; what comes before the first is in the sum alone. A layer that does nothing
    has no function, so there may be fewer of them than layers.
    """

    instructions: int
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BlockCount:
    """A straight run of code: address, instructions and bytes in it, executions, and those left by falling through.

    `layers` tells who ran it: (layer, executions, fall-throughs), -1 what comes before the first layer.
    """

    pc: int
    instructions: int
    bytes: int
    executions: int
    fall_throughs: int
    layers: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CacheShape:
    """A cache to be simulated while counting, in front of the addresses from `start` to `end`; sizes in bytes."""

    start: int
    end: int
    size_bytes: int
    line_bytes: int
    ways: int
    code: bool
    data: bool


@dataclass(frozen=True, slots=True)
class CacheCount:
    """Reads through a cache and its misses: before the first layer, then per layer function."""

    accesses: tuple[int, ...]
    misses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """All inferences since the start, oldest first, and of the last one the blocks by address and the caches."""

    inferences: tuple[InferenceCount, ...]
    blocks: tuple[BlockCount, ...]
    caches: tuple[CacheCount, ...] = ()


class InstructionCounter:
    """Prepares counting for one run of QEMU and reads its result, as often as wanted and while QEMU runs.

    `model` is the C identifier of the model in the firmware; the files lie in `folder`, which must outlive the run.
    `markers` are the functions that are called just before and just after what counts; `caches` are simulated.
    """

    def __init__(
        self,
        elf: Path,
        model: str,
        folder: Path,
        *,
        markers: tuple[str, str] = MARKERS,
        caches: Sequence[CacheShape] = (),
    ) -> None:
        self._symbols = folder / "count_symbols"
        self._result = folder / "counts.json"
        lines = _symbol_lines(elf, model, markers) + "".join(map(_cache_line, caches))
        self._symbols.write_text(lines, encoding="ascii")
        self._result.unlink(missing_ok=True)

    def qemu_arguments(self, qemu: str) -> list[str]:
        """The arguments to add to the command line of the program `qemu`; builds the plugin at its first use."""
        values = {"file": plugin(qemu), "in": self._symbols, "out": self._result}
        # QEMU splits at commas and reads two as one.
        return ["-plugin", ",".join(f"{key}={str(path.resolve()).replace(',', ',,')}" for key, path in values.items())]

    def has_result(self) -> bool:
        """Whether an inference has ended."""
        return self._result.is_file()

    def read(self) -> Counts:
        """The counts so far. Raises EdgegenError where no inference has ended."""
        try:
            table = json.loads(self._result.read_text(encoding="ascii"))
        except FileNotFoundError:
            raise EdgegenError("no instructions were counted: the firmware ran no inference to its end") from None
        inferences = (InferenceCount(int(row["instructions"]), tuple(row["layers"])) for row in table["inferences"])
        blocks = (
            BlockCount(pc, instructions, size, ran, fell, tuple((at, own, on) for at, own, on in layers))
            for pc, instructions, size, ran, fell, layers in table["blocks"]
        )
        caches = (CacheCount(*(tuple(tally) for tally in zip(*rows, strict=True))) for rows in table["caches"])
        return Counts(tuple(inferences), tuple(blocks), tuple(caches))


def plugin(qemu: str) -> Path:
    """The plugin as a shared library for the program `qemu` (its major version counts), built once and kept."""
    zig = zig_executable()
    if zig is None:
        raise EdgegenError("counting instructions needs zig; install it with: pip install ziglang")
    source = resource_dir("firmware") / "qemu_plugin" / "eg_count.c"
    flags = [*_FLAGS, f"-DEG_PLUGIN_API={_plugin_api(qemu)}"]
    key = cache.source_key(source, (), [f"zig {zig_version()}", *flags])
    target = cache.cache_dir() / "plugins" / key / "eg_count.so"

    def make(path: Path) -> None:
        argv = [str(zig), "cc", *flags, source.name, "-o", str(path)]
        process.run(argv, timeout_s=_TIMEOUT_S, cwd=source.parent, env=cache.tool_environment())

    if not target.is_file():
        cache.cached(key, ".so", target, make)
    return target


def _plugin_api(qemu: str) -> int:
    if shutil.which(qemu) is None:
        raise EdgegenError(f"{Path(qemu).name} is not installed, or not in a folder of PATH")
    found = re.search(r"version (\d+)\.", process.run([qemu, "--version"], timeout_s=60.0))
    return 2 if found and int(found.group(1)) >= _FIRST_QEMU_WITH_API_2 else 1


def _cache_line(cache: CacheShape) -> str:
    sets = cache.size_bytes // (cache.line_bytes * cache.ways)
    return f"cache {cache.code:d} {cache.data:d} {cache.start:x} {cache.end:x} {cache.line_bytes} {sets} {cache.ways}\n"


def _symbol_lines(elf: Path, model: str, markers: tuple[str, str]) -> str:
    """What the plugin looks for, in its own format (see eg_count.c). Raises EdgegenError for a missing symbol."""
    symbols = _read_symbols(elf)
    lines = []
    for role, name in zip(("begin", "end"), markers, strict=True):
        if name not in symbols:
            raise EdgegenError(f"{elf.name}: no symbol {name}; instructions can't be counted in a stripped firmware")
        start, size = symbols[name]
        lines.append(f"{role} {start:x} {start + max(size, 1):x}")
    lines += [f"layer {index} {start:x}" for index, start in enumerate(_layer_starts(symbols, model))]
    if "_eg_emulation_start" in symbols and "_eg_emulation_end" in symbols:
        lines.append(f"exclude {symbols['_eg_emulation_start'][0]:x} {symbols['_eg_emulation_end'][0]:x}")
    if "_eg_vectors" in symbols:
        lines += [f"restart {symbols['_eg_vectors'][0] + offset:x}" for offset in _WINDOW_VECTORS]
    return "".join(f"{line}\n" for line in lines)


def _read_symbols(elf: Path) -> dict[str, tuple[int, int]]:
    """Address and size by name; bit 0 of an Arm function's address only says Thumb and is dropped."""
    with elf.open("rb") as file:
        image = ELFFile(file)
        table = image.get_section_by_name(".symtab")
        thumb = 1 if image["e_machine"] == "EM_ARM" else 0
        if table is None:
            return {}
        return {s.name: (int(s["st_value"]) & ~thumb, int(s["st_size"])) for s in table.iter_symbols() if s.name}


def _layer_starts(symbols: Mapping[str, tuple[int, int]], model: str) -> list[int]:
    """Addresses of the model's layer functions in the order of their numbers."""
    pattern = re.compile(re.escape(model) + r"_layer_(\d+)")
    found = {int(match.group(1)): start for name, (start, _) in symbols.items() if (match := pattern.fullmatch(name))}
    return [found[number] for number in sorted(found)]
