"""A compiled model becomes a library in the form that some build system expects: a folder of sources and its files.

To add a form: make `templates/firmware/<form>/` with `form.toml` (description, runtimes, `[files]` with each template's
place in the output, `[model]` with the places of the model's source and header) and the templates that it names.
"""

from __future__ import annotations

import io
import math
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from edgegen import __version__
from edgegen.codegen import c_format
from edgegen.codegen.render import environment
from edgegen.errors import InputError
from edgegen.ir import DType, Graph
from edgegen.resources import resource_dir

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What an application of ESP-IDF that does next to nothing needs, with room for some work of its own.
IDF_BYTES = 320 * 1024
_PARTITION_STEP = 64 * 1024
_FIRST_PARTITION = 0x10000
_FLASH_MIB = (2, 4, 8, 16, 32)
_WIDE = (DType.INT64, DType.UINT64, DType.UINT32)
_FLOATS = (DType.FLOAT32, DType.FLOAT64)
# Zip has no earlier time, and no form may tell when it was made.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ModelSize:
    """Bytes of code and constants that a model brings to a firmware, and in words where the figure is from."""

    bytes: int
    source: str


@dataclass(frozen=True, slots=True)
class Export:
    """A model that is to be put into a form.

    `files` holds its sources by their plain names. `size` is given for forms whose settings depend on it. `board` is
    edgegen's name of one, `idf_target` ESP-IDF's of its chip; both may be empty. `operators` and `methods` belong to
    the runtime tflm, `variables` counts the model's.
    """

    form: str
    runtime: str
    name: str
    graph: Graph
    files: Mapping[str, bytes]
    isa: str
    optimize: str
    arena_bytes: int
    board: str = ""
    idf_target: str = ""
    stack_bytes: int = 8192
    size: ModelSize | None = None
    operators: Sequence[str] = ()
    methods: Sequence[str] = ()
    variables: int = 0


def form_names() -> list[str]:
    """The forms that a model can be exported in, sorted: those whose form.toml lists files."""
    root = resource_dir("templates") / "firmware"
    return sorted(path.parent.name for path in root.glob("*/form.toml") if "files" in form_settings(path.parent.name))


@lru_cache(maxsize=32)
def form_settings(form: str) -> dict[str, Any]:
    """A form's form.toml."""
    path = resource_dir("templates") / "firmware" / form / "form.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check_form(form: str, runtime: str, isa: str) -> None:
    """Raises InputError where there is no such form, or not with this runtime or these kernels."""
    if form not in form_names():
        hint = "\n`edgegen build --board B` makes it" if form == "bare_metal" else ""
        raise InputError(f"no form '{form}' to export; there are {', '.join(form_names())}{hint}")
    settings = form_settings(form)
    if runtime not in settings["runtimes"]:
        able = ", ".join(name for name in form_names() if runtime in form_settings(name)["runtimes"])
        raise InputError(f"form {form} has no runtime '{runtime}'; these have it: {able}")
    for key in ("cores", "architectures"):
        if key in settings and isa not in settings[key] and isa != "scalar":
            known = ", ".join({**settings[key], "scalar": ()})
            raise InputError(f"form {form} is for no processor that runs the kernels {isa}\nit is for {known}")


def write_form(export: Export, folder: Path) -> None:
    """Writes a form into an existing, empty folder. The same input gives the same bytes."""
    settings = form_settings(export.form)
    values = _values(export, settings)
    written = _model_files(export, settings["model"], values)
    for template, place in settings["files"].items():
        text = environment().get_template(f"firmware/{export.form}/{template}").render(values)
        written[_place(place, export.name)] = text.encode()
    archive = settings.get("archive")
    if archive:
        top = {name: data for name, data in written.items() if "/" in name}
        # A library's zip has the library's folder, a pack what is in it.
        depth = 1 if archive.endswith(".pack") else 0
        inner = {"/".join(name.split("/")[depth:]): data for name, data in top.items()}
        written[_place(archive, export.name)] = _zip(inner)
    for name, data in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def object_size_bound(files: Mapping[str, bytes], constant_bytes: int) -> ModelSize:
    """At most so many bytes, without a compiler: machine code is shorter than the text that it is made from."""
    text = sum(len(data) for name, data in files.items() if name.startswith("eg_"))
    return ModelSize(constant_bytes + text, "a bound: no compiler for the chip is installed")


