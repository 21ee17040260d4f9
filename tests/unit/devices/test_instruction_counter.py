"""Instruction counts under QEMU against counts by hand, by QEMU's own counter, and by a trace of every instruction."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgegen import process
from edgegen.devices.instruction_counter import Counts, InferenceCount, InstructionCounter, plugin
from edgegen.errors import EdgegenError
from edgegen.resources import resource_dir
from edgegen.toolchains import CompileJob, load_toolchain

SOURCES = Path(__file__).with_name("counting")
# In both assembly programs: a call of the next layer or of the end marker belongs to the layer before it; a nop and a
# call come before the first layer.
LAYERS = (2002 + 1, 450_003 + 1)
BEFORE = 2


@dataclass(frozen=True)
class Machine:
    core: str
    toolchain: str
    qemu: str
    options: tuple[str, ...]


MACHINES = {
    "arm": Machine("cortex-m4f", "zig", "qemu-system-arm", ("-M", "mps2-an386", "-semihosting")),
    "riscv": Machine("rv32imc", "zig", "qemu-system-riscv32", ("-M", "virt", "-bios", "none")),
    "xtensa": Machine("lx6", "xtensa_llvm", "qemu-system-xtensa", ("-M", "sim", "-cpu", "de233_fpu", "-semihosting")),
}


def build(name: str, folder: Path) -> Path:
    machine = MACHINES[name]
    if shutil.which(machine.qemu) is None:
        pytest.skip(f"{machine.qemu} is not installed")
    toolchain = load_toolchain(machine.toolchain)
    missing = toolchain.missing()
    if missing:
        pytest.skip(missing)
    sources = [next(path for path in SOURCES.glob(f"{name}.*") if path.suffix in (".c", ".S"))]
    hal = resource_dir("firmware") / "hal"
    if name == "xtensa":
        sources.append(hal / "sim_xtensa" / "start.S")
    job = CompileJob(machine.core, "speed", (hal / "xtensa",))
    elf = folder / f"{name}.elf"
    toolchain.link(job, toolchain.compile(job, sources, folder), SOURCES / f"{name}.ld", elf)
    return elf


def run(name: str, elf: Path, *extra: str, serial: str = "null") -> str:
    machine = MACHINES[name]
    argv = [machine.qemu, *machine.options, "-nographic", "-monitor", "none", "-serial", serial, *extra]
    return process.run([*argv, "-kernel", str(elf)], timeout_s=60.0)


def count(name: str, elf: Path, *extra: str, serial: str = "null") -> tuple[Counts, str]:
    counter = InstructionCounter(elf, "toy", elf.parent)
    output = run(name, elf, *counter.qemu_arguments(MACHINES[name].qemu), *extra, serial=serial)
    return counter.read(), output


@pytest.mark.parametrize("name", ["arm", "riscv"])
def test_counts_are_those_by_hand(name: str, tmp_path: Path) -> None:
    counts, _ = count(name, build(name, tmp_path))
    assert counts.inferences == (InferenceCount(BEFORE + sum(LAYERS), LAYERS),) * 3


@pytest.mark.parametrize("name", ["arm", "riscv"])
def test_blocks_tell_executions_and_fall_throughs(name: str, tmp_path: Path) -> None:
    counts, _ = count(name, build(name, tmp_path))
    assert sum(block.instructions * block.executions for block in counts.blocks) == BEFORE + sum(LAYERS)
    nop = next(block for block in counts.blocks if block.executions == 50_000 and block.instructions == 3)
    assert nop.fall_throughs == 0  # the block from the nop on ends in a branch that is taken but at the last odd turn
    tests = [b for b in counts.blocks if b.instructions == 2 and b.executions == 99_999]
    assert [b.fall_throughs for b in tests] == [49_999]
    assert all(block.bytes >= 2 * block.instructions for block in counts.blocks)


def test_counts_are_those_of_mcycle(tmp_path: Path) -> None:
    """With -icount shift=0, RISC-V's mcycle counts executed instructions."""
    counts, output = count("riscv", build("riscv", tmp_path), "-icount", "shift=0", serial="stdio")
    # Between the two reads but not counted: the first read, the call of the first marker, and both markers' returns.
    expected = [f"{inference.instructions + 4:08x}" for inference in counts.inferences]
    assert output.split() == expected


@pytest.mark.parametrize("name", ["arm", "riscv", "xtensa"])
def test_counts_are_the_same_at_every_run(name: str, tmp_path: Path) -> None:
    elf = build(name, tmp_path)
    assert count(name, elf) == count(name, elf)


def test_window_exceptions_and_emulated_instructions_are_counted_exactly(tmp_path: Path) -> None:
    """Against a trace of single instructions: those that a window exception cuts short count once, emulation never."""
    elf = build("xtensa", tmp_path)
    counts, _ = count("xtensa", elf)
    log = tmp_path / "trace"
    run("xtensa", elf, "-singlestep", "-d", "exec,nochain", "-D", str(log))
    addresses = [int(text, 16) for text in re.findall(r"\[[0-9a-f]+/([0-9a-f]+)/", log.read_text())]
    symbols = [line.split() for line in (tmp_path / "count_symbols").read_text().splitlines()]
    restarts = {int(words[1], 16) for words in symbols if words[0] == "restart"}
    spans = [tuple(int(word, 16) for word in words[1:]) for words in symbols if words[0] in ("begin", "end", "exclude")]
    totals, counting, emulated, restarted = [0], False, 0, 0
    for address, following in zip(addresses, [*addresses[1:], 0], strict=True):
        if address == spans[1][0]:
            totals.append(0)
            counting = False
        counting = counting or address == spans[0][0]
        if not counting:
            continue
        emulated += address == spans[2][0]
        restarted += following in restarts
        if not any(start <= address < end for start, end in spans) and following not in restarts:
            totals[-1] += 1
    assert emulated > 100
    assert restarted > 10
    assert [inference.instructions for inference in counts.inferences] == totals[:-1]


def test_a_firmware_without_markers_is_refused(tmp_path: Path) -> None:
    elf = build("arm", tmp_path)
    strip = shutil.which("llvm-strip") or shutil.which("llvm-strip-22") or pytest.skip("llvm-strip is not installed")
    process.run([strip, str(elf)], timeout_s=60.0)
    with pytest.raises(EdgegenError, match="eg_marker_begin"):
        InstructionCounter(elf, "toy", tmp_path)


def test_layers_of_another_model_are_not_counted(tmp_path: Path) -> None:
    elf = build("arm", tmp_path)
    counter = InstructionCounter(elf, "other", tmp_path)
    run("arm", elf, *counter.qemu_arguments("qemu-system-arm"))
    assert counter.read().inferences == (InferenceCount(BEFORE + sum(LAYERS), ()),) * 3


def test_reading_before_an_inference_has_ended_says_so(tmp_path: Path) -> None:
    counter = InstructionCounter(build("arm", tmp_path), "toy", tmp_path)
    with pytest.raises(EdgegenError, match="no inference"):
        counter.read()


def test_the_plugin_is_built_once(tmp_path: Path) -> None:
    build("arm", tmp_path)
    first = plugin("qemu-system-arm")
    stamp = first.stat().st_mtime_ns
    assert plugin("qemu-system-arm") == first
    assert first.stat().st_mtime_ns == stamp


def test_a_comma_in_a_path_reaches_the_plugin(tmp_path: Path) -> None:
    folder = tmp_path / "a,b"
    folder.mkdir()
    counts, _ = count("arm", build("arm", folder))
    assert len(counts.inferences) == 3
