"""The kernels that run a layer fastest, found by measuring every set that a board's core can run, and their file.

A choice is by tensor: the first output of a node of the main graph, and the target that the node is lowered for
instead of the board's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from edgegen.errors import EdgegenError, InputError
from edgegen.ir import Graph
from edgegen.ops.base import Target
from edgegen.ops.variants import alternatives
from edgegen.resources import resource_dir

SCHEMA = "edgegen.autotune/1"
_OPTIMIZE = ("speed", "size")

Choices: TypeAlias = Mapping[int, Target]
Measure: TypeAlias = "Callable[[Choices], Mapping[int, int]]"
"""Instructions of each layer, by the first output of its node, where the layers are lowered as chosen."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a choice was made for; any other may be best for another."""

    model_sha256: str
    board: str
    toolchain: str
    arena_limit: int | None
    kernels: str


class WrongOutputs(EdgegenError):
    """Kernels that don't compute what the scalar ones do: no choice is worth that."""


class _Layer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    tensor: int
    layer: str
    isa: str
    optimize: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    model_sha256: str
    board: str
    toolchain: str
    arena_limit: int | None
    kernels: str
    instructions: int
    instructions_before: int
    layers: list[_Layer]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    schema_: str = Field(alias="schema")
    entries: list[_Entry]


@dataclass(frozen=True, slots=True)
class Tuning:
    """The choices that differ from the board's own kernels, and the instructions of all layers with and without."""

    choices: Choices
    instructions: int
    instructions_before: int


def kernels_version() -> str:
    """A name for the kernels and for what chooses among them: SHA-256 over their sources."""
    digest = hashlib.sha256()
    for folder, pattern in ((resource_dir("firmware") / "kernels", "*.[ch]"), (Path(__file__).parent / "ops", "*.py")):
        for path in sorted(folder.rglob(pattern)):
            data = path.read_bytes()
            digest.update(f"{path.name} {len(data)} ".encode())
            digest.update(data)
    return digest.hexdigest()


def targets_of(own: Target, isas: Sequence[str]) -> tuple[Target, ...]:
    """The board's own target first, then every other that its core can run."""
    every = (Target(isa, optimize) for isa in (own.isa, *isas, "scalar") for optimize in _OPTIMIZE)
    return tuple(dict.fromkeys((own, *every)))


def tune(graph: Graph, targets: Sequence[Target], measure: Measure, step: Callable[[str], None]) -> Tuning:
    """Measures every alternative of every layer, one of each layer at a time, and keeps the best.

    `graph` is the main graph as lowered; `targets` begins with the board's own. What can't be built is not chosen.
    """
    options = {node.outputs[0]: alternatives(graph, node, targets) for node in graph.nodes if node.outputs}
    rounds = max((len(found) for found in options.values()), default=1)
    step(f"autotune: measuring 1 of {rounds}")
    before = measure({})
    best = {tensor: (before.get(tensor, 0), 0) for tensor in options}
    for number in range(1, rounds):
        step(f"autotune: measuring {number + 1} of {rounds}")
        tried = {tensor: found[number] for tensor, found in options.items() if number < len(found)}
        try:
            counts = measure(tried)
        except WrongOutputs:
            raise
        except EdgegenError as error:
            step(f"autotune: {str(error).splitlines()[0]}")
            continue
        for tensor in tried:
            best[tensor] = min(best[tensor], (counts.get(tensor, 0), number))
    choices = {tensor: options[tensor][number] for tensor, (_, number) in best.items() if number}
    total = sum(before.values())
    if not choices:
        return Tuning({}, total, total)
    step("autotune: measuring the choice")
    after = sum(measure(choices).values())
    return Tuning(choices, after, total) if after < total else Tuning({}, total, total)


def read_choices(path: Path, key: Key, isas: Sequence[str]) -> Choices | None:
    """The choices kept for `key`, None where there are none. Raises InputError for a file of another kind."""
    for entry in _entries(path):
        if _key(entry) == key:
            choices = {layer.tensor: Target(layer.isa, layer.optimize) for layer in entry.layers}
            if any(t.isa not in isas or t.optimize not in _OPTIMIZE for t in choices.values()):
                raise InputError(f"{path}: names kernels that board {key.board} can't run\n{_REMEDY}")
            return choices
    return None


def write_choices(path: Path, key: Key, tuning: Tuning, graph: Graph) -> None:
    """Keeps a tuning in the place of what the file holds for the same model, board, toolchain and limit."""
    same = (key.model_sha256, key.board, key.toolchain, key.arena_limit)
    kept = [e for e in _entries(path) if (e.model_sha256, e.board, e.toolchain, e.arena_limit) != same]
    nodes = {node.outputs[0]: node.op for node in graph.nodes if node.outputs}
    layers = [
        _Layer(
            tensor=tensor,
            layer=f"{nodes[tensor]} {graph.tensors[tensor].name}",
            isa=target.isa,
            optimize=target.optimize,
        )
        for tensor, target in sorted(tuning.choices.items())
    ]
    entry = _Entry(
        model_sha256=key.model_sha256,
        board=key.board,
        toolchain=key.toolchain,
        arena_limit=key.arena_limit,
        kernels=key.kernels,
        instructions=tuning.instructions,
        instructions_before=tuning.instructions_before,
        layers=layers,
    )
    entries = sorted([*kept, entry], key=lambda e: (e.model_sha256, e.board, e.toolchain, e.arena_limit or 0))
    text = json.dumps({"schema": SCHEMA, "entries": [e.model_dump() for e in entries]}, indent=2) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(f"'{path}' can't be written: {error.strerror}\nname another file with --tuning") from None


_REMEDY = "name another file with --tuning, or remove this one and it is measured again"


def _entries(path: Path) -> list[_Entry]:
    try:
        file = _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror}\n{_REMEDY}") from None
    except (ValueError, RecursionError):  # ValidationError is a ValueError too
        raise InputError(f"{path}: not a file of --autotune\n{_REMEDY}") from None
    if file.schema_ != SCHEMA:
        raise InputError(f"{path}: schema {file.schema_!r:.80}, this edgegen reads {SCHEMA!r}\n{_REMEDY}")
    return file.entries


def _key(entry: _Entry) -> Key:
    return Key(entry.model_sha256, entry.board, entry.toolchain, entry.arena_limit, entry.kernels)
