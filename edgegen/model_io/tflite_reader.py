"""A .tflite file's bytes -> Graph; whatever is wrong with the file becomes one InputError."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from edgegen.errors import InputError
from edgegen.ir import Graph, Node, Options
from edgegen.model_io import flatbuffer
from edgegen.model_io.builtin_options import read_builtin_options
from edgegen.model_io.custom_options import CUSTOM_OPTIONS, read_custom_options
from edgegen.model_io.flatbuffer import Source, Table, printable
from edgegen.model_io.graph_checks import MAX_TENSORS_LISTED, check_graph, check_subgraph_calls
from edgegen.model_io.schema import enum_names
from edgegen.model_io.tensor_reader import BufferReader, read_tensor

MAX_FILE_BYTES = 128 << 20
_SCHEMA_VERSION = 3
_MAX_SUBGRAPHS = 1024
_MAX_CUSTOM_NAME = 256

# Slots of the schema's tables.
_MODEL_VERSION, _MODEL_OPERATOR_CODES, _MODEL_SUBGRAPHS, _MODEL_BUFFERS = 0, 1, 2, 4
_CODE_DEPRECATED, _CODE_CUSTOM, _CODE_BUILTIN = 0, 1, 3
_GRAPH_TENSORS, _GRAPH_INPUTS, _GRAPH_OUTPUTS, _GRAPH_OPERATORS, _GRAPH_NAME = 0, 1, 2, 3, 4
_NODE_CODE, _NODE_INPUTS, _NODE_OUTPUTS, _NODE_OPTIONS_TYPE, _NODE_OPTIONS, _NODE_CUSTOM = 0, 1, 2, 3, 4, 5
_NODE_LARGE_OFFSET, _NODE_LARGE_SIZE = 9, 10

_OTHER_FORMATS = (
    (
        b"PK\x03\x04",
        "a zip archive, perhaps a .keras model; convert it to an int8 .tflite with TensorFlow's TFLiteConverter",
    ),
    (
        b"\x89HDF",
        "an HDF5 file, perhaps a Keras model; convert it to an int8 .tflite with TensorFlow's TFLiteConverter",
    ),
    (b"GGUF", "a GGUF model, which edgegen can't read; give a .tflite"),
    (b"\x7fELF", "an ELF file; give the .tflite that it was made from"),
)


def read_tflite_file(path: Path) -> Graph:
    """Reads the model in the file `path`; the graph is named after the file's stem. Raises InputError only."""
    return named_graph(read_model_bytes(path), path)


def named_graph(data: bytes, path: Path) -> Graph:
    """The graph in the bytes of the file `path`, named after the file's stem. Raises InputError only."""
    return dataclasses.replace(read_tflite(data, path.name), name=path.stem)


def read_model_bytes(path: Path) -> bytes:
    """The bytes of a model file, at most a byte more than the limit. Raises InputError only."""
    try:
        # Anything else, a pipe say, could keep us waiting for ever.
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: this is no file\nGive the path of a .tflite model.")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: the model can't be read: {reason}") from error
    return data


def read_tflite(data: bytes, name: str) -> Graph:
    """Reads a model; `name` names the file in messages, and the graph. Raises InputError only."""
    model = _open_model(data, name)
    source = model.source
    buffers = BufferReader(source, model.places(_MODEL_BUFFERS))
    codes = [
        _operator_name(Table(source, place, f"operator code {index}"))
        for index, place in enumerate(model.places(_MODEL_OPERATOR_CODES))
    ]
    places = model.places(_MODEL_SUBGRAPHS)
    if not places:
        raise source.error("model", "it has no subgraph")
    if len(places) > _MAX_SUBGRAPHS:
        raise source.error("model", f"it has {len(places)} subgraphs; the limit is {_MAX_SUBGRAPHS}")
    graphs = [
        _read_subgraph(Table(source, place, f"subgraph {index}"), index, len(places), name, codes, buffers)
        for index, place in enumerate(places)
    ]
    check_subgraph_calls(source, graphs)
    main = dataclasses.replace(graphs[0], source_sha256=hashlib.sha256(data).hexdigest())
    return main if len(graphs) == 1 else dataclasses.replace(main, subgraphs=(main, *graphs[1:]))


