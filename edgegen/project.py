"""A compiled model and a board become a firmware project (a source tree), and the project an ELF."""

from __future__ import annotations

import dataclasses
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import intelhex
import jinja2

from edgegen import elf as elf_file
from edgegen import uf2
from edgegen.artifact import RegionUse
from edgegen.boards import BoardProfile
from edgegen.build_files import write_build_files
from edgegen.errors import EdgegenError, InputError
from edgegen.esp_image import write_esp_images
from edgegen.placement import LayerLoad, Needs, Placement, fast_copies, place
from edgegen.process import ToolError
from edgegen.resources import resource_dir
from edgegen.toolchains import cache
from edgegen.toolchains.base import CompileJob, Toolchain

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_OVERFLOW = (
    re.compile(r"section '[^']*' will not fit in region '(\w+)': overflowed by (\d+) bytes"),
    re.compile(r"region `(\w+)' overflowed by (\d+) bytes"),
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a project has to know of a compiled model; `name` is its C identifier, sizes are in bytes.

    `layers` are the numbers of its layer functions, in order (a layer that does nothing has none). `constant_bytes`
    counts weights, biases and tables; `peak_layer` names the layer during which the arena is fullest. `arenas` are the
    parts of an arena that was cut, `loads` what each layer runs and reads.
    """

    name: str
    sha256: str
    arena_bytes: int
    constant_bytes: int
    input_bytes: tuple[int, ...]
    output_bytes: tuple[int, ...]
    layers: tuple[int, ...]
    peak_layer: str = ""
    arenas: tuple[int, ...] = ()
    loads: tuple[LayerLoad, ...] = ()

    @property
    def needs(self) -> Needs:
        """What the model wants to have placed."""
        return Needs(self.name, self.arenas or (self.arena_bytes,), self.constant_bytes, self.peak_layer)


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
    placement: Placement
    defines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Firmware:
    """A linked project. `firmware_sha256` is what the boot record says; sizes in bytes, `regions` by name."""

    elf: Path
    firmware_sha256: str
    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    regions: tuple[tuple[str, int], ...]


def create_project(
    facts: ModelFacts,
    profile: BoardProfile,
    source_dir: Path,
    *,
    simulator: bool = False,
    form: str = "bare_metal",
    mlperf: Mapping[str, Any] | None = None,
) -> Project:
    """Completes the model's sources in `source_dir` to a firmware project.

    Adds `firmware/` (application, start-up code, HAL port), `eg_the_model.c`, and `board/` or `simulator/`, where
    `build_project` writes the linker script. Raises EdgegenError where the model doesn't fit, InputError where the
    form has no such port. `mlperf` are the settings of a benchmark whose runner the firmware is to serve, too.
    """
    if form not in profile.forms:
        raise InputError(f"board {profile.id} has no form '{form}'; it has {', '.join(profile.forms)}")
    placement = place(profile, facts.needs, simulator=simulator)
    settings = _form(form)
    port = profile.image_port(simulator)
    if port not in settings["ports"]:
        key = "simulator.port" if simulator else "port"
        known = ", ".join(sorted(settings["ports"]))
        raise InputError(f"board {profile.id}: key '{key}' (is '{port}'): form {form} has {known}")
    uarts = settings["uarts"].get(port)
    if uarts is not None and profile.console.uart not in uarts:
        raise InputError(
            f"board {profile.id}: key 'console.uart' (is '{profile.console.uart}'): port {port} has {', '.join(uarts)}"
        )
    model_sources = [path for path in sorted(source_dir.glob("*.[cS]")) if path.name != f"{facts.name}_data.c"]
    folders = [*settings["application"], *settings["ports"][port]]
    if mlperf is not None:
        folders += settings["mlperf"]
        _render(form, "eg_mlperf_config.h.j2", source_dir / "eg_mlperf_config.h", mlperf)
    target = source_dir / "firmware"
    for folder in folders:
        _copy_folder(resource_dir("firmware") / folder, target / folder)
    image_dir = source_dir / ("simulator" if simulator else "board")
    image_dir.mkdir(parents=True, exist_ok=True)
    the_model = source_dir / "eg_the_model.c"
    _render(form, "eg_the_model.c.j2", the_model, {
        "model": facts.name, "model_sha256": facts.sha256, "input_bytes": facts.input_bytes,
        "output_bytes": facts.output_bytes, "layers": facts.layers, "arena_bytes": facts.arena_bytes,
        "arenas": facts.needs.arenas,
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
        linker_script=image_dir / "link.ld" if port in settings["linker_scripts"] else None,
        image_dir=image_dir,
        placement=placement,
        defines=() if mlperf is None else ("EG_MLPERF",),
    )


def build_project(project: Project, toolchain: Toolchain, optimize: str, elf: Path) -> Firmware:
    """Compiles and links a project to `elf`.

    The firmware's sha256 is taken over the bytes of all objects but the one that holds it, the linker script and the
    toolchain's version: the same firmware has the same name wherever it was built. Raises EdgegenError with the
    compiler's message, or with the bytes by which a region overflows.
    """
    profile = project.profile
    job = CompileJob(core=profile.core, optimize=optimize, include_dirs=project.include_dirs)
    # The application waits for a serial line: only its size matters. The C library's part is called by kernels, too.
    small = CompileJob(profile.core, "smallest", project.include_dirs, project.defines)
    library = small if optimize == "size" else dataclasses.replace(small, optimize="size")
    by_kernels = [path for path in project.firmware_sources if path.parent.name == "bare"]
    application = [path for path in project.firmware_sources if path not in by_kernels]
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        objects = toolchain.compile(job, project.model_sources, Path(folder) / "model")
        _write_linker_script(project, dict(zip((path.name for path in project.model_sources), objects, strict=True)))
        objects += toolchain.compile(small, application, Path(folder) / "firmware")
        objects += toolchain.compile(library, by_kernels, Path(folder) / "library")
        constants = {
            "board": profile.id, "clock_hz": profile.clock_hz, "baud": profile.console.baud,
            "uart": profile.console.uart, "tx_pin": profile.console.tx_number, "rx_pin": profile.console.rx_number,
        }  # fmt: skip
        key = [toolchain.version(), *(str(value) for value in constants.values())]
        sha256 = cache.link_key(objects, project.linker_script, key)
        identity = project.image_dir / "eg_build.c"
        _render(project.form, "eg_build.c.j2", identity, {"firmware_sha256": sha256, **constants})
        objects += toolchain.compile(small, [identity], Path(folder) / "identity")
        try:
            toolchain.link(job, objects, project.linker_script, elf)
        except ToolError as error:
            raise _explain_overflow(project, error) from None
    write_build_files(project, optimize, elf.parent)
    sizes = elf_file.measure(elf, profile.image_regions(project.simulator))
    # A program of this machine has no linker script of ours: its stack is an array among its data.
    ram_bytes = sizes.ram_bytes - (0 if project.linker_script else profile.stack_bytes)
    return Firmware(elf, sha256, sizes.flash_bytes, ram_bytes, profile.stack_bytes, sizes.regions)


def region_uses(profile: BoardProfile, firmware: Firmware) -> tuple[RegionUse, ...]:
    """How full the regions of a board are; none for this machine, whose regions are only a form."""
    used = dict(firmware.regions)
    regions = profile.regions if profile.core != "host" else ()
    return tuple(RegionUse(region.name, region.kind, used[region.name], region.length_bytes) for region in regions)


def _write_linker_script(project: Project, objects: Mapping[str, Path]) -> None:
    """Writes the linker script; `objects` are those of the model's sources, by the source's name."""
    if project.linker_script is None:
        return
    profile, simulator, placement = project.profile, project.simulator, project.placement
    regions, model = profile.image_regions(simulator), project.facts.name
    sections = lru_cache(maxsize=None)(lambda source: elf_file.code_sections(objects[source]))

    def code_bytes(source: str, section: str) -> int:
        return sections(source).get(section, 0) if section else sum(sections(source).values())

    fast = fast_copies(placement, regions, project.facts.loads, code_bytes)
    places: dict[str, str] = {content: region.name for content, region in placement.places.items()}
    places["fast_code"] = (fast.code_region or placement.places["code"]).name
    places["fast_constants"] = (fast.constants_region or placement.places["constants"]).name
    parts = [
        {"symbol": f"{model}_arena_{number}", "region": region.name}
        for number, region in enumerate(placement.arenas[1:], start=2)
    ]
    template = _form(project.form)["linker_scripts"][profile.image_port(simulator)]
    _render(project.form, template, project.linker_script, {
        "board": profile.id, "simulator": simulator, "model": model, "stack_bytes": profile.stack_bytes,
        "regions": regions, "places": places, "arena_parts": parts, "fast_code": fast.code,
        "fast_symbols": fast.symbols,
    })  # fmt: skip


def write_images(firmware: Firmware, profile: BoardProfile, folder: Path) -> list[tuple[str, Path, int]]:
    """Writes the files that the board's flasher writes to the chip; returns (name, path, flash address) of each."""
    if profile.flasher == "none":
        return []
    if profile.flasher == "esptool":
        esp_images = write_esp_images(firmware.elf, profile.mcu.lower().replace("-", ""), folder)
        return [(image.name, image.path, image.offset) for image in esp_images]
    images = write_flat_images(firmware, profile, folder)
    if profile.flasher == "uf2":
        return _write_uf2_images(images, profile)
    return _write_hex_images(images) if profile.flasher == "daplink" else images


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


def _write_uf2_images(images: Sequence[tuple[str, Path, int]], profile: BoardProfile) -> list[tuple[str, Path, int]]:
    """Puts UF2 files in the place of plain ones."""
    if profile.mcu not in uf2.FAMILIES:
        raise InputError(f"board {profile.id}: key 'mcu' (is '{profile.mcu}'): UF2 is for {', '.join(uf2.FAMILIES)}")
    written = []
    for name, path, address in images:
        target = path.with_suffix(".uf2")
        target.write_bytes(uf2.write_uf2(path.read_bytes(), address, uf2.FAMILIES[profile.mcu]))
        path.unlink()
        written.append((name, target, address))
    return written


def _write_hex_images(images: Sequence[tuple[str, Path, int]]) -> list[tuple[str, Path, int]]:
    """Puts Intel HEX files, which name their addresses, in the place of plain ones."""
    written = []
    for name, path, address in images:
        content = intelhex.IntelHex()
        content.frombytes(path.read_bytes(), offset=address)
        target = path.with_suffix(".hex")
        content.write_hex_file(str(target), eolstyle="native")
        path.unlink()
        written.append((name, target, address))
    return written


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
