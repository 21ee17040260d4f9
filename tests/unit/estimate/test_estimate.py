"""Cycle models against counts by hand: known instructions of each core, pairing rules, branches, and calibration."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest

from edgegen.boards import Core as CoreName
from edgegen.boards import board_ids, load_board
from edgegen.estimate.calibrate import Pair, calibration_text, left_out_errors, mean_factor, read_pairs
from edgegen.estimate.cores import core_model
from edgegen.estimate.cycles import calibration, latency_us
from edgegen.estimate.decoders import arm, riscv, xtensa
from edgegen.estimate.instructions import Instruction
from edgegen.estimate.issue import Range, branch_cycles, run_cycles
from edgegen.estimate.memory import waits
from tests.unit.estimate.code import XTENSA, thumb

CORES = [core for core in get_args(CoreName) if core != "host"]


def decode(core: str, code: str) -> tuple[Instruction, ...]:
    """The instructions of hexadecimal half-words (Thumb, in reading order) or bytes."""
    if core.startswith("cortex"):
        return arm.decoder(vector=core == "cortex-m55")(0x1000, thumb(code))
    return (riscv if core == "rv32imc" else xtensa).decode(0x1000, bytes.fromhex(code))


def best(core: str, code: str) -> float:
    model = core_model(core)
    assert model is not None
    return run_cycles(model, decode(core, code)).best


@pytest.mark.parametrize(
    ("code", "clocks"),
    [
        ("4410", 1),  # add r0, r2
        ("6808", 2),  # ldr r0, [r1]
        ("6808 681a", 3),  # and a second load, pipelined
        ("6808 681a 6825", 4),  # N + 1
        ("6808 6802", 4),  # whose address is the first one's result: not pipelined
        ("6808 4410", 3),  # used at once: the two clocks hold it already
        ("6808 6019", 2),  # ldr, str r1, [r3]: the store in the load's second clock
        ("6019 6019", 2),  # stores are one each
        ("e9d2 0100", 3),  # ldrd: 1 + N
        ("e890 000e", 4),  # ldm of three
        ("b570", 5),  # push of four: 1 + N
        ("fb21 0002", 1),  # smlad
        ("fba2 0103", 1),  # umull
        ("fb01 0002", 1),  # mla
        ("fbb1 f0f2", 7),  # udiv: 2 to 12
        ("ee30 0a20 ee31 1a21", 2),  # vadd.f32 twice, neither needs the other
        ("ee30 0a20 ee30 0a20", 3),  # the second one needs the first one's result
        ("eec0 0a20", 14),  # vdiv.f32
    ],
)
def test_cortex_m4_blocks(code: str, clocks: float) -> None:
    assert best("cortex-m4f", code) == clocks


@pytest.mark.parametrize(
    ("core", "code", "clocks"),
    [
        ("cortex-m0plus", "6808 681a", 4),  # no overlap
        ("cortex-m0plus", "b570", 5),
        ("cortex-m0plus", "4348", 1),  # muls
        ("cortex-m3", "fb01 0002", 2),  # mla
        ("cortex-m3", "fba2 0103", 4),  # umull: 3 to 5
        ("cortex-m7", "4410 4419", 1),  # two adds at once
        ("cortex-m7", "4410 4408", 2),  # the second one needs the first
        ("cortex-m7", "6808 681a", 1),  # two loads at once
        ("cortex-m7", "fb21 0002 fb23 3405", 2),  # one multiplier
        ("cortex-m7", "6808 4410", 3),  # a load's result after two
        ("cortex-m33", "6808 681a", 2),
        ("cortex-m33", "6808 4410", 3),
        ("cortex-m55", "ed91 1f00 ed93 3f00", 4),  # two vector loads: two beats each, one pipe
        ("cortex-m55", "ef20 0840 ef26 6844", 4),  # vadd twice
        ("cortex-m55", "ed91 1f00 ef26 6844", 3),  # another pipe: overlapping by a beat
        ("rv32imc", "03a50500 33067502", 3),  # lw a0, 0(a1); mul a2, a0, t2: used one later
        ("rv32imc", "03a50500 b3066702", 2),  # another register
        ("lx6", XTENSA["l32i a2, a3, 0"] + XTENSA["add a4, a2, a5"], 3),
        ("lx6", XTENSA["l32i a2, a3, 0"] + XTENSA["add a4, a5, a6"], 2),
        ("lx6", XTENSA["mull a2, a3, a4"] + XTENSA["add a5, a2, a2"], 3),
    ],
)
def test_blocks_of_the_other_cores(core: str, code: str, clocks: float) -> None:
    assert best(core, code) == clocks


@pytest.mark.parametrize("core", CORES)
def test_every_number_has_a_source_and_rises(core: str) -> None:
    model = core_model(core)
    assert model is not None
    assert model.name == core
    for kind, timing in model.timings.items():
        assert len(timing.source) > 5, kind
        assert 0 <= timing.issue.low <= timing.issue.high, kind
    assert len(model.branches.source) > 5
    factor = calibration(core)
    assert 0.5 < factor.low <= factor.best <= factor.high < 2
    assert factor.basis in ("paired", "architecture")


def test_a_range_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="not in order"):
        Range(2, 1, 3)


def test_the_host_has_no_model() -> None:
    assert core_model("host") is None


def test_bounds_of_a_block_are_in_order() -> None:
    block = "6808 4410 fbb1 f0f2 bf08 e9d2 0100 b570 d1fc"
    for core in CORES:
        if core.startswith("cortex"):
            model = core_model(core)
            assert model is not None
            clocks = run_cycles(model, decode(core, block))
            assert 0 < clocks.low <= clocks.best <= clocks.high


def test_taken_branches_cost_more_and_predicted_ones_when_missed() -> None:
    m4, m7 = core_model("cortex-m4f"), core_model("cortex-m7")
    assert m4 is not None
    assert m7 is not None
    branch = decode("cortex-m4f", "d1fc")[-1]
    assert branch.kind == "branch_if"
    assert branch_cycles(m4, branch, 100, 100).best == 0
    assert branch_cycles(m4, branch, 100, 0) == m4.branches.taken * 100
    always, evenly = branch_cycles(m7, branch, 100, 0), branch_cycles(m7, branch, 100, 50)
    assert evenly.best > always.best
    assert branch_cycles(m4, decode("cortex-m4f", "4410")[0], 100, 0).best == 0


def test_a_return_by_pop_loads_its_registers_and_jumps() -> None:
    (pop,) = decode("cortex-m4f", "bd10")  # pop {r4, pc}
    assert (pop.kind, pop.registers) == ("jump", 1)
    assert best("cortex-m4f", "bd10") == 3


def test_unknown_code_counts_as_simple_and_ends() -> None:
    for core in ("cortex-m4f", "cortex-m55", "rv32imc", "lx6"):
        for code in (b"\xff" * 8, b"\x00" * 8, bytes(range(16))):
            decoder = {"r": riscv.decode, "l": xtensa.decode}.get(core[0]) or arm.decoder(core == "cortex-m55")
            found = decoder(0x100, code)
            assert sum(item.size_bytes for item in found) >= len(code)


def test_units() -> None:
    assert latency_us(120_000, 120_000_000) == 1000.0


@pytest.mark.parametrize("board", [name for name in board_ids() if name != "host"])
def test_every_board_has_caches_that_can_be_simulated(board: str) -> None:
    for wait in waits(load_board(board)):
        assert wait.shape.size_bytes % (wait.shape.line_bytes * wait.shape.ways) == 0
        assert wait.shape.start < wait.shape.end


def test_the_calibration_is_what_its_command_makes(root: Path) -> None:
    made = (root / "edgegen" / "estimate" / "calibration.toml").read_text(encoding="utf-8")
    assert made == calibration_text(read_pairs())


def test_the_interval_holds_every_pair_and_the_error_keeps_the_aim() -> None:
    pairs = read_pairs()
    for pair in pairs:
        factor = calibration(pair.core)
        assert pair.modelled * factor.low + pair.waiting <= pair.measured <= pair.modelled * factor.high + pair.waiting
    m4 = [pair for pair in pairs if pair.core == "cortex-m4f"]
    assert len(m4) == 4
    assert max(map(abs, left_out_errors(m4))) < 0.10


def test_a_left_out_error_uses_the_other_pairs_alone() -> None:
    pairs = [Pair("c", "a", 100, 0, 110), Pair("c", "b", 100, 0, 121)]
    assert left_out_errors(pairs) == pytest.approx([0.1, 110 / 121 - 1])
    assert mean_factor(pairs) == pytest.approx(1.1 * 1.1**0.5)


def test_the_pairs_are_the_published_latencies(root: Path) -> None:
    path = root.parent / "shared" / "truth" / "mlperf_tiny_m4_m0.csv"
    if not path.is_file():
        pytest.skip("the folder ../shared/truth is absent")
    with path.open(newline="", encoding="utf-8") as file:
        published = {
            round(float(row["latency_ms"]) * float(row["clock_mhz"]) * 1000)
            for row in csv.DictReader(file)
            if row["version"] == "v1.0" and "microtvm_cmsis_nn" in row["source_path"]
        }
    assert {pair.measured for pair in read_pairs() if pair.core == "cortex-m4f"} == published
