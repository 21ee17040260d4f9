"""Exported libraries compiled and run on this machine: by CMake, make, gcc as C and as C++, two at a time."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edgegen.boards import load_board
from edgegen.codegen.single_file import single_file
from edgegen.devices import open_device
from edgegen.devices.session import Session
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.pipeline import build
from edgegen.resources import resource_dir
from tests.codegen.test_generated_c import small_model
from tests.kernels.cases.svdf import Svdf
from tests.tflm import TflmRefusal, run_tflm
from tests.unit.test_forms import export

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
needs = {
    tool: pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
    for tool in ("cc", "g++", "cmake", "make", "arm-none-eabi-gcc", "qemu-system-arm")
}
pytestmark = needs["cc"]


def run(*argv: object, cwd: Path | None = None, stdin: bytes = b"") -> bytes:
    done = subprocess.run([str(item) for item in argv], input=stdin, capture_output=True, cwd=cwd, timeout=300)
    output = done.stdout.decode(errors="replace")[-2000:] + done.stderr.decode(errors="replace")[-4000:]
    assert done.returncode == 0, output
    return done.stdout


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    contents = {
        "digits": (root / "edgegen" / "example" / "digits.tflite").read_bytes(),
        "small": small_model(),
        "keeps": Svdf().build(),  # its state is its last inputs
    }
    for name, content in contents.items():
        (folder / f"{name}.tflite").write_bytes(content)
    return {name: folder / f"{name}.tflite" for name in contents}


def cases(model: Path, count: int = 3) -> tuple[list[bytes], list[bytes]]:
    """Random inputs, and what TensorFlow Lite Micro makes of them in this order."""
    graph = read_tflite(model.read_bytes(), model.name)
    rng = np.random.default_rng(7)
    shapes = [graph.tensors[index].shape for index in graph.inputs]
    rows = [[rng.integers(-128, 128, shape).astype(np.int8) for shape in shapes] for _ in range(count)]
    expected = run_tflm(model.read_bytes(), rows)
    assert not isinstance(expected, TflmRefusal), expected
    return [b"".join(a.tobytes() for a in row) for row in rows], [b"".join(a.tobytes() for a in r) for r in expected]


def compile_c(
    sources: Sequence[Path], program: Path, *flags: object, compiler: Sequence[str] = ("cc", "-std=c99")
) -> Path:
    includes = {source.parent for source in sources}
    run(
        *compiler, *WARNINGS, "-O1", *flags, *(f"-I{path}" for path in sorted(includes)), *sources, "-lm", "-o", program
    )
    return program


@needs["cmake"]
@pytest.mark.parametrize("name", ["digits", "small", "keeps"])
def test_the_cmake_package_builds_and_gives_the_expected_bytes(
    tmp_path: Path, models: dict[str, Path], name: str
) -> None:
    export(models[name], tmp_path / "package", "cmake")
    run("cmake", "-S", tmp_path / "package", "-B", tmp_path / "build", f"-DCMAKE_C_FLAGS={' '.join(WARNINGS)}")
    run("cmake", "--build", tmp_path / "build")
    inputs, outputs = cases(models[name])
    assert run(tmp_path / "build" / f"{name}_example", stdin=b"".join(inputs)) == b"".join(outputs)
    assert outputs[0] != outputs[1]


@needs["cmake"]
def test_the_cmake_package_is_found_where_it_is_installed(tmp_path: Path, models: dict[str, Path]) -> None:
    export(models["digits"], tmp_path / "package", "cmake")
    run("cmake", "-S", tmp_path / "package", "-B", tmp_path / "build", f"-DCMAKE_INSTALL_PREFIX={tmp_path / 'prefix'}")
    run("cmake", "--build", tmp_path / "build", "--target", "install")
    user = tmp_path / "user"
    user.mkdir()
    shutil.copy(tmp_path / "package" / "example" / "main.c", user)
    (user / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(user C)\nfind_package(digits_model 0.1 REQUIRED)\n"
        "add_executable(user main.c)\ntarget_link_libraries(user digits::model)\n"
    )
    run("cmake", "-S", user, "-B", user / "build", f"-DCMAKE_PREFIX_PATH={tmp_path / 'prefix'}")
    run("cmake", "--build", user / "build")
    inputs, outputs = cases(models["digits"])
    assert run(user / "build" / "user", stdin=b"".join(inputs)) == b"".join(outputs)


@needs["g++"]
@pytest.mark.parametrize("name", ["digits", "small", "keeps"])
@pytest.mark.parametrize("language", ["c99", "c++17"])
def test_a_single_file_is_c_and_cpp(tmp_path: Path, models: dict[str, Path], name: str, language: str) -> None:
    export(models[name], tmp_path / "one", "single_file")
    export(models[name], tmp_path / "package", "cmake")
    compiler = ("cc", "-std=c99") if language == "c99" else ("g++", "-x", "c++", "-std=gnu++17")
    sources = [tmp_path / "one" / f"{name}.c", tmp_path / "package" / "example" / "main.c"]
    program = tmp_path / "program"
    # -x would make C++ of the libraries' names, too.
    objects = []
    for source in sources:
        objects.append(tmp_path / f"{source.stem}.o")
        run(*compiler, *WARNINGS, "-O1", f"-I{tmp_path / 'one'}", "-c", source, "-o", objects[-1])
    run("g++", *objects, "-lm", "-o", program)
    inputs, outputs = cases(models[name])
    assert run(program, stdin=b"".join(inputs)) == b"".join(outputs)


ISAS = {
    "scalar": ("scalar",),
    "armv6m": ("scalar", "armv6m"),
    "armv7em": ("scalar", "armv6m", "armv7em"),
    "mve": ("scalar", "armv6m", "armv7em", "mve"),
}


def every_kernel(isa: str) -> dict[str, bytes]:
    """One file of all the kernels that there are for an instruction set: more than any model has."""
    root = resource_dir("firmware") / "kernels"
    files = {"m.h": b"#include <stdint.h>\n", "m.c": b'/* every kernel */\n#include "m.h"\n'}
    for path in [*root.glob("include/*.h"), *root.glob("src/*.c")]:
        found = re.search("armv6m|armv7em|mve|rv32im|xtensa_mac16", path.name)
        if (found.group() if found else "scalar") in ISAS[isa]:
            files[path.name] = path.read_bytes()
    return single_file(files, "m")


@needs["g++"]
def test_all_kernels_stand_in_one_file_as_c_and_as_cpp(tmp_path: Path) -> None:
    for name, content in every_kernel("scalar").items():
        (tmp_path / name).write_bytes(content)
    run("cc", "-std=c99", *WARNINGS, "-c", "m.c", "-o", "c.o", cwd=tmp_path)
    run("g++", "-x", "c++", "-std=gnu++17", "-Wall", "-Werror", "-c", "m.c", "-o", "cpp.o", cwd=tmp_path)
    # Nothing has a name that another model's file could have.
    symbols = [line.split() for line in run("nm", "-g", "--defined-only", "c.o", cwd=tmp_path).decode().splitlines()]
    assert len(symbols) > 200
    assert all(symbol[-1].startswith("m_eg_") for symbol in symbols)


@needs["arm-none-eabi-gcc"]
@pytest.mark.parametrize(("isa", "cpu"), [("armv6m", "cortex-m0plus"), ("armv7em", "cortex-m4")])
def test_all_arm_kernels_stand_in_one_file(tmp_path: Path, isa: str, cpu: str) -> None:
    for name, content in every_kernel(isa).items():
        (tmp_path / name).write_bytes(content)
    bare = resource_dir("firmware") / "hal" / "bare" / "include"
    flags = ("-mthumb", f"-mcpu={cpu}", "-ffreestanding", f"-I{bare}")
    run("arm-none-eabi-gcc", "-std=c99", *WARNINGS, *flags, "-O1", "-c", "m.c", "-o", "m.o", cwd=tmp_path)


def test_a_single_file_never_fuses_products_and_sums(tmp_path: Path) -> None:
    if "x86_64" not in run("cc", "-dumpmachine").decode():
        pytest.skip("looks for the instructions of x86-64")
    for name, content in every_kernel("scalar").items():
        (tmp_path / name).write_bytes(content)
    gnu = ("cc", "-std=gnu11", "-O2", "-mfma", "-S", "-o", "-")
    assert b"vfm" not in run(*gnu, "m.c", cwd=tmp_path)
    text = (tmp_path / "m.c").read_text()
    (tmp_path / "without.c").write_text(text.replace('#pragma GCC optimize("fp-contract=off")', ""))
    assert b"vfm" in run(*gnu, "without.c", cwd=tmp_path)


TWO = """
#include <stdio.h>
#include <string.h>
#include "digits.h"
#include "keeps.h"
#include "small.h"
{definitions}
int main(void) {{
  {first}
  digits_init();
  small_init();
  keeps_init();
  static unsigned char input[DIGITS_INPUT_0_BYTES + SMALL_INPUT_0_BYTES + KEEPS_INPUT_0_BYTES];
  while (fread(input, sizeof input, 1, stdin) == 1) {{
    memcpy(digits_input_0(), input, DIGITS_INPUT_0_BYTES);
    digits_invoke();
    fwrite(digits_output_0(), DIGITS_OUTPUT_0_BYTES, 1, stdout);
    memcpy(small_input_0(), input + DIGITS_INPUT_0_BYTES, SMALL_INPUT_0_BYTES);
    small_invoke();
    fwrite(small_output_0(), SMALL_OUTPUT_0_BYTES, 1, stdout);
    memcpy(keeps_input_0(), input + DIGITS_INPUT_0_BYTES + SMALL_INPUT_0_BYTES, KEEPS_INPUT_0_BYTES);
    keeps_invoke();
    fwrite(keeps_output_0(), KEEPS_OUTPUT_0_BYTES, 1, stdout);
  }}
  return 0;
}}
"""
SHARED = """
#define LARGER(a, b) ((a) > (b) ? (a) : (b))
__attribute__((aligned(16))) uint8_t shared[LARGER(DIGITS_ARENA_BYTES, SMALL_ARENA_BYTES)];
"""
MEMORY = "__attribute__((aligned(16))) static uint8_t memory[DIGITS_ARENA_BYTES];"
SECTION = "extern const char __start_weights[], __stop_weights[];"


@pytest.mark.parametrize(
    ("flags", "definitions", "first"),
    [
        pytest.param((), "", "", id="each its own arena"),
        pytest.param(("-DDIGITS_ARENA=shared", "-DSMALL_ARENA=shared"), SHARED, "", id="one arena for two"),
        pytest.param(("-DDIGITS_ARENA_POINTER",), MEMORY, "digits_arena = memory;", id="an arena by pointer"),
        pytest.param(
            ('-DEG_WEIGHTS=__attribute__((section("weights")))',), SECTION,
            "if (__stop_weights - __start_weights < 3000) return 9;", id="weights in a section",
        ),
    ],
)  # fmt: skip
def test_models_link_together_and_their_memory_is_the_users_choice(
    tmp_path: Path, models: dict[str, Path], flags: tuple[str, ...], definitions: str, first: str
) -> None:
    for name, model in models.items():
        export(model, tmp_path / name, "single_file")
    (tmp_path / "main.c").write_text(TWO.format(definitions=definitions, first=first))
    sources = [tmp_path / "main.c", *(tmp_path / name / f"{name}.c" for name in models)]
    sanitize = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    # The sanitizer's padding between objects is not for a section whose bounds are counted.
    program = compile_c(sources, tmp_path / "program", *flags, *(sanitize if "section" not in str(flags) else ()))
    per_model = {name: cases(models[name]) for name in ("digits", "small", "keeps")}
    stdin = b"".join(b"".join(per_model[name][0][i] for name in per_model) for i in range(3))
    expected = b"".join(b"".join(per_model[name][1][i] for name in per_model) for i in range(3))
    assert run(program, stdin=stdin) == expected
    own = run("nm", program).decode()
    assert (" digits_arena\n" in own) == ("-DDIGITS_ARENA=shared" not in flags)


@pytest.mark.parametrize(("name", "state"), [("digits", 0), ("keeps", 1)])
def test_the_header_says_whether_an_arena_can_be_shared(
    tmp_path: Path, models: dict[str, Path], name: str, state: int
) -> None:
    export(models[name], tmp_path / "one", "single_file")
    header = (tmp_path / "one" / f"{name}.h").read_text()
    assert f"#define {name.upper()}_HAS_STATE {state}\n" in header
    assert ("no other model may use it" in header) == bool(state)


@needs["g++"]
def test_a_cpp_file_includes_every_header(tmp_path: Path, models: dict[str, Path]) -> None:
    headers = []
    for form, runtime in (("single_file", "edgegen"), ("zephyr", "edgegen"), ("cmake", "tflm")):
        export(models["keeps"], tmp_path / f"{form}_{runtime}", form, runtime)
        headers += sorted((tmp_path / f"{form}_{runtime}").rglob("*.h"))
    artifact = tmp_path / "artifact"
    build("host", models["digits"], artifact, optimize="speed", step=lambda step: None)
    headers += sorted((artifact / "src").rglob("*.h"))
    assert len(headers) > 15
    folders = sorted({header.parent for header in headers})
    for header in headers:
        source = tmp_path / "one.cc"
        source.write_text(f'#include "{header}"\n#include "{header}"\n')
        run("g++", "-std=gnu++17", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fsyntax-only",
            *(f"-I{folder}" for folder in folders), source)  # fmt: skip


# Enough of each system to run an example once: what it prints goes to standard output.
STUBS = {
    "arduino": {
        "Arduino.h": """
