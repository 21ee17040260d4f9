"""Exports that run on TensorFlow Lite Micro: the arena's size, and sources that compile on its interface."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from edgegen import tflm
from edgegen.errors import InputError
from edgegen.model_io.tflite_reader import read_tflite
from tests.e2e.test_export import needs, run
from tests.kernels.cases.svdf import Svdf
from tests.tflm import TflmRefusal, run_tflm
from tests.unit.test_forms import export

pytestmark = needs["cc"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, example_model: Path) -> dict[str, Path]:
    keeps = tmp_path_factory.mktemp("models") / "keeps.tflite"
    keeps.write_bytes(Svdf().build())
    return {"digits": example_model, "keeps": keeps}


def test_an_operator_that_it_does_not_have_is_refused() -> None:
    assert tflm.resolver_methods(["ADD", "CONV_2D", "SignalRfft"]) == ("AddAdd", "AddConv2D", "AddRfft")
    with pytest.raises(InputError, match="TensorFlow Lite Micro has no operator GELU, MINE"):
        tflm.resolver_methods(["ADD", "GELU", "MINE"])


def test_the_interpreters_arena_is_the_smallest(models: dict[str, Path]) -> None:
    for model in (models["digits"], models["keeps"]):
        found = tflm.find_arena_bytes(model.read_bytes(), model.name)
        graph = read_tflite(model.read_bytes(), model.name)
        zeros = [[np.zeros(graph.tensors[i].shape, np.int8) for i in graph.inputs]]
        assert not isinstance(run_tflm(model.read_bytes(), zeros, arena_bytes=found), TflmRefusal)
        assert isinstance(run_tflm(model.read_bytes(), zeros, arena_bytes=found - 16), TflmRefusal)


# As much of TensorFlow Lite Micro's interface as the generated source uses.
TFLM = {
    "tensorflow/lite/schema/schema_generated.h": """
#define TFLITE_SCHEMA_VERSION 3
namespace tflite {
struct Model { int version() const { return 3; } };
inline const Model *GetModel(const void *data) { return static_cast<const Model *>(data); }
}
""",
    "tensorflow/lite/micro/micro_mutable_op_resolver.h": """
enum TfLiteStatus { kTfLiteOk, kTfLiteError };
namespace tflite {
template <unsigned int N> struct MicroMutableOpResolver {
  unsigned int used = 0;
  TfLiteStatus add() { return used++ < N ? kTfLiteOk : kTfLiteError; }
  TfLiteStatus AddSvdf() { return add(); }
};
}
""",
    "tensorflow/lite/micro/micro_interpreter.h": """
#include <cstddef>
#include <cstdint>
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"
struct TfLiteTensor { struct { void *data; } data; };
namespace tflite {
struct MicroInterpreter {
  template <class R> MicroInterpreter(const Model *, const R &, uint8_t *arena, size_t) { tensor.data.data = arena; }
  TfLiteStatus AllocateTensors() { return kTfLiteOk; }
  TfLiteStatus Invoke() { return kTfLiteOk; }
  TfLiteStatus Reset() { return kTfLiteOk; }
  TfLiteTensor *input(size_t) { return &tensor; }
  TfLiteTensor *output(size_t) { return &tensor; }
  TfLiteTensor tensor;
};
}
""",
}


@needs["g++"]
@needs["cmake"]
def test_the_tflm_package_builds_on_the_interpreters_interface(tmp_path: Path, models: dict[str, Path]) -> None:
    export(models["keeps"], tmp_path / "package", "cmake", "tflm")
    for name, text in TFLM.items():
        (tmp_path / "tflm" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tflm" / name).write_text("#pragma once\n" + text)
    run("cc", "-x", "c", "-c", "/dev/null", "-o", tmp_path / "nothing.o")
    run("ar", "rcs", tmp_path / "libtflm.a", tmp_path / "nothing.o")
    settings = (f"-DTFLITE_MICRO_DIR={tmp_path / 'tflm'}", f"-DTFLITE_MICRO_LIBRARY={tmp_path / 'libtflm.a'}")
    run("cmake", "-S", tmp_path / "package", "-B", tmp_path / "build", *settings, "-DCMAKE_CXX_FLAGS=-Wall -Werror")
    run("cmake", "--build", tmp_path / "build")
    assert run(tmp_path / "build" / "keeps_example", stdin=bytes(range(5))) == bytes(range(3))
    data = (tmp_path / "package" / "src" / "keeps_data.c").read_text().split("{\n")[1]
    assert bytes(int(value, 16) for value in re.findall(r"0x[0-9a-f]{2}", data)) == models["keeps"].read_bytes()
