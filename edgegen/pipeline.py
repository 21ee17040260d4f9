"""The stages from a model file to firmware and measurements, in order: the only file that knows them all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from edgegen.errors import InputError

if TYPE_CHECKING:
    from edgegen.artifact import Artifact
    from edgegen.autotune import Choices
    from edgegen.bench.record import BenchRecord
    from edgegen.boards import BoardProfile
    from edgegen.codegen.program import Program
    from edgegen.codegen.render import RenderedModel
    from edgegen.flashers import FlashResult
    from edgegen.ir import Graph, Tensor
    from edgegen.model_io.arrays import Array
    from edgegen.ops.base import Target
    from edgegen.project import Firmware
    from edgegen.toolchains import Toolchain

Step: TypeAlias = "Callable[[str], None]"
"""Told, in a few words, what is being done."""


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """What `edgegen compile` made: `name` is the model's C identifier, `files` are names in the output folder."""

    name: str
    model_sha256: str
    optimize: str
    isa: str
    arena_bytes: int
    macs: int
    files: tuple[str, ...]


def load_model(path: Path) -> tuple[Graph, bytes]:
    """Reads a .tflite file: its graph, and its bytes. Raises InputError."""
    from edgegen.model_io.tflite_reader import named_graph, read_model_bytes

    data = read_model_bytes(path)
    return named_graph(data, path), data


def compile_graph(
    graph: Graph, target: Target, choices: Choices | None = None, arena_limit: int | None = None
) -> Program:
    """Runs the passes, lowers every node and plans the arena. Raises UnsupportedModelError.

    `choices` are the targets of nodes that are not lowered for `target` (see autotune). Where the arena would exceed
    `arena_limit` bytes, the first layers are computed in bands of rows. Raises EdgegenError where that isn't enough.
    """
    from edgegen.codegen.arena_limit import limit_arena
    from edgegen.codegen.program import build_program
    from edgegen.passes import run_passes

    prepared = run_passes(graph)
    if arena_limit is not None:
        prepared = limit_arena(prepared, target, arena_limit)
    return build_program(prepared, target, choices)


def write_sources(program: Program, model_bytes: bytes, out_dir: Path) -> RenderedModel:
    """Writes the model's C files and the kernels it uses into an existing folder; returns what it wrote."""
    from edgegen.codegen.render import render

    rendered = render(program, model_bytes)
    for name, content in rendered.files.items():
        (out_dir / name).write_bytes(content)
    return rendered


def compile_model(
    model: Path,
    out_dir: Path,
    *,
    optimize: str,
    isa: str,
    board: str | None = None,
    tuning: Path | None = None,
    arena_limit: int | None = None,
    step: Step,
) -> CompiledModel:
    """`edgegen compile`: writes a model's C into `out_dir`, as a whole or not at all. Raises InputError.

    With `board`, its kernels are used instead of `isa`'s, those of `tuning` if given.
    """
    from edgegen.boards import load_board
    from edgegen.ops.base import Target
    from edgegen.output_dir import replace_dir

    step("reading the model")
    graph, model_bytes = load_model(model)
    choices: Choices | None = None
    if board is not None:
        profile = load_board(board)
        isa = profile.kernel_isa
        if tuning is not None:
            tools = profile.toolchains[0]
            choices = _tuned(graph, model_bytes, profile, tuning, optimize, tools, arena_limit, step)
    step("planning the program")
    program = compile_graph(graph, Target(isa=isa, optimize=optimize), choices, arena_limit)
    step("writing C")
    with replace_dir(out_dir) as draft:
        write_sources(program, model_bytes, draft)
        files = tuple(sorted(path.name for path in draft.iterdir()))
    return CompiledModel(program.name, graph.source_sha256, optimize, isa, program.arena_bytes, program.macs, files)


