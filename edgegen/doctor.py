"""What this machine has and lacks for each board: tools are tried by running them, and each lack names its remedy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgegen import process
from edgegen.boards import BoardProfile, board_ids, load_board
from edgegen.devices.qemu import qemu_program
from edgegen.errors import EdgegenError
from edgegen.model_io.tensorflow_setup import tensorflow_problem
from edgegen.toolchains import CompileJob, load_toolchain

_PROBE = "int eg_probe(int x);\nint eg_probe(int x) { return x + 1; }\n"
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried. `problem` is empty where it works, else what is wrong; `remedy` the line that helps."""

    name: str
    purpose: str
    found: str
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The first toolchain that works for a board here, and its simulator; None where there is none."""

    board: str
    toolchain: str | None
    simulator: str | None

    @property
    def ready(self) -> bool:
        return self.toolchain is not None and self.simulator is not None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks, and what they mean for each board."""

    checks: tuple[Check, ...]
    boards: tuple[Readiness, ...]


def diagnose(boards: Sequence[str] | None = None, step: Callable[[str], None] = lambda step: None) -> Diagnosis:
    """Tries what `boards` need (default: all of them). Raises InputError for a board that doesn't exist."""
    profiles = [load_board(name) for name in (board_ids() if boards is None else boards)]
    toolchains = {}
    for name in dict.fromkeys(name for profile in profiles for name in profile.toolchains):
        step(f"trying toolchain {name}")
        toolchains[name] = _toolchain(name, [profile for profile in profiles if name in profile.toolchains])
    simulators = {}
    for kind in dict.fromkeys(profile.simulator.kind for profile in profiles):
        step(f"trying simulator {kind}")
        simulators[kind] = _simulator(kind, [profile for profile in profiles if profile.simulator.kind == kind])
    ready = tuple(
        Readiness(
            profile.id,
            next((name for name in profile.toolchains if not toolchains[name].problem), None),
            None if simulators[profile.simulator.kind].problem else _program(profile.simulator.kind),
        )
        for profile in profiles
    )
    return Diagnosis((*toolchains.values(), *simulators.values(), _tensorflow()), ready)


def _toolchain(name: str, profiles: Sequence[BoardProfile]) -> Check:
    label, purpose = f"toolchain {name}", f"building for {_names(profiles)}"
    toolchain = load_toolchain(name)
    missing = toolchain.missing()
    if missing is not None:
        return _lacking(label, purpose, missing)
    try:
        found = toolchain.version()
        with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
            source = Path(folder) / "eg_probe.c"
            source.write_text(_PROBE, encoding="utf-8")
            for core in dict.fromkeys(profile.core for profile in profiles):
                toolchain.compile(CompileJob(core, "speed", ()), [source], Path(folder))
    except EdgegenError as error:
        return Check(label, purpose, "", f"it is there, but doesn't work: {error}", "install it again")
    return Check(label, purpose, found)


def _simulator(kind: str, profiles: Sequence[BoardProfile]) -> Check:
    purpose = f"simulating {_names(profiles)}"
    if kind == "host":
        return Check("simulator: this machine", purpose, "the process itself")
    program, package = qemu_program(kind)
    label = f"simulator {program}"
    if shutil.which(program) is None:
        return Check(label, purpose, "", "not installed", f"apt-get install {package}")
    try:
        found = process.run([program, "--version"], timeout_s=_TIMEOUT_S).splitlines()[0]
    except (EdgegenError, IndexError) as error:
        return Check(label, purpose, "", f"it is there, but doesn't work: {error}", f"apt-get install {package}")
    return Check(label, purpose, found)


def _program(kind: str) -> str:
    return "this machine" if kind == "host" else qemu_program(kind)[0]


def _tensorflow() -> Check:
    purpose = "edgegen compress"
    problem = tensorflow_problem()
    if problem is not None:
        return _lacking("TensorFlow", purpose, problem)
    return Check("TensorFlow", purpose, "the versions that are tested")


def _lacking(name: str, purpose: str, message: str) -> Check:
    """A check from a message that ends in its remedy, behind a colon or on a line of its own."""
    problem, _, remedy = message.replace("\n", ": ").rpartition(": ")
    return Check(name, purpose, "", problem or message, remedy)


def _names(profiles: Sequence[BoardProfile]) -> str:
    shown = [profile.id for profile in profiles[:3]]
    more = len(profiles) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
