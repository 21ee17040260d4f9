"""From a board's memory and what a model needs to a region for everything that is linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edgegen.boards import BoardProfile, Content, Region, regions_for
from edgegen.errors import EdgegenError

# Room that start-up code, application and a small model's kernels need at least.
_CODE_BYTES = 8 * 1024
# The application's data; where the flash must be mapped first, its constants lie there too.
_DATA_BYTES = {"rv32imc": 1872, "lx6": 1872, "lx7": 1872}
_DATA_BYTES_ELSE = 1152
# What code in fast memory may take beyond its own bytes: alignment, and jumps that reach far.
_SLACK_BYTES = 64
_NAMES = {"constants": "weights and constants", "arena": "the arena"}


@dataclass(frozen=True, slots=True)
class LayerLoad:
    """What a layer runs and reads, `macs` says how hot it is.

    `code` are pairs of source file and section of its object, "" for all of them; `arrays` constants (symbol, bytes).
    """

    macs: int
    code: tuple[tuple[str, str], ...]
    arrays: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be placed, in bytes: `arenas` are the parts of the arena, `peak_layer` names its fullest layer."""

    name: str
    arenas: tuple[int, ...]
    constant_bytes: int
    peak_layer: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """A region for each content, and for each part of the arena; `free` is what is left of every region, in bytes."""

    places: Mapping[Content, Region]
    arenas: tuple[Region, ...]
    free: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FastCopies:
    """What is copied to faster memory: code and constant arrays as in LayerLoad; a region is None for nothing."""

    code_region: Region | None = None
    code: tuple[tuple[str, str], ...] = ()
    constants_region: Region | None = None
    symbols: tuple[str, ...] = ()


def place(profile: BoardProfile, needs: Needs, *, simulator: bool = False) -> Placement:
    """Chooses a region for each content: the first that has room left, in the order of `boards.regions_for`.

    Raises EdgegenError with every region, what was to lie there and what would help, where something fits nowhere.
    """
    attempt = _Attempt(profile, simulator)
    for content, size in _fixed_needs(profile, needs).items():
        attempt.put(content, size)
    for size in needs.arenas:
        attempt.put("arena", size)
    if attempt.misfits:
        raise EdgegenError(_explain(profile, needs, attempt))
    arenas = tuple(attempt.arenas)
    return Placement({**attempt.places, "arena": arenas[0]}, arenas, attempt.free)


def arena_room(profile: BoardProfile, needs: Needs, *, simulator: bool = False) -> tuple[int, ...]:
    """The bytes that each part of the arena may have where no one region has room for it, in the order of `place`.

    Empty where one region has, or where all together don't.
    """
    attempt = _Attempt(profile, simulator)
    for content, size in _fixed_needs(profile, needs).items():
        attempt.put(content, size)
    room = tuple(attempt.free[region.name] for region in regions_for(attempt.regions, "arena"))
    wanted = sum(needs.arenas)
    return () if wanted <= max(room) or wanted > sum(room) else room


def fast_copies(
    placement: Placement, regions: Sequence[Region], layers: Sequence[LayerLoad], code_bytes: Callable[[str, str], int]
) -> FastCopies:
    """Fills what is left of faster regions with the kernels, then the constants, of the layers with most MACs.

    `code_bytes` gives the size of code; it is asked only where there is a faster region for it.
    """
    free = dict(placement.free)
    hottest = sorted((layer for layer in layers if layer.macs), key=lambda layer: -layer.macs)
    code_region = _faster(placement, regions, "code")
    code: dict[tuple[str, str], None] = {}
    for layer in hottest if code_region else ():
        assert code_region is not None
        new = [part for part in layer.code if part not in code]
        size = sum(bytes_ + _SLACK_BYTES for bytes_ in (code_bytes(*part) for part in new) if bytes_)
        if size <= free[code_region.name]:
            free[code_region.name] -= size
            code.update(dict.fromkeys(new))
    constants = _faster(placement, regions, "constants")
    symbols: dict[str, None] = {}
    for layer in hottest if constants else ():
        assert constants is not None
        for symbol, size in layer.arrays:
            if symbol not in symbols and size + 15 <= free[constants.name]:
                free[constants.name] -= size + 15
                symbols[symbol] = None
    return FastCopies(code_region if code else None, tuple(code), constants if symbols else None, tuple(symbols))


class _Attempt:
    """Contents put into regions one after the other, and what found no room."""

    def __init__(self, profile: BoardProfile, simulator: bool) -> None:
        self.regions = profile.image_regions(simulator)
        self.free = {region.name: region.length_bytes for region in self.regions}
        self.held: dict[str, list[str]] = {region.name: [] for region in self.regions}
        self.places: dict[Content, Region] = {}
        self.arenas: list[Region] = []
        self.misfits: list[tuple[Content, int]] = []

    def put(self, content: Content, size: int) -> None:
        found = next((r for r in regions_for(self.regions, content) if size <= self.free[r.name]), None)
        if found is None:
            self.misfits.append((content, size))
            return
        self.free[found.name] -= size
        self.held[found.name].append(f"{content} {size}")
        if content == "arena":
            self.arenas.append(found)
        else:
            self.places[content] = found


def _fixed_needs(profile: BoardProfile, needs: Needs) -> dict[Content, int]:
    """Everything but the arena, in the order in which it is placed."""
    stack = profile.stack_bytes if profile.core != "host" else 0
    data = _DATA_BYTES.get(profile.core, _DATA_BYTES_ELSE)
    return {"code": _CODE_BYTES, "constants": needs.constant_bytes, "stack": stack, "data": data}


def _faster(placement: Placement, regions: Sequence[Region], content: Content) -> Region | None:
    """The fastest RAM region that may hold copies of `content` and is known to be faster than its home.

    Code whose home is RAM is where a loader put it, and stays there.
    """
    home = placement.places[content]
    if content == "code" and home.kind == "ram":
        return None
    found = [r for r in regions if r.kind == "ram" and content in r.holds and r.is_faster(home)]
    return min(found, key=lambda region: region.wait_states or 0, default=None)


def _explain(profile: BoardProfile, needs: Needs, attempt: _Attempt) -> str:
    parts = []
    for content, size in attempt.misfits:
        candidates = regions_for(attempt.regions, content)
        room = ", ".join(f"'{r.name}' has {attempt.free[r.name]} of {r.length_bytes} bytes" for r in candidates)
        peak = f" (peak at layer {needs.peak_layer})" if content == "arena" and needs.peak_layer else ""
        short = size - max(attempt.free[region.name] for region in candidates)
        parts.append(f"{_NAMES.get(content, content)}{peak} needs {size} bytes, {room}: {short} too few")
    memory = "; ".join(
        f"'{r.name}' {r.length_bytes} bytes ({', '.join(attempt.held[r.name]) or 'empty'})" for r in attempt.regions
    )
    return (
        f"{needs.name} does not fit {profile.id}: {'; '.join(parts)}\nregions as filled: {memory}\n"
        "what would help: a smaller input or fewer channels, compressing the model, "
        "or a board with more memory (`edgegen boards`)"
    )
