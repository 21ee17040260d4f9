"""What `--optimize size` builds gives the scalar kernels' bytes, and its compact channels are the very constants."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen.ops.arithmetic import quantize_multiplier
from edgegen.ops.compact_channels import _codes, expand
from tests.kernels.chains import chains, differences, kernels_of

BOARDS = {
    "nucleo-l4r5zi": ("armv7em", "qemu-system-arm"),
    "mps3-an547": ("mve", "qemu-system-arm"),
    "esp32c3": ("rv32im", "qemu-system-riscv32"),
}


@pytest.mark.parametrize("board", BOARDS)
def test_small_bodies_give_the_scalar_kernels_bytes(board: str, tmp_path: Path) -> None:
    isa, simulator = BOARDS[board]
    if shutil.which(simulator) is None:
        pytest.skip(f"{simulator} is not installed")
    model = chains(31)
    wanted = {f"eg_conv_small_s8_{isa}", f"eg_depthwise_small_s8_{isa}"}
    assert wanted <= kernels_of(model, isa, "size")
    assert not wanted & kernels_of(model, isa, "speed")
    different = differences(model, 31, board, "size", tmp_path)
    assert not different, "\n".join(different)


@pytest.mark.parametrize("seed", range(20))
def test_scales_give_the_multipliers(seed: int) -> None:
    rng = random.Random(seed)
    ratio = float(np.float32(rng.uniform(0.001, 0.1))) / float(np.float32(rng.uniform(0.001, 0.1)))
    scales = [float(np.float32(2.0 ** rng.uniform(-12, -2))) for _ in range(rng.choice((1, 2, 64, 300)))]
    multipliers = [quantize_multiplier(ratio * scale)[0] for scale in scales]
    bits, codes, factor = _codes(scales, multipliers)
    assert bits in (0, 23)
    assert [expand(code | 1 << bits, factor) for code in codes] == multipliers


def test_multipliers_that_no_ratio_gives_are_stored() -> None:
    multipliers = [(1 << 30) + 12345, (1 << 31) - 1, 1 << 30]
    bits, codes, factor = _codes([0.5, 0.25, 0.75], multipliers)
    assert bits == 30
    assert [expand(code | 1 << bits, factor) for code in codes] == multipliers