#include <stdio.h>
#include <stdlib.h>
struct {
  void begin(unsigned long) {}
  void print(const char *text) { printf("%s", text); }
  void println(long value) { printf("%ld\\n", value); }
  void println(unsigned long value) { printf("%lu\\n", value); }
} Serial;
unsigned long micros() { return 0; }
void delay(unsigned long) { exit(0); }
void setup();
void loop();
int main() { setup(); for (;;) loop(); }
"""
    },
    "esp_idf": {
        "esp_timer.h": "#include <stdint.h>\nstatic inline int64_t esp_timer_get_time(void) { return 0; }\n",
        "freertos/FreeRTOS.h": "#define pdMS_TO_TICKS(ms) (ms)\n",
        "freertos/task.h": "#include <stdlib.h>\nstatic inline void vTaskDelay(int ticks) { exit(ticks == 0); }\n",
        "start.c": "void app_main(void);\nint main(void) { app_main(); return 1; }\n",
    },
    "zephyr": {
        "zephyr/kernel.h": """
#include <stdint.h>
#include <stdlib.h>
#define K_SECONDS(s) (s)
static inline uint32_t k_cycle_get_32(void) { return 0; }
static inline uint32_t k_cyc_to_us_floor32(uint32_t cycles) { return cycles; }
static inline void k_sleep(int time) { exit(time == 0); }
"""
    },
}


@needs["g++"]
@pytest.mark.parametrize("form", ["arduino", "platformio", "esp_idf", "zephyr"])
@pytest.mark.parametrize("name", ["digits", "keeps"])
def test_an_example_prints_the_outputs_of_zeros(tmp_path: Path, models: dict[str, Path], form: str, name: str) -> None:
    export(models[name], tmp_path / "out", form)
    stubs = tmp_path / "stubs"
    for file, text in STUBS["arduino" if form == "platformio" else form].items():
        (stubs / file).parent.mkdir(parents=True, exist_ok=True)
        (stubs / file).write_text(text)
    model_h = next((tmp_path / "out").rglob(f"{name}.h"))
    model_c = next((tmp_path / "out").rglob(f"{name}.c"))
    pattern = {"arduino": "*.ino", "platformio": "main.cpp"}.get(form, "main.c")
    main = next((tmp_path / "out").rglob(pattern))
    compiler = ("cc", "-std=gnu11") if pattern == "main.c" else ("g++", "-x", "c++", "-std=gnu++11")
    includes = (f"-I{stubs}", f"-I{model_h.parent}")
    run("cc", "-std=gnu11", *WARNINGS, *includes, "-c", model_c, "-o", tmp_path / "model.o")
    run(*compiler, *WARNINGS, *includes, "-c", main, "-o", tmp_path / "main.o")
    objects = [tmp_path / "model.o", tmp_path / "main.o"]
    if form == "esp_idf":
        run("cc", "-c", stubs / "start.c", "-o", tmp_path / "start.o")
        objects.append(tmp_path / "start.o")
    run("g++", *objects, "-lm", "-o", tmp_path / "program")
    graph = read_tflite(models[name].read_bytes(), name)
    expected = run_tflm(models[name].read_bytes(), [[np.zeros(graph.tensors[i].shape, np.int8) for i in graph.inputs]])
    assert not isinstance(expected, TflmRefusal)
    numbers = [str(value) for array in expected[0] for value in array.reshape(-1)]
    assert run(tmp_path / "program").decode().split() == [*numbers, "us", "0"]


@pytest.mark.parametrize(
    ("board", "tool"),
    [
        pytest.param("host", "make", marks=needs["make"]),
        pytest.param("host", "cmake", marks=needs["cmake"]),
        pytest.param(
            "netduinoplus2", "make",
            marks=[needs["make"], needs["arm-none-eabi-gcc"], needs["qemu-system-arm"]],
        ),
        pytest.param(
            "netduinoplus2", "cmake",
            marks=[needs["cmake"], needs["arm-none-eabi-gcc"], needs["qemu-system-arm"]],
        ),
    ],
)  # fmt: skip
def test_plain_tools_build_an_artifact_folder(tmp_path: Path, models: dict[str, Path], board: str, tool: str) -> None:
    out = tmp_path / "out"
    artifact = build(board, models["digits"], out, optimize="speed", step=lambda step: None)
    if tool == "make":
        run("make", "-C", out)
        elf = out / "build" / artifact.elf
    else:
        run("cmake", "-S", out, "-B", tmp_path / "build")
        run("cmake", "--build", tmp_path / "build")
        elf = tmp_path / "build" / artifact.elf
    with open_device(load_board(board), elf=elf) as device:
        assert Session(device).self_test() == artifact.self_test.output_crc32
    for name in ("Makefile", "CMakeLists.txt"):
        assert str(tmp_path) not in (out / name).read_text()
