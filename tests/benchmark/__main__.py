"""Measures real networks on every simulated board and writes tests/benchmark/{record.json,README.md}.

    python -m tests.benchmark                     # all networks, boards, and both optimisations
    python -m tests.benchmark --boards esp32      # some; the other rows of the record stay

Run it after a deliberate change of kernels, read the difference, commit it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmark.measure import (
    BOARDS,
    FURTHER_MODELS,
    MODELS,
    Figures,
    baselines,
    measure,
    read_record,
    write_record,
)

TABLE = Path(__file__).parent / "README.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boards", nargs="+", default=list(BOARDS))
    parser.add_argument("--models", nargs="+", default=[*MODELS, *FURTHER_MODELS])
    parser.add_argument("--optimize", nargs="+", choices=("speed", "size"), default=["speed", "size"])
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    jobs = [(m, b, o) for m in arguments.models for b in arguments.boards for o in arguments.optimize]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        rows = list(pool.map(measure, *zip(*jobs, strict=True)))
    for row in rows:
        print(f"{row.key}: {row.note or f'{row.instructions:,} instructions'}")
    record = read_record() | {row.key: row for row in rows}
    write_record(list(record.values()))
    TABLE.write_text(page(list(record.values())), encoding="utf-8")
    wrong = [row.key for row in rows if not row.note and not row.output_match]
    print(f"{len(rows)} rows; outputs differ: {wrong or 'none'}")
    return 1 if wrong else 0


def page(rows: Sequence[Figures]) -> str:
    """The Markdown page of the record."""
    lines = [
        "# Benchmark",
        "",
        "Instructions executed per inference, counted under QEMU (deterministic); cycles are estimates, not",
        "measured on silicon. Flash is the whole firmware: code, weights, constants. TFLM is TensorFlow Lite Micro",
        "with CMSIS-NN on Arm and with ESP-NN's C kernels on RISC-V, measured in the same way. Every row's outputs",
        "were compared byte for byte with those computed on the host. Made by `make benchmark`.",
        "",
    ]
    table = {row.key: row for row in rows}
    reference = baselines()
    for board in sorted({row.board for row in rows}):
        lines += [f"## {board}", "", "| " + " | ".join(_HEADER) + " |", "|" + "---|" * len(_HEADER)]
        for row in (table[key] for key in sorted(table)):
            if row.board == board:
                lines.append(_line(row, reference.get((row.model, board), {})))
        lines.append("")
    return "\n".join(lines)


_HEADER = (
    "model", "optimize", "instructions", "per MAC", "TFLM instructions", "ratio", "cycles (estimate)", "arena",
    "TFLM arena", "RAM", "stack", "flash", "TFLM flash",
)  # fmt: skip


def _line(row: Figures, tflm: dict[str, int]) -> str:
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


if __name__ == "__main__":
    sys.exit(main())
