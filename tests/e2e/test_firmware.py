"""The firmware itself, with the hand-written model, over the serial path: on this machine and on simulators."""

from __future__ import annotations

import os
import shutil
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgegen import elf as elf_file
from edgegen import protocol
from edgegen.boards import load_board
from edgegen.devices import open_device
from edgegen.devices.host_process import HostProcess
from edgegen.devices.qemu import Qemu
from edgegen.devices.session import FaultError, Session
from edgegen.errors import EdgegenError
from edgegen.project import Firmware
from edgegen.toolchains import load_toolchain
from edgegen.toolchains.host import HostToolchain
from tests.tiny_firmware import FACTS, build_tiny, expected_output

BOARDS = ("host", "nucleo-l4r5zi", "mps3-an547", "netduinoplus2", "raspberry-pi-pico")
QEMU_BOARDS = BOARDS[1:]
DATA = bytes((7 * index) % 256 for index in range(1000))
needs_qemu = pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Firmware]:
    zig = load_toolchain("zig")
    return {name: build_tiny(load_board(name), zig, tmp_path_factory.mktemp(name)) for name in BOARDS}


@pytest.fixture(params=[pytest.param(name, marks=needs_qemu if name != "host" else ()) for name in BOARDS])
def board(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def session(board: str, built: dict[str, Firmware]) -> Iterator[Session]:
    firmware = built[board]
    with open_device(load_board(board), elf=firmware.elf) as device:
        yield Session(device, firmware_sha256=firmware.firmware_sha256)


def test_the_boot_record_names_firmware_model_and_board(
    session: Session, board: str, built: dict[str, Firmware]
) -> None:
    profile = load_board(board)
    boot = session.hello()
    assert boot == session.boot
    assert (boot.board, boot.port, boot.protocol) == (profile.id, profile.simulator.port, 2)
    assert (boot.model, boot.model_sha256) == ("tiny", FACTS.sha256)
    assert boot.firmware_sha256 == built[board].firmware_sha256
    assert (boot.input_bytes, boot.output_bytes, boot.layers, boot.arena_bytes) == ((1000,), (1000,), 2, 2112)


def test_outputs_are_right_and_state_is_kept(session: Session) -> None:
    for step in range(3):
        session.set_input(0, DATA)
        session.invoke()
        assert session.get_output(0) == expected_output(DATA, step)
    session.reset()
    session.set_input(0, DATA)
    session.invoke()
    assert session.get_output(0) == expected_output(DATA, 0)


def test_an_inference_in_one_turn_of_the_line(session: Session) -> None:
    for step in range(3):
        assert session.infer([DATA]).outputs == (expected_output(DATA, step),)


def test_an_inference_with_a_lost_chunk_is_not_run(session: Session) -> None:
    session.set_input(0, DATA)
    assert session._chunks == 3
    session._send(protocol.command("invoke", 1000, 4, 1))
    record = session._next(10.0, "in", "invoke")
    assert record is not None
    assert (record.kind, record.number("chunks")) == ("in", 3)
    session.invoke()
    assert session.get_output(0) == expected_output(DATA, 0)


def test_the_first_layers_run_alone_and_give_a_checksum(session: Session) -> None:
    for layers in (1, 2, 1):
        session.infer([DATA])
        assert session.layers_crc([DATA], layers, (0, 1024, 1000)) == zlib.crc32(expected_output(DATA, 0))
    for layers, place in ((3, (0, 0, 1)), (1, (1, 0, 1)), (1, (0, 2112, 1)), (1, (0, 0, 2113))):
        with pytest.raises(EdgegenError, match="refused a command"):
            session.layers_crc([DATA], layers, place)


def test_a_repeated_invoke_is_answered_and_not_run(session: Session) -> None:
    session.set_input(0, DATA)
    session.invoke()
    session._sequence -= 1
    session.invoke()
    assert session.get_output(0) == expected_output(DATA, 0)


def test_bench_times_runs_and_layers_and_nothing_simulated_is_a_time(session: Session, board: str) -> None:
    timing = session.bench(3, 1)
    assert (len(timing.run_cycles), len(timing.layer_cycles)) == (3, 2)
    if board == "host":
        assert min(timing.run_cycles) > 0
    else:
        assert timing.run_cycles == (0, 0, 0)


def test_a_register_is_read(session: Session, board: str) -> None:
    if board == "host":
        with pytest.raises(EdgegenError, match="refused a command"):
            session.word(0xE000ED00)
    else:
        # CPUID: Arm's number, and the core's (Armv7-M ARM B3.2.3).
        parts = {"nucleo-l4r5zi": 0xC24, "mps3-an547": 0xD22, "netduinoplus2": 0xC24, "raspberry-pi-pico": 0xC23}
        cpuid = session.word(0xE000ED00)
        assert (cpuid >> 24, cpuid >> 4 & 0xFFF) == (0x41, parts[board])


def test_the_stack_is_measured(session: Session, board: str) -> None:
    info = session.info()
    assert info.stack_bytes == load_board(board).stack_bytes
    assert 0 < info.stack_used_bytes < info.stack_bytes
    assert info.bad_commands == 0


def test_the_self_test_is_the_same_everywhere(session: Session) -> None:
    assert session.self_test() == ("0dee2da9",)


def test_a_fault_is_reported_with_registers_and_the_next_start_works(session: Session, board: str) -> None:
    session._send(b"\neg crash%")
    with pytest.raises(FaultError, match="the firmware ended in a fault") as caught:
        session._next(10.0, "none")
    if board == "host":
        return
    fields = caught.value.record.fields
    assert {"pc", "lr", "sp", "xpsr", "r0", "r4", "r11"} <= fields.keys()
    # Armv6-M has no registers that tell the cause.
    assert (fields.keys() >= {"cfsr", "hfsr"}) == (board != "raspberry-pi-pico")
    # The fault resets the chip: the same firmware answers again.
    assert session.hello() == session.boot


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs_qemu) for name in QEMU_BOARDS])
def test_exit_ends_the_simulator_with_the_status(name: str, built: dict[str, Firmware]) -> None:
    for status in (0, 3):
        with Qemu(load_board(name), built[name].elf) as device:
            Session(device).exit(status)
            assert device.wait_exit() == status


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@needs_qemu
def test_no_process_is_left_after_an_error(built: dict[str, Firmware]) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        Qemu(load_board("nucleo-l4r5zi"), built["nucleo-l4r5zi"].elf) as device,
    ):
        pid = device._process.pid
        assert _alive(pid)
        raise KeyboardInterrupt
    assert not _alive(pid)


