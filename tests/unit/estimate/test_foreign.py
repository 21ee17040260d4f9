"""Any ELF with markers: counted, priced and waited for on a board's simulator; what can't be is refused clearly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from edgegen.boards import load_board
from edgegen.cli import main
from edgegen.errors import EdgegenError, InputError
from edgegen.estimate.foreign import estimate_elf
from edgegen.toolchains import CompileJob, load_toolchain

# Not edgegen's: its own vectors, names of its own. 1,000 turns of a load that another one follows, and constants in
# flash that are read from end to end.
PROGRAM = """
.syntax unified
.thumb
.section .vectors, "a"
.word 0x20001000
.word start
.text
.thumb_func
.globl before
.type before, %function
before: bx lr
.size before, . - before
.thumb_func
.globl after
.type after, %function
after: bx lr
.size after, . - after
.thumb_func
.globl start
.type start, %function
start:
  bl before
  ldr r1, =table
  mov r2, #1000
1: ldr r0, [r1], #4
  adds r0, r0, #1
  subs r2, r2, #1
  bne 1b
  bl after
2: b 2b
.pool
.section .rodata
.balign 16
table: .zero 4096
"""
SCRIPT = """
ENTRY(start)
SECTIONS { .text 0 : { KEEP(*(.vectors)) KEEP(*(.text*)) *(.rodata*) } /DISCARD/ : { *(.ARM.exidx*) } }
"""
# Before the loop and after it: LDR, MOV and the call of `after`; four instructions a turn.
INSTRUCTIONS = 3 + 4 * 1000


@pytest.fixture(scope="module")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    toolchain = load_toolchain("zig")
    missing = toolchain.missing()
    if missing:
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("foreign")
    source, script, elf = folder / "foreign.S", folder / "foreign.ld", folder / "foreign.elf"
    source.write_text(PROGRAM, encoding="ascii")
    script.write_text(SCRIPT, encoding="ascii")
    job = CompileJob("cortex-m4f", "speed", ())
    toolchain.link(job, toolchain.compile(job, [source], folder), script, elf)
    return elf


def test_cycles_are_those_by_hand(elf: Path) -> None:
    board = load_board("netduinoplus2").model_copy(update={"simulator": load_board("nucleo-f446re").simulator})
    run = estimate_elf(elf, board, ("before", "after"), 60.0)
    assert run.instructions == INSTRUCTIONS
    # A turn: LDR 2, two of 1, the branch 1 and 2 more where taken: 7; times the calibration.
    assert run.estimate.waiting.best == 0
    assert run.estimate.all.best / run.instructions == pytest.approx(7 / 4 * 1.239, rel=0.02)
    assert run.estimate.all.low < run.estimate.all.best < run.estimate.all.high


def test_flash_that_waits_is_counted(elf: Path) -> None:
    run = estimate_elf(elf, load_board("nucleo-l4r5zi"), ("before", "after"), 60.0)
    # 4,000 bytes in lines of 8: 500 misses of 5 clocks, and a few of the code.
    assert run.estimate.waiting.best == pytest.approx(2500, rel=0.05)


def test_the_command(elf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["estimate", "--elf", str(elf), "--board", "nucleo-l4r5zi", "--begin", "before", "--end", "after"]
    with pytest.raises(SystemExit) as done:
        main([*argv, "--json"])
    table = json.loads(capsys.readouterr().out)
    assert done.value.code == 0
    assert table["instructions"] == INSTRUCTIONS
    assert table["cycles_estimated_low"] < table["cycles_estimated"] < table["cycles_estimated_high"]


def test_missing_markers_are_named(elf: Path) -> None:
    with pytest.raises(InputError, match="no symbol nowhere"):
        estimate_elf(elf, load_board("nucleo-l4r5zi"), ("before", "nowhere"), 60.0)


def test_an_end_that_is_never_reached_ends_by_time(elf: Path) -> None:
    with pytest.raises(EdgegenError, match="did not come there within 1 s"):
        estimate_elf(elf, load_board("nucleo-l4r5zi"), ("after", "before"), 1.0)


def test_what_is_no_elf_is_refused(tmp_path: Path) -> None:
    for name, data in (("text", b"hello"), ("empty", b""), ("cut", b"\x7fELF\x01\x01\x01" + b"\0" * 9)):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError, match=name):
            estimate_elf(path, load_board("nucleo-l4r5zi"), ("a", "b"), 1.0)
    with pytest.raises(InputError, match="no such file"):
        estimate_elf(tmp_path / "absent", load_board("nucleo-l4r5zi"), ("a", "b"), 1.0)


def test_the_host_is_refused(elf: Path) -> None:
    with pytest.raises(InputError, match="no cycle model"):
        estimate_elf(elf, load_board("host"), ("before", "after"), 1.0)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--board", "nucleo-l4r5zi", "--all-boards"),
        ("--board", "nucleo-l4r5zi", "--energy"),
        ("--board", "nucleo-l4r5zi", "--every", "1s"),
        ("--board", "nucleo-l4r5zi", "--energy", "--every", "soon"),
        ("--all-boards", "--elf", "x.elf"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(["estimate", *arguments])
    assert done.value.code == 2
    assert "error:" in capsys.readouterr().err
