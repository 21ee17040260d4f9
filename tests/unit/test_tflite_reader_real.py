"""The reader on real models, against the schema package's own classes and TensorFlow Lite Micro's interpreter."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tflite

from edgegen.ir import Graph, Tensor
from edgegen.model_io.tflite_reader import read_tflite_file

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
PATHS = sorted(MODELS.glob("*.tflite"))


def benchmark_paths() -> list[Path]:
    if not (MODELS / "index.csv").is_file():
        return []
    with (MODELS / "index.csv").open(newline="") as file:
        return [MODELS / row["file"] for row in csv.DictReader(file) if row["benchmark"] == "yes"]


def assert_same_tensor(mine: Tensor, theirs: Any, model: Any) -> None:
    assert mine.name == (theirs.Name() or b"").decode()
    assert mine.shape == tuple(theirs.Shape(i) for i in range(theirs.ShapeLength()))
    assert mine.dtype.name in {name for name, value in vars(tflite.TensorType).items() if value == theirs.Type()}
    assert mine.is_variable == theirs.IsVariable()
    buffer = model.Buffers(theirs.Buffer())
    if buffer.DataLength():
        assert mine.data == buffer.DataAsNumpy().tobytes()
    else:
        assert not mine.data
    quantization = theirs.Quantization()
    if quantization is None or not quantization.ScaleLength():
        assert mine.quantization is None
    elif mine.quantization is not None:
        count = quantization.ScaleLength()
        assert mine.quantization.scales == tuple(quantization.Scale(i) for i in range(count))
        assert mine.quantization.zero_points == tuple(quantization.ZeroPoint(i) for i in range(count))
        assert (mine.quantization.axis is None) == (count == 1)
    else:
        assert quantization.ScaleAsNumpy().tolist() == [0.0]


def assert_same_graph(mine: Graph, theirs: Any, model: Any) -> None:
    assert len(mine.tensors) == theirs.TensorsLength()
    for index, tensor in enumerate(mine.tensors):
        assert_same_tensor(tensor, theirs.Tensors(index), model)
    assert mine.inputs == tuple(theirs.Inputs(i) for i in range(theirs.InputsLength()))
    assert mine.outputs == tuple(theirs.Outputs(i) for i in range(theirs.OutputsLength()))
    assert len(mine.nodes) == theirs.OperatorsLength()
    for index, node in enumerate(mine.nodes):
        operator = theirs.Operators(index)
        assert node.index == index
        assert node.inputs == tuple(operator.Inputs(i) for i in range(operator.InputsLength()))
        assert node.outputs == tuple(operator.Outputs(i) for i in range(operator.OutputsLength()))
        code = model.OperatorCodes(operator.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if number == tflite.BuiltinOperator.CUSTOM:
            assert node.op == code.CustomCode().decode()
        else:
            assert getattr(tflite.BuiltinOperator, node.op) == number


@pytest.mark.skipif(not PATHS, reason="needs the folder of real models")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_real_model_reads_as_the_schema_package_reads_it(path: Path) -> None:
    graph = read_tflite_file(path)
    model = tflite.Model.GetRootAs(path.read_bytes())
    graphs = graph.subgraphs or (graph,)
    assert len(graphs) == model.SubgraphsLength()
    for index, subgraph in enumerate(graphs):
        assert_same_graph(subgraph, model.Subgraphs(index), model)


@pytest.mark.skipif(not PATHS, reason="needs the folder of real models")
@pytest.mark.parametrize("path", benchmark_paths(), ids=lambda path: path.stem)
def test_inputs_and_outputs_are_what_the_interpreter_says(path: Path) -> None:
    from tflite_micro.python.tflite_micro import runtime

    graph = read_tflite_file(path)
    interpreter = runtime.Interpreter.from_bytes(path.read_bytes(), arena_size=4 << 20)
    for indices, details in (
        (graph.inputs, interpreter.get_input_details),
        (graph.outputs, interpreter.get_output_details),
    ):
        for position, index in enumerate(indices):
            mine, theirs = graph.tensors[index], details(position)
            assert mine.shape == tuple(theirs["shape"])
            assert mine.dtype.numpy == np.dtype(theirs["dtype"])
            parameters = theirs["quantization_parameters"]
            assert mine.quantization is not None
            assert mine.quantization.scales == tuple(float(scale) for scale in parameters["scales"])
            assert mine.quantization.zero_points == tuple(parameters["zero_points"])
