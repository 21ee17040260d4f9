"""Hostile models: mutated ones, and ones made to cost time or memory."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
import tflite

from edgegen.errors import InputError
from edgegen.model_io.tflite_reader import read_tflite
from tests.fuzz_tflite_reader import check_reading, mutate, seed_model

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(8))
def test_mutated_models_give_a_graph_or_one_input_error(seed: int) -> None:
    rng = random.Random(seed)
    model = seed_model()
    results = [check_reading(mutate(model, rng)) for _ in range(500)]
    assert any(results), "every mutation was refused: the mutations are too coarse to test anything"
    assert not all(results)


def test_every_truncation_is_refused_or_harmless() -> None:
    model = seed_model()
    for length in range(0, len(model), 3):
        check_reading(model[:length])


def test_any_byte_of_the_file_may_be_anything() -> None:
    model = seed_model()
    for place in range(0, len(model), 2):
        check_reading(model[:place] + b"\xff" + model[place + 1 :])


class _Crafted:
    """Writes models whose vectors point to one and the same table again and again."""

    def __init__(self) -> None:
        self.fb = flatbuffers.Builder(1024)

    def repeat(self, offset: int, count: int) -> int:
        self.fb.StartVector(4, count, 4)
        for _ in range(count):
            self.fb.PrependUOffsetTRelative(offset)
        return int(self.fb.EndVector())

    def numbers(self, count: int, dtype: str = "int32", value: int = 0) -> int:
        return int(self.fb.CreateNumpyVector(np.full(count, value, dtype=dtype)))

    def tensor(self, shape: int = 0, name: int = 0, quantization: int = 0, buffer: int = 0) -> int:
        tflite.TensorStart(self.fb)
        for add, value in ((tflite.TensorAddShape, shape), (tflite.TensorAddName, name)):
            if value:
                add(self.fb, value)
        if quantization:
            tflite.TensorAddQuantization(self.fb, quantization)
        tflite.TensorAddType(self.fb, tflite.TensorType.INT8)
        tflite.TensorAddBuffer(self.fb, buffer)
        return int(tflite.TensorEnd(self.fb))

    def subgraph(self, tensors: int = 0, nodes: int = 0, inputs: int = 0) -> int:
        tflite.SubGraphStart(self.fb)
        if tensors:
            tflite.SubGraphAddTensors(self.fb, tensors)
        if nodes:
            tflite.SubGraphAddOperators(self.fb, nodes)
        if inputs:
            tflite.SubGraphAddInputs(self.fb, inputs)
        return int(tflite.SubGraphEnd(self.fb))

    def model(self, subgraphs: int, codes: int = 0, buffers: int = 0) -> bytes:
        tflite.ModelStart(self.fb)
        tflite.ModelAddVersion(self.fb, 3)
        tflite.ModelAddSubgraphs(self.fb, subgraphs)
        if codes:
            tflite.ModelAddOperatorCodes(self.fb, codes)
        if buffers:
            tflite.ModelAddBuffers(self.fb, buffers)
        self.fb.Finish(tflite.ModelEnd(self.fb), file_identifier=b"TFL3")
        return bytes(self.fb.Output())


def many_tensors(count: int) -> bytes:
    crafted = _Crafted()
    tensors = crafted.repeat(crafted.tensor(), count)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors), 1))


def many_subgraphs_of_many_tensors() -> bytes:
    crafted = _Crafted()
    tensors = crafted.repeat(crafted.tensor(), 40_000)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors), 1000))


def many_subgraphs() -> bytes:
    crafted = _Crafted()
    return crafted.model(crafted.repeat(crafted.subgraph(), 45_000))


def long_shared_name() -> bytes:
    crafted = _Crafted()
    name = crafted.fb.CreateString("n" * 4_000_000)
    tensors = crafted.repeat(crafted.tensor(name=name), 45_000)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors), 1))


def shared_scales() -> bytes:
    crafted = _Crafted()
    shape, scales = crafted.numbers(1, value=10_000), crafted.numbers(10_000, "float32", 1)
    tflite.QuantizationParametersStart(crafted.fb)
    tflite.QuantizationParametersAddScale(crafted.fb, scales)
    quantization = tflite.QuantizationParametersEnd(crafted.fb)
    tensors = crafted.repeat(crafted.tensor(shape=shape, quantization=quantization), 40_000)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors), 1))


def shared_node_inputs() -> bytes:
    crafted = _Crafted()
    inputs = crafted.numbers(4000)
    tensors = crafted.repeat(crafted.tensor(), 1)
    tflite.OperatorStart(crafted.fb)
    tflite.OperatorAddInputs(crafted.fb, inputs)
    nodes = crafted.repeat(tflite.OperatorEnd(crafted.fb), 45_000)
    tflite.OperatorCodeStart(crafted.fb)
    codes = crafted.repeat(tflite.OperatorCodeEnd(crafted.fb), 1)
    graph_inputs = crafted.numbers(1)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors, nodes, graph_inputs), 1), codes)


def overlapping_buffers() -> bytes:
    """Every buffer is the whole rest of the file, each from another place."""
    crafted = _Crafted()
    buffers = []
    for index in range(1000):
        tflite.BufferStart(crafted.fb)
        tflite.BufferAddOffset(crafted.fb, 2 + index)
        tflite.BufferAddSize(crafted.fb, 4_000_000)
        buffers.append(tflite.BufferEnd(crafted.fb))
    shape = crafted.numbers(1, value=4_000_000)
    tensors = [crafted.tensor(shape=shape, buffer=index) for index in range(1000)]
    padding = crafted.fb.CreateByteVector(bytes(4_100_000))
    offsets = []
    for places in (tensors, buffers):
        crafted.fb.StartVector(4, len(places), 4)
        for place in reversed(places):
            crafted.fb.PrependUOffsetTRelative(place)
        offsets.append(crafted.fb.EndVector())
    assert padding
    return crafted.model(crafted.repeat(crafted.subgraph(offsets[0]), 1), buffers=offsets[1])


def large_shared_vtable() -> bytes:
    """The largest vtable possible, used by every tensor."""
    crafted = _Crafted()
    crafted.fb.StartObject(32_000)
    crafted.fb.PrependInt8Slot(1, 9, 0)
    crafted.fb.PrependInt8Slot(31_999, 1, 0)
    tensor = crafted.fb.EndObject()
    tensors = crafted.repeat(tensor, 45_000)
    return crafted.model(crafted.repeat(crafted.subgraph(tensors), 1))


CRAFTED = {
    "two hundred thousand tensors": lambda: many_tensors(200_000),
    "forty-five thousand tensors": lambda: many_tensors(45_000),
    "a thousand subgraphs of many tensors": many_subgraphs_of_many_tensors,
    "many subgraphs": many_subgraphs,
    "long shared name": long_shared_name,
    "shared scales": shared_scales,
    "shared node inputs": shared_node_inputs,
    "overlapping buffers": overlapping_buffers,
    "large shared vtable": large_shared_vtable,
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_models_cost_neither_time_nor_memory(name: str, tmp_path: Path) -> None:
    model = tmp_path / "fuzzed.tflite"
    model.write_bytes(CRAFTED[name]())
    script = (
        "import sys, pathlib\n"
        "from tests.fuzz_tflite_reader import check_reading\n"
        "check_reading(pathlib.Path(sys.argv[1]).read_bytes())\n"
        # Not getrusage: what it counts includes the process that this one was forked from.
        "status = pathlib.Path('/proc/self/status').read_text().splitlines()\n"
        "print(next(line.split()[1] for line in status if line.startswith('VmHWM')))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(model)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 1 << 20, f"{run.stdout.strip()} KiB"


def test_overlapping_vectors_are_named() -> None:
    with pytest.raises(InputError, match="overlap"):
        read_tflite(overlapping_buffers(), "m.tflite")
