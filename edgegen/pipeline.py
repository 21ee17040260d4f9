"""The stages from a model file to firmware and measurements, in order: the only file that knows them all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from edgegen.errors import EdgegenError, InputError

if TYPE_CHECKING:
    from edgegen.artifact import Artifact
    from edgegen.bench.record import BenchRecord
    from edgegen.boards import BoardProfile
    from edgegen.codegen.program import Program
    from edgegen.ir import Graph, Tensor
    from edgegen.model_io.arrays import Array
    from edgegen.ops.base import Target
    from edgegen.project import Firmware, ModelFacts
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


def compile_graph(graph: Graph, target: Target) -> Program:
    """Runs the passes, lowers every node and plans the arena. Raises UnsupportedModelError."""
    from edgegen.codegen.program import build_program
    from edgegen.passes import run_passes

    return build_program(run_passes(graph), target)


def write_sources(program: Program, model_bytes: bytes, out_dir: Path) -> None:
    """Writes the model's C files and the kernels it uses into an existing folder."""
    from edgegen.codegen.render import render_model

    for name, content in render_model(program, model_bytes).items():
        (out_dir / name).write_bytes(content)


def compile_model(model: Path, out_dir: Path, *, optimize: str, isa: str, step: Step) -> CompiledModel:
    """`edgegen compile`: writes a model's C into `out_dir`, as a whole or not at all. Raises InputError."""
    from edgegen.ops.base import Target
    from edgegen.output_dir import replace_dir

    step("reading the model")
    graph, model_bytes = load_model(model)
    step("planning the program")
    program = compile_graph(graph, Target(isa=isa, optimize=optimize))
    step("writing C")
    with replace_dir(out_dir) as draft:
        write_sources(program, model_bytes, draft)
        files = tuple(sorted(path.name for path in draft.iterdir()))
    return CompiledModel(program.name, graph.source_sha256, optimize, isa, program.arena_bytes, program.macs, files)


