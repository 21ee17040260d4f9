"""Whole recipes: what each step does to the numbers, repeatable to the byte, and able to go on after Ctrl-C."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import edgegen
from edgegen import pipeline
from edgegen.compress import quantize_aware
from edgegen.compress.interpreter import Interpreter
from edgegen.compress.prune import zero_share
from edgegen.compress.quantize import to_float_tflite
from edgegen.compress.run import TRAINING_STEPS, Compressed
from edgegen.errors import InputError
from edgegen.model_io.tflite_reader import read_tflite

END = {"kind": "quantize", "samples": 64}
BOARD = "nucleo-l4r5zi"


def run(model: Any, data: Any, *steps: dict[str, Any], **options: Any) -> Compressed:
    recipe = {"seed": 3, "steps": [*steps, END]}
    result: Compressed = edgegen.compress(model, recipe, data, **options)  # type: ignore[operator]
    return result


def test_teacher_to_small_student_on_a_board(digits_model: Any, digits: dict[str, Any], tmp_path: Path) -> None:
    result = run(
        digits_model, digits,
        {"kind": "distil", "width": 0.75, "epochs": 6, "learning_rate": 1e-2, "features": 0.1},
        {"kind": "prune", "sparsity": 0.34, "epochs": 4, "learning_rate": 5e-3},
        board=BOARD,
    )  # fmt: skip
    given, distilled, pruned, last = result.steps
    assert [step.kind for step in result.steps] == ["given", "distil", "prune", "quantize"]
    assert given.score_float > 0.9
    assert abs(given.score_integer - given.score_float) <= 0.02
    assert last.score_integer > 0.8
    for before, after in ((given, distilled), (distilled, pruned)):
        assert after.parameters < before.parameters
        assert after.tflite_bytes < before.tflite_bytes
        for figure in ("macs", "flash_bytes", "instructions"):
            assert getattr(after.compiled, figure) < getattr(before.compiled, figure), figure
    assert not [step.compiled.problem for step in result.steps if step.compiled.problem]
    assert last.tflite_bytes == len(result.tflite)
    assert {layer.op for layer in result.layers} >= {"CONV_2D", "FULLY_CONNECTED", "SOFTMAX"}
    check_over_the_serial_line(result, tmp_path)


def check_over_the_serial_line(result: Compressed, folder: Path) -> None:
    """The firmware's answers, over the serial line of the simulated board, give the accuracy that was reported."""
    path = folder / "m.tflite"
    path.write_bytes(result.tflite)
    interpreter = Interpreter(result.tflite)
    test = result.data.test
    rows = {f"input_{i}_0": interpreter.quantized(x) for i, x in enumerate(test.x)}
    np.savez(folder / "in.npz", **rows)
    answers = {}
    for board in ("host", BOARD):
        outputs = pipeline.run(
            board, path, folder / "in.npz", folder / "out.npz", optimize="speed", port=None, step=lambda text: None
        )
        answers[board] = np.stack([arrays[0] for arrays in outputs])
    np.testing.assert_array_equal(answers[BOARD], answers["host"])
    found = answers[BOARD].reshape(len(test), -1).argmax(axis=1)
    assert float(np.mean(found == test.y)) == result.steps[-1].score_integer


