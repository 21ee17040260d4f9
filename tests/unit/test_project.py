from __future__ import annotations

from pathlib import Path

import pytest

from edgegen.boards import BoardProfile, load_board
from edgegen.errors import EdgegenError, InputError
from edgegen.project import build_project, create_project
from edgegen.toolchains import load_toolchain
from tests.tiny_firmware import FACTS, build_tiny


def _shrunk(board: str, region: str, length_bytes: int) -> BoardProfile:
    """A board whose region has another length, in its own image and its simulator's."""
    profile = load_board(board)

    def shrink(item: object) -> object:
        return item.model_copy(update={"length_bytes": length_bytes}) if item.name == region else item  # type: ignore[attr-defined]

    simulator = profile.simulator.model_copy(update={"regions": tuple(map(shrink, profile.simulator.regions))})
    return profile.model_copy(update={"regions": tuple(map(shrink, profile.regions)), "simulator": simulator})


def test_the_linkers_overflow_is_told_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Room for the arena by its own figures, but not for all the rest that is linked.
    monkeypatch.setattr("edgegen.placement._DATA_BYTES_ELSE", 1024)
    profile = _shrunk("nucleo-l4r5zi", "sram", 8192 + 1024 + 2112)
    with pytest.raises(EdgegenError) as caught:
        build_tiny(profile, load_toolchain("zig"), tmp_path)
    assert "tiny does not fit nucleo-l4r5zi: the linked firmware exceeds 'sram' (11328 bytes) by " in str(caught.value)
    assert "largest at layer 1 ADD 'sum'" in str(caught.value)


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no form 'arduino'"):
        create_project(FACTS, load_board("host"), tmp_path, form="arduino")


@pytest.mark.parametrize("simulator", [False, True])
def test_the_same_firmware_has_the_same_bytes_in_two_places(tmp_path: Path, simulator: bool) -> None:
    profile, zig = load_board("nucleo-l4r5zi"), load_toolchain("zig")
    first = build_tiny(profile, zig, tmp_path / "a", simulator=simulator)
    # A folder of another length, and nothing from the cache of objects.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDGEGEN_CACHE_DIR", str(tmp_path / "cache"))
        second = build_tiny(profile, zig, tmp_path / "another" / "folder", simulator=simulator)
    assert first.firmware_sha256 == second.firmware_sha256
    assert first.elf.read_bytes() == second.elf.read_bytes()
    assert str(tmp_path).encode() not in first.elf.read_bytes()


def test_an_image_and_its_simulators_share_their_model_and_application_objects(tmp_path: Path) -> None:
    profile, zig = load_board("nucleo-l4r5zi"), load_toolchain("zig")
    names = {}
    for simulator in (False, True):
        folder = tmp_path / str(simulator)
        build_tiny(profile, zig, folder, simulator=simulator)
        project = create_project(FACTS, profile, folder / "src", simulator=simulator)
        names[simulator] = {p.relative_to(folder).as_posix(): p.read_bytes() for p in project.firmware_sources}
        names[simulator] |= {p.relative_to(folder).as_posix(): p.read_bytes() for p in project.model_sources}
    shared = names[False].keys() & names[True].keys()
    assert {"src/tiny.c", "src/firmware/app/main.c", "src/eg_the_model.c"} <= shared
    assert all(names[False][name] == names[True][name] for name in shared)
    assert all("/hal/" in name for name in names[False].keys() ^ names[True].keys())


def test_a_warm_build_runs_no_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile, zig = load_board("nucleo-l4r5zi"), load_toolchain("zig")
    first = build_tiny(profile, zig, tmp_path / "a")

    def refuse(*arguments: object, **options: object) -> str:
        raise AssertionError(f"a tool was run: {arguments}")

    monkeypatch.setattr("edgegen.process.run", refuse)
    assert build_tiny(profile, zig, tmp_path / "b").firmware_sha256 == first.firmware_sha256


def test_the_application_is_small(tmp_path: Path) -> None:
    profile, zig = load_board("nucleo-l4r5zi"), load_toolchain("zig")
    firmware = build_tiny(profile, zig, tmp_path, simulator=False)
    assert firmware.flash_bytes < 6656
    assert firmware.ram_bytes - FACTS.arena_bytes < 1536


def test_build_again_over_an_older_project(tmp_path: Path) -> None:
    profile, zig = load_board("netduinoplus2"), load_toolchain("zig")
    first = build_tiny(profile, zig, tmp_path)
    source_dir = tmp_path / "src"
    project = create_project(FACTS, profile, source_dir, simulator=True)
    assert build_project(project, zig, "speed", tmp_path / "tiny.elf").firmware_sha256 == first.firmware_sha256


def test_a_console_that_the_port_does_not_know_is_refused(tmp_path: Path) -> None:
    profile = load_board("nucleo-f446re")
    other = profile.model_copy(update={"console": profile.console.model_copy(update={"uart": "UART9"})})
    with pytest.raises(InputError, match=r"key 'console.uart' \(is 'UART9'\): port stm32f4 has USART1, USART2"):
        create_project(FACTS, other, tmp_path)


def test_another_console_is_another_firmware(tmp_path: Path) -> None:
    profile, zig = load_board("nucleo-f446re"), load_toolchain("zig")
    other = profile.model_copy(update={"console": profile.console.model_copy(update={"tx": "PD5", "rx": "PD6"})})
    names = {
        build_tiny(board, zig, tmp_path / board.console.tx, simulator=False).firmware_sha256
        for board in (profile, other)
    }
    assert len(names) == 2
