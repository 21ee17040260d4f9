"""Every source file keeps the project's style and types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MAX_LINES = 400
FOLDERS = ("edgegen", "firmware", "templates", "boards", "tests", ".ci")


def run_tool(root: Path, name: str, *arguments: str) -> None:
    """Runs a tool of the test environment in the checkout, and shows the start of what it says when it fails."""
    tool = Path(sys.executable).parent / name
    done = subprocess.run([tool, *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).splitlines()
        pytest.fail("\n".join([f"{name} {' '.join(arguments)[:80]}", *said[:40]]), pytrace=False)


def sources(root: Path, *suffixes: str) -> list[Path]:
    found = [path for folder in FOLDERS for suffix in suffixes for path in (root / folder).rglob(f"*{suffix}")]
    return sorted(path for path in found if path.is_file())


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")], ids=["lint", "format"])
def test_python_style(root: Path, arguments: tuple[str, ...]) -> None:
    run_tool(root, "ruff", *arguments)


def test_types_are_complete(root: Path) -> None:
    run_tool(root, "mypy")


def test_c_is_formatted(root: Path) -> None:
    files = [str(path) for path in sources(root, ".c", ".h") if path.is_relative_to(root / "firmware")]
    assert files
    run_tool(root, "clang-format", "--dry-run", "-Werror", *files)


def test_no_source_file_is_long(root: Path) -> None:
    files = sources(root, ".py", ".c", ".h", ".S", ".j2")
    lengths = {str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {name: lines for name, lines in lengths.items() if lines > MAX_LINES}


def test_text_files_end_in_one_newline_and_have_no_carriage_returns(root: Path) -> None:
    for path in sources(root, ".py", ".c", ".h", ".S", ".j2", ".toml"):
        data = path.read_bytes()
        assert b"\r" not in data, path
        assert not data or (data.endswith(b"\n") and not data.endswith(b"\n\n")), path
