"""What `make` does on a machine that lacks Debian packages, with stand-ins for apt and for root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = (
    "llc-22",
    "xtensa-lx106-elf-ld",
    "qemu-system-arm",
    "qemu-system-riscv32",
    "qemu-system-xtensa",
    "cc",
    "c++",
    "cmake",
)


class Machine:
    """A PATH of its own, whose apt-get only notes what it was asked."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.script = root / ".ci" / "packages"
        self.bin = folder / "bin"
        self.log = folder / "apt.log"
        self.stamp = folder / "cache" / "packages"
        self.bin.mkdir()
        for name in ("cat", "dirname", "grep", "mkdir"):
            (self.bin / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name}"))
        self.add("python3", f'exec {sys.executable} "$@"')
        self.add("apt-get", f'echo "$@" >> {self.log}')
        self.add("apt-cache", 'case "$2" in llvm-22) echo "Candidate: (none)";; *) echo "Candidate: 1.0";; esac')
        self.user(0)

    def add(self, name: str, body: str = "exit 0") -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def user(self, uid: int) -> None:
        self.add("id", f"echo {uid}")

    def run(self) -> str:
        """Runs the script, which must not fail, and returns what it says."""
        command = ["/bin/sh", str(self.script), str(self.stamp)]
        done = subprocess.run(command, env={"PATH": str(self.bin)}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return done.stderr

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(root: Path, tmp_path: Path) -> Machine:
    return Machine(root, tmp_path)


def test_nothing_is_said_or_done_where_nothing_is_missing(machine: Machine) -> None:
    for tool in TOOLS:
        machine.add(tool)
    assert machine.run() == ""
    assert machine.asked() == []


def test_other_users_are_told_the_one_line_that_root_needs(machine: Machine) -> None:
    machine.user(1000)
    for tool in ("cc", "c++", "cmake"):
        machine.add(tool)
    said = machine.run()
    assert "apt-get install -y llvm-22 binutils-xtensa-lx106 qemu-system-arm qemu-system-misc\n" in said
    assert len(said.splitlines()) == 1
    assert machine.asked() == []


def test_root_installs_what_the_release_has_and_names_what_it_lacks(machine: Machine) -> None:
    said = machine.run()
    update, install = machine.asked()
    assert update.startswith("update")
    emulators = ["qemu-system-arm", "qemu-system-misc"]
    assert install.split()[-7:] == ["binutils-xtensa-lx106", *emulators, "gcc", "libc6-dev", "g++", "cmake"]
    assert "no package llvm-22" in said
    machine.run()
    assert len(machine.asked()) == 2, "a second call asks again"


def test_failing_apt_does_not_stop_the_rest(machine: Machine) -> None:
    machine.add("apt-get", "exit 100")
    assert "going on" in machine.run()


def test_other_systems_are_told_what_to_install(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    assert "qemu-system-arm" in machine.run()