def test_zeros_and_clusters_stay_through_quantisation_aware_training(
    digits_model: Any, digits: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    models = []
    original = quantize_aware.run

    def spy(model: Any, options: Any, context: Any) -> Any:
        outcome = original(model, options, context)
        models.extend([model, outcome.model])
        return outcome

    monkeypatch.setattr("edgegen.compress.run.TRAINING_STEPS", {**TRAINING_STEPS, "quantize_aware": spy})
    result = run(
        digits_model, digits,
        {"kind": "prune", "method": "magnitude", "sparsity": 0.5, "epochs": 3, "learning_rate": 2e-3},
        {"kind": "cluster", "clusters": 8, "epochs": 1},
        {"kind": "quantize_aware", "epochs": 2},
    )  # fmt: skip
    given, pruned, clustered, aware, last = result.steps
    assert given.zero_share < 0.05
    for step in (pruned, clustered, aware):
        assert step.zero_share > 0.45, step.kind
        assert step.score_float > 0.85, step.kind
    clustered_model = models[0]
    for layer in clustered_model.layers:
        for weight in layer.get_weights():
            if weight.ndim >= 2:
                assert len(np.unique(weight)) <= 8 + 1
    assert zero_share(clustered_model) > 0.45
    assert abs(last.score_integer - aware.score_float) <= 0.03
    # The range of a ReLU wastes nothing on negative numbers.
    graph = read_tflite(result.tflite, "m")
    relus = [graph.tensors[node.outputs[0]].quantization for node in graph.nodes if node.op == "CONV_2D"]
    assert relus
    assert all(found is not None and found.zero_points[0] <= -126 for found in relus)
    assert last.tflite_bytes == len(result.tflite)


def test_blocks_have_their_zeros(digits_model: Any, digits: dict[str, Any]) -> None:
    step = {"kind": "prune", "method": "blocks", "zeros": 2, "of": 4, "epochs": 1, "learning_rate": 1e-3}
    result = run(digits_model, digits, step, {"kind": "quantize_aware", "epochs": 1}, measure_all=False)
    assert 0.4 <= result.steps[-1].zero_share <= 0.6


def test_same_seed_same_bytes_and_resume_after_ctrl_c(
    digits_model: Any, digits: dict[str, Any], tmp_path: Path
) -> None:
    steps = (
        {"kind": "distil", "width": 0.5, "epochs": 3, "learning_rate": 1e-2, "batch_size": 128},
        {"kind": "prune", "sparsity": 0.25, "epochs": 1, "batch_size": 128},
    )
    whole = run(digits_model, digits, *steps, measure_all=False)
    assert run(digits_model, digits, *steps, measure_all=False).tflite == whole.tflite

    def stop(text: str) -> None:
        if "epoch 2 of 3, batch" in text:
            raise KeyboardInterrupt

    work = tmp_path / "work"
    with pytest.raises(KeyboardInterrupt):
        run(digits_model, digits, *steps, measure_all=False, work=work, step=stop)
    assert (work / "step_01" / "best.npz").is_file()
    told: list[str] = []
    resumed = run(digits_model, digits, *steps, measure_all=False, work=work, resume=True, step=told.append)
    assert resumed.tflite == whole.tflite
    assert not [text for text in told if "distil: epoch 1 of 3" in text]
    assert [text for text in told if "distil: epoch 2 of 3" in text]
    with pytest.raises(InputError, match="another recipe"):
        run(digits_model, digits, steps[0], measure_all=False, work=work, resume=True)
    (work / "step_01" / "best.npz").write_bytes(b"PK damaged")
    with pytest.raises(InputError, match="damaged"):
        run(digits_model, digits, *steps, measure_all=False, work=work, resume=True)


def test_values_in_place_of_classes(keras: Any) -> None:
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
    x = np.random.default_rng(1).normal(size=(400, 4)).astype(np.float32)
    y = np.stack([x.sum(axis=1), np.abs(x[:, 0])], axis=1)
    step = {"kind": "distil", "student": "current", "alpha": 1.0, "epochs": 6, "learning_rate": 1e-2}
    result = run(model, (x, y), step)
    given, taught, last = result.steps
    assert given.score_float < taught.score_float <= 0.0
    assert abs(last.score_integer - last.score_float) < 0.1


def test_float_tflite_is_quantised_but_not_trained(digits_model: Any, digits: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(to_float_tflite(digits_model))
    result = run(path, digits)
    assert result.steps[-1].score_integer > 0.9
    with pytest.raises(InputError, match="no layers that can be trained"):
        run(path, digits, {"kind": "prune"})


def test_layers_without_counterpart_can_be_quantised_all_the_same(keras: Any) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(8), layers.RMSNormalization(name="norm"), layers.Dense(2)]
    )
    x = np.random.default_rng(1).normal(size=(100, 6)).astype(np.float32)
    data = (x, (x[:, 0] > 0).astype(int))
    result = run(model, data)
    assert any("'norm'" in note for note in result.notes)
    with pytest.raises(InputError, match="'norm'"):
        run(model, data, {"kind": "prune"})


def test_command_writes_model_and_record(digits_model: Any, digits: dict[str, Any], tmp_path: Path) -> None:
    digits_model.save(tmp_path / "m.keras")
    np.savez(tmp_path / "d.npz", **digits)
    (tmp_path / "r.toml").write_text('[data]\npath = "d.npz"\n[[steps]]\nkind = "quantize"\nsamples = 20\n')

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from edgegen.cli import main; main()", "compress", *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = command("m.keras", "--recipe", "r.toml", "-o", "out.tflite", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    record = json.loads(done.stdout)
    assert record["schema"] == "edgegen.compress/1"
    assert record["tflite_bytes"] == (tmp_path / "out.tflite").stat().st_size
    assert json.loads((tmp_path / "out.json").read_text()) == {k: v for k, v in record.items() if k != "output"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.npz", "m.keras", "out.json", "out.tflite", "r.toml"]
    (tmp_path / "r.toml").write_text('[[steps]]\nkind = "quantise"\n')
    failed = command("m.keras", "--recipe", "r.toml", "-o", "other.tflite")
    assert failed.returncode == 2
    assert "quantise" in failed.stderr
    assert failed.stdout == ""
    assert not (tmp_path / "other.tflite").exists()
