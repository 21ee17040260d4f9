"""The kernels for Armv6-M give the scalar bytes: chains of random layers on QEMU's Cortex-M3, which runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen.ops.arithmetic import requantize
from edgegen.ops.conv_facts import ConvFacts
from edgegen.ops.variants.armv6m.relu import relu_constants
from edgegen.resources import resource_dir
from tests.kernels.chains import chains, differences, kernels_of

KERNELS = {
    "eg_add_s8_armv6m",
    "eg_conv_1x1_s8_armv6m",
    "eg_conv_kxk_s8_armv6m",
    "eg_depthwise_3x3_relu_s8_armv6m",
    "eg_depthwise_conv_2d_s8_armv6m",
    "eg_fully_connected_s8_armv6m",
}


def _board(folder: Path) -> str:
    """A profile like the Nucleo's with a Cortex-M0+ in its place."""
    text = (resource_dir("boards") / "nucleo-l4r5zi.toml").read_text(encoding="utf-8")
    for before, after in (("cortex-m4f", "cortex-m0plus"), ("armv7em", "armv6m"), ("mps2-an386", "mps2-an385")):
        assert before in text
        text = text.replace(before, after)
    path = folder / "m0plus.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
@pytest.mark.parametrize(("seed", "optimize"), [(2, "speed"), (3, "size")])
def test_chains_give_the_scalar_kernels_bytes(seed: int, optimize: str, tmp_path: Path) -> None:
    model = chains(seed)
    used = kernels_of(model, "armv6m", optimize)
    assert used >= KERNELS, KERNELS - used
    different = differences(model, seed, _board(tmp_path), optimize, tmp_path)
    assert not different, "\n".join(different)


def test_short_requantisation_equals_the_exact_one() -> None:
    rng = np.random.default_rng(7)
    proved = 0
    for _ in range(60):
        multiplier = rng.integers(1 << 30, 1 << 31, 1).astype(np.int32)
        shift = -rng.integers(3, 11, 1).astype(np.int8)
        constants = relu_constants(_one_channel(multiplier, shift))
        if constants is None:
            continue
        proved += 1
        highest, whole, fraction, rounding = (int(value) for value in constants[0])
        sums = np.arange(1, highest + 1000, dtype=np.int64)
        limited = np.minimum(sums, highest)
        short = (limited * whole + (limited * fraction >> 12) + rounding) >> 23
        exact = np.clip(requantize(sums, multiplier, shift) - 128, -128, 127)
        assert (highest * fraction) < 1 << 32
        np.testing.assert_array_equal(short, exact)
    assert proved > 50


def _one_channel(multiplier: np.ndarray, shift: np.ndarray) -> ConvFacts:
    return ConvFacts(
        "CONV_2D",
        (1, 1, 1, 1),
        (1, 1, 1, 1),
        np.ones((1, 1, 1, 1), dtype=np.int8),
        np.zeros(1, dtype=np.int32),
        multiplier,
        shift,
        (1, 1),
        (1, 1),
        (0, 0),
        0,
        -128,
        -128,
        127,
    )
