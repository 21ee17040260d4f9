"""eg_math against the C library, bit by bit, over a sample of all floats."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

_UNARY = ("exp", "log", "sin", "cos", "sqrt", "floor", "ceil")
_SOURCES = ("eg_expf.c", "eg_logf.c", "eg_sinf.c", "eg_cosf.c", "eg_reduce_angle.c", "eg_sqrtf.c", "eg_fmodf.c")
_PROGRAM = """
#include <math.h>
#include <stdio.h>
#include "eg_math.h"

static int equal(float a, float b) { return eg_float_bits(a) == eg_float_bits(b) || (a != a && b != b); }

int main(void) {
  unsigned long checked = 0;
  for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 2039) {
    const float x = eg_bits_float((uint32_t)bits);
    ++checked;
    if (!equal(%(ours)s, %(theirs)s)) {
      printf("%%08x\\n", (unsigned)bits);
      return 1;
    }
  }
  printf("%%lu\\n", checked);
  return 0;
}
"""


def run(root: Path, folder: Path, ours: str, theirs: str) -> str:
    kernels = root / "firmware" / "kernels"
    (folder / "main.c").write_text(_PROGRAM % {"ours": ours, "theirs": theirs})
    sources = [str(kernels / "src" / name) for name in _SOURCES]
    command = ["cc", "-O1", "-ffp-contract=off", "-fsanitize=undefined", "-fno-sanitize-recover=all"]
    command += ["-I", str(kernels / "include"), "-o", str(folder / "main"), str(folder / "main.c"), *sources, "-lm"]
    subprocess.run(command, check=True, timeout=300)
    done = subprocess.run([folder / "main"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"first difference at the float with bits {done.stdout} {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", _UNARY)
def test_equals_the_c_library(root: Path, tmp_path: Path, name: str) -> None:
    assert int(run(root, tmp_path, f"eg_{name}f(x)", f"{name}f(x)")) > 2_000_000


@pytest.mark.parametrize("divisor", ["1.5f", "3.1e-39f", "-7.25e9f", "x * 0.3712f", "1.0f / x"])
def test_fmod_equals_the_c_library(root: Path, tmp_path: Path, divisor: str) -> None:
    assert int(run(root, tmp_path, f"eg_fmodf(x, {divisor})", f"fmodf(x, {divisor})")) > 2_000_000
