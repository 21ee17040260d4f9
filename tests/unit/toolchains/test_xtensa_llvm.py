"""The Xtensa toolchain: what it finds, what it refuses, what its objects hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from edgegen.errors import EdgegenError
from edgegen.toolchains import CompileJob, load_toolchain, xtensa_llvm

JOB = CompileJob("lx6", "speed", ())


@pytest.fixture(autouse=True)
def _fresh_search() -> Iterator[None]:
    """The tools are looked for again in each test."""
    xtensa_llvm._find_tools.cache_clear()
    yield
    xtensa_llvm._find_tools.cache_clear()


def need_tools() -> None:
    missing = load_toolchain("xtensa_llvm").missing()
    if missing:
        pytest.skip(missing)


def sections(path: Path) -> set[str]:
    with path.open("rb") as file:
        return {section.name for section in ELFFile(file).iter_sections()}


def test_missing_tools_are_one_line_with_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = load_toolchain("xtensa_llvm").missing()
    assert missing is not None
    assert "\n" not in missing
    assert "apt-get install llvm-22 binutils-xtensa-lx106" in missing
    with pytest.raises(EdgegenError, match="apt-get install llvm-22"):
        load_toolchain("xtensa_llvm").compile(JOB, [], tmp_path)


@pytest.mark.parametrize(("suffix", "version", "found"), [
    ("", "14.0.6", False), ("", "23.1.0", True), ("-23", "23.1.0", True), ("-14", "14.0.6", False),
])  # fmt: skip
def test_finds_llvm_22_and_newer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str, version: str, found: bool
) -> None:
    for tool in ("llc", "llvm-mc", "opt"):
        script = tmp_path / f"{tool}{suffix}"
        script.write_text(f"#!/bin/sh\necho '  Debian LLVM version {version}'\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    tools = xtensa_llvm._find_tools()
    assert (tools is not None) == found
    if tools is not None:
        assert tools.llvm_version == version
        assert tools.llc == str(tmp_path / f"llc{suffix}")


def test_refuses_another_core(tmp_path: Path) -> None:
    with pytest.raises(EdgegenError, match="cortex-m3"):
        load_toolchain("xtensa_llvm").compile(CompileJob("cortex-m3", "speed", ()), [], tmp_path)


def test_literals_of_a_function_lie_in_its_own_section(tmp_path: Path) -> None:
    """Behind a function with a jump table, llc names the next one's literals after the table's read-only section."""
    need_tools()
    source = tmp_path / "table.c"
    declared = "".join(f"int case_{i}(int value);\n" for i in range(12))
    cases = "".join(f"    case {i}: return case_{i}({i * 1000003 % 65521}) * {i + 3};\n" for i in range(12))
    source.write_text(
        f"{declared}int choose(int value);\nint next(int value);\n"
        f"int choose(int value) {{\n  switch (value) {{\n{cases}    default: return 0;\n  }}\n}}\n"
        "int next(int value) { return case_1(value) ^ 0x12345678; }\n"
    )
    [made] = load_toolchain("xtensa_llvm").compile(JOB, [source], tmp_path / "out")
    names = sections(made)
    assert any(name.startswith(".rodata.choose") for name in names)
    assert {".literal.choose", ".literal.next", ".text.choose", ".text.next"} <= names
    assert not any(name.endswith(".literal") for name in names)


def test_warnings_are_errors_that_name_the_file(tmp_path: Path) -> None:
    need_tools()
    source = tmp_path / "narrow.c"
    source.write_text("signed char narrow(int value);\nsigned char narrow(int value) { return value; }\n")
    with pytest.raises(EdgegenError, match=r"narrow\.c.*implicit conversion"):
        load_toolchain("xtensa_llvm").compile(JOB, [source], tmp_path / "out")


def test_wrong_assembly_is_an_error(tmp_path: Path) -> None:
    need_tools()
    source = tmp_path / "wrong.S"
    source.write_text("  nonsense a1, a2\n")
    with pytest.raises(EdgegenError, match=r"nonsense|invalid instruction|unrecognized"):
        load_toolchain("xtensa_llvm").compile(JOB, [source], tmp_path / "out")


def test_same_object_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_tools()
    made = []
    for name in ("one", "two"):
        monkeypatch.setenv("EDGEGEN_CACHE_DIR", str(tmp_path / f"cache_{name}"))
        folder = tmp_path / name
        folder.mkdir()
        source = folder / "same.c"
        source.write_text("int same(int value);\nint same(int value) { return value / 3; }\n")
        made.append(load_toolchain("xtensa_llvm").compile(JOB, [source], folder / "out")[0].read_bytes())
    assert made[0] == made[1]
