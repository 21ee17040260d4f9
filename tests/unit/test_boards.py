from __future__ import annotations

from pathlib import Path

import pytest

from edgegen.boards import Console, board_ids, load_board, read_board, regions_for
from edgegen.errors import InputError
from edgegen.resources import resource_dir

PROFILE = (resource_dir("boards") / "netduinoplus2.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", board_ids())
def test_every_bundled_profile_loads(name: str) -> None:
    profile = load_board(name)
    assert profile.id == name
    for simulator in (False, True):
        regions = profile.image_regions(simulator)
        assert all(regions_for(regions, content) for content in ("code", "constants", "data", "arena", "stack"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('vendor = "', 'vender = "', "unknown key 'vender'; did you mean vendor?"),
        ("[console]\n", '[console]\nparity = "even"\n', "unknown key 'console.parity'; known keys here: baud, rx"),
        ('kernel_isa = "armv7em"', 'kernel_isa = "mve"', "kernel_isa: core cortex-m4f can't run 'mve'; it runs scalar"),
        ('flasher = "pyocd"', 'flasher = "jlink"', "key 'flasher' (is 'jlink'): Input should be 'none'"),
        ("clock_hz = 168_000_000", "clock_hz = 168", "key 'clock_hz' (is 168)"),
        ("clock_hz = 168_000_000", 'clock_hz = "168 MHz"', "key 'clock_hz' (is '168 MHz')"),
        ('core = "cortex-m4f"', 'core = "cortex-m99"', "key 'core' (is 'cortex-m99')"),
        ("length_bytes = 131_072", "length_bytes = 0", "length_bytes' (is 0)"),
        ("length_bytes = 131_072", "length_bytes = 4_000_000_000", "ends beyond 32 bits"),
        ("origin = 0x2000_0000", "origin = 0x0800_1000", "'flash' and 'sram' overlap at 0x8001000"),
        ('holds = ["data"]', 'holds = ["stack"]', "no region holds 'data'"),
        ('holds = ["code", "constants"]', 'holds = ["code", "constants", "arena"]', "flash region 'flash' can't hold"),
        ("stack_bytes = 8_192", "stack_bytes = 8_190", "key 'stack_bytes' (is 8190)"),
        ('flasher = "pyocd"\n', "", "key 'flasher' is missing"),
        ('name = "Netduino', 'id = "x"\nname = "Netduino', "key 'id'"),
        ("[console]", "[console", "not valid TOML"),
    ],
)
def test_a_broken_profile_names_file_key_and_remedy(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in PROFILE
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_board(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 3


def test_a_users_profile_by_path_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "edgegen" / "boards"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(PROFILE, encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_board("mine") == load_board(str(folder / "mine.toml"))
    assert "mine" in board_ids()


def test_one_wrong_value_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE.replace("length_bytes = 131_072", "length_bytes = 0", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_board(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_whose_name_is_no_id(tmp_path: Path) -> None:
    path = tmp_path / "My Board.toml"
    path.write_text(PROFILE, encoding="utf-8")
    with pytest.raises(InputError, match="rename it"):
        read_board(path)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ESP32", "esp32"),
        ("l4r5", "nucleo-l4r5zi"),
        ("nucleo-f446", "nucleo-f446re"),
        ("mps3_an547", "mps3-an547"),
        ("rasberry-pi-pico", "raspberry-pi-pico"),
        ("pico", "raspberry-pi-pico or raspberry-pi-pico2"),
    ],
)
def test_an_unknown_board_suggests_a_near_one(name: str, near: str) -> None:
    with pytest.raises(InputError, match=rf"no board '{name}'; did you mean {near}"):
        load_board(name)


@pytest.mark.parametrize(
    ("pin", "number"), [("", 0), ("PA9", 9), ("PB0", 16), ("PG7", 103), ("P0.06", 6), ("P1.10", 42), ("GPIO21", 21)]
)
def test_pins_have_the_numbers_their_chips_count_by(pin: str, number: int) -> None:
    assert Console(uart="x", baud=115200, tx=pin, rx=pin).tx_number == number


@pytest.mark.parametrize("pin", ["A9", "PA16", "PZ1", "P2.00", "GPIO", "9"])
def test_pins_that_are_none_are_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="String should match pattern"):
        Console(uart="x", baud=115200, tx=pin)


def test_an_unknown_board_lists_the_known() -> None:
    with pytest.raises(InputError, match=r"no board 'zzz'; known boards: .*nucleo-l4r5zi"):
        load_board("zzz")


def test_a_missing_profile_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        load_board(str(tmp_path / "none.toml"))