@needs_qemu
def test_a_simulator_that_ends_is_said_to_have_ended(built: dict[str, Firmware]) -> None:
    with Qemu(load_board("nucleo-l4r5zi"), built["nucleo-l4r5zi"].elf) as device:
        session = Session(device)
        session.exit(5)
        device.wait_exit()
        with pytest.raises(EdgegenError, match="qemu-system-arm ended with status 5"):
            session.hello()


@needs_qemu
def test_a_wrong_option_shows_qemus_message(built: dict[str, Firmware]) -> None:
    options = ["-plugin", "/no-such-plugin.so"]
    with (
        pytest.raises(EdgegenError, match=r"ended with status 1\nqemu-system-arm: .*no-such-plugin"),
        Qemu(load_board("nucleo-l4r5zi"), built["nucleo-l4r5zi"].elf, options) as device,
    ):
        Session(device)


@needs_qemu
def test_a_missing_clock_ends_in_a_lower_one_that_is_reported(built: dict[str, Firmware]) -> None:
    with Qemu(load_board("netduinoplus2"), built["netduinoplus2"].elf) as device:
        assert Session(device).boot.clock_hz == 16_000_000


def test_the_host_process_ends_with_its_link(built: dict[str, Firmware]) -> None:
    device = HostProcess(built["host"].elf)
    Session(device)
    assert device._process.stdin is not None
    device._process.stdin.close()
    deadline = time.monotonic() + 10
    while device._process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert device._process.returncode == 0
    device.close()


def test_the_application_is_clean_under_the_sanitizers(tmp_path: Path) -> None:
    toolchain = HostToolchain(sanitize=True)
    if missing := toolchain.missing():
        pytest.skip(missing)
    firmware = build_tiny(load_board("host"), toolchain, tmp_path)
    with HostProcess(firmware.elf) as device:
        session = Session(device, firmware_sha256=firmware.firmware_sha256)
        session.set_input(0, DATA)
        session.invoke()
        assert session.get_output(0) == expected_output(DATA, 0)
        assert session.infer([DATA]).outputs == (expected_output(DATA, 1),)
        session.layers_crc([DATA], 1, (0, 1024, 1000))
        session.bench(2, 1)
        assert session.self_test() == ("0dee2da9",)
        with pytest.raises(EdgegenError, match="refused a command"):
            session._ask(b"\neg out 9%", "out", lambda record: record)


def test_the_flat_image_starts_with_the_vector_table(tmp_path: Path) -> None:
    profile = load_board("nucleo-l4r5zi")
    firmware = build_tiny(profile, load_toolchain("zig"), tmp_path, simulator=False)
    image = elf_file.flat_image(firmware.elf, profile.regions[0])
    stack, entry = int.from_bytes(image[:4], "little"), int.from_bytes(image[4:8], "little")
    assert stack == 0x2000_0000 + profile.stack_bytes
    assert entry % 2 == 1
    assert 0x0800_0000 < entry < 0x0800_0000 + len(image)
