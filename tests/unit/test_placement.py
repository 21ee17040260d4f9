"""Which region of a board each part of a firmware goes to."""

from __future__ import annotations

import pytest

from edgegen.boards import BoardProfile, Content, Region, load_board
from edgegen.errors import EdgegenError
from edgegen.placement import LayerLoad, Needs, arena_room, fast_copies, place

MICROCONTROLLER = load_board("netduinoplus2")
# The stack and the application's data.
TAKEN = 8192 + 1152


def _region(
    name: str, kind: str, origin: int, length_bytes: int, holds: tuple[Content, ...], wait_states: int | None = None
) -> Region:
    return Region.model_validate(
        {"name": name, "kind": kind, "origin": origin, "length_bytes": length_bytes, "holds": holds}
        | ({} if wait_states is None else {"wait_states": wait_states, "source": "the reference manual"})
    )


def _board(*regions: Region) -> BoardProfile:
    return MICROCONTROLLER.model_copy(update={"regions": regions})


FLASH = _region("flash", "flash", 0x0800_0000, 1_000_000, ("code", "constants"), 7)
ITCM = _region("itcm", "ram", 0x0000_0000, 1024, ("code",), 0)
DTCM = _region("dtcm", "ram", 0x2000_0000, 65_536, ("data", "arena", "stack", "constants"), 0)
SRAM = _region("sram", "ram", 0x2400_0000, 131_072, ("data", "arena", "stack"), 1)


def _needs(*arenas: int, constant_bytes: int = 0) -> Needs:
    return Needs("tiny", arenas, constant_bytes, "3 CONV_2D 'conv1'")


def test_what_does_not_fit_is_refused_with_every_region() -> None:
    with pytest.raises(EdgegenError) as caught:
        place(load_board("netduinoplus2"), _needs(200_000))
    first, regions, remedy = str(caught.value).splitlines()
    assert first == (
        "tiny does not fit netduinoplus2: the arena (peak at layer 3 CONV_2D 'conv1') needs 200000 bytes, "
        f"'sram' has {131072 - TAKEN} of 131072 bytes: {200_000 - 131072 + TAKEN} too few"
    )
    assert regions == (
        "regions as filled: 'flash' 1048576 bytes (code 8192, constants 0); 'sram' 131072 bytes (stack 8192, data 1152)"
    )
    assert remedy.startswith("what would help: ")


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(EdgegenError, match="weights and constants needs 3000000 bytes, 'flash' has 2088960 of 2097152"):
        place(load_board("nucleo-l4r5zi"), _needs(16, constant_bytes=3_000_000))


@pytest.mark.parametrize(("arena_bytes", "region"), [(10_000, "dtcm"), (520_000, "sram"), (2_000_000, "sram")])
def test_a_large_arena_goes_to_the_next_region(arena_bytes: int, region: str) -> None:
    placement = place(load_board("mps3-an547"), _needs(arena_bytes))
    assert [part.name for part in placement.arenas] == [region]
    assert placement.places["data"].name == "dtcm"


@pytest.mark.parametrize("order", [(SRAM, DTCM), (DTCM, SRAM)])
def test_the_fastest_memory_comes_first_whatever_the_profiles_order(order: tuple[Region, ...]) -> None:
    places = place(_board(FLASH, *order), _needs(50_000)).places
    assert {content: region.name for content, region in places.items()} == {
        "code": "flash", "constants": "flash", "stack": "dtcm", "data": "dtcm", "arena": "dtcm",
    }  # fmt: skip


def test_a_memory_of_unknown_speed_comes_after_the_known() -> None:
    unknown = _region("ccm", "ram", 0x1000_0000, 65_536, ("data",))
    assert place(_board(FLASH, unknown, SRAM), _needs(16)).places["arena"].name == "sram"


@pytest.mark.parametrize(
    ("wanted", "room"),
    [
        (65_536 - TAKEN, ()),
        (131_072, ()),
        (131_088, (65_536 - TAKEN, 131_072)),
        (65_536 - TAKEN + 131_072, (65_536 - TAKEN, 131_072)),
        (65_536 - TAKEN + 131_073, ()),
    ],
)
def test_an_arena_is_cut_where_only_all_regions_together_have_room(wanted: int, room: tuple[int, ...]) -> None:
    assert arena_room(_board(FLASH, SRAM, DTCM), _needs(wanted)) == room


def test_the_parts_of_a_cut_arena_go_to_their_regions() -> None:
    placement = place(_board(FLASH, SRAM, DTCM), _needs(50_000, 131_072))
    assert [region.name for region in placement.arenas] == ["dtcm", "sram"]
    assert placement.free["sram"] == 0


HOT = LayerLoad(9000, (("gemm.c", ""), ("tiny.c", ".text.layer_3")), (("weights_1", 4096), ("bias_1", 64)))
WARM = LayerLoad(5000, (("gemm.c", ""), ("big.c", "")), (("weights_2", 1 << 20),))
MILD = LayerLoad(10, (("small.c", ""),), (("weights_3", 100),))
IDLE = LayerLoad(0, (("softmax.c", ""),), (("table", 16),))
SIZES = {"gemm.c": 300, "tiny.c": 200, "big.c": 500, "small.c": 100, "softmax.c": 10}


def _size(source: str, section: str) -> int:
    return SIZES[source]


def test_the_hottest_kernels_and_weights_that_fit_are_copied_to_faster_memory() -> None:
    board = _board(FLASH, ITCM, SRAM, DTCM)
    fast = fast_copies(place(board, _needs(1000)), board.regions, (MILD, IDLE, WARM, HOT), _size)
    # 1024 bytes: the hottest layer's code, then not the 500 of the next one, then the small one.
    assert (fast.code_region, fast.code) == (ITCM, (("gemm.c", ""), ("tiny.c", ".text.layer_3"), ("small.c", "")))
    assert (fast.constants_region, fast.symbols) == (DTCM, ("weights_1", "bias_1", "weights_3"))


def test_nothing_is_copied_where_no_memory_is_known_to_be_faster() -> None:
    board = load_board("nucleo-l4r5zi")
    asked: list[str] = []

    def size(source: str, section: str) -> int:
        asked.append(source)
        return 0

    fast = fast_copies(place(board, _needs(1000)), board.regions, (HOT,), size)
    assert (fast.code_region, fast.code, fast.constants_region, fast.symbols, asked) == (None, (), None, (), [])
    same = _region("ram", "ram", 0x2000_0000, 65_536, ("code", "constants", "data"), 7)
    board = _board(FLASH, same)
    assert fast_copies(place(board, _needs(1000)), board.regions, (HOT,), size).code_region is None


def test_the_arena_comes_before_copies() -> None:
    board = _board(FLASH, DTCM)
    placement = place(board, _needs(65_536 - TAKEN - 4096 - 15))
    assert fast_copies(placement, board.regions, (HOT, MILD), _size).symbols == ("weights_1",)
