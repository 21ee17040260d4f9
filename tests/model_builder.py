"""Builds small .tflite models as flatbuffers, with the schema package's generated writers (not with edgegen's tables).

builder = ModelBuilder()
x = builder.tensor("x", (1, 4), "INT8", scale=0.5, zero_point=3)
y = builder.tensor("y", (1, 4), "INT8", scale=0.25, zero_point=-1)
builder.node("LOGISTIC", [x], [y])
model = builder.inputs(x).outputs(y).build()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite
from flatbuffers import flexbuffers
from numpy.typing import ArrayLike, NDArray

# The options table of each operator whose table has fields.
OPTIONS_TABLES = {
    "ADD": "AddOptions",
    "ARG_MAX": "ArgMaxOptions",
    "ARG_MIN": "ArgMinOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
    "CALL_ONCE": "CallOnceOptions",
    "CAST": "CastOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "CUMSUM": "CumsumOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "DEPTH_TO_SPACE": "DepthToSpaceOptions",
    "DIV": "DivOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "GATHER": "GatherOptions",
    "GELU": "GeluOptions",
    "IF": "IfOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "L2_POOL_2D": "Pool2DOptions",
    "LEAKY_RELU": "LeakyReluOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "MEAN": "ReducerOptions",
    "MIRROR_PAD": "MirrorPadOptions",
    "MUL": "MulOptions",
    "PACK": "PackOptions",
    "REDUCE_ALL": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "REDUCE_MIN": "ReducerOptions",
    "RESHAPE": "ReshapeOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
    "SHAPE": "ShapeOptions",
    "SOFTMAX": "SoftmaxOptions",
    "SPACE_TO_DEPTH": "SpaceToDepthOptions",
    "SPLIT": "SplitOptions",
    "SPLIT_V": "SplitVOptions",
    "SQUEEZE": "SqueezeOptions",
    "STRIDED_SLICE": "StridedSliceOptions",
    "SUB": "SubOptions",
    "SUM": "ReducerOptions",
    "SVDF": "SVDFOptions",
    "TRANSPOSE_CONV": "TransposeConvOptions",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTMOptions",
    "UNPACK": "UnpackOptions",
    "VAR_HANDLE": "VarHandleOptions",
    "WHILE": "WhileOptions",
}
_ENUMS = {
    "padding": tflite.Padding,
    "fused_activation_function": tflite.ActivationFunctionType,
    "weights_format": tflite.FullyConnectedOptionsWeightsFormat,
    "mode": tflite.MirrorPadMode,
    "quantized_bias_type": tflite.TensorType,
    "output_type": tflite.TensorType,
    "out_type": tflite.TensorType,
    "in_data_type": tflite.TensorType,
    "out_data_type": tflite.TensorType,
}


@dataclass
class _Tensor:
    name: str
    shape: tuple[int, ...]
    dtype: int
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int
    data: bytes
    is_variable: bool
    shape_signature: tuple[int, ...]


@dataclass
class _Node:
    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any] | None
    custom_options: bytes
    custom: bool
    version: int


@dataclass
class SubgraphBuilder:
    """Tensors and nodes of one subgraph; every index is local to it."""

    name: str
    tensors: list[_Tensor] = field(default_factory=list)
    nodes: list[_Node] = field(default_factory=list)
    input_indices: tuple[int, ...] = ()
    output_indices: tuple[int, ...] = ()

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        dtype: str = "INT8",
        *,
        scale: float | Sequence[float] | None = None,
        zero_point: int | Sequence[int] = 0,
        axis: int = 0,
        data: ArrayLike | bytes | None = None,
        is_variable: bool = False,
        shape_signature: Sequence[int] = (),
    ) -> int:
        """Adds a tensor and returns its index. `data` (array or raw bytes) makes it constant; INT4 arrays are packed.

        Several scales quantise along `axis`; one zero point then stands for all of them.
        """
        scales: tuple[float, ...] = ()
        if scale is not None:
            scales = tuple(float(s) for s in np.atleast_1d(np.asarray(scale)))
        zero_points = tuple(int(z) for z in np.atleast_1d(np.asarray(zero_point)))
        if len(zero_points) == 1:
            zero_points *= len(scales)
        raw = data if isinstance(data, bytes) else b"" if data is None else _to_bytes(data, dtype)
        number = getattr(tflite.TensorType, dtype)
        self.tensors.append(
            _Tensor(name, tuple(shape), number, scales, zero_points, axis, raw, is_variable, tuple(shape_signature))
        )
        return len(self.tensors) - 1

    def node(
        self,
        op: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: Mapping[str, Any] | None = None,
        *,
        custom: bool = False,
        custom_options: Mapping[str, Any] | bytes | None = None,
        version: int = 1,
    ) -> int:
        """Adds an operator call and returns its index; -1 is an omitted input.

        `options` uses the schema's names in snake_case, enumerations by name: {"padding": "SAME", "stride_w": 2}. None
        writes no options table, {} one with the schema's defaults. `custom` makes `op` a custom operator, whose
        options are a mapping (written as a flexbuffer) or raw bytes.
        """
        blob = custom_options if isinstance(custom_options, bytes) else b""
        if isinstance(custom_options, Mapping):
            blob = bytes(flexbuffers.Dumps(dict(custom_options)))
        self.nodes.append(_Node(op, tuple(inputs), tuple(outputs), options, blob, custom, version))
        return len(self.nodes) - 1

    def inputs(self, *indices: int) -> SubgraphBuilder:
        self.input_indices = indices
        return self

    def outputs(self, *indices: int) -> SubgraphBuilder:
        self.output_indices = indices
        return self


class ModelBuilder(SubgraphBuilder):
    """A model: itself the main subgraph; `subgraph()` adds more."""

    def __init__(self, name: str = "main") -> None:
        super().__init__(name)
        self.subgraphs: list[SubgraphBuilder] = [self]

    def subgraph(self, name: str) -> SubgraphBuilder:
        self.subgraphs.append(SubgraphBuilder(name))
        return self.subgraphs[-1]

    def inputs(self, *indices: int) -> ModelBuilder:
        super().inputs(*indices)
        return self

    def outputs(self, *indices: int) -> ModelBuilder:
        super().outputs(*indices)
        return self

    def build(self) -> bytes:
        """The .tflite file's bytes."""
        return _Writer().model(self.subgraphs)