def build(
    board: str,
    model: Path,
    out_dir: Path,
    *,
    optimize: str,
    toolchain: str | None = None,
    tuning: Path | None = None,
    arena_limit: int | None = None,
    mlperf: str | None = None,
    step: Step,
) -> Artifact:
    """`edgegen build`: writes the artifact folder of a model for a board, as a whole or not at all.

    Raises InputError for what can't be used, EdgegenError where the model doesn't fit or the build fails.
    """
    from edgegen import __version__
    from edgegen.artifact import Artifact, SelfTest, describe_image, write_manifest
    from edgegen.boards import load_board
    from edgegen.output_dir import replace_dir
    from edgegen.project import region_uses, write_images

    profile = load_board(board)
    step("reading the model")
    graph, model_bytes = load_model(model)
    with replace_dir(out_dir) as draft:
        built = build_firmware(
            graph, model_bytes, profile, draft,
            optimize=optimize, toolchain=toolchain, simulator=False, tuning=tuning, arena_limit=arena_limit,
            mlperf=mlperf, step=step,
        )  # fmt: skip
        step("writing images")
        images = write_images(built.firmware, profile, draft)
        step("running the self-test on this machine")
        expected = _self_test(graph, model_bytes, optimize)
        program, firmware, tools = built.program, built.firmware, built.toolchain
        artifact = Artifact(
            edgegen=__version__,
            name=program.name,
            model_sha256=graph.source_sha256,
            firmware_sha256=firmware.firmware_sha256,
            board=profile.id,
            simulator=False,
            form="bare_metal",
            toolchain=tools.name,
            toolchain_version=tools.version(),
            optimize=optimize,
            kernels=tuple(sorted({call.kernel for call in program.calls()})),
            arena_bytes=program.arena_bytes,
            flash_bytes=firmware.flash_bytes,
            ram_bytes=firmware.ram_bytes,
            stack_bytes=firmware.stack_bytes,
            regions=region_uses(profile, firmware),
            elf=firmware.elf.name,
            elf_sha256=hashlib.sha256(firmware.elf.read_bytes()).hexdigest(),
            images=tuple(describe_image(name, path, draft, offset) for name, path, offset in images),
            self_test=SelfTest(expected),
            unproven=profile.unproven,
        )
        write_manifest(artifact, draft)
    return artifact


def run(
    board: str,
    model: Path,
    inputs: Path,
    output: Path,
    *,
    optimize: str,
    toolchain: str | None = None,
    tuning: Path | None = None,
    arena_limit: int | None = None,
    port: str | None,
    step: Step,
) -> list[list[Array]]:
    """`edgegen run`: runs a model on given inputs, on the simulator or on the board at `port`.

    Reads `inputs` and writes `output`, both npz (see model_io.arrays), and returns the outputs [invocation][index].
    A board at `port` must hold the firmware that `build` makes of the same model. Raises EdgegenError.
    """
    from edgegen.boards import load_board
    from edgegen.devices import open_device
    from edgegen.devices.session import Session
    from edgegen.model_io.arrays import output_file, read_inputs, write_outputs

    profile = load_board(board)
    step("reading model and inputs")
    graph, model_bytes = load_model(model)
    rows = read_inputs(inputs, graph)
    results = []
    with output_file(output) as file, tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        firmware = build_firmware(
            graph, model_bytes, profile, Path(folder),
            optimize=optimize, toolchain=toolchain, simulator=port is None, tuning=tuning, arena_limit=arena_limit,
            step=step,
        ).firmware  # fmt: skip
        with open_device(profile, elf=firmware.elf, port=port) as device:
            session = Session(device, firmware_sha256=firmware.firmware_sha256)
            session.reset()
            for number, row in enumerate(rows, start=1):
                step(f"invocation {number} of {len(rows)} on {device.description}")
                for index, array in enumerate(row):
                    session.set_input(index, array.tobytes())
                session.invoke()
                results.append([_array(session.get_output(i), graph.tensors[t]) for i, t in enumerate(graph.outputs)])
        write_outputs(file, results)
    return results


def bench(
    board: str,
    model: Path,
    *,
    optimize: str,
    toolchain: str | None = None,
    tuning: Path | None = None,
    arena_limit: int | None = None,
    port: str | None,
    runs: int,
    warmup: int,
    step: Step,
) -> BenchRecord:
    """`edgegen bench`: measures a model on a board's simulator, or on the board at `port`. Raises EdgegenError.

    A board at `port` must hold the firmware that `build` makes of the same model.
    """
    from edgegen.bench.runner import BuiltFirmware, bench_firmware
    from edgegen.boards import load_board

    profile = load_board(board)
    step("reading the model")
    graph, model_bytes = load_model(model)
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        built = build_firmware(
            graph, model_bytes, profile, Path(folder),
            optimize=optimize, toolchain=toolchain, simulator=port is None, tuning=tuning, arena_limit=arena_limit,
            step=step,
        )  # fmt: skip
        step("running the self-test on this machine")
        expected = _self_test(graph, model_bytes, optimize)
        step(f"benchmarking on {port or 'the simulator'}")
        firmware = BuiltFirmware.of(built.program, built.firmware, built.toolchain.version(), optimize, expected)
        return bench_firmware(firmware, profile, port=port, runs=runs, warmup=warmup)


def flash(
    folder: Path,
    *,
    board: str | None,
    tool: str | None,
    port: str | None,
    probe: str | None,
    drive: Path | None,
    check: bool,
    step: Step,
) -> FlashResult:
    """`edgegen flash`: writes an artifact folder to its board (see flashers.flash_artifact). Raises EdgegenError."""
    from edgegen.flashers import flash_artifact

    return flash_artifact(folder, board=board, tool=tool, port=port, probe=probe, drive=drive, check=check, step=step)


