"""Models as training leaves them: a Keras file or object, a SavedModel or a float .tflite in, a SourceModel out.

No code of the file's author runs: Lambda layers and custom classes are refused before Keras sees the file.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

MAX_UNPACKED_BYTES = 2 << 30
_MAX_CONFIG_BYTES = 64 << 20
_FORMATS = "give a .keras, .h5 or float .tflite file, or a SavedModel folder"
_NO_CODE = "edgegen runs no code out of a model file: rebuild that layer from Keras' own, or give the model in memory"

# Where a serialised object may come from. Keras has functions elsewhere that a hostile file could call.
_OWN_MODULES = re.compile(
    r"(tf_)?keras(\.src|\.api|\._tf_keras\.keras)*(\.(layers|models|engine|initializers|regularizers|constraints|"
    r"activations|optimizers|losses|metrics|dtype_policies|mixed_precision|ops)(\..*)?)?|builtins"
)
_WITH_CODE = frozenset({"Lambda", "__lambda__", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"})
_BUILTIN_CLASSES = frozenset({"function", "type", "slice", "__tuple__"})
# What could touch files, or run Python, in a SavedModel's graph.
_UNSAFE_OPERATIONS = frozenset(
    {"ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc", "PrintV2", "SaveV2"}
)


@dataclass(frozen=True, slots=True)
class SourceModel:
    """A float model. `keras` is a Keras 3 or tf_keras model, else None and `tflite` holds a float .tflite.

    `fixed` says why it can't be trained, empty where it can.
    """

    name: str
    keras: Any = None
    tflite: bytes = b""
    fixed: str = ""


def import_model(model: object) -> SourceModel:
    """Reads a file or folder, or takes a Keras model that is in memory. Raises InputError."""
    if isinstance(model, str | Path):
        return _import_path(Path(model))
    if is_keras_3(model) or is_tf_keras(model):
        return SourceModel(str(getattr(model, "name", "model")), keras=_built(model, "the model"))
    raise InputError(f"a {type(model).__name__} is no model\n{_FORMATS}, or a Keras model in memory")


def is_keras_3(model: object) -> bool:
    """Whether it is a model of Keras 3; imports nothing."""
    return _origin(model) == "keras"


def is_tf_keras(model: object) -> bool:
    """Whether it is a model of tf_keras, the Keras 2 that goes on; imports nothing."""
    return _origin(model) == "tf_keras"


def _origin(model: object) -> str:
    bases = {(base.__module__.partition(".")[0], base.__name__) for base in type(model).__mro__}
    return next((library for library in ("keras", "tf_keras") if (library, "Model") in bases), "")


def _import_path(path: Path) -> SourceModel:
    if path.is_dir():
        if (path / "saved_model.pb").is_file():
            return _import_saved_model(path)
        raise InputError(f"'{path}' is a folder without saved_model.pb, so no SavedModel\n{_FORMATS}")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise InputError(f"model '{path}' can't be read: {error.strerror}") from None
    if head[4:8] == b"TFL3":
        return _import_tflite(path)
    if head.startswith(b"PK\x03\x04"):
        return _import_archive(path)
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return _import_h5(path)
    if path.suffix == ".onnx":
        raise InputError(
            f"'{path}' is an ONNX model, which edgegen does not read: the converters to TensorFlow pin other\n"
            "versions of it. Convert it with onnx2tf in a virtual environment of its own, and give its SavedModel here."
        )
    raise InputError(f"'{path}' is no model that edgegen knows\n{_FORMATS}")


def _import_archive(path: Path) -> SourceModel:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise InputError(f"'{path}' unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}")
            config = _json(_member(archive, "config.json", path), path)
            version = _json(_member(archive, "metadata.json", path), path).get("keras_version", "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"'{path}' is a damaged .keras file: {error}\nsave the model again") from None
    refuse_code(config, str(path))
    library = "tf_keras" if str(version).startswith("2.") else "keras"
    return SourceModel(path.stem, keras=_load(library, path, safe_mode=True))


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    try:
        if archive.getinfo(name).file_size > _MAX_CONFIG_BYTES:
            raise InputError(f"'{path}': {name} in it is larger than {_MAX_CONFIG_BYTES:,} bytes, edgegen's limit")
        return archive.read(name)
    except KeyError:
        raise InputError(f"'{path}' is a zip archive without {name}, so no .keras model\n{_FORMATS}") from None


def _import_h5(path: Path) -> SourceModel:
    h5py = load("h5py")
    try:
        with h5py.File(path, "r") as file:
            text = file.attrs.get("model_config")
            version = file.attrs.get("keras_version", "")
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise InputError(f"'{path}' is a damaged HDF5 file: {_first_line(error)}") from None
    if not isinstance(text, str | bytes):
        raise InputError(f"'{path}' holds weights and no model\nsave the whole model: model.save(...)")
    refuse_code(_json(text.encode(errors="surrogateescape") if isinstance(text, str) else text, path), str(path))
    library = "keras" if str(version).startswith("3.") else "tf_keras"
    return SourceModel(path.stem, keras=_load(library, path))


def _json(text: bytes, path: Path) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{path}' is a damaged model: its configuration is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise InputError(f"'{path}' is a damaged model: its configuration is no JSON object")
    return value


def refuse_code(config: object, where: str) -> None:
    """Raises InputError where a model's configuration holds code, or asks for a class that is not Keras' own."""
    for item in _objects(config):
        name, module, registered = (item.get(key) for key in ("class_name", "module", "registered_name"))
        layer = item.get("config")
        label = layer.get("name") if isinstance(layer, dict) else None
        called = f"'{label or name}'"
        if name in _WITH_CODE:
            raise InputError(f"{where}: layer {called} ({name}) carries code\n{_NO_CODE}")
        custom = isinstance(registered, str) and ">" in registered and not registered.startswith("keras")
        foreign = isinstance(name, str) and isinstance(module, str) and not _OWN_MODULES.fullmatch(module)
        builtin = module == "builtins" and isinstance(name, str) and name not in _BUILTIN_CLASSES
        if custom or foreign or builtin:
            origin = registered if custom else f"{module}.{name}"
            raise InputError(f"{where}: {called} is of the class {origin}, which is not Keras' own\n{_NO_CODE}")


def _objects(config: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in `config`, outer ones first; without recursion, since the file decides on the depth."""
    rest = [config]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            yield item
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)


