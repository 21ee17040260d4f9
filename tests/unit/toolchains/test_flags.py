from __future__ import annotations

from pathlib import Path

import pytest

from edgegen.errors import EdgegenError
from edgegen.toolchains import arm_gcc
from edgegen.toolchains.base import CompileJob
from edgegen.toolchains.c_flags import place_flags
from edgegen.toolchains.zig import ZigToolchain


def _job(core: str, optimize: str = "speed") -> CompileJob:
    return CompileJob(core, optimize, (Path("/inc"),), ("NAME=1",))


@pytest.mark.parametrize(
    ("core", "flags"),
    [
        ("cortex-m0plus", "-mthumb -mcpu=cortex-m0plus -mfloat-abi=soft"),
        ("cortex-m4f", "-mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard"),
        ("cortex-m7", "-mthumb -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard"),
        ("cortex-m55", "-mthumb -mcpu=cortex-m55 -mfpu=auto -mfloat-abi=hard"),
    ],
)
def test_arm_gcc_command_lines(core: str, flags: str) -> None:
    expected = (
        f"{flags} -std=c99 -Wall -Wextra -Wconversion -Werror -Os -g -ffp-contract=off -ffunction-sections "
        "-fdata-sections -DNAME=1 -ffreestanding -fno-unwind-tables"
    )
    assert arm_gcc.compile_flags(_job(core, "size")) == expected.split()
    linked = f"{flags} -nostdlib -Wl,-e,reset -Wl,--gc-sections -Wl,--build-id=none"
    assert arm_gcc.link_flags(_job(core)) == linked.split()


def test_folders_of_this_machine_stay_out_of_objects() -> None:
    assert place_flags(_job("host"), Path("/src/a.c")) == [
        "-ffile-prefix-map=/inc=.", "-ffile-prefix-map=/src=.", "-I/inc",
    ]  # fmt: skip


def test_a_core_that_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(EdgegenError, match="arm_gcc can't build for core 'lx6'"):
        arm_gcc.compile_flags(_job("lx6"))
    with pytest.raises(EdgegenError, match="zig can't build for core 'lx6'"):
        ZigToolchain().compile(_job("lx6"), [], tmp_path)


def test_a_compilers_error_is_shown(tmp_path: Path) -> None:
    source = tmp_path / "broken.c"
    source.write_text("int f(void) { return x; }\n")
    with pytest.raises(EdgegenError, match=r"broken\.c:1:22: error: use of undeclared identifier 'x'"):
        ZigToolchain().compile(_job("cortex-m4f"), [source], tmp_path)
