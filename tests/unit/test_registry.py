from __future__ import annotations

from edgegen import toolchains
from edgegen.registry import modules
from edgegen.toolchains import load_toolchain, toolchain_names
from edgegen.toolchains.base import Toolchain


def test_toolchains_are_found_by_their_files_names() -> None:
    found = modules(toolchains)
    assert "base" not in found
    for name in toolchain_names():
        assert name in found
        assert isinstance(load_toolchain(name), Toolchain)
    assert {"zig", "host", "arm_gcc"} <= set(toolchain_names())