def _open_model(data: bytes, name: str) -> Table:
    """The root table of a file that says it is a TFLite model."""
    if len(data) > MAX_FILE_BYTES:
        raise InputError(
            f"{name}: the file is larger than {MAX_FILE_BYTES >> 20} MiB, edgegen's limit\n"
            "No microcontroller holds it; give a smaller model."
        )
    for magic, hint in _OTHER_FORMATS:
        if data.startswith(magic):
            raise InputError(f"{name}: this is no .tflite model but {hint}")
    if data[4:8] != b"TFL3":
        what = "an empty file" if not data else "no .tflite model (bytes 4 to 7 are not 'TFL3')"
        raise InputError(f"{name}: this is {what}\nGive a model that TensorFlow's TFLiteConverter wrote.")
    source = Source(data, name)
    model = Table(source, source.number(flatbuffer.UINT32, 0, "model"), "model")
    version = model.number(_MODEL_VERSION, flatbuffer.UINT32)
    if version != _SCHEMA_VERSION:
        raise InputError(
            f"{name}: the model has schema version {version}; edgegen reads version {_SCHEMA_VERSION}\n"
            "Convert it again with a current TensorFlow."
        )
    return model


def _operator_name(code: Table) -> tuple[str, bool]:
    """The operator's name, and whether it is a custom one."""
    # Old files have only the first field, which can't hold codes above 126; new ones have both.
    number = max(code.number(_CODE_DEPRECATED, flatbuffer.INT8), code.number(_CODE_BUILTIN, flatbuffer.INT32))
    name = enum_names("BuiltinOperator").get(number, f"BUILTIN_{number}")
    if name != "CUSTOM":
        return name, False
    name = code.string(_CODE_CUSTOM) or "CUSTOM"
    if len(name) > _MAX_CUSTOM_NAME or not name.isprintable():
        raise code.source.error(code.where, f"'{printable(name)}' can't be an operator's name")
    return name, True


def _read_subgraph(
    table: Table, index: int, subgraph_count: int, model_name: str, codes: list[tuple[str, bool]], buffers: BufferReader
) -> Graph:
    source = table.source
    prefix = "" if subgraph_count == 1 else f"subgraph {index}, "
    tensor_places = table.places(_GRAPH_TENSORS)
    tensors = [
        read_tensor(Table(source, place, f"{prefix}tensor {number}"), buffers)
        for number, place in enumerate(tensor_places)
    ]
    nodes = [
        _read_node(Table(source, place, f"{prefix}node {number}"), number, codes)
        for number, place in enumerate(table.places(_GRAPH_OPERATORS))
    ]
    name = model_name if index == 0 else table.string(_GRAPH_NAME) or f"{model_name}_subgraph_{index}"
    graph = Graph(
        name=name,
        tensors=tuple(tensors),
        nodes=tuple(nodes),
        inputs=table.numbers(_GRAPH_INPUTS, flatbuffer.INT32) or (),
        outputs=table.numbers(_GRAPH_OUTPUTS, flatbuffer.INT32) or (),
    )
    return check_graph(source, graph, prefix)


def _read_node(table: Table, index: int, codes: list[tuple[str, bool]]) -> Node:
    source = table.source
    code = table.number(_NODE_CODE, flatbuffer.UINT32)
    if code >= len(codes):
        raise source.error(table.where, f"operator code {code} is out of range, the model has {len(codes)}")
    op, custom = codes[code]
    table.where = f"{table.where} ({op})"
    inputs = table.numbers(_NODE_INPUTS, flatbuffer.INT32) or ()
    outputs = table.numbers(_NODE_OUTPUTS, flatbuffer.INT32) or ()
    if len(inputs) + len(outputs) > MAX_TENSORS_LISTED:
        raise source.error(
            table.where, f"it has {len(inputs) + len(outputs)} tensors; the limit is {MAX_TENSORS_LISTED}"
        )
    return Node(op, inputs, outputs, _read_custom(table, op) if custom else _read_builtin(table, op), index)


def _read_builtin(table: Table, op: str) -> Options:
    number = table.number(_NODE_OPTIONS_TYPE, flatbuffer.UINT8)
    kind = enum_names("BuiltinOptions").get(number, f"options type {number}")
    found = table.table(_NODE_OPTIONS, table.where) if kind != "NONE" else None
    options = read_builtin_options(op, found, kind)
    if isinstance(options, str):
        raise table.source.error(table.where, options)
    return options


def _read_custom(table: Table, op: str) -> Options:
    blob = table.blob(_NODE_CUSTOM) or b""
    offset = table.number(_NODE_LARGE_OFFSET, flatbuffer.UINT64)
    if not blob and offset > 1:
        blob = table.source.blob(offset, table.number(_NODE_LARGE_SIZE, flatbuffer.UINT64), table.where)
    if op in CUSTOM_OPTIONS:
        table.source.count_elements(len(blob), table.where)
    options = read_custom_options(op, blob)
    if isinstance(options, str):
        raise table.source.error(table.where, options)
    return options
