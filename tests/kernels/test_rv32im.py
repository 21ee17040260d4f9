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


@pytest.mark.skipif(shutil.which("qemu-system-riscv32") is None, reason="qemu-system-riscv32 is not installed")
@pytest.mark.parametrize(("seed", "optimize"), [(2, "speed"), (3, "size")])
def test_chains_give_the_scalar_kernels_bytes(seed: int, optimize: str, tmp_path: Path) -> None:
    model = chains(seed)
    wanted = {_for_size(kernel) for kernel in KERNELS} if optimize == "size" else KERNELS
    used = kernels_of(model, "rv32im", optimize)
    assert wanted <= used, wanted - used
    different = differences(model, seed, "esp32c3", optimize, tmp_path)
    assert not different, "\n".join(different)


def _for_size(kernel: str) -> str:
    return kernel.replace("_s8", "_shared_s8") if "depthwise" in kernel else kernel
