from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from edgegen.boards import BoardProfile, load_board
from edgegen.errors import EdgegenError, InputError
from edgegen.project import build_project, check_fit, create_project
from edgegen.toolchains import load_toolchain
from tests.tiny_firmware import FACTS, build_tiny


def _shrunk(board: str, region: str, length_bytes: int) -> BoardProfile:
    """A board whose region has another length, in its own image and its simulator's."""
    profile = load_board(board)

    def shrink(item: object) -> object:
        return item.model_copy(update={"length_bytes": length_bytes}) if item.name == region else item  # type: ignore[attr-defined]

    simulator = profile.simulator.model_copy(update={"regions": tuple(map(shrink, profile.simulator.regions))})
    return profile.model_copy(update={"regions": tuple(map(shrink, profile.regions)), "simulator": simulator})


def test_an_arena_that_does_not_fit_is_refused_with_bytes_and_layer() -> None:
    facts = dataclasses.replace(FACTS, arena_bytes=200_000, peak_layer="3 CONV_2D 'conv1'")
    with pytest.raises(EdgegenError) as caught:
        check_fit(load_board("netduinoplus2"), facts)
    text = str(caught.value)
    assert "tiny does not fit netduinoplus2: the arena (peak at layer 3 CONV_2D 'conv1') needs 200000 bytes" in text
    # 131072 of SRAM less the stack's 8192 and what other data may take.
    assert "'sram' has 121856 of 131072 bytes: 78144 too few" in text
    assert "what would help" in text
    assert len(text.splitlines()) <= 3


def test_weights_that_do_not_fit_are_refused() -> None:
    facts = dataclasses.replace(FACTS, constant_bytes=3_000_000)
    with pytest.raises(EdgegenError, match="weights and constants needs 3000000 bytes, 'flash' has 2088960 of 2097152"):
        check_fit(load_board("nucleo-l4r5zi"), facts)


@pytest.mark.parametrize(("arena_bytes", "region"), [(10_000, "dtcm"), (520_000, "sram"), (2_000_000, "sram")])
def test_a_large_arena_goes_to_the_next_region(arena_bytes: int, region: str) -> None:
    places = check_fit(load_board("mps3-an547"), dataclasses.replace(FACTS, arena_bytes=arena_bytes))
    assert places["arena"].name == region
    assert places["data"].name == "dtcm"


def test_the_linkers_overflow_is_told_in_bytes(tmp_path: Path) -> None:
    # Room for the arena by its own figures, but not for all the rest that is linked.
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
    assert firmware.flash_bytes < 6 * 1024
    assert firmware.ram_bytes - FACTS.arena_bytes < 1536


def test_build_again_over_an_older_project(tmp_path: Path) -> None:
    profile, zig = load_board("netduinoplus2"), load_toolchain("zig")
    first = build_tiny(profile, zig, tmp_path)
    source_dir = tmp_path / "src"
    project = create_project(FACTS, profile, source_dir, simulator=True)
    assert build_project(project, zig, "speed", tmp_path / "tiny.elf").firmware_sha256 == first.firmware_sha256
