"""A cache of built files: the content of everything that went in names what came out."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)


def cache_dir() -> Path:
    """The folder of all caches: $EDGEGEN_CACHE_DIR, else edgegen's folder in the user's cache."""
    chosen = os.environ.get("EDGEGEN_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgegen"


def tool_environment() -> dict[str, str]:
    """The environment that compilers run in: the user's, with zig's caches inside ours."""
    zig = str(cache_dir() / "zig")
    return {**os.environ, "ZIG_GLOBAL_CACHE_DIR": zig, "ZIG_LOCAL_CACHE_DIR": zig}


def workers() -> int:
    """How many compilers run at once."""
    return max(2, os.cpu_count() or 1)


def key_of(parts: Iterable[str | bytes]) -> str:
    """SHA-256 over the parts, each with its length, so that no two lists of parts share a key by accident."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def source_key(source: Path, include_dirs: Sequence[Path], extra: Sequence[str]) -> str:
    """The key of a compiled source: its name and text, those of all headers it reaches, and `extra`.

    Headers outside the source's folder and `include_dirs` are the toolchain's own: its version is in `extra`.
    The key holds no folder, so the same sources in another place hit the same entry.
    """
    parts: list[str | bytes] = [*extra, source.name]
    seen: set[Path] = set()
    pending = [source]
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        text, names = _scan(path, _stamp(path))
        parts += [path.name, text]
        for name in names:
            for folder in (path.parent, *include_dirs):
                if (folder / name).is_file():
                    pending.append(folder / name)
                    break
            else:
                parts.append(f"toolchain's {name}")
    return key_of(parts)


def cached(key: str, suffix: str, target: Path, make: Callable[[Path], None]) -> None:
    """Puts the file of `key` at `target`: from the cache, else made by `make(path)` and kept.

    Files appear by renaming a finished one, so a build that is killed, or two at once, never leave half a file.
    """
    entry = cache_dir() / "objects" / key[:2] / f"{key}{suffix}"
    if not entry.is_file():
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=entry.parent) as folder:
            made = Path(folder) / target.name
            make(made)
            made.replace(entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(entry, target)


def compile_all(
    sources: Sequence[Path],
    include_dirs: Sequence[Path],
    key_parts: Callable[[Path], Sequence[str]],
    work_dir: Path,
    compile_one: Callable[[Path, Path], None],
) -> list[Path]:
    """Compiles sources in parallel through the cache; `compile_one(source, object)` does one.

    `key_parts(source)` holds flags and the toolchain's version. Returns the objects in the order of the sources;
    raises the first source's error.
    """
    targets = [work_dir / f"{index:03d}_{source.name}.o" for index, source in enumerate(sources)]

    def one(source: Path, target: Path) -> Path:
        key = source_key(source, include_dirs, key_parts(source))
        cached(key, ".o", target, lambda path: compile_one(source, path))
        return target

    with ThreadPoolExecutor(workers()) as pool:
        return list(pool.map(one, sources, targets))


def link_key(objects: Sequence[Path], linker_script: Path | None, extra: Sequence[str]) -> str:
    """The key of a linked file: the objects' names and bytes in order, the script and `extra`."""
    script = linker_script.read_bytes() if linker_script else b""
    parts: list[str | bytes] = [*extra, script]
    for path in objects:
        parts += [path.name, path.read_bytes()]
    return key_of(parts)


def _copy(entry: Path, target: Path) -> None:
    data = entry.read_bytes()
    if target.is_file() and target.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(entry.stat().st_mode | 0o600)
    Path(name).replace(target)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4096)
def _scan(path: Path, stamp: tuple[int, int]) -> tuple[bytes, tuple[str, ...]]:
    """The SHA-256 of a file and the names it includes; `stamp` makes a changed file a new question."""
    del stamp
    text = path.read_bytes()
    names = tuple(match.decode(errors="replace") for match in _INCLUDE.findall(text))
    return hashlib.sha256(text).digest(), names
