"""--autotune on a simulator: faster than before, the same outputs, and the same firmware again without a simulator."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.errors import InputError
from edgegen.resources import resource_dir

MODEL = "micro_speech_quantized"
needs_qemu = pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")


@needs_qemu
@pytest.mark.parametrize(("name", "own"), [("nucleo-l4r5zi", "armv6m"), ("mps3-an547", "scalar")])
def test_the_choice_is_kept_and_used_without_a_simulator(
    name: str, own: str, shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A board whose own kernels are not the best that its core can run.
    text = (resource_dir("boards") / f"{name}.toml").read_text(encoding="utf-8")
    slow = tmp_path / f"{name}.toml"
    slow.write_text(re.sub(r'kernel_isa = "\w+"', f'kernel_isa = "{own}"', text), encoding="utf-8")
    board = str(slow)
    model = tmp_path / "speech.tflite"
    shutil.copyfile(shared_models / f"{MODEL}.tflite", model)
    tuning = tmp_path / "speech.autotune.json"

    def bench(tuned: bool) -> int:
        record = pipeline.bench(
            board, model, optimize="speed", tuning=tuning if tuned else None, port=None, runs=1, warmup=0,
            step=lambda step: None,
        )  # fmt: skip
        assert record.output_match
        return record.instructions or 0

    before, after = bench(False), bench(True)
    (entry,) = json.loads(tuning.read_text())["entries"]
    assert after < 0.9 * before
    assert (entry["instructions_before"], entry["instructions"]) == pytest.approx((before, after), rel=0.01)
    assert own not in {layer["isa"] for layer in entry["layers"]} != set()
    golden_file = shared_models / "golden" / f"{MODEL}.npz"
    pipeline.run(
        board, model, golden_file, tmp_path / "out.npz",
        optimize="speed", tuning=tuning, port=None, step=lambda step: None,
    )  # fmt: skip
    with np.load(golden_file) as golden, np.load(tmp_path / "out.npz") as got:
        names = [name for name in golden.files if name.startswith("output_")]
        assert names
        assert all(got[name].tobytes() == golden[name].tobytes() for name in names)

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a simulator was started")

    monkeypatch.setattr("edgegen.bench.runner.bench_firmware", refuse)
    first, second = (
        pipeline.build(board, model, tmp_path / folder, optimize="speed", tuning=tuning, step=lambda step: None)
        for folder in ("a", "b")
    )
    plain = pipeline.build(board, model, tmp_path / "c", optimize="speed", step=lambda step: None)
    assert first.firmware_sha256 == second.firmware_sha256
    assert first.firmware_sha256 != plain.firmware_sha256


def test_size_and_host_are_refused(shared_models: Path, tmp_path: Path) -> None:
    model = shared_models / f"{MODEL}.tflite"
    for board, optimize, message in (("nucleo-l4r5zi", "size", "--optimize size"), ("host", "speed", "has none")):
        with pytest.raises(InputError, match=message):
            pipeline.build(
                board, model, tmp_path / "out", optimize=optimize, tuning=tmp_path / "t.json", step=lambda step: None
            )
    assert list(tmp_path.iterdir()) == []
