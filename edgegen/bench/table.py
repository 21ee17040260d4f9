"""Shows a benchmark record to people: totals, and one row per layer, as rich tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from edgegen.bench.record import BenchRecord

_NONE = "-"
_GAP = 2
_SHORTEST_NAME, _LONGEST_NAME = 8, 32


def print_record(record: BenchRecord, console: Console) -> None:
    """Prints the totals and the per-layer table; names come from the model and are never read as markup."""
    kind = "simulated: times and energy are estimates" if record.simulated else "measured"
    head = f"{record.board} ({record.device}), {record.toolchain}, {record.optimize}, {record.runs} runs; {kind}"
    console.print(Text(head), soft_wrap=True)
    console.print(totals_table(record))
    console.print()
    room = console.width - console.measure(layers_table(record)).maximum - _GAP
    console.print(layers_table(record, name_width=min(room, _LONGEST_NAME)))


def totals_table(record: BenchRecord) -> Table:
    """What was found per inference; rows without a figure are left out."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    rows = (
        ("instructions", _whole(record.instructions)),
        ("cycles, measured (median)", _whole(record.cycles)),
        ("cycles, estimated", _estimate(record)),
        ("latency, measured (median)", _microseconds(record.latency_us_median)),
        ("  min to max", _span(record)),
        ("  95 % of the runs within", _microseconds(record.latency_us_p95)),
        ("latency, estimated", _microseconds(record.latency_us_estimated)),
        ("energy, estimated", _unit(record.energy_uj_estimated, "uJ")),
        ("clock", _NONE if record.clock_hz is None else f"{record.clock_hz / 1e6:,.1f} MHz"),
        ("flash wait states", _whole(record.flash_wait_states)),
        ("caches on", _NONE if record.caches is None else record.caches or "none"),
        ("arena", _bytes(record.arena_bytes)),
        ("RAM, arena included", _bytes(record.ram_bytes)),
        ("stack, used", _bytes(record.stack_bytes)),
        ("flash", _bytes(record.flash_bytes)),
        ("MACs", _whole(record.macs)),
        ("known-answer test", {True: "passed", False: "FAILED", None: _NONE}[record.output_match]),
    )
    for name, text in rows:
        if text != _NONE:
            table.add_row(name, text)
    return table


def layers_table(record: BenchRecord, name_width: int = 0) -> Table:
    """One row per layer; columns that this device can't fill are left out, and names without room for them."""
    named = name_width >= _SHORTEST_NAME
    counted = record.instructions is not None
    timed = any(layer.cycles is not None for layer in record.layers)
    table = Table(box=None, pad_edge=False)
    table.add_column("layer", justify="right")
    table.add_column("operator", no_wrap=True)
    if named:
        table.add_column("name", overflow="ellipsis", no_wrap=True, max_width=name_width)
    for title, shown in _columns(counted, timed):
        if shown:
            table.add_column(title, justify="right", no_wrap=True)
    for layer in record.layers:
        part = layer.instructions if counted else layer.cycles
        whole = record.instructions if counted else sum(row.cycles or 0 for row in record.layers)
        cells = {
            "MACs": _whole(layer.macs),
            "instructions": _whole(layer.instructions),
            "cycles": _whole(layer.cycles),
            "share %": _ratio(part, whole, 100, 1),
            "instr/MAC": _ratio(layer.instructions, layer.macs, 1, 2),
            "est. cycles": _whole(layer.cycles_estimated),
        }
        shown_cells = (cells[title] for title, shown in _columns(counted, timed) if shown)
        names = (Text(layer.op), Text(layer.name)) if named else (Text(layer.op),)
        table.add_row(str(layer.index), *names, *shown_cells)
    return table


def _columns(counted: bool, timed: bool) -> tuple[tuple[str, bool], ...]:
    return (
        ("MACs", True),
        ("instructions", counted),
        ("cycles", timed),
        ("share %", counted or timed),
        ("instr/MAC", counted),
        ("est. cycles", counted),
    )


def _estimate(record: BenchRecord) -> str:
    if record.cycles_estimated is None:
        return _NONE
    low, high = _whole(record.cycles_estimated_low), _whole(record.cycles_estimated_high)
    return f"{_whole(record.cycles_estimated)} ({low} to {high})"


def _span(record: BenchRecord) -> str:
    if record.latency_us_min is None or record.latency_us_max is None:
        return _NONE
    return f"{record.latency_us_min:,.1f} to {record.latency_us_max:,.1f} us"


def _whole(value: int | None) -> str:
    return _NONE if value is None else f"{value:,}"


def _bytes(value: int | None) -> str:
    return _NONE if value is None else f"{value:,} bytes"


def _microseconds(value: float | None) -> str:
    return _unit(value, "us")


def _unit(value: float | None, unit: str) -> str:
    return _NONE if value is None else f"{value:,.1f} {unit}"


def _ratio(part: int | None, whole: int | None, scale: float, digits: int) -> str:
    return _NONE if part is None or not whole else f"{scale * part / whole:,.{digits}f}"