def _to_bytes(data: ArrayLike, dtype: str) -> bytes:
    if dtype == "INT4":
        nibbles: NDArray[np.uint8] = (np.asarray(data).astype(np.int64).reshape(-1) & 15).astype(np.uint8)
        if nibbles.size % 2:
            nibbles = np.append(nibbles, np.uint8(0))
        return (nibbles[0::2] | nibbles[1::2] << 4).astype(np.uint8).tobytes()
    return np.ascontiguousarray(data, dtype=np.dtype(dtype.lower())).tobytes()


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


class _Writer:
    """Writes one model; a flatbuffer is built from its leaves to its root."""

    def __init__(self) -> None:
        self.fb = flatbuffers.Builder(1024)
        self.buffers: list[bytes] = [b""]  # buffer 0 is the empty one
        self.codes: list[tuple[str, bool, int]] = []

    def model(self, subgraphs: Sequence[SubgraphBuilder]) -> bytes:
        graphs = [self._subgraph(graph) for graph in subgraphs]
        places = {
            "subgraphs": self._offsets(graphs),
            "codes": self._offsets([self._code(*code) for code in self.codes]),
            "buffers": self._offsets([self._buffer(data) for data in self.buffers]),
            "description": self.fb.CreateString("edgegen test model"),
        }
        tflite.ModelStart(self.fb)
        tflite.ModelAddVersion(self.fb, 3)
        tflite.ModelAddOperatorCodes(self.fb, places["codes"])
        tflite.ModelAddSubgraphs(self.fb, places["subgraphs"])
        tflite.ModelAddDescription(self.fb, places["description"])
        tflite.ModelAddBuffers(self.fb, places["buffers"])
        self.fb.Finish(tflite.ModelEnd(self.fb), file_identifier=b"TFL3")
        return bytes(self.fb.Output())

    def _offsets(self, offsets: Sequence[int]) -> int:
        self.fb.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.fb.PrependUOffsetTRelative(offset)
        return int(self.fb.EndVector())

    def _numbers(self, values: Sequence[float], dtype: str) -> int:
        return int(self.fb.CreateNumpyVector(np.array(values, dtype=dtype)))

    def _buffer(self, data: bytes) -> int:
        place = 0
        if data:
            # Data starts at a multiple of 16, as TFLite's converter writes it.
            self.fb.StartVector(1, len(data), 16)
            self.fb.head -= len(data)
            self.fb.Bytes[self.fb.head : self.fb.head + len(data)] = data
            place = self.fb.EndVector()
        tflite.BufferStart(self.fb)
        if data:
            tflite.BufferAddData(self.fb, place)
        return int(tflite.BufferEnd(self.fb))

    def _code(self, op: str, custom: bool, version: int) -> int:
        number = tflite.BuiltinOperator.CUSTOM if custom else getattr(tflite.BuiltinOperator, op)
        name = self.fb.CreateString(op) if custom else 0
        tflite.OperatorCodeStart(self.fb)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.fb, min(number, 127))
        tflite.OperatorCodeAddBuiltinCode(self.fb, number)
        tflite.OperatorCodeAddVersion(self.fb, version)
        if custom:
            tflite.OperatorCodeAddCustomCode(self.fb, name)
        return int(tflite.OperatorCodeEnd(self.fb))

    def _subgraph(self, graph: SubgraphBuilder) -> int:
        tensors = self._offsets([self._tensor(tensor) for tensor in graph.tensors])
        nodes = self._offsets([self._node(node) for node in graph.nodes])
        inputs = self._numbers(graph.input_indices, "int32")
        outputs = self._numbers(graph.output_indices, "int32")
        name = self.fb.CreateString(graph.name)
        tflite.SubGraphStart(self.fb)
        tflite.SubGraphAddTensors(self.fb, tensors)
        tflite.SubGraphAddInputs(self.fb, inputs)
        tflite.SubGraphAddOutputs(self.fb, outputs)
        tflite.SubGraphAddOperators(self.fb, nodes)
        tflite.SubGraphAddName(self.fb, name)
        return int(tflite.SubGraphEnd(self.fb))

    def _tensor(self, tensor: _Tensor) -> int:
        buffer = 0
        if tensor.data:
            buffer = len(self.buffers)
            self.buffers.append(tensor.data)
        name = self.fb.CreateString(tensor.name)
        shape = self._numbers(tensor.shape, "int32")
        signature = self._numbers(tensor.shape_signature, "int32") if tensor.shape_signature else 0
        quantization = 0
        if tensor.scales:
            scales = self._numbers(tensor.scales, "float32")
            zero_points = self._numbers(tensor.zero_points, "int64")
            tflite.QuantizationParametersStart(self.fb)
            tflite.QuantizationParametersAddScale(self.fb, scales)
            tflite.QuantizationParametersAddZeroPoint(self.fb, zero_points)
            tflite.QuantizationParametersAddQuantizedDimension(self.fb, tensor.axis)
            quantization = tflite.QuantizationParametersEnd(self.fb)
        tflite.TensorStart(self.fb)
        tflite.TensorAddShape(self.fb, shape)
        tflite.TensorAddType(self.fb, tensor.dtype)
        tflite.TensorAddBuffer(self.fb, buffer)
        tflite.TensorAddName(self.fb, name)
        if quantization:
            tflite.TensorAddQuantization(self.fb, quantization)
        tflite.TensorAddIsVariable(self.fb, tensor.is_variable)
        if signature:
            tflite.TensorAddShapeSignature(self.fb, signature)
        return int(tflite.TensorEnd(self.fb))

    def _node(self, node: _Node) -> int:
        code = (node.op, node.custom, node.version)
        if code not in self.codes:
            self.codes.append(code)
        table = OPTIONS_TABLES.get(node.op) if node.options is not None else None
        if node.options and table is None:
            raise ValueError(f"{node.op} has no options table, but got {dict(node.options)}")
        options = self._options(table, node.options or {}) if table else 0
        inputs = self._numbers(node.inputs, "int32")
        outputs = self._numbers(node.outputs, "int32")
        custom = self.fb.CreateByteVector(node.custom_options) if node.custom_options else 0
        tflite.OperatorStart(self.fb)
        tflite.OperatorAddOpcodeIndex(self.fb, self.codes.index(code))
        tflite.OperatorAddInputs(self.fb, inputs)
        tflite.OperatorAddOutputs(self.fb, outputs)
        if table:
            tflite.OperatorAddBuiltinOptionsType(self.fb, getattr(tflite.BuiltinOptions, table))
            tflite.OperatorAddBuiltinOptions(self.fb, options)
        if custom:
            tflite.OperatorAddCustomOptions(self.fb, custom)
        return int(tflite.OperatorEnd(self.fb))

    def _options(self, table: str, options: Mapping[str, Any]) -> int:
        values: dict[str, Any] = {}
        for name, value in options.items():
            if isinstance(value, str):
                enum = _ENUMS.get(name)
                values[name] = self.fb.CreateString(value) if enum is None else _enum_value(enum, value)
            elif isinstance(value, Sequence):
                values[name] = self._numbers(value, "int32")
            else:
                values[name] = value
        getattr(tflite, f"{table}Start")(self.fb)
        for name, value in values.items():
            getattr(tflite, f"{table}Add{_camel(name)}")(self.fb, value)
        return int(getattr(tflite, f"{table}End")(self.fb))


def _enum_value(enum: type, name: str) -> int:
    for member, value in vars(enum).items():
        if member.upper() == name:
            return int(value)
    raise ValueError(f"{enum.__name__} has no member {name}")
