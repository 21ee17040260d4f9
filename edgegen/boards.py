"""Board profiles: a flat TOML file becomes a checked, frozen BoardProfile."""

from __future__ import annotations

import difflib
import itertools
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import Self

from edgegen.errors import InputError
from edgegen.resources import resource_dir

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Core = Literal[
    "host", "cortex-m0plus", "cortex-m3", "cortex-m4f", "cortex-m7", "cortex-m33", "cortex-m55", "rv32imc", "lx6"
]
KernelIsa = Literal["scalar", "armv6m", "armv7em", "mve", "rv32im", "xtensa_mac16"]
Flasher = Literal["none", "esptool", "pyocd"]
Content = Literal["code", "constants", "data", "arena", "stack"]
Bytes = Annotated[int, Field(gt=0)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# The kernels that each core can run; a core of none of these sets has the scalar ones alone.
_ISAS: dict[str, tuple[KernelIsa, ...]] = {
    "cortex-m0plus": ("armv6m",),
    "cortex-m3": ("armv6m",),
    "cortex-m4f": ("armv6m", "armv7em"),
    "cortex-m7": ("armv6m", "armv7em"),
    "cortex-m33": ("armv6m", "armv7em"),
    "cortex-m55": ("armv6m", "armv7em", "mve"),
    "rv32imc": ("rv32im",),
    "lx6": ("xtensa_mac16",),
}
# Where a profile doesn't name a region for these, they go where the other content goes.
_FALLBACK: dict[Content, Content] = {"arena": "data", "stack": "data"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Region(_Part):
    """A range of memory a program can use. `holds` names its contents; the first region that has room gets each."""

    name: Identifier
    kind: Literal["flash", "ram"]
    origin: Annotated[int, Field(ge=0, lt=2**32)]
    length_bytes: Bytes
    holds: Annotated[tuple[Content, ...], Field(min_length=1, strict=False)]

    @property
    def end(self) -> int:
        return self.origin + self.length_bytes

    @model_validator(mode="after")
    def _fits_address_space(self) -> Self:
        if self.end > 2**32:
            raise ValueError(f"region '{self.name}' ends beyond 32 bits ({self.end:#x}); lower length_bytes")
        return self


Regions = Annotated[tuple[Region, ...], Field(min_length=1, strict=False)]


class Console(_Part):
    """The serial port of the firmware's log; pins are empty where the port has none."""

    uart: str
    baud: Annotated[int, Field(ge=1200, le=12_000_000)]
    tx: str = ""
    rx: str = ""


class Simulator(_Part):
    """What runs the firmware without the board. `proven`: as this very board, or only its core."""

    kind: Literal["qemu_arm", "qemu_riscv", "qemu_xtensa", "host"]
    machine: str = ""
    cpu: str = ""
    port: Identifier
    regions: Annotated[tuple[Region, ...], Field(strict=False)] = ()
    proven: Literal["board", "core"]


class Power(_Part):
    """Mean power in mW of the whole chip, and where the figures are from; None where it is not known."""

    active_mw: Annotated[float, Field(gt=0, strict=False)]
    idle_mw: Annotated[float | None, Field(ge=0, strict=False)] = None
    source: str


class BoardProfile(_Part):
    """One board. Clock in Hz, memory in bytes; `unproven` lists what was never run on the real board."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    name: str
    vendor: str
    url: str
    mcu: str
    core: Core
    clock_hz: Annotated[int, Field(ge=1_000_000, le=10_000_000_000)]
    kernel_isa: KernelIsa
    forms: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    toolchains: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    flasher: Flasher
    port: Identifier
    stack_bytes: Annotated[int, Field(ge=256, multiple_of=16)]
    regions: Regions
    console: Console
    simulator: Simulator
    power: Power | None = None
    unproven: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _check_isa(self) -> Self:
        isas = ("scalar", *_ISAS.get(self.core, ()))
        if self.kernel_isa not in isas:
            raise ValueError(f"kernel_isa: core {self.core} can't run '{self.kernel_isa}'; it runs {', '.join(isas)}")
        return self

    @model_validator(mode="after")
    def _check_regions(self) -> Self:
        check_regions(self.regions, "regions")
        if self.simulator.regions:
            check_regions(self.simulator.regions, "simulator.regions")
        return self

    def image_port(self, simulator: bool) -> str:
        """The HAL port of the board's image or of its simulator's."""
        return self.simulator.port if simulator else self.port

    def image_regions(self, simulator: bool) -> tuple[Region, ...]:
        """The memory of the board's image or of its simulator's."""
        return self.simulator.regions if simulator and self.simulator.regions else self.regions


def check_regions(regions: tuple[Region, ...], key: str) -> None:
    """Raises ValueError where names repeat, ranges overlap, or code, constants or data have no place."""
    names = [region.name for region in regions]
    if len(set(names)) != len(names):
        raise ValueError(f"{key}: two regions have one name; rename one")
    ordered = sorted(regions, key=lambda region: region.origin)
    for before, after in itertools.pairwise(ordered):
        if after.origin < before.end:
            raise ValueError(f"{key}: '{before.name}' and '{after.name}' overlap at {after.origin:#x}; shorten one")
    for content in ("code", "constants", "data"):
        if not any(content in region.holds for region in regions):
            raise ValueError(f"{key}: no region holds '{content}'; add it to the `holds` of one")
    for region in regions:
        writable = {"data", "arena", "stack"} & set(region.holds)
        if region.kind == "flash" and writable:
            raise ValueError(f"{key}: flash region '{region.name}' can't hold {', '.join(sorted(writable))}")


def regions_for(regions: tuple[Region, ...], content: Content) -> tuple[Region, ...]:
    """The regions that may hold `content`, in the profile's order; never empty for a checked profile."""
    found = tuple(region for region in regions if content in region.holds)
    return found or regions_for(regions, _FALLBACK[content])


def board_folders() -> tuple[Path, ...]:
    """Where profiles are looked for: the user's own folder first, then the bundled one."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return (config / "edgegen" / "boards", resource_dir("boards"))


def board_ids() -> list[str]:
    """The names of all boards, sorted."""
    return sorted({path.stem for folder in board_folders() for path in folder.glob("*.toml")})


def load_board(name: str) -> BoardProfile:
    """The profile of a board by id, or by the path of a TOML file. Raises InputError naming file, key and remedy."""
    if name.endswith(".toml"):
        return read_board(Path(name))
    for folder in board_folders():
        path = folder / f"{name}.toml"
        if path.is_file():
            return read_board(path)
    known = board_ids()
    near = difflib.get_close_matches(name.lower(), known, n=3)
    hint = f"did you mean {' or '.join(near)}?\n" if near else ""
    raise InputError(f"no board '{name}'; {hint}known boards: {', '.join(known)} (or give a profile's .toml path)")


def read_board(path: Path) -> BoardProfile:
    """Reads one profile; the file's stem is the board's id."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None
    if "id" in table:
        raise InputError(f"{path}: key 'id': the board's id is the file's name; remove the key")
    try:
        return BoardProfile.model_validate({"id": path.stem, **table})
    except ValidationError as error:
        raise InputError("\n".join(_explain(path, item) for item in _telling(error))) from None


def _telling(error: ValidationError) -> list[Mapping[str, Any]]:
    """At most three problems: unknown keys first, as they explain missing ones, and none that another one implies."""
    problems: list[Mapping[str, Any]] = [dict(item) for item in error.errors()]
    outer = {problem["loc"][:depth] for problem in problems for depth in range(len(problem["loc"]))}
    own = [problem for problem in problems if problem["loc"] not in outer or problem["loc"] == ()]
    return sorted(own, key=lambda problem: problem["type"] != "extra_forbidden")[:3]


def _explain(path: Path, problem: Mapping[str, Any]) -> str:
    """One line: file, key, what is wrong, remedy."""
    key = ".".join(str(part) for part in problem["loc"])
    kind = problem["type"]
    if key == "id":
        return f"{path}: the file's name is the board's id: lower-case letters, digits, - and _ only; rename it"
    if kind == "extra_forbidden":
        known = _known_keys(problem["loc"])
        near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.7)
        hint = f"did you mean {near[0]}?" if near else f"known keys here: {', '.join(known)}"
        return f"{path}: unknown key '{key}'; {hint}"
    if kind == "missing":
        return f"{path}: key '{key}' is missing; add it"
    if kind == "value_error":
        return f"{path}: {problem['msg'].removeprefix('Value error, ')}"
    value = problem.get("input")
    shown = "" if isinstance(value, (dict, list, tuple)) else f" (is {value!r})"
    return f"{path}: key '{key}'{shown}: {problem['msg']}"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    parts: dict[str, type[_Part]] = {
        "regions": Region, "console": Console, "simulator": Simulator, "power": Power,
    }  # fmt: skip
    owner: type[_Part] = BoardProfile
    for part in location[:-1]:
        owner = parts.get(str(part), owner)
    return sorted(name for name in owner.model_fields if name != "id")
