"""The kernels for RV32IM give the scalar kernels' bytes: chains of random layers on the ESP32-C3's simulator."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kernels.chains import chains, differences, kernels_of

KERNELS = {
    "eg_add_s8_rv32im",
    "eg_conv_1x1_s8_rv32im",
    "eg_conv_kxk_s8_rv32im",
    "eg_depthwise_planes_s8_rv32im",
    "eg_depthwise_rows_s8_rv32im",
    "eg_fully_connected_s8_rv32im",
}

# What --optimize size takes for layers that its own small bodies don't fit; test_size.py is about those.
SHARED = {"eg_add_s8_rv32im", "eg_depthwise_planes_shared_s8_rv32im", "eg_depthwise_rows_shared_s8_rv32im"}


@pytest.mark.skipif(shutil.which("qemu-system-riscv32") is None, reason="qemu-system-riscv32 is not installed")
@pytest.mark.parametrize(("seed", "optimize"), [(2, "speed"), (3, "size")])
def test_chains_give_the_scalar_kernels_bytes(seed: int, optimize: str, tmp_path: Path) -> None:
    model = chains(seed)
    wanted = SHARED if optimize == "size" else KERNELS
    used = kernels_of(model, "rv32im", optimize)
    assert wanted <= used, wanted - used
    different = differences(model, seed, "esp32c3", optimize, tmp_path)
    assert not different, "\n".join(different)
