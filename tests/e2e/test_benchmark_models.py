"""The eight benchmark networks, from the .tflite over the serial line to the golden bytes, on every kind of board."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline

BOARDS = ("host", "nucleo-l4r5zi", "mps3-an547", "esp32c3", "esp32")
MODELS = (
    "ad01_int8",
    "hello_world_int8",
    "kws_ref_model",
    "micro_speech_quantized",
    "person_detect",
    "pretrainedResnet_quant",
    "str_ww_ref_model",
    "vww_96_int8",
)

pytestmark = pytest.mark.benchmark_models


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("board", BOARDS)
def test_outputs_equal_the_golden_bytes(board: str, model: str, shared_models: Path, tmp_path: Path) -> None:
    golden_file = shared_models / "golden" / f"{model}.npz"
    pipeline.run(
        board,
        shared_models / f"{model}.tflite",
        golden_file,
        tmp_path / "out.npz",
        optimize="speed",
        port=None,
        step=lambda step: None,
    )
    with np.load(golden_file) as golden, np.load(tmp_path / "out.npz") as got:
        expected = sorted(name for name in golden.files if name.startswith("output_"))
        assert expected
        assert sorted(got.files) == expected
        for name in expected:
            assert got[name].dtype == golden[name].dtype
            assert got[name].tobytes() == golden[name].tobytes(), name


def test_list_of_models_is_the_one_in_the_index(shared_models: Path) -> None:
    lines = (shared_models / "index.csv").read_text(encoding="utf-8").splitlines()
    marked = {line.split(".tflite")[0] for line in lines[1:] if line.endswith(",yes")}
    assert marked == set(MODELS)