def tflite_array(name: str, sha256: str, model: bytes) -> dict[str, bytes]:
    """The .tflite as a C array: `name`_data.c and `name`_data.h."""
    values = {
        "version": __version__, "model": name, "source_sha256": sha256, "data_bytes": len(model),
        "data": c_format.c_initializer(np.frombuffer(model, dtype=np.uint8)),
    }  # fmt: skip
    return {
        f"{name}_data{suffix}": environment().get_template(f"model/model_data{suffix}.j2").render(values).encode()
        for suffix in (".c", ".h")
    }


def _model_files(export: Export, places: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, bytes]:
    name = export.name
    source, header = (PurePosixPath(_place(places[key], name)) for key in ("source", "header"))
    if export.runtime == "edgegen":
        return {str(source): export.files[f"{name}.c"], str(header): export.files[f"{name}.h"]}
    texts = {suffix: environment().get_template(f"model/tflm{suffix}.j2").render(values) for suffix in (".h", ".cc")}
    return {
        str(header): texts[".h"].encode(),
        str(source.with_suffix(".cc")): texts[".cc"].encode(),
        str(source.parent / f"{name}_data.c"): export.files[f"{name}_data.c"],
        str(source.parent / f"{name}_data.h"): export.files[f"{name}_data.h"],
    }


def _values(export: Export, settings: Mapping[str, Any]) -> dict[str, Any]:
    graph = export.graph
    inputs, outputs = ([_port(graph, i, t) for i, t in enumerate(ports)] for ports in (graph.inputs, graph.outputs))
    values: dict[str, Any] = {
        "version": __version__, "title": f"{export.name}: {export.form}", "description": settings["description"],
        "model": export.name, "model_sha256": graph.source_sha256, "runtime": export.runtime, "isa": export.isa,
        "optimize": export.optimize, "optimize_flag": "-Os" if export.optimize == "size" else "-O2",
        "arena_bytes": export.arena_bytes, "board": export.board, "idf_target": export.idf_target,
        "stack_bytes": export.stack_bytes, "inputs": inputs, "outputs": outputs, "operators": export.operators,
        "methods": export.methods, "variables": export.variables, "has_variables": export.variables > 0,
        "reads_input": any(port["bytes"] for port in inputs),
        "prints_float": any(port["cast"] == "double" for port in outputs),
    }  # fmt: skip
    if "architectures" in settings:
        values["architectures"] = settings["architectures"].get(export.isa, "*")
    if "cores" in settings:
        values["cores"] = settings["cores"].get(export.isa, ())
    if "boards" in settings:
        values["board"] = export.board if export.board in settings["boards"] else ""
        values["platform"] = settings["boards"][values["board"] or "esp32"]
    if export.size is not None:
        values |= _partition(export.size, export.name)
    return values


def _partition(size: ModelSize, name: str) -> dict[str, Any]:
    partition = math.ceil((size.bytes + IDF_BYTES) / _PARTITION_STEP) * _PARTITION_STEP
    flash = next((mib for mib in _FLASH_MIB if _FIRST_PARTITION + partition <= mib << 20), None)
    if flash is None:
        raise InputError(
            f"{name}: {size.bytes} bytes of model exceed the {_FLASH_MIB[-1]} MiB of flash that a chip can have"
        )
    return {
        "model_bytes": size.bytes, "model_bytes_from": size.source, "idf_bytes": IDF_BYTES,
        "app_partition_bytes": partition, "flash_mib": flash,
    }  # fmt: skip


def _port(graph: Graph, index: int, tensor_index: int) -> dict[str, Any]:
    tensor = graph.tensors[tensor_index]
    kind = "double" if tensor.dtype in _FLOATS else "long long" if tensor.dtype in _WIDE else "long"
    quantization = tensor.quantization
    return {
        "index": index, "name": tensor.name, "ctype": tensor.dtype.c_name, "elements": tensor.elements,
        "bytes": tensor.size_bytes, "shape": ", ".join(str(d) for d in tensor.shape) or "1",
        "rank": len(tensor.shape), "scale": c_format.c_float(quantization.scale if quantization else 0.0),
        "zero_point": quantization.zero_point if quantization else 0, "cast": kind,
        "format": {"double": "%f", "long long": "%lld", "long": "%ld"}[kind],
    }  # fmt: skip


def _place(pattern: str, name: str) -> str:
    return pattern.replace("{model}", name).replace("{version}", __version__)


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
