"""C programs on the ESP chips' simulated cores give what they give on this machine."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import jinja2
import pytest

from edgegen.boards import load_board
from edgegen.devices.qemu import qemu_command
from edgegen.resources import resource_dir
from edgegen.toolchains import CompileJob, load_toolchain

PROGRAMS = Path(__file__).parent / "lx6"
PORTS = {"esp32": ("sim_xtensa", "xtensa"), "esp32c3": ("sim_riscv_virt", "riscv")}
RECORD = re.compile(r"^EG> (\{.*\}) \*[0-9a-f]{8}\s*$", re.MULTILINE)


def build_for_simulator(board: str, program: str, optimize: str, folder: Path) -> Path:
    """Links a test program with the board's start-up code, port and record writer."""
    profile = load_board(board)
    toolchain = load_toolchain(profile.toolchains[0])
    missing = toolchain.missing()
    if missing:
        pytest.skip(missing)
    firmware = resource_dir("firmware")
    folders = [firmware / "hal" / name for name in (*PORTS[board], "bare", "bare/include")]
    includes = (PROGRAMS, firmware / "app", firmware / "hal", *folders)
    sources = [PROGRAMS / f"{program}.c", PROGRAMS / "on_board.c", firmware / "app" / "record.c"]
    sources += [firmware / "app" / "codec.c"]
    sources += [path for place in folders for path in sorted(place.glob("*.[cS]"))]
    template = resource_dir("templates") / "firmware" / "bare_metal" / f"{PORTS[board][1]}.ld.j2"
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    places = {content: region.name for region in reversed(profile.simulator.regions) for content in region.holds}
    script = folder / "link.ld"
    script.write_text(environment.from_string(template.read_text()).render(
        board=board, simulator=True, model="none", stack_bytes=65536, regions=profile.simulator.regions, places=places,
        arena_parts=(), fast_symbols=(),
    ))  # fmt: skip
    job = CompileJob(profile.core, optimize, includes)
    elf = folder / f"{program}.elf"
    toolchain.link(job, toolchain.compile(job, sources, folder / "objects"), script, elf)
    return elf


def run_on_simulator(board: str, elf: Path) -> tuple[int, list[dict[str, object]]]:
    """QEMU's exit status and the records that the program wrote."""
    argv = ["stdio" if word == "pty" else word for word in qemu_command(load_board(board), elf)]
    done = subprocess.run(argv, input=b"", capture_output=True, timeout=120, check=False)
    return done.returncode, [json.loads(text) for text in RECORD.findall(done.stdout.decode())]


def run_on_host(program: str, folder: Path) -> list[tuple[str, int]]:
    executable = folder / "host"
    sources = [PROGRAMS / f"{program}.c", PROGRAMS / "on_host.c"]
    subprocess.run(["cc", "-O1", "-std=c99", "-ffp-contract=off", "-o", executable, *sources, "-lm"], check=True)
    lines = subprocess.run([executable], capture_output=True, text=True, check=True).stdout.splitlines()
    return [(name, int(value)) for name, value in (line.split("\t") for line in lines)]


@pytest.mark.parametrize("optimize", ["speed", "size"])
@pytest.mark.parametrize(("board", "program"), [("esp32", "arithmetic"), ("esp32c3", "arithmetic"), ("esp32", "mac16")])
def test_same_results_as_on_this_machine(board: str, program: str, optimize: str, tmp_path: Path) -> None:
    status, records = run_on_simulator(board, build_for_simulator(board, program, optimize, tmp_path))
    found = [(record["name"], int(str(record["value"]), 16)) for record in records]
    assert status == 0
    assert len(found) > 5
    assert found == run_on_host(program, tmp_path)


@pytest.mark.parametrize(("board", "cause"), [("esp32", "exccause"), ("esp32c3", "mcause")])
def test_fault_prints_registers(board: str, cause: str, tmp_path: Path) -> None:
    status, records = run_on_simulator(board, build_for_simulator(board, "trap", "speed", tmp_path))
    assert status == 1
    assert [record["record"] for record in records] == ["result", "fault"]
    fault = records[1]
    profile = load_board(board)
    code = profile.simulator.regions[0]
    assert code.origin <= int(str(fault["pc"]), 16) < code.end
    assert int(str(fault[cause]), 0) == (0 if board == "esp32" else 2)  # illegal instruction
    assert len(fault) > 20
