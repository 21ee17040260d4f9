"""The search for the fastest kernels, with invented measurements, and its file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from edgegen.autotune import (
    Choices,
    Key,
    Tuning,
    WrongOutputs,
    kernels_version,
    read_choices,
    targets_of,
    tune,
    write_choices,
)
from edgegen.boards import load_board
from edgegen.errors import EdgegenError, InputError
from edgegen.ir import Graph
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.ops.variants import alternatives
from edgegen.passes import run_passes
from tests.kernels.chains import chains

OWN = Target("armv7em")
TARGETS = targets_of(OWN, load_board("nucleo-l4r5zi").isas)
KEY = Key("ab" * 32, "nucleo-l4r5zi", "zig", None, kernels_version())


@pytest.fixture(scope="module")
def graph() -> Graph:
    return run_passes(read_tflite(chains(1), "chains"))


def test_targets_are_what_the_core_runs_with_the_boards_own_first() -> None:
    assert TARGETS[0] == OWN
    assert len(set(TARGETS)) == len(TARGETS)
    assert {target.isa for target in TARGETS} == {"armv7em", "armv6m", "scalar"}
    assert {target.optimize for target in TARGETS} == {"speed", "size"}
    assert {target.isa for target in targets_of(Target("rv32im"), load_board("esp32c3").isas)} == {"rv32im", "scalar"}


def test_alternatives_differ_from_each_other(graph: Graph) -> None:
    several = 0
    for node in graph.nodes:
        found = alternatives(graph, node, TARGETS)
        assert found[0] == OWN
        assert len(set(found)) == len(found)
        several += len(found) > 1
    assert several > len(graph.nodes) // 2


class _Invented:
    """Instructions by layer: 100 with the board's own kernels, else as `costs` says for an instruction set."""

    def __init__(self, graph: Graph, **costs: int) -> None:
        self.tensors = [node.outputs[0] for node in graph.nodes]
        self.costs = costs
        self.asked: list[Choices] = []

    def __call__(self, choices: Choices) -> dict[int, int]:
        self.asked.append(choices)
        return {t: self.costs.get(choices[t].isa, 500) if t in choices else 100 for t in self.tensors}


def test_the_fastest_alternative_of_each_layer_is_kept(graph: Graph) -> None:
    measure = _Invented(graph, armv6m=90, scalar=80)
    found = tune(graph, TARGETS, measure, lambda step: None)
    options = {node.outputs[0]: alternatives(graph, node, TARGETS) for node in graph.nodes}
    expected = {}
    for tensor, targets in options.items():
        isas = [target.isa for target in targets[1:]]
        if isas:
            expected[tensor] = targets[1 + isas.index(min(isas, key=lambda isa: measure.costs.get(isa, 500)))]
    expected = {tensor: target for tensor, target in expected.items() if measure.costs.get(target.isa, 500) < 100}
    assert dict(found.choices) == expected
    assert found.instructions < found.instructions_before == 100 * len(graph.nodes)
    # Once as it is, once for each alternative after that, and once with the choice.
    assert len(measure.asked) == max(map(len, options.values())) + 1


def test_the_boards_own_kernels_stay_where_nothing_is_faster(graph: Graph) -> None:
    found = tune(graph, TARGETS, _Invented(graph, armv6m=100, scalar=300), lambda step: None)
    assert (dict(found.choices), found.instructions) == ({}, found.instructions_before)


def test_a_choice_that_is_slower_as_a_whole_is_dropped(graph: Graph) -> None:
    measure = _Invented(graph, armv6m=90, scalar=500)

    def together(choices: Choices) -> dict[int, int]:
        counts = measure(choices)
        final = bool(choices) and all(target.isa == "armv6m" for target in choices.values())
        return {tensor: count + 50 * final for tensor, count in counts.items()} if len(measure.asked) > 4 else counts

    assert not tune(graph, TARGETS, together, lambda step: None).choices or len(measure.asked) <= 4


def test_what_can_t_be_built_is_not_chosen_but_wrong_outputs_end_it(graph: Graph) -> None:
    def measure(error: type[EdgegenError], choices: Choices) -> dict[int, int]:
        if any(target.isa == "scalar" for target in choices.values()):
            raise error("no")
        return _Invented(graph, armv6m=90)(choices)

    found = tune(graph, TARGETS, lambda choices: measure(EdgegenError, choices), lambda step: None)
    assert all(target.isa != "scalar" for target in found.choices.values())
    with pytest.raises(WrongOutputs):
        tune(graph, TARGETS, lambda choices: measure(WrongOutputs, choices), lambda step: None)


def _tuning(graph: Graph) -> Tuning:
    return Tuning({graph.nodes[0].outputs[0]: Target("scalar", "size")}, 90, 100)


def test_a_choice_is_read_back_for_the_same_key_alone(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "m.autotune.json"
    assert read_choices(path, KEY, ("scalar",)) is None
    write_choices(path, KEY, _tuning(graph), graph)
    other = dataclasses.replace(KEY, board="netduinoplus2")
    write_choices(path, other, Tuning({}, 100, 100), graph)
    assert read_choices(path, KEY, ("scalar",)) == _tuning(graph).choices
    assert read_choices(path, other, ("scalar",)) == {}
    for change in (
        {"model_sha256": "cd"},
        {"board": "esp32"},
        {"toolchain": "arm_gcc"},
        {"arena_limit": 5},
        {"kernels": ""},
    ):
        assert read_choices(path, dataclasses.replace(KEY, **change), ("scalar",)) is None  # type: ignore[arg-type]
    before = path.read_text()
    write_choices(path, KEY, _tuning(graph), graph)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_choice_for_older_kernels_is_replaced(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "m.autotune.json"
    write_choices(path, dataclasses.replace(KEY, kernels="old"), _tuning(graph), graph)
    write_choices(path, KEY, _tuning(graph), graph)
    assert [entry["kernels"] for entry in json.loads(path.read_text())["entries"]] == [KEY.kernels]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 1, "entries": []}', '{"schema": "edgegen.autotune/2", "entries": []}',
     '{"schema": "edgegen.autotune/1", "entries": [{}]}', "[" * 100_000, '{"entries": []}', "\ud7ff\x00"],
)  # fmt: skip
def test_another_kind_of_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="--tuning") as caught:
        read_choices(path, KEY, ("scalar",))
    assert str(path) in str(caught.value)


def test_kernels_that_the_core_can_t_run_are_refused(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    write_choices(path, KEY, _tuning(graph), graph)
    with pytest.raises(InputError, match="can't run"):
        read_choices(path, KEY, ("armv6m",))


def test_a_folder_that_can_t_be_written_is_told(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be written"):
        write_choices(tmp_path / "none" / "m.json", KEY, _tuning(graph), graph)
