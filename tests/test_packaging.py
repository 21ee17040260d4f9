"""The wheel works away from the checkout, and the pins are complete."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DATA = ("boards", "firmware", "templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the checkout's packaged files."""
    root = Path(__file__).resolve().parent.parent
    copy = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-OUTPUT", ".gitignore"):
        shutil.copy(root / name, copy)
    for name in ("edgegen", *DATA):
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    dist = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", dist, copy]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = dist.glob("*.whl")
    return path


def test_wheel_holds_the_data_and_nothing_foreign(wheel: Path, root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"edgegen/_data/{path.relative_to(root).as_posix()}"
        for folder in DATA
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected
    assert expected <= names
    assert {name.split("/")[0] for name in names} == {"edgegen", wheel.name.rsplit("-", 3)[0] + ".dist-info"}
    assert "edgegen/example/digits.tflite" in names


def test_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    (site,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The dependencies are those of the test environment, without the checkout that is installed there.
    for package in Path(_site_packages()).iterdir():
        if "edgegen" not in package.name and not (site / package.name).exists():
            (site / package.name).symlink_to(package)

    def edgegen(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(environment / "bin" / "python"), "-c", "from edgegen.cli import main; main()", *arguments]
        variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)

    where = subprocess.run(
        [str(environment / "bin" / "python"), "-c", "import edgegen; print(edgegen.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(site))
    boards = edgegen("boards")
    assert boards.returncode == 0, boards.stderr
    assert "esp32c3" in boards.stdout
    compiled = edgegen("compile", str(site / "edgegen" / "example" / "digits.tflite"), "-o", "out")
    assert compiled.returncode == 0, compiled.stderr
    assert (tmp_path / "out" / "digits.c").is_file()


def _site_packages() -> str:
    return next(entry for entry in sys.path if entry.endswith("site-packages"))


def test_every_pin_has_a_hash_and_every_dependency_a_pin(root: Path) -> None:
    text = (root / ".ci" / "requirements.txt").read_text(encoding="utf-8")
    blocks = [block for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if block]
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    pinned = {_name(block) for block in blocks}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {_name(line) for line in [*project["dependencies"], *extras["compress"], *extras["test"]]}
    assert declared
    assert declared <= pinned


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()
