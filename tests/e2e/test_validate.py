"""`edgegen validate`: right firmwares pass, and a fault in one kernel is found, and in which layer."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.model_io.dataset import read_dataset
from edgegen.ops.base import Target
from edgegen.validation.run import Validation, validate, validate_firmware

needs_qemu = pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
BOARDS = ["host", pytest.param("nucleo-l4r5zi", marks=needs_qemu)]


@pytest.fixture(scope="module")
def data(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with np.load(root / "edgegen" / "example" / "digits_test.npz") as digits:
        path = tmp_path_factory.mktemp("data") / "digits.npz"
        np.savez(path, x=digits["images"], y=digits["labels"])
    return path


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from edgegen.cli import main; main()", "validate", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("board", BOARDS)
def test_the_example_is_as_accurate_as_its_figures_say(
    board: str, root: Path, example_model: Path, data: Path, tmp_path: Path
) -> None:
    done = run("--board", board, "--model", example_model, "--data", data, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    with np.load(data) as arrays:
        labels = arrays["y"]
    assert (found["samples"], found["matches"], found["clipped_values"]) == (360, True, 0)
    assert found["correct"] == round(360 * 0.983) == sum(found["confusion"][i][i] for i in range(10))
    assert [sum(row) for row in found["confusion"]] == np.bincount(labels, minlength=10).tolist()
    assert [(c["equal"], c["different"]) for c in found["comparisons"]] == [(360, 0)] * 2
    # A simulator has no cycles, and this machine's are nanoseconds of a clock that is called 1 GHz.
    assert (found["cycles_mean"] is None) == (board != "host")
    assert found["line"] is None


def test_floats_are_quantised(example_model: Path, data: Path, tmp_path: Path) -> None:
    graph, _ = pipeline.load_model(example_model)
    quantization = graph.tensors[graph.inputs[0]].quantization
    assert quantization is not None
    with np.load(data) as arrays:
        real = (arrays["x"].astype(np.float32) - quantization.zero_point) * np.float32(quantization.scale)
        np.savez(tmp_path / "real.npz", input_0=real, y=arrays["y"])
    both = [validate("host", example_model, path, optimize="speed", limit=40) for path in (data, tmp_path / "real.npz")]
    assert both[0].matches
    assert both[0].confusion == both[1].confusion
    assert both[0].accuracy == both[1].accuracy


def test_state_is_fresh_for_each_sample(shared_models: Path, tmp_path: Path) -> None:
    """A model that keeps state gives the same output for the same sample each time, as it does in the reference."""
    model = shared_models / "vad_stream__7aa4db6d.tflite"
    if not model.is_file():
        pytest.skip(f"{model.name} is not here")
    graph, _ = pipeline.load_model(model)
    assert pipeline.compile_graph(graph, Target()).states
    sample = np.random.default_rng(1).integers(-128, 128, (1, 3, 40)).astype(np.int8)
    np.savez(tmp_path / "same.npz", x=np.stack([sample] * 3), y=np.ones(3, int))
    found = validate("host", model, tmp_path / "same.npz", optimize="speed")
    assert [(c.equal, c.different) for c in found.comparisons] == [(3, 0)] * 2
    assert found.correct in (0, 3)


def corrupted(board: str, model: Path, data: Path, tmp_path: Path, file: str, right: str, wrong: str) -> Validation:
    """Validates a firmware in which one place of one kernel's source was changed, on the simulator."""
    graph, model_bytes = pipeline.load_model(model)
    profile = load_board(board)
    arguments = {"optimize": "speed", "toolchain": None, "simulator": board != "host", "step": lambda text: None}
    (tmp_path / "host").mkdir()
    (tmp_path / "board").mkdir()
    reference = pipeline.build_firmware(
        graph, model_bytes, load_board("host"), tmp_path / "host", **{**arguments, "simulator": False}
    )
    write = pipeline.write_sources

    def write_wrong(program: object, model_bytes: bytes, folder: Path) -> object:
        rendered = write(program, model_bytes, folder)
        source = folder / file
        text = source.read_text()
        assert text.count(right) == 1
        source.write_text(text.replace(right, wrong))
        return rendered

    pipeline.write_sources = write_wrong
    try:
        built = pipeline.build_firmware(graph, model_bytes, profile, tmp_path / "board", **arguments)
    finally:
        pipeline.write_sources = write
    dataset = read_dataset(data, graph, 20)
    return validate_firmware(built, reference, profile, graph, model_bytes, dataset, None, True)


FAULTS = [
    ("eg_conv_2d_s8.c", "*output++ = (int8_t)", "*output++ = (int8_t)~", 0, "CONV_2D"),
    ("eg_depthwise_conv_2d_s8.c", "*output++ = (int8_t)", "*output++ = (int8_t)~", 1, "DEPTHWISE_CONV_2D"),
    ("eg_sum_s8.c", "p.output_offset)", "p.output_offset + 1)", 6, "MEAN"),
    ("eg_softmax_s8.c", "(int8_t)", "(int8_t)~", 8, "SOFTMAX"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "layer", "op"), FAULTS, ids=[fault[4] for fault in FAULTS])
def test_a_fault_in_one_kernel_is_found(
    file: str, right: str, wrong: str, layer: int, op: str, example_model: Path, data: Path, tmp_path: Path
) -> None:
    found = corrupted("host", example_model, data, tmp_path, file, right, wrong)
    assert not found.matches
    assert found.diverges is not None
    assert (found.diverges.layer, found.diverges.op) == (layer, op)
    assert found.diverges.runs <= math.log2(9) + 1


@needs_qemu
def test_a_fault_in_one_kernel_is_found_on_a_simulator(example_model: Path, data: Path, tmp_path: Path) -> None:
    """Its programs have other plans and kernels than the reference's."""
    found = corrupted(
        "nucleo-l4r5zi", example_model, data, tmp_path, "eg_sum_s8.c", "p.output_offset)", "p.output_offset + 1)"
    )
    assert found.diverges is not None
    assert (found.diverges.layer, found.diverges.op) == (6, "MEAN")
    assert found.diverges.runs <= math.log2(9) + 1


def test_a_right_firmware_has_no_divergence(example_model: Path, data: Path, tmp_path: Path) -> None:
    found = corrupted("host", example_model, data, tmp_path, "eg_sum_s8.c", "p.output_offset)", "p.output_offset )")
    assert found.matches
    assert found.diverges is None


def test_wrong_data_end_with_status_2(example_model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "wrong.npz", x=np.zeros((3, 8, 9, 1), np.int8))
    done = run("--board", "host", "--model", example_model, "--data", "wrong.npz", cwd=tmp_path)
    assert done.returncode == 2
    assert "the model takes [8, 8, 1] after the samples' axis" in done.stderr


def test_a_mismatch_ends_with_status_1(
    example_model: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from edgegen import validation
    from edgegen.cli import main

    right = validate("host", example_model, data, optimize="speed", limit=2)
    wrong = dataclasses.replace(right.comparisons[0], equal=1, different=1, first=(1,))
    monkeypatch.setattr(
        validation, "validate", lambda *a, **k: dataclasses.replace(right, comparisons=(wrong, right.comparisons[1]))
    )
    with pytest.raises(SystemExit) as ended:
        main(["validate", "--board", "host", "--model", str(example_model), "--data", str(data)])
    assert ended.value.code == 1
    assert "1 of 2 samples have other outputs than edgegen on this machine, first sample 1" in capsys.readouterr().err
