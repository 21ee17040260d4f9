"""The record as Markdown: each board's table, layers' shares, published figures beside ours, the README's table."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence

from tests.benchmark.measure import BOARDS, MODELS, SHARED, Figures, baselines

_NAMES = {
    "kws_ref_model": ("keyword spotting", "kws"),
    "vww_96_int8": ("visual wake words", "vww"),
    "pretrainedResnet_quant": ("image classification", "ic"),
    "ad01_int8": ("anomaly detection", "ad"),
    "str_ww_ref_model": ("streaming wake word", "sww"),
    "person_detect": ("person detection", ""),
}
_CORES = {
    "nucleo-l4r5zi": "Cortex-M4",
    "mps3-an547": "Cortex-M55",
    "esp32c3": "ESP32-C3",
    "esp32": "ESP32",
    "raspberry-pi-pico": "Cortex-M0+",
}
_MOST_LAYERS = 8
_PUBLISHED_BOARD, _PUBLISHED_MHZ = "nucleo-l4r5zi", 120


def tables_page(rows: Mapping[str, Figures]) -> str:
    """All figures, board by board."""
    lines = [
        "# Benchmark",
        "",
        "Instructions executed per inference, counted under QEMU (deterministic); cycles are estimates, not",
        "measured on silicon. Flash is the whole firmware: code, weights, constants. TFLM is TensorFlow Lite Micro",
        "with CMSIS-NN on Arm and with ESP-NN's C kernels on RISC-V, measured in the same way. Every row's outputs",
        "were compared byte for byte with those computed on the host. [Where each network spends its",
        "instructions](layers.md). Made by `make benchmark`.",
        "",
        *_published(rows),
    ]
    reference = baselines()
    for board in sorted({row.board for row in rows.values()}):
        lines += [f"## {board}", "", "| " + " | ".join(_HEADER) + " |", "|" + "---|" * len(_HEADER)]
        for _, row in sorted(rows.items()):
            if row.board == board:
                lines.append(_line(row, reference.get((row.model, board), {})))
        lines.append("")
    return "\n".join(lines)


_HEADER = (
    "model", "optimize", "instructions", "per MAC", "TFLM instructions", "ratio", "cycles (estimate)", "arena",
    "TFLM arena", "RAM", "stack", "flash", "TFLM flash",
)  # fmt: skip


def _line(row: Figures, tflm: Mapping[str, int]) -> str:
    if row.note:
        return f"| {row.model} | {row.optimize} | {row.note} |" + " |" * (len(_HEADER) - 3)
    per_mac = f"{row.instructions / row.macs:.2f}" if row.macs else "-"
    theirs = tflm.get("instructions")
    cells = [
        row.model, row.optimize, f"{row.instructions:,}", per_mac, _number(theirs),
        f"{theirs / row.instructions:.2f}x" if theirs else "-", f"{row.cycles_estimated:,}", f"{row.arena_bytes:,}",
        _number(tflm.get("arena_bytes")), f"{row.ram_bytes:,}", f"{row.stack_bytes:,}", f"{row.flash_bytes:,}",
        _number(tflm.get("flash_bytes")),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _number(value: int | None) -> str:
    return f"{value:,}" if value else "-"


def _published(rows: Mapping[str, Figures]) -> list[str]:
    """Our estimate on Cortex-M4 beside the fastest closed MLPerf Tiny result at the same clock, in cycles."""
    path = SHARED / "truth" / "mlperf_tiny_m4_m0.csv"
    with path.open(encoding="utf-8", newline="") as file:
        results = [
            row
            for row in csv.DictReader(file)
            if row["core"] == "Cortex-M4" and row["clock_mhz"] == str(_PUBLISHED_MHZ) and row["latency_ms"]
        ]
    lines = [
        f"## Cortex-M4 at {_PUBLISHED_MHZ} MHz, beside published results",
        "",
        "Millions of cycles. Ours are estimates from executed instructions, never measured on silicon; theirs are the",
        "fastest closed MLPerf Tiny latency on a Cortex-M4 at this clock, times the clock.",
        "",
        "| network | edgegen, estimated | published, measured | by |",
        "|---|---|---|---|",
    ]
    for model, (name, task) in _NAMES.items():
        own = rows.get(f"{model}/{_PUBLISHED_BOARD}/speed")
        of_task = [row for row in results if row["task"] == task]
        if own is None or not of_task:
            continue
        best = min(of_task, key=lambda row: float(row["latency_ms"]))
        cycles = float(best["latency_ms"]) * _PUBLISHED_MHZ / 1000
        by = f"{best['stack']}, {best['board']}, {best['version']}"
        lines.append(f"| {name} | {own.cycles_estimated / 1e6:.2f} | {cycles:.2f} | {by} |")
    return [*lines, ""]


def layers_page(rows: Mapping[str, Figures]) -> str:
    """For each network and board, the layers that take most of its instructions."""
    lines = [
        "# Where the instructions go",
        "",
        f"For each network and board, with `--optimize speed`, the {_MOST_LAYERS} layers that execute most: the next",
        "thing to make faster is at the top. Made by `make benchmark`; `edgegen bench` shows every layer.",
        "",
    ]
    for _, row in sorted(rows.items()):
        if row.optimize != "speed" or not row.layers:
            continue
        lines += [f"## {row.model} on {row.board}", ""]
        lines += ["| layer | operator | instructions | share | per MAC |", "|---|---|---|---|---|"]
        for layer in sorted(row.layers, key=lambda layer: -layer.instructions)[:_MOST_LAYERS]:
            share = 100 * layer.instructions / max(row.instructions, 1)
            per_mac = f"{layer.instructions / layer.macs:.2f}" if layer.macs else "-"
            lines.append(f"| {layer.index} | {layer.op} | {layer.instructions:,} | {share:.1f} % | {per_mac} |")
        lines.append("")
    return "\n".join(lines)


def readme_table(rows: Mapping[str, Figures]) -> str:
    """The README's table: instructions of both optimisations on each core, arena and flash on Cortex-M4."""
    boards = [board for board in BOARDS if f"{MODELS[0]}/{board}/speed" in rows]
    header = ["network", "optimize", *(_CORES[board] for board in boards), "arena on M4", "flash on M4"]
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    reference = baselines()
    for model, (name, _) in _NAMES.items():
        for optimize in ("speed", "size"):
            cells = [name if optimize == "speed" else "", optimize]
            cells += [_short(rows[f"{model}/{board}/{optimize}"], reference.get((model, board))) for board in boards]
            first = rows[f"{model}/{boards[0]}/{optimize}"]
            tflm = reference.get((model, boards[0]), {}) if optimize == "speed" else {}
            cells += [_beside(first.arena_bytes, tflm.get("arena_bytes"))]
            cells += [_beside(first.flash_bytes, tflm.get("flash_bytes"))]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short(row: Figures, tflm: Mapping[str, int] | None) -> str:
    if row.note:
        return "does not fit"
    digits = 3 if row.instructions < 1e6 else 2
    text = f"{row.instructions / 1e6:.{digits}f} M"
    return f"{text} ({tflm['instructions'] / row.instructions:.1f}x)" if tflm else text


def _beside(ours: int, theirs: int | None) -> str:
    return f"{ours:,} (TFLM {theirs:,})" if theirs else f"{ours:,}"


def with_table(text: str, rows: Mapping[str, Figures]) -> str:
    """The README with the table between its two markers made anew. Raises ValueError where the markers are missing."""
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"README.md has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{readme_table(rows)}\n{END}{after}"


BEGIN, END = "<!-- benchmark table, made by make benchmark -->", "<!-- end of the benchmark table -->"


def missing_rows(rows: Mapping[str, Figures], models: Sequence[str]) -> list[str]:
    """Keys that a complete record has and this one lacks."""
    keys = [f"{model}/{board}/{optimize}" for model in models for board in BOARDS for optimize in ("speed", "size")]
    return [key for key in keys if key not in rows]