@dataclass(frozen=True, slots=True)
class Built:
    program: Program
    firmware: Firmware
    toolchain: Toolchain


def build_firmware(
    graph: Graph,
    model_bytes: bytes,
    profile: BoardProfile,
    folder: Path,
    *,
    optimize: str,
    toolchain: str | None,
    simulator: bool,
    tuning: Path | None = None,
    choices: Choices | None = None,
    arena_limit: int | None = None,
    mlperf: str | None = None,
    step: Step,
) -> Built:
    """Compiles a model to `folder`/src and builds `folder`/<name>.elf for a board, or for its simulator.

    `tuning` is the file of kernels chosen by measuring; without it, `choices` says which they are.
    """
    from edgegen.mlperf import firmware_settings
    from edgegen.model_facts import cut_to_regions, model_facts
    from edgegen.ops.base import Target
    from edgegen.project import build_project, create_project
    from edgegen.toolchains import choose_toolchain

    tools = choose_toolchain(profile, toolchain)
    if tuning is not None:
        choices = _tuned(graph, model_bytes, profile, tuning, optimize, tools.name, arena_limit, step)
    step("planning the program")
    program = compile_graph(graph, Target(isa=profile.kernel_isa, optimize=optimize), choices, arena_limit)
    program = cut_to_regions(program, profile, simulator=simulator)
    source_dir = folder / "src"
    source_dir.mkdir()
    rendered = write_sources(program, model_bytes, source_dir)
    settings = None if mlperf is None else firmware_settings(mlperf, graph)
    project = create_project(model_facts(program, rendered), profile, source_dir, simulator=simulator, mlperf=settings)
    step(f"compiling for {profile.id} with {tools.name}")
    firmware = build_project(project, tools, optimize, folder / f"{program.name}.elf")
    return Built(program, firmware, tools)


def _tuned(
    graph: Graph,
    model_bytes: bytes,
    profile: BoardProfile,
    tuning: Path,
    optimize: str,
    toolchain: str,
    arena_limit: int | None,
    step: Step,
) -> Choices:
    """The kernels that `tuning` holds for a model and a board, else those that run fastest on its simulator."""
    from edgegen import autotune
    from edgegen.ops.base import Target

    if optimize != "speed":
        raise InputError("--autotune looks for the fastest kernels; leave out --optimize size")
    own = Target(isa=profile.kernel_isa, optimize=optimize)
    key = autotune.Key(graph.source_sha256, profile.id, toolchain, arena_limit, autotune.kernels_version())
    kept = autotune.read_choices(tuning, key, profile.isas)
    if kept is not None:
        return kept
    if profile.simulator.kind == "host":
        raise InputError(f"--autotune counts instructions on a simulator, and board {profile.id} has none")
    expected = _self_test(graph, model_bytes, optimize)

    def measure(choices: Choices) -> dict[int, int]:
        from edgegen.bench.runner import BuiltFirmware, bench_firmware

        with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
            built = build_firmware(
                graph, model_bytes, profile, Path(folder), optimize=optimize, toolchain=toolchain,
                simulator=True, choices=choices, arena_limit=arena_limit, step=lambda step: None,
            )  # fmt: skip
            firmware = BuiltFirmware.of(built.program, built.firmware, toolchain, optimize, expected)
            record = bench_firmware(firmware, profile, port=None, runs=1, warmup=0, memory=False)
        if not record.output_match:
            raise autotune.WrongOutputs(f"{profile.id}: with other kernels the outputs differ: {choices}")
        counted = zip(built.program.main.graph.nodes, record.layers, strict=True)
        return {node.outputs[0]: layer.instructions or 0 for node, layer in counted if node.outputs}

    main = compile_graph(graph, own, arena_limit=arena_limit).main.graph
    found = autotune.tune(main, autotune.targets_of(own, profile.isas), measure, step)
    autotune.write_choices(tuning, key, found, main)
    return found.choices


def _self_test(graph: Graph, model_bytes: bytes, optimize: str) -> tuple[str, ...]:
    """What the firmware's self-test must give: the CRC-32 of each output, computed on this machine."""
    from edgegen.boards import load_board
    from edgegen.devices import open_device
    from edgegen.devices.session import Session

    host = load_board("host")
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        built = build_firmware(
            graph, model_bytes, host, Path(folder),
            optimize=optimize, toolchain=None, simulator=False, step=lambda step: None,
        )  # fmt: skip
        with open_device(host, elf=built.firmware.elf) as device:
            return Session(device).self_test()


def _array(data: bytes, tensor: Tensor) -> Array:
    import numpy as np

    return np.frombuffer(data, dtype=tensor.dtype.numpy).reshape(tensor.shape)
