"""`edgegen export`: a model becomes a library for another build system."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from edgegen.boards import BoardProfile
    from edgegen.codegen.program import Program
    from edgegen.forms import Export, ModelSize
    from edgegen.ir import Graph


class _Facts(TypedDict, total=False):
    board: str
    idf_target: str
    stack_bytes: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: `name` is the model's C identifier, `files` are paths in the output folder."""

    name: str
    model_sha256: str
    form: str
    runtime: str
    optimize: str
    isa: str
    arena_bytes: int
    files: tuple[str, ...]


def export_model(
    model: Path,
    out_dir: Path,
    *,
    form: str,
    runtime: str,
    isa: str,
    board: str | None,
    optimize: str,
    step: Callable[[str], None],
) -> Exported:
    """Writes a model in a form to `out_dir`, as a whole or not at all. With `board`, its kernels are used, not `isa`'s.

    Raises InputError, or EdgegenError where the runtime refuses the model.
    """
    from edgegen import pipeline
    from edgegen.boards import load_board
    from edgegen.forms import check_form, write_form
    from edgegen.output_dir import replace_dir

    profile = load_board(board) if board is not None else None
    isa = profile.kernel_isa if profile else isa
    check_form(form, runtime, isa)
    step("reading the model")
    graph, model_bytes = pipeline.load_model(model)
    make = _tflm_export if runtime == "tflm" else _edgegen_export
    export = make(graph, model_bytes, form, isa, profile, optimize, step)
    step("writing the project")
    with replace_dir(out_dir) as draft:
        write_form(export, draft)
        files = tuple(sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()))
    return Exported(
        export.name, graph.source_sha256, form, runtime, optimize, export.isa, export.arena_bytes, files
    )  # fmt: skip


def _edgegen_export(
    graph: Graph,
    model_bytes: bytes,
    form: str,
    isa: str,
    profile: BoardProfile | None,
    optimize: str,
    step: Callable[[str], None],
) -> Export:
    from edgegen import pipeline
    from edgegen.codegen.render import render_model
    from edgegen.codegen.single_file import single_file
    from edgegen.forms import Export
    from edgegen.ops.base import Target

    step("planning the program")
    program = pipeline.compile_graph(graph, Target(isa=isa, optimize=optimize))
    files = render_model(program, model_bytes)
    one = single_file(files, program.name)
    size = None
    if form == "esp_idf":
        step("measuring code and constants")
        size = _measure(program, files, one, isa, profile, optimize)
    return Export(
        form=form, runtime="edgegen", name=program.name, graph=program.main.graph, files=one, isa=isa,
        optimize=optimize, arena_bytes=program.arena_bytes, size=size, **_board_facts(profile),
    )  # fmt: skip


def _tflm_export(
    graph: Graph,
    model_bytes: bytes,
    form: str,
    isa: str,
    profile: BoardProfile | None,
    optimize: str,
    step: Callable[[str], None],
) -> Export:
    from edgegen import tflm
    from edgegen.codegen.c_format import c_identifier
    from edgegen.forms import Export, ModelSize, tflite_array

    names = tflm.operators(graph)
    methods = tflm.resolver_methods(names)
    step("finding the interpreter's arena")
    arena_bytes = tflm.find_arena_bytes(model_bytes, graph.name)
    name = c_identifier(graph.name)
    variables = sum(node.op == "VAR_HANDLE" for each in graph.every_graph() for node in each.nodes)
    size = ModelSize(len(model_bytes) + tflm.RUNTIME_BYTES, "the .tflite, and an allowance for the interpreter")
    return Export(
        form=form, runtime="tflm", name=name, graph=graph, files=tflite_array(name, graph.source_sha256, model_bytes),
        isa=isa, optimize=optimize, arena_bytes=arena_bytes, size=size, operators=names, methods=methods,
        variables=variables, **_board_facts(profile),
    )  # fmt: skip


def _board_facts(profile: BoardProfile | None) -> _Facts:
    if profile is None:
        return {}
    target = profile.mcu.lower().replace("-", "") if profile.flasher == "esptool" else ""
    return {"board": profile.id, "idf_target": target, "stack_bytes": profile.stack_bytes}


def _measure(
    program: Program,
    files: Mapping[str, bytes],
    one: Mapping[str, bytes],
    isa: str,
    profile: BoardProfile | None,
    optimize: str,
) -> ModelSize:
    """The bytes that a model's one source compiles to for its chip, or for one that runs the same kernels."""
    from edgegen import elf
    from edgegen.boards import load_board
    from edgegen.forms import ModelSize, object_size_bound
    from edgegen.resources import resource_dir
    from edgegen.toolchains import CompileJob, load_toolchain

    chip = profile or load_board("esp32" if isa == "xtensa_mac16" else "esp32c3")
    tools = load_toolchain(chip.toolchains[0])
    if isa not in chip.isas or tools.missing() is not None:
        return object_size_bound(files, program.constant_bytes)
    with tempfile.TemporaryDirectory(prefix="edgegen-") as name:
        folder = Path(name)
        for file, data in one.items():
            (folder / file).write_bytes(data)
        bare = resource_dir("firmware") / "hal" / "bare" / "include"
        job = CompileJob(core=chip.core, optimize=optimize, include_dirs=(folder, bare))
        (compiled,) = tools.compile(job, [folder / f"{program.name}.c"], folder / "objects")
        return ModelSize(elf.loaded_bytes(compiled), f"compiled for {chip.id}")
