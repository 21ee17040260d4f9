"""The reader against the test models: graph, tensors, options; and the messages for models that can't be right."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
import tflite

from edgegen import options, options_custom
from edgegen.errors import InputError
from edgegen.ir import DType, Options, Quantization
from edgegen.model_io.builtin_options import OPTIONS, WITHOUT_OPTIONS
from edgegen.model_io.custom_options import CUSTOM_OPTIONS
from edgegen.model_io.tflite_reader import read_tflite, read_tflite_file
from tests import model_builder
from tests.model_builder import OPTIONS_TABLES, ModelBuilder

ROOT = Path(__file__).resolve().parents[2]

# A value other than the default for each kind of field.
VALUES: dict[str, Any] = {
    "padding": "VALID",
    "fused_activation_function": "RELU_N1_TO_1",
    "weights_format": "SHUFFLED4X16INT8",
    "mode": "SYMMETRIC",
    "quantized_bias_type": "INT64",
    "output_type": "INT32",
    "out_type": "INT64",
    "in_data_type": "INT8",
    "out_data_type": "UINT8",
    "new_shape": (1, -1),
    "squeeze_dims": (0, 2),
    "container": "box",
    "shared_name": "state",
}


def one_node(op: str, given: dict[str, Any] | None, **more: Any) -> ModelBuilder:
    builder = ModelBuilder()
    # IF, WHILE and CALL_ONCE may call any of these.
    for index in range(1, 20):
        builder.subgraph(f"subgraph {index}")
    x = builder.tensor("x", (1, 4), "INT8", scale=0.5)
    y = builder.tensor("y", (1, 4), "INT8", scale=0.5)
    builder.node(op, [x], [y], given, **more)
    return builder.inputs(x).outputs(y)


def read_options(builder: ModelBuilder) -> Options:
    return read_tflite(builder.build(), "m.tflite").nodes[0].options


def some_options(cls: type[Options]) -> dict[str, Any]:
    """Options that differ from the defaults and from each other."""
    values = {}
    for number, field in enumerate(fields(cls), start=2):
        by_kind = {"bool": not field.default, "float": number + 0.5, "int": number}
        values[field.name] = VALUES[field.name] if field.name in VALUES else by_kind[str(field.type)]
    return values


@pytest.mark.parametrize("op", sorted(OPTIONS))
def test_options_are_read_as_the_schema_writes_them(op: str) -> None:
    assert OPTIONS[op].__name__ == OPTIONS_TABLES[op]
    wanted = some_options(OPTIONS[op])
    assert read_options(one_node(op, wanted)) == OPTIONS[op](**wanted)


@pytest.mark.parametrize("cls", sorted(set(OPTIONS.values()), key=lambda cls: cls.__name__))
def test_defaults_are_the_schemas(cls: type[Options]) -> None:
    builder = flatbuffers.Builder(64)
    getattr(tflite, f"{cls.__name__}Start")(builder)
    builder.Finish(getattr(tflite, f"{cls.__name__}End")(builder))
    table = getattr(tflite, cls.__name__).GetRootAs(builder.Output())
    for field in fields(cls):
        camel = "".join(part.capitalize() for part in field.name.split("_"))
        if isinstance(field.default, tuple) or field.type in ("str", "Padding", "tuple[int, ...] | None"):
            enum = model_builder._ENUMS.get(field.name)
            if enum is None:
                assert field.default in ((), None, "")
            else:
                assert getattr(enum, str(field.default)) == getattr(table, camel)()
        else:
            assert field.default == getattr(table, camel)(), field.name


@pytest.mark.parametrize("op", sorted(OPTIONS))
def test_a_missing_options_table_means_the_defaults(op: str) -> None:
    if "size" in _kinds(op):
        with pytest.raises(InputError, match="must be at least 1"):
            read_options(one_node(op, None))
    elif op in ("CALL_ONCE", "IF", "WHILE"):
        with pytest.raises(InputError, match="calling itself"):
            read_options(one_node(op, None))
    else:
        assert read_options(one_node(op, None)) == OPTIONS[op]()


def _kinds(op: str) -> list[str]:
    from edgegen.model_io.builtin_options import _KINDS

    return _KINDS[OPTIONS[op]].split()


@pytest.mark.parametrize("op", sorted(WITHOUT_OPTIONS))
def test_operators_without_options(op: str) -> None:
    assert read_options(one_node(op, None)) == options.NoOptions()


def test_unknown_operators_are_kept_for_the_compiler_to_name() -> None:
    graph = read_tflite(one_node("GELU", {"approximate": True}).build(), "m.tflite")
    assert (graph.nodes[0].op, graph.nodes[0].options) == ("GELU", options.UnknownOptions())
    graph = read_tflite(one_node("MyOp", None, custom=True, custom_options=b"anything").build(), "m.tflite")
    assert (graph.nodes[0].op, graph.nodes[0].options) == ("MyOp", options.UnknownOptions())


@pytest.mark.parametrize("op", sorted(CUSTOM_OPTIONS))
def test_custom_options(op: str) -> None:
    cls = CUSTOM_OPTIONS[op]
    wanted: dict[str, Any] = {}
    for number, field in enumerate(fields(cls), start=100):
        kind = str(field.type)
        wanted[field.name] = number % 2 == 0 if kind == "bool" else number / 4 if kind == "float" else number * 1000
    # TensorFlow adds 'T' on its own account.
    given = {**wanted, "T": 1}
    assert read_options(one_node(op, None, custom=True, custom_options=given)) == cls(**wanted)


def test_custom_options_that_may_be_missing() -> None:
    read = read_options(one_node("CIRCULAR_BUFFER", None, custom=True))
    assert read == options_custom.CircularBufferOptions(cycles_max=None)


def test_a_custom_option_may_be_any_kind_of_number() -> None:
    given = {"fft_length": 512.0}
    assert read_options(one_node("SignalRfft", None, custom=True, custom_options=given)) == (
        options_custom.SignalFftOptions(fft_length=512)
    )


@pytest.mark.parametrize(
    ("number", "deprecated", "name"),
    [(3, 3, "CONV_2D"), (0, 3, "CONV_2D"), (128, 127, "CUMSUM"), (999, 127, "BUILTIN_999")],
)
def test_both_generations_of_operator_codes(
    monkeypatch: pytest.MonkeyPatch, number: int, deprecated: int, name: str
) -> None:
    def write_code(self: Any, op: str, custom: bool, version: int) -> int:
        tflite.OperatorCodeStart(self.fb)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.fb, deprecated)
        tflite.OperatorCodeAddBuiltinCode(self.fb, number)
        return int(tflite.OperatorCodeEnd(self.fb))

    monkeypatch.setattr(model_builder._Writer, "_code", write_code)
    given = {"stride_w": 1, "stride_h": 1} if name == "CONV_2D" else {}
    op = "CUMSUM" if name == "CUMSUM" else "CONV_2D"
    assert read_tflite(one_node(op, given).build(), "m.tflite").nodes[0].op == name


def test_tensors() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 2), "INT8", scale=0.1, zero_point=-7, shape_signature=(-1, 2))
    builder.tensor("per axis", (2, 3), "INT16", scale=[1.0, 0.5, 0.25], axis=1, data=[[1, 2, 3], [-4, -5, -6]])
    builder.tensor("packed", (3,), "INT4", scale=1.0, data=[-8, 7, -1])
    builder.tensor("state", (4,), "INT8", is_variable=True)
    builder.tensor("nothing", (0, 5), "FLOAT32")
    builder.tensor("scalar", (), "FLOAT32", data=2.5)
    builder.tensor("bias", (2,), "INT32", scale=[1.0, 2.0], axis=3, data=[1, 2])
    graph = read_tflite(builder.inputs(x).outputs(x).build(), "m.tflite")
    tensors = {tensor.name: tensor for tensor in graph.tensors}
    assert tensors["x"].shape == (1, 2)
    assert tensors["x"].data is None
    assert tensors["x"].quantization == Quantization((float(np.float32(0.1)),), (-7,))
    assert tensors["per axis"].quantization == Quantization((1.0, 0.5, 0.25), (0, 0, 0), 1)
    assert tensors["per axis"].array().tolist() == [[1, 2, 3], [-4, -5, -6]]
    assert tensors["packed"].dtype is DType.INT4
    assert tensors["packed"].array().tolist() == [-8, 7, -1]
    assert tensors["state"].is_variable
    assert not tensors["state"].is_constant
    assert tensors["state"].quantization is None
    assert tensors["nothing"].data == b""
    assert tensors["scalar"].array().tolist() == 2.5
    # The converter of early models copied the filter's dimension to the bias.
    assert tensors["bias"].quantization == Quantization((1.0, 2.0), (0, 0), 0)


def test_subgraphs() -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1,), "INT8")
    y = builder.tensor("y", (1,), "INT8")
    for name in ("condition", "body"):
        graph = builder.subgraph(name)
        value = graph.tensor(f"value of {name}", (1,), "INT8")
        graph.inputs(value).outputs(value)
    builder.node("WHILE", [x], [y], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    graph = read_tflite(builder.inputs(x).outputs(y).build(), "m.tflite")
    assert [subgraph.name for subgraph in graph.subgraphs] == ["m.tflite", "condition", "body"]
    assert graph.subgraphs[0].nodes == graph.nodes
    assert graph.subgraphs[2].tensors[0].name == "value of body"
    assert len(graph.source_sha256) == 64


def test_data_behind_the_flatbuffer(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_buffer(self: Any, data: bytes) -> int:
        tflite.BufferStart(self.fb)
        tflite.BufferAddOffset(self.fb, 4096 if data else 1)
        tflite.BufferAddSize(self.fb, len(data) or 1)
        return int(tflite.BufferEnd(self.fb))

    monkeypatch.setattr(model_builder._Writer, "_buffer", write_buffer)
    builder = ModelBuilder()
    builder.outputs(builder.tensor("x", (3,), "INT8", data=[9, 9, 9]))
    graph = read_tflite(builder.build().ljust(4096, b"\0") + b"\1\2\3", "m.tflite")
    assert graph.tensors[0].array().tolist() == [1, 2, 3]
    with pytest.raises(InputError, match="outside the file"):
        read_tflite(builder.build(), "m.tflite")


def _write_sparse(writer: Any, formats: list[int]) -> int:
    dimensions = []
    for number in formats:
        tflite.DimensionMetadataStart(writer.fb)
        tflite.DimensionMetadataAddFormat(writer.fb, number)
        dimensions.append(tflite.DimensionMetadataEnd(writer.fb))
    metadata = writer._offsets(dimensions)
    order = writer._numbers(range(len(formats)), "int32")
    tflite.SparsityParametersStart(writer.fb)
    tflite.SparsityParametersAddTraversalOrder(writer.fb, order)
    tflite.SparsityParametersAddDimMetadata(writer.fb, metadata)
    return int(tflite.SparsityParametersEnd(writer.fb))


@pytest.mark.parametrize(("formats", "refused"), [([0, 0], False), ([0, 1], True)])
def test_sparse_tensors(monkeypatch: pytest.MonkeyPatch, formats: list[int], refused: bool) -> None:
    # The last table that the builder starts for a tensor is the tensor's own: the sparsity is written before it.
    start = tflite.TensorStart
    writers: list[Any] = []
    created = model_builder._Writer.__init__

    def remember(self: Any) -> None:
        created(self)
        writers.append(self)

    def start_sparse(fb: Any) -> None:
        sparsity = _write_sparse(writers[-1], formats)
        start(fb)
        tflite.TensorAddSparsity(fb, sparsity)

    monkeypatch.setattr(model_builder._Writer, "__init__", remember)
    monkeypatch.setattr(tflite, "TensorStart", start_sparse)
    builder = ModelBuilder()
    builder.outputs(builder.tensor("x", (2, 2), "INT8", data=[[1, 2], [3, 4]]))
    if refused:
        with pytest.raises(InputError, match="stored sparse"):
            read_tflite(builder.build(), "m.tflite")
    else:
        assert read_tflite(builder.build(), "m.tflite").tensors[0].array().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an empty file"),
        (b"hello world", "no .tflite model"),
        (b"PK\x03\x04 and more", "zip archive, perhaps a .keras model"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x10\0\0\0TFL3", "outside the file"),
    ],
)
def test_files_of_other_kinds(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_tflite_file(path)
    assert str(caught.value).startswith("model.tflite: ")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_tflite_file(tmp_path / "missing.tflite")
    with pytest.raises(InputError, match="this is no file"):
        read_tflite_file(tmp_path)
    os.mkfifo(tmp_path / "pipe.tflite")
    with pytest.raises(InputError, match="this is no file"):
        read_tflite_file(tmp_path / "pipe.tflite")
    with pytest.raises(InputError, match="can't be read"):
        read_tflite_file(tmp_path / "nul\0.tflite")


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("edgegen.model_io.tflite_reader.MAX_FILE_BYTES", 1 << 20)
    path = tmp_path / "large.tflite"
    path.write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(InputError, match=r"large\.tflite: the file is larger than 1 MiB"):
        read_tflite_file(path)


def test_the_graph_is_named_after_the_file(tmp_path: Path) -> None:
    builder = ModelBuilder()
    path = tmp_path / "kws.v2.tflite"
    path.write_bytes(builder.inputs(builder.tensor("x", (1,))).build())
    assert read_tflite_file(path).name == "kws.v2"


def test_reading_imports_neither_tensorflow_nor_the_whole_schema_package() -> None:
    script = "import sys, edgegen.model_io.tflite_reader; print([m for m in sys.modules if m.split('.')[0] in %r])"
    run = subprocess.run(
        [sys.executable, "-c", script % (("tensorflow", "tflite", "tflite_micro", "keras"),)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
