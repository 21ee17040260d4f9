"""A compiled model and a board become a firmware project (a source tree), and the project an ELF."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from edgegen import elf as elf_file
from edgegen.boards import BoardProfile, Content, Region, regions_for
from edgegen.errors import EdgegenError, InputError
from edgegen.esp_image import write_esp_images
from edgegen.process import ToolError
from edgegen.resources import resource_dir
from edgegen.toolchains import cache
from edgegen.toolchains.base import CompileJob, Toolchain

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Room that start-up code, application and a small model's kernels need at least.
_CODE_BYTES = 8 * 1024
_OVERFLOW = (
    re.compile(r"section '[^']*' will not fit in region '(\w+)': overflowed by (\d+) bytes"),
    re.compile(r"region `(\w+)' overflowed by (\d+) bytes"),
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a project has to know of a compiled model; `name` is its C identifier, sizes are in bytes.

    `layers` are the numbers of its layer functions, in order (a layer that does nothing has none). `constant_bytes`
    counts weights, biases and tables; `peak_layer` names the layer during which the arena is fullest.
    """

    name: str
    sha256: str
    arena_bytes: int
    constant_bytes: int
    input_bytes: tuple[int, ...]
    output_bytes: tuple[int, ...]
    layers: tuple[int, ...]
    peak_layer: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A source tree ready to build for a board, or for its simulator."""

    facts: ModelFacts
    profile: BoardProfile
    simulator: bool
    form: str
    model_sources: tuple[Path, ...]
    firmware_sources: tuple[Path, ...]
    include_dirs: tuple[Path, ...]
    linker_script: Path | None
    image_dir: Path


@dataclass(frozen=True, slots=True)
class Firmware:
    """A linked project. `firmware_sha256` is what the boot record says; sizes in bytes."""

    elf: Path
    firmware_sha256: str
    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    regions: tuple[tuple[str, int], ...]


def check_fit(profile: BoardProfile, facts: ModelFacts, *, simulator: bool = False) -> dict[Content, Region]:
    """Chooses a region for each content: the first one, in the profile's order, that has room left for it.

    Raises EdgegenError with the bytes of every region, the layer at the memory peak and what would help, where the
    arena, the constants or the stack fit nowhere.
    """
    regions = profile.image_regions(simulator)
    free = {region.name: region.length_bytes for region in regions}
    needs: dict[Content, int] = {
        "code": _CODE_BYTES,
        "constants": facts.constant_bytes,
        "stack": profile.stack_bytes if profile.core != "host" else 0,
        "data": 1024,
        "arena": facts.arena_bytes,
    }
    places: dict[Content, Region] = {}
    misfits: list[str] = []
    for content, size in needs.items():
        candidates = regions_for(regions, content)
        place = next((region for region in candidates if size <= free[region.name]), None)
        if place is None:
            misfits.append(_misfit(facts, content, size, candidates, free))
            continue
        free[place.name] -= size
        places[content] = place
    if misfits:
        raise EdgegenError(
            f"{facts.name} does not fit {profile.id}: {'; '.join(misfits)}\n"
            "what would help: a smaller input or fewer channels, compressing the model, "
            "or a board with more memory (`edgegen boards`)"
        )
    return places


def _misfit(
    facts: ModelFacts, content: Content, size: int, candidates: Sequence[Region], free: Mapping[str, int]
) -> str:
    room = ", ".join(f"'{region.name}' has {free[region.name]} of {region.length_bytes} bytes" for region in candidates)
    peak = f" (peak at layer {facts.peak_layer})" if content == "arena" and facts.peak_layer else ""
    what = {"constants": "weights and constants", "arena": "the arena"}.get(content, content)
    short = size - max(free[region.name] for region in candidates)
    return f"{what}{peak} needs {size} bytes, {room}: {short} too few"


def create_project(
    facts: ModelFacts, profile: BoardProfile, source_dir: Path, *, simulator: bool = False, form: str = "bare_metal"
) -> Project:
    """Completes the model's sources in `source_dir` to a firmware project.

    Adds `firmware/` (application, start-up code, HAL port), `eg_the_model.c`, and `board/` or `simulator/` with the
    linker script. Raises EdgegenError where the model doesn't fit, InputError where the form has no such port.
    """
    if form not in profile.forms:
        raise InputError(f"board {profile.id} has no form '{form}'; it has {', '.join(profile.forms)}")
    places = check_fit(profile, facts, simulator=simulator)
    settings = _form(form)
    port = profile.image_port(simulator)
    if port not in settings["ports"]:
        key = "simulator.port" if simulator else "port"
        known = ", ".join(sorted(settings["ports"]))
        raise InputError(f"board {profile.id}: key '{key}' (is '{port}'): form {form} has {known}")
    model_sources = [path for path in sorted(source_dir.glob("*.[cS]")) if path.name != f"{facts.name}_data.c"]
    folders = [*settings["application"], *settings["ports"][port]]
    target = source_dir / "firmware"
    for folder in folders:
        _copy_folder(resource_dir("firmware") / folder, target / folder)
    image_dir = source_dir / ("simulator" if simulator else "board")
    image_dir.mkdir(parents=True, exist_ok=True)
    the_model = source_dir / "eg_the_model.c"
    _render(form, "eg_the_model.c.j2", the_model, {
        "model": facts.name, "model_sha256": facts.sha256, "input_bytes": facts.input_bytes,
        "output_bytes": facts.output_bytes, "layers": facts.layers, "arena_bytes": facts.arena_bytes,
    })  # fmt: skip
    script = None
    if port in settings["linker_scripts"]:
        script = image_dir / "link.ld"
        _render(form, settings["linker_scripts"][port], script, {
            "board": profile.id, "simulator": simulator, "model": facts.name, "stack_bytes": profile.stack_bytes,
            "regions": profile.image_regions(simulator),
            "places": {content: region.name for content, region in places.items()},
        })  # fmt: skip
    firmware_sources = [path for folder in folders for path in sorted((target / folder).glob("*.[cS]"))]
    return Project(
        facts=facts,
        profile=profile,
        simulator=simulator,
        form=form,
        model_sources=tuple(path for path in model_sources if path != the_model),
        firmware_sources=(the_model, *firmware_sources),
        include_dirs=(source_dir, *(target / folder for folder in folders)),
        linker_script=script,
        image_dir=image_dir,
    )


def build_project(project: Project, toolchain: Toolchain, optimize: str, elf: Path) -> Firmware:
    """Compiles and links a project to `elf`.

    The firmware's sha256 is taken over the bytes of all objects but the one that holds it, the linker script and the
    toolchain's version: the same firmware has the same name wherever it was built. Raises EdgegenError with the
    compiler's message, or with the bytes by which a region overflows.
    """
    profile = project.profile
    job = CompileJob(core=profile.core, optimize=optimize, include_dirs=project.include_dirs)
    # The application waits for a serial line: only its size matters.
    small = CompileJob(core=profile.core, optimize="size", include_dirs=project.include_dirs)
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        objects = toolchain.compile(job, project.model_sources, Path(folder) / "model")
        objects += toolchain.compile(small, project.firmware_sources, Path(folder) / "firmware")
        sha256 = cache.link_key(objects, project.linker_script, [toolchain.version(), profile.id])
        identity = project.image_dir / "eg_build.c"
        _render(project.form, "eg_build.c.j2", identity, {
            "firmware_sha256": sha256, "board": profile.id, "clock_hz": profile.clock_hz, "baud": profile.console.baud,
        })  # fmt: skip
        objects += toolchain.compile(small, [identity], Path(folder) / "identity")
        try:
            toolchain.link(job, objects, project.linker_script, elf)
        except ToolError as error:
            raise _explain_overflow(project, error) from None
    sizes = elf_file.measure(elf, profile.image_regions(project.simulator))
    # A program of this machine has no linker script of ours: its stack is an array among its data.
    ram_bytes = sizes.ram_bytes - (0 if project.linker_script else profile.stack_bytes)
    return Firmware(elf, sha256, sizes.flash_bytes, ram_bytes, profile.stack_bytes, sizes.regions)


def write_images(firmware: Firmware, profile: BoardProfile, folder: Path) -> list[tuple[str, Path, int]]:
    """Writes the files that the board's flasher writes to the chip; returns (name, path, flash address) of each."""
    if profile.flasher == "none":
        return []
    if profile.flasher == "esptool":
        images = write_esp_images(firmware.elf, profile.mcu.lower().replace("-", ""), folder)
        return [(image.name, image.path, image.offset) for image in images]
    return write_flat_images(firmware, profile, folder)


