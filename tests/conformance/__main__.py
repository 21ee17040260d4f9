"""Runs the long conformance checks and writes a report.

    python -m tests.conformance                       # everything, with the counts below
    python -m tests.conformance --only golden boards  # some of it
    python -m tests.conformance --only operators graphs --cases 10000 --seed 7

Each failing random or mutated case is written to the report's folder as a .tflite. Exit status 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TypeVar

from tests.conformance import golden, hostile
from tests.fuzz_tflite_reader import seed_model
from tests.keras.check import observe
from tests.keras.table import KINDS, ROWS
from tests.kernels.differential import BATCH, compare, generators
from tests.networks import random_network
from tests.pass_patterns import random_patterns
from tests.random_graphs import random_graph

T = TypeVar("T")

STAGES = ("golden", "boards", "operators", "graphs", "keras", "hostile")


@dataclass(slots=True)
class Stage:
    """What one stage found: counts by outcome, lines for the report, failing cases."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--cases", type=int, default=5000, help="random models each of `operators` and `graphs`")
    parser.add_argument("--mutations", type=int, default=20_000, help="files of `hostile`")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("-o", dest="out", type=Path, default=Path("build/conformance"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"seed {arguments.seed}")
    stages = []
    for name in arguments.only:
        start = time.monotonic()
        with ProcessPoolExecutor(arguments.jobs) as pool:
            stage = _STAGES[name](pool, arguments)
        stage.lines.append(f"{time.monotonic() - start:.0f} s")
        stages.append(stage)
        print(f"{name}: {dict(stage.counts)}")
        for line in [*stage.lines, *stage.failures]:
            print(f"  {line}")
    _write_report(arguments.out, arguments.seed, stages)
    return 1 if any(stage.failures for stage in stages) else 0


def _golden(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    stage = Stage("golden")
    results = list(pool.map(golden.check_on_host, golden.model_names()))
    for result in results:
        stage.counts[result.outcome] += 1
        if result.outcome != "equal":
            stage.failures.append(f"{result.model}: {result.outcome}: {result.detail}")
    slowest = sorted(results, key=lambda r: -r.seconds)[:10]
    stage.lines.append("slowest to compile: " + ", ".join(f"{r.model} {r.seconds:.2f} s" for r in slowest))
    return stage


def _boards(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    stage = Stage("boards")
    pairs = [(name, board) for board in golden.BOARDS for name in golden.model_names(real_networks=True)]
    for result in pool.map(golden.check_on_board, *zip(*pairs, strict=True)) if pairs else ():
        stage.counts[f"{result.board}: {result.outcome}"] += 1
        if result.outcome not in ("equal", "does not fit"):
            stage.failures.append(f"{result.model} on {result.board}: {result.outcome}: {result.detail}")
    return stage


def _operators(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    names = sorted(generators())
    each = -(-arguments.cases // len(names))
    cases = ((name, arguments.seed + i) for name in names for i in range(each))
    return _random_models(pool, arguments, "operators", cases)


def _graphs(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    kinds = ("graph", "patterns", "network")
    cases = ((kinds[i % 3], arguments.seed + i) for i in range(arguments.cases))
    return _random_models(pool, arguments, "graphs", cases)


def _random_models(
    pool: ProcessPoolExecutor, arguments: argparse.Namespace, name: str, cases: Iterable[tuple[str, int]]
) -> Stage:
    stage = Stage(name)
    for outcomes in pool.map(_compare_batch, batched(cases, BATCH)):
        for kind, seed, difference, ran, model in outcomes:
            stage.counts["different" if difference else "equal" if ran else "refused by both"] += 1
            if difference:
                path = arguments.out / f"{name}-{kind}-{seed}.tflite"
                path.write_bytes(model)
                stage.failures.append(f"{kind} seed {seed}: {difference[:300]} ({path})")
    return stage


def _compare_batch(cases: tuple[tuple[str, int], ...]) -> list[tuple[str, int, str | None, bool, bytes]]:
    models = [make_model(kind, seed) for kind, seed in cases]
    verdicts = compare(models, sanitize=False)
    return [
        (kind, seed, verdict.difference, verdict.ran, model)
        for (kind, seed), verdict, model in zip(cases, verdicts, models, strict=True)
    ]


def make_model(kind: str, seed: int) -> bytes:
    """The random model that a line of the report names."""
    rng = random.Random(seed)
    makers = {"graph": random_graph, "network": random_network, "patterns": random_patterns}
    return makers.get(kind, generators().get(kind, random_graph))(rng)


def _keras(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    stage = Stage("keras")
    if find_spec("tensorflow") is None:
        stage.lines.append("skipped: TensorFlow is not installed (edgegen's extra `compress`)")
        return stage
    jobs = [(number, kind) for kind in KINDS for number in range(len(ROWS))]
    for (number, kind), found in zip(jobs, observe(jobs, sanitize=True, processes=arguments.jobs), strict=True):
        row = ROWS[number]
        stage.counts[f"{kind}: {found.verdict}"] += 1
        if not row.expected(kind).covers(found):
            stage.failures.append(f"{row.id}, {kind}: {found.verdict}: {found.says[:300]}")
    return stage


def _hostile(pool: ProcessPoolExecutor, arguments: argparse.Namespace) -> Stage:
    stage = Stage("hostile")
    seeds = range(arguments.seed, arguments.seed + arguments.mutations)
    for findings, count in pool.map(_check_hostile, batched(seeds, 200)):
        stage.counts["checked"] += count
        for finding in findings:
            path = arguments.out / f"hostile-{finding.seed}.tflite"
            path.write_bytes(finding.model)
            stage.failures.append(f"seed {finding.seed}: {finding.problem[:300]} ({path})")
    return stage


def _check_hostile(seeds: tuple[int, ...]) -> tuple[list[hostile.Finding], int]:
    hostile.limit_this_process()
    models = hostile_seeds()
    found = (hostile.check(models, seed, sanitize=seed % 4 == 0) for seed in seeds)
    return [finding for finding in found if finding is not None], len(seeds)


def hostile_seeds() -> list[bytes]:
    """The models that get mutated: one with something of everything, and random ones."""
    return [seed_model(), *(random_graph(random.Random(i)) for i in range(20))]


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Tuples of up to `size` items, in order."""
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch


def _write_report(out: Path, seed: int, stages: list[Stage]) -> None:
    table = {
        stage.name: {"counts": dict(stage.counts), "notes": stage.lines, "failures": stage.failures} for stage in stages
    }
    (out / "report.json").write_text(json.dumps({"seed": seed, "stages": table}, indent=2) + "\n", encoding="utf-8")
    lines = ["# Conformance", "", f"Seed {seed}.", ""]
    for stage in stages:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(stage.counts.items()))
        lines += [f"## {stage.name}", "", counts, "", *(f"- {line}" for line in [*stage.lines, *stage.failures]), ""]
    (out / "report.md").write_text("\n".join(lines), encoding="utf-8")


_STAGES: dict[str, Callable[[ProcessPoolExecutor, argparse.Namespace], Stage]] = {
    "golden": _golden,
    "boards": _boards,
    "operators": _operators,
    "graphs": _graphs,
    "keras": _keras,
    "hostile": _hostile,
}

if __name__ == "__main__":
    sys.exit(main())
