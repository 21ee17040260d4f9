"""What exists is documented, and what the documentation names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgegen.cli import COMMANDS


@pytest.fixture(scope="module")
def readme() -> str:
    return (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [name for name, _ in COMMANDS])
def test_every_command_is_in_the_readme(command: str, readme: str) -> None:
    assert re.search(rf"`edgegen {command}\b", readme)


def test_every_board_is_in_the_readme(root: Path, readme: str) -> None:
    boards = {path.stem for path in (root / "boards").glob("*.toml")}
    assert boards
    assert not {board for board in boards if f"`{board}`" not in readme}


def test_commands_in_the_readme_exist(readme: str) -> None:
    named = set(re.findall(r"(?:`|^\$ )edgegen ([a-z]+)\b", readme, re.MULTILINE))
    assert named <= {name for name, _ in COMMANDS}


def test_commands_in_messages_exist(root: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((root / "edgegen").rglob("*.py")))
    named = set(re.findall(r"[`']edgegen ([a-z]+)\b", text))
    assert {"build", "boards"} <= named <= {name for name, _ in COMMANDS}


def test_make_targets_in_the_readme_exist(root: Path, readme: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_relative_links_in_the_readme_lead_somewhere(root: Path, readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert links
    assert not [link for link in links if not (root / link).exists()]


@pytest.mark.parametrize("name", ["README.md", "Makefile", "pyproject.toml", ".ci/requirements.txt"])
def test_nothing_names_a_package_registry(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert not re.search(r"(?<!no-emit-)index-url|find-links|https?://\S*(pypi|pythonhosted|debian\.org|simple/)", text)
