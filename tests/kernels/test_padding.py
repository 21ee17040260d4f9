"""Windows over the edge by what a PAD added: every instruction set's kernels give the scalar kernels' bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from edgegen.model_io.tflite_reader import read_tflite
from edgegen.passes import run_passes
from tests.kernels.chains import differences
from tests.kernels.differential import assert_equal
from tests.pass_patterns import padded_windows

_SIMULATORS = {
    "esp32": "qemu-system-xtensa",
    "esp32c3": "qemu-system-riscv32",
    "mps3-an547": "qemu-system-arm",
    "nucleo-l4r5zi": "qemu-system-arm",
    "raspberry-pi-pico": "qemu-system-arm",
}


def test_the_model_equals_tflite_micro() -> None:
    model = padded_windows(random.Random(0))
    nodes = run_passes(read_tflite(model, "padded")).nodes
    assert sum(isinstance(getattr(node.options, "padding", ""), tuple) for node in nodes) >= 10
    assert assert_equal(model, sanitize=True)


@pytest.mark.parametrize("board", sorted(_SIMULATORS))
def test_padded_windows(board: str, tmp_path: Path) -> None:
    if shutil.which(_SIMULATORS[board]) is None:
        pytest.skip(f"{_SIMULATORS[board]} is not installed")
    different = differences(padded_windows(random.Random(0)), 0, board, "speed", tmp_path)
    assert not different, "\n".join(different)
