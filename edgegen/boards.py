"""Board profiles: a flat TOML file becomes a checked, frozen BoardProfile."""

from __future__ import annotations

import difflib
import itertools
import math
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
    "host",
    "cortex-m0plus",
    "cortex-m3",
    "cortex-m4f",
    "cortex-m7",
    "cortex-m33",
    "cortex-m55",
    "rv32imc",
    "lx6",
    "lx7",
]
KernelIsa = Literal["scalar", "armv6m", "armv7em", "mve", "rv32im", "xtensa_mac16"]
Flasher = Literal["none", "esptool", "pyocd", "openocd", "stm32_uart", "uf2", "daplink", "bossac"]
Content = Literal["code", "constants", "data", "arena", "stack"]
Bytes = Annotated[int, Field(gt=0)]
# As vendors write them: STM32's PA9, Nordic's P0.06, Espressif's and Raspberry Pi's GPIO21.
Pin = Annotated[str, Field(pattern=r"^(P[A-K](\d|1[0-5])|P[01]\.([0-2]\d|3[01])|GPIO\d{1,2})?$")]
UsbId = Annotated[str, Field(pattern=r"^[0-9A-F]{4}:[0-9A-F]{4}$")]
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
    "lx7": ("xtensa_mac16",),
}
# Where a profile doesn't name a region for these, they go where the other content goes.
_FALLBACK: dict[Content, Content] = {"arena": "data", "stack": "data"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Cache(_Part):
    """A cache or read buffer in front of a region, for cycle estimates; sizes in bytes.

    `miss_clocks`: the least, the likely and the most clocks that the core waits for a line.
    """

    holds: Annotated[tuple[Literal["code", "constants"], ...], Field(min_length=1, strict=False)]
    size_bytes: Bytes
    line_bytes: Bytes
    ways: Annotated[int, Field(gt=0)]
    miss_clocks: Annotated[tuple[float, float, float], Field(strict=False)]
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.size_bytes % (self.line_bytes * self.ways):
            raise ValueError("a cache's size_bytes must be a multiple of line_bytes times ways")
        if not 0 <= self.miss_clocks[0] <= self.miss_clocks[1] <= self.miss_clocks[2]:
            raise ValueError("miss_clocks must rise from the least to the most, from 0 on")
        return self


class Region(_Part):
    """A range of memory a program can use. `holds` names what may lie there.

    `wait_states` is how many clocks the core waits for a read (0 in tightly coupled memory), as `source` says. Stack,
    data and arena go to the fastest region that has room for them; among equals, and where it isn't known, the
    profile's order decides. Code and constants live in the first flash region that holds them, else in the first of
    RAM. A RAM region that may hold constants too, or code beside flash, and is known to be faster, gets copies of the
    hottest weights or kernels.
    """

    name: Identifier
    kind: Literal["flash", "ram"]
    origin: Annotated[int, Field(ge=0, lt=2**32)]
    length_bytes: Bytes
    holds: Annotated[tuple[Content, ...], Field(min_length=1, strict=False)]
    wait_states: Annotated[int | None, Field(ge=0, le=255)] = None
    source: str = ""
    caches: Annotated[tuple[Cache, ...], Field(strict=False)] = ()

    @property
    def end(self) -> int:
        return self.origin + self.length_bytes

    @model_validator(mode="after")
    def _fits_address_space(self) -> Self:
        if self.end > 2**32:
            raise ValueError(f"region '{self.name}' ends beyond 32 bits ({self.end:#x}); lower length_bytes")
        return self

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if self.wait_states is not None and not self.source:
            raise ValueError(f"region '{self.name}' has wait_states without a `source`; name the document")
        return self

    def is_faster(self, other: Region) -> bool:
        """Whether both speeds are known and this one's reads wait less."""
        return self.wait_states is not None and other.wait_states is not None and self.wait_states < other.wait_states


def _pin_number(pin: str) -> int:
    """PA9 and GPIO9 are 9, PB0 is 16; P1.03 is 35: as ports of 16 pins (STM32) or 32 (nRF) count."""
    if not pin:
        return 0
    if pin.startswith("GPIO"):
        return int(pin[4:])
    if pin[1].isdigit():
        port, _, number = pin[1:].partition(".")
        return 32 * int(port) + int(number)
    return 16 * (ord(pin[1]) - ord("A")) + int(pin[2:])


Regions = Annotated[tuple[Region, ...], Field(min_length=1, strict=False)]


class Console(_Part):
    """The serial port of the firmware's log; pins are empty where the port has none."""

    uart: str
    baud: Annotated[int, Field(ge=1200, le=12_000_000)]
    tx: Pin = ""
    rx: Pin = ""

    @property
    def tx_number(self) -> int:
        """The number that the firmware knows the transmit pin by; 0 for none."""
        return _pin_number(self.tx)

    @property
    def rx_number(self) -> int:
        """The same of the receive pin."""
        return _pin_number(self.rx)


class Simulator(_Part):
    """What runs the firmware without the board.

    `proven`: how near it is: this very board, its core alone, or another core that runs the same objects ("code").
    """

    kind: Literal["qemu_arm", "qemu_riscv", "qemu_xtensa", "host"]
    machine: str = ""
    cpu: str = ""
    port: Identifier
    regions: Annotated[tuple[Region, ...], Field(strict=False)] = ()
    proven: Literal["board", "core", "code"]


class Power(_Part):
    """Mean power in mW of the whole chip, and where the figures are from; None where it is not known.

    `basis`: measured on the chip while it ran neural networks; from its data sheet or another measurement
    ("published"); or "memory": not looked up again. Asleep the chip keeps its RAM and draws `sleep_ua` at `volts`,
    and takes `wakeup_us` to run again; `sleep_source` says which mode that is.
    """

    active_mw: Annotated[float, Field(gt=0, strict=False)]
    idle_mw: Annotated[float | None, Field(ge=0, strict=False)] = None
    source: str
    basis: Literal["measured", "published", "memory"] = "measured"
    volts: Annotated[float | None, Field(gt=0, le=60, strict=False)] = None
    sleep_ua: Annotated[float | None, Field(ge=0, strict=False)] = None
    wakeup_us: Annotated[float | None, Field(ge=0, strict=False)] = None
    sleep_source: str = ""
    sleep_basis: Literal["measured", "published", "memory"] = "memory"


class BoardProfile(_Part):
    """One board. Clock in Hz, memory in bytes; `unproven` lists what was never run on the real board.

    `flasher_target` is the chip's name where the flasher asks for one (pyocd); `usb` lists the VID:PID that the
    console's USB port can have.
    """

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
    flasher_target: str = ""
    usb: Annotated[tuple[UsbId, ...], Field(strict=False)] = ()
    port: Identifier
    stack_bytes: Annotated[int, Field(ge=256, multiple_of=16)]
    regions: Regions
    console: Console
    simulator: Simulator
    power: Power | None = None
    unproven: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @property
    def isas(self) -> tuple[KernelIsa, ...]:
        """The kernels that the board's core can run."""
        return ("scalar", *_ISAS.get(self.core, ()))

    @model_validator(mode="after")
    def _check_isa(self) -> Self:
        isas = self.isas
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
        """The memory of the board's image or of its simulator's, which is as fast as the board's of the same name."""
        if not simulator or not self.simulator.regions:
            return self.regions
        speeds = {region.name: region.wait_states for region in self.regions}
        regions = []
        for region in self.simulator.regions:
            known = region.wait_states if region.wait_states is not None else speeds.get(region.name)
            regions.append(region.model_copy(update={"wait_states": known}))
        return tuple(regions)


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
    """The regions that may hold `content`, best first; never empty for a checked profile.

    Code and constants have their home in flash where there is any, everything else in the fastest memory.
    """
    found = [region for region in regions if content in region.holds]
    if not found:
        return regions_for(regions, _FALLBACK[content])
    if content in ("code", "constants"):
        return tuple(sorted(found, key=lambda region: region.kind != "flash"))
    return tuple(sorted(found, key=lambda region: math.inf if region.wait_states is None else region.wait_states))


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
    near = [board for board in known if name.lower() in board][:3] or difflib.get_close_matches(name.lower(), known)
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
        "regions": Region, "caches": Cache, "console": Console, "simulator": Simulator, "power": Power,
    }  # fmt: skip
    owner: type[_Part] = BoardProfile
    for part in location[:-1]:
        owner = parts.get(str(part), owner)
    return sorted(name for name in owner.model_fields if name != "id")