def build(
    board: str, model: Path, out_dir: Path, *, optimize: str, toolchain: str | None = None, step: Step
) -> Artifact:
    """`edgegen build`: writes the artifact folder of a model for a board, as a whole or not at all.

    Raises InputError for what can't be used, EdgegenError where the model doesn't fit or the build fails.
    """
    from edgegen import __version__
    from edgegen.artifact import Artifact, SelfTest, describe_image, write_manifest
    from edgegen.boards import load_board
    from edgegen.output_dir import replace_dir
    from edgegen.project import write_images

    profile = load_board(board)
    step("reading the model")
    graph, model_bytes = load_model(model)
    with replace_dir(out_dir) as draft:
        built = _build_firmware(
            graph, model_bytes, profile, draft, optimize=optimize, toolchain=toolchain, simulator=False, step=step
        )
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
    from edgegen.model_io.arrays import read_inputs, write_outputs

    profile = load_board(board)
    step("reading model and inputs")
    graph, model_bytes = load_model(model)
    rows = read_inputs(inputs, graph)
    results = []
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        firmware = _build_firmware(
            graph, model_bytes, profile, Path(folder),
            optimize=optimize, toolchain=toolchain, simulator=port is None, step=step,
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
    write_outputs(output, results)
    return results


def bench(
    board: str,
    model: Path,
    *,
    optimize: str,
    toolchain: str | None = None,
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
        built = _build_firmware(
            graph, model_bytes, profile, Path(folder),
            optimize=optimize, toolchain=toolchain, simulator=port is None, step=step,
        )  # fmt: skip
        step("running the self-test on this machine")
        expected = _self_test(graph, model_bytes, optimize)
        step(f"benchmarking on {port or 'the simulator'}")
        firmware = BuiltFirmware(
            program=built.program,
            elf=built.firmware.elf,
            firmware_sha256=built.firmware.firmware_sha256,
            toolchain=built.toolchain.version(),
            optimize=optimize,
            flash_bytes=built.firmware.flash_bytes,
            ram_bytes=built.firmware.ram_bytes,
            self_test=expected,
        )
        return bench_firmware(firmware, profile, port=port, runs=runs, warmup=warmup)


@dataclass(frozen=True, slots=True)
class _Built:
    program: Program
    firmware: Firmware
    toolchain: Toolchain


def _build_firmware(
    graph: Graph,
    model_bytes: bytes,
    profile: BoardProfile,
    folder: Path,
    *,
    optimize: str,
    toolchain: str | None,
    simulator: bool,
    step: Step,
) -> _Built:
    """Compiles a model to `folder`/src and builds `folder`/<name>.elf for a board, or for its simulator."""
    from edgegen.ops.base import Target
    from edgegen.project import build_project, create_project

    tools = _choose_toolchain(profile, toolchain)
    step("planning the program")
    program = compile_graph(graph, Target(isa=profile.kernel_isa, optimize=optimize))
    source_dir = folder / "src"
    source_dir.mkdir()
    write_sources(program, model_bytes, source_dir)
    project = create_project(_facts(program), profile, source_dir, simulator=simulator)
    step(f"compiling for {profile.id} with {tools.name}")
    firmware = build_project(project, tools, optimize, folder / f"{program.name}.elf")
    return _Built(program, firmware, tools)


def _choose_toolchain(profile: BoardProfile, name: str | None) -> Toolchain:
    """The toolchain asked for, else the board's first. Raises where it doesn't serve the board or isn't installed."""
    from edgegen.toolchains import load_toolchain, toolchain_names

    if name is not None and name not in profile.toolchains:
        known = ", ".join(profile.toolchains)
        raise InputError(f"toolchain '{name}' does not serve board {profile.id}\nthese do: {known}")
    chosen = name or profile.toolchains[0]
    if chosen not in toolchain_names():
        raise InputError(
            f"board {profile.id}: key 'toolchains' (has '{chosen}'): known are {', '.join(toolchain_names())}"
        )
    tools = load_toolchain(chosen)
    missing = tools.missing()
    if missing is not None:
        raise EdgegenError(f"board {profile.id}: toolchain {tools.name} is not complete: {missing}")
    return tools


def _self_test(graph: Graph, model_bytes: bytes, optimize: str) -> tuple[str, ...]:
    """What the firmware's self-test must give: the CRC-32 of each output, computed on this machine."""
    from edgegen.boards import load_board
    from edgegen.devices import open_device
    from edgegen.devices.session import Session

    host = load_board("host")
    with tempfile.TemporaryDirectory(prefix="edgegen-") as folder:
        built = _build_firmware(
            graph, model_bytes, host, Path(folder),
            optimize=optimize, toolchain=None, simulator=False, step=lambda step: None,
        )  # fmt: skip
        with open_device(host, elf=built.firmware.elf) as device:
            return Session(device).self_test()


def _facts(program: Program) -> ModelFacts:
    """What the firmware project has to know of a program."""
    from edgegen.project import ModelFacts

    graph, peak = program.graph, program.peak_layer
    # Converters join the names of all that they fused: the first is enough.
    peak_name = peak.name.split(";")[0][:60] if peak else ""
    return ModelFacts(
        name=program.name,
        sha256=graph.source_sha256,
        arena_bytes=program.arena_bytes,
        constant_bytes=program.constant_bytes,
        input_bytes=tuple(graph.tensors[i].size_bytes for i in graph.inputs),
        output_bytes=tuple(graph.tensors[i].size_bytes for i in graph.outputs),
        layers=tuple(position for position, layer in enumerate(program.main.layers) if layer.calls),
        peak_layer=f"{peak.index} {peak.op} '{peak_name}'" if peak else "",
    )


def _array(data: bytes, tensor: Tensor) -> Array:
    import numpy as np

    return np.frombuffer(data, dtype=tensor.dtype.numpy).reshape(tensor.shape)
