"""Measures real networks on every simulated board and writes tests/benchmark/{record.json,README.md,layers.md}
and the README's table.

    python -m tests.benchmark                     # all networks, boards, and both optimisations
    python -m tests.benchmark --boards esp32      # some; the other rows of the record stay

Run it after a deliberate change of kernels, read the difference, commit it.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmark.measure import BOARDS, FURTHER_MODELS, MODELS, measure, read_record, write_record
from tests.benchmark.page import layers_page, tables_page, with_table

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


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
    (FOLDER / "README.md").write_text(tables_page(record), encoding="utf-8")
    (FOLDER / "layers.md").write_text(layers_page(record), encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text(encoding="utf-8"), record), encoding="utf-8")
    wrong = [row.key for row in rows if not row.note and not row.output_match]
    print(f"{len(rows)} rows; outputs differ: {wrong or 'none'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
