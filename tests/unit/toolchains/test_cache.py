from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edgegen.errors import EdgegenError
from edgegen.toolchains import cache


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDGEGEN_CACHE_DIR", str(tmp_path / "cache"))


def _tree(folder: Path) -> tuple[Path, Path]:
    (folder / "include").mkdir(parents=True)
    (folder / "a.c").write_text('#include "a.h"\n#include <stdint.h>\nint a;\n')
    (folder / "a.h").write_text('#  include "deep.h"\n')
    (folder / "include" / "deep.h").write_text("#define DEEP 1\n")
    return folder / "a.c", folder / "include"


def test_the_key_depends_on_content_and_not_on_place(tmp_path: Path) -> None:
    first, second = _tree(tmp_path / "one"), _tree(tmp_path / "two")
    assert cache.source_key(first[0], [first[1]], ["-O2"]) == cache.source_key(second[0], [second[1]], ["-O2"])
    assert cache.source_key(first[0], [first[1]], ["-O2"]) != cache.source_key(first[0], [first[1]], ["-Os"])


@pytest.mark.parametrize("changed", ["a.c", "a.h", "include/deep.h"])
def test_the_key_sees_every_file_that_is_reached(tmp_path: Path, changed: str) -> None:
    source, include = _tree(tmp_path / "x")
    before = cache.source_key(source, [include], [])
    path = tmp_path / "x" / changed
    path.write_text(path.read_text() + "/* more */\n")
    assert cache.source_key(source, [include], []) != before


def test_the_key_sees_a_header_that_appears_in_front_of_another(tmp_path: Path) -> None:
    source, include = _tree(tmp_path / "x")
    before = cache.source_key(source, [include], [])
    (tmp_path / "x" / "deep.h").write_text("#define DEEP 2\n")
    assert cache.source_key(source, [include], []) != before


def test_headers_that_include_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text('#include "b.h"\n')
    (tmp_path / "b.h").write_text('#include "a.h"\n')
    (tmp_path / "a.c").write_text('#include "a.h"\n')
    assert cache.source_key(tmp_path / "a.c", [], []) == cache.source_key(tmp_path / "a.c", [], [])


def test_a_second_build_makes_nothing(tmp_path: Path) -> None:
    made = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_bytes(b"object")

    for name in ("first.o", "second.o"):
        cache.cached("ab" * 32, ".o", tmp_path / name, make)
    assert len(made) == 1
    assert (tmp_path / "second.o").read_bytes() == b"object"


def test_a_failed_build_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half an obj")
        raise EdgegenError("killed")

    with pytest.raises(EdgegenError):
        cache.cached("cd" * 32, ".o", tmp_path / "x.o", fail)
    assert not (tmp_path / "x.o").exists()

    def make(path: Path) -> None:
        path.write_bytes(b"whole")

    cache.cached("cd" * 32, ".o", tmp_path / "x.o", make)
    assert (tmp_path / "x.o").read_bytes() == b"whole"


def test_builds_at_once_never_see_half_a_file(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    content = b"x" * 100_000

    def make(path: Path) -> None:
        with path.open("wb") as file:
            for at in range(0, len(content), 1000):
                file.write(content[at : at + 1000])

    def build(number: int) -> bytes:
        together.wait()
        target = tmp_path / f"{number}.o"
        cache.cached("ef" * 32, ".o", target, make)
        return target.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(build, range(8))) == {content}