def write_flat_images(firmware: Firmware, profile: BoardProfile, folder: Path) -> list[tuple[str, Path, int]]:
    """Writes one .bin per flash region that the firmware fills; returns (name, path, address) of each.

    For chips whose flasher writes plain bytes at an address. A board without flash has no images.
    """
    images = []
    for region in profile.regions:
        data = elf_file.flat_image(firmware.elf, region) if region.kind == "flash" else b""
        if data:
            path = folder / f"{firmware.elf.stem}_{region.name}.bin"
            path.write_bytes(data)
            images.append((region.name, path, region.origin))
    return images


def _explain_overflow(project: Project, error: ToolError) -> EdgegenError:
    """The linker's overflow as one error with bytes; any other of its errors unchanged."""
    worst: dict[str, int] = {}
    for pattern in _OVERFLOW:
        for name, count in pattern.findall(error.output):
            worst[name] = max(worst.get(name, 0), int(count))
    if not worst:
        return error
    facts = project.facts
    regions = {region.name: region for region in project.profile.image_regions(project.simulator)}
    parts = ", ".join(
        f"'{name}' ({regions[name].length_bytes} bytes) by {count} bytes"
        for name, count in worst.items() if name in regions
    )  # fmt: skip
    peak = f", largest at layer {facts.peak_layer}" if facts.peak_layer else ""
    return EdgegenError(
        f"{facts.name} does not fit {project.profile.id}: the linked firmware exceeds {parts}\n"
        f"it has {facts.constant_bytes} bytes of constants and {facts.arena_bytes} bytes of arena{peak}\n"
        "what would help: --optimize size, compressing the model, or a board with more memory (`edgegen boards`)"
    )


def _copy_folder(source: Path, target: Path) -> None:
    """Copies the files of one folder (not its subfolders); files that are equal keep their time."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        copy = target / path.name
        if path.is_file() and not (copy.is_file() and copy.read_bytes() == path.read_bytes()):
            shutil.copyfile(path, copy)


def _render(form: str, template: str, path: Path, values: Mapping[str, Any]) -> None:
    text = _environment(form).get_template(template).render(values)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


@lru_cache(maxsize=8)
def _environment(form: str) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_dir("templates") / "firmware" / form),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


@lru_cache(maxsize=8)
def _form(form: str) -> dict[str, Any]:
    return tomllib.loads((resource_dir("templates") / "firmware" / form / "form.toml").read_text(encoding="utf-8"))