def _load(library: str, path: Path, **options: Any) -> Any:
    keras = load(library)
    # Keras sees a suffix where people see content.
    try:
        with hushed():
            model = keras.models.load_model(str(path), compile=False, **options)
    except Exception as error:  # whatever Keras raises, the file can't be read
        raise InputError(f"'{path}' can't be loaded by {library} {keras.__version__}: {_first_line(error)}") from None
    return _built(model, f"'{path}'")


def _built(model: Any, where: str) -> Any:
    if not getattr(model, "built", False) or getattr(model, "inputs", None) in (None, []):
        raise InputError(
            f"{where} has no known input shape\nbuild it with a keras.Input, as Sequential or functional model"
        )
    return model


def _import_saved_model(path: Path) -> SourceModel:
    saved_model_pb2 = load("tensorflow.core.protobuf.saved_model_pb2")
    message = saved_model_pb2.SavedModel()
    try:
        message.ParseFromString((path / "saved_model.pb").read_bytes())
    except Exception as error:  # protobuf's error has no stable class
        raise InputError(f"'{path}' is a damaged SavedModel: {_first_line(error)}") from None
    graphs = [graph.graph_def for graph in message.meta_graphs]
    nodes = [node for graph in graphs for node in graph.node]
    nodes += [node for graph in graphs for function in graph.library.function for node in function.node_def]
    unsafe = sorted({node.op for node in nodes if node.op in _UNSAFE_OPERATIONS and not _is_saver(node)})
    if unsafe:
        raise InputError(f"'{path}': its graph has the operation {unsafe[0]}, which reaches files or code\n{_NO_CODE}")
    metadata = path / "keras_metadata.pb"
    if metadata.is_file():
        _refuse_code_in_saved_model(metadata, path)
        return SourceModel(path.name, keras=_load("tf_keras", path))
    return SourceModel(
        path.name, tflite=_convert_saved_model(path), fixed="a SavedModel without Keras' own records holds no layers"
    )


def _is_saver(node: Any) -> bool:
    """The operations by which TensorFlow saves and restores every SavedModel; conversion never runs them."""
    return bool(node.op == "SaveV2" or node.name.startswith("save/"))


def _refuse_code_in_saved_model(metadata: Path, path: Path) -> None:
    saved_metadata_pb2 = load("tf_keras.protobuf.saved_metadata_pb2")
    records = saved_metadata_pb2.SavedMetadata()
    try:
        records.ParseFromString(metadata.read_bytes())
    except Exception as error:  # protobuf's error has no stable class
        raise InputError(f"'{path}': keras_metadata.pb is damaged: {_first_line(error)}") from None
    for record in records.nodes:
        if record.metadata:
            refuse_code(_json(record.metadata.encode(), path), str(path))


def _convert_saved_model(path: Path) -> bytes:
    tf = load("tensorflow")
    try:
        with hushed():
            return bytes(tf.lite.TFLiteConverter.from_saved_model(str(path)).convert())
    except Exception as error:  # whatever the converter raises
        raise InputError(f"'{path}' can't be converted by TensorFlow: {_first_line(error)}") from None


def _import_tflite(path: Path) -> SourceModel:
    from edgegen.model_io.tflite_reader import named_graph, read_model_bytes

    data = read_model_bytes(path)
    graph = named_graph(data, path)  # TensorFlow's own reader may die of a damaged file; this one never does
    quantized = [tensor.name for tensor in graph.tensors if tensor.quantization is not None]
    if quantized:
        raise InputError(
            f"'{path}' is quantised already (tensor '{quantized[0].split(';')[0][:60]}')\n"
            "give the float model that it was made of"
        )
    return SourceModel(path.stem, tflite=data, fixed="a .tflite holds no layers that can be trained")


def _first_line(error: BaseException) -> str:
    return next((line.strip()[:200] for line in str(error).splitlines() if line.strip()), type(error).__name__)
