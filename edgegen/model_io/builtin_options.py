"""A builtin operator's options table -> its class of `edgegen.options`."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from typing import Any

from edgegen import options
from edgegen.ir import Options
from edgegen.model_io import flatbuffer
from edgegen.model_io.flatbuffer import Table
from edgegen.model_io.schema import enum_names

# The kind of each field, in the class's order. A kind that is an enumeration of the schema has its name.
# `size` is an int32 that must be at least 1; `-` is a deprecated slot, which the class doesn't have.
_CONV = "Padding size size ActivationFunctionType size size"
_KINDS: dict[type[Options], str] = {
    options.Conv2DOptions: f"{_CONV} TensorType",
    options.DepthwiseConv2DOptions: "Padding size size int32 ActivationFunctionType size size",
    options.TransposeConvOptions: "Padding size size ActivationFunctionType TensorType",
    options.Pool2DOptions: "Padding size size size size ActivationFunctionType",
    options.FullyConnectedOptions: "ActivationFunctionType FullyConnectedOptionsWeightsFormat bool bool TensorType",
    options.BatchMatMulOptions: "bool bool bool",
    options.SVDFOptions: "size ActivationFunctionType bool",
    options.UnidirectionalSequenceLSTMOptions: "ActivationFunctionType float32 float32 bool bool bool",
    options.SoftmaxOptions: "float32",
    options.LeakyReluOptions: "float32",
    options.AddOptions: "ActivationFunctionType bool",
    options.SubOptions: "ActivationFunctionType bool",
    options.MulOptions: "ActivationFunctionType",
    options.DivOptions: "ActivationFunctionType",
    options.L2NormOptions: "ActivationFunctionType",
    options.ReducerOptions: "bool",
    options.CumsumOptions: "bool bool",
    options.ArgMaxOptions: "TensorType",
    options.ArgMinOptions: "TensorType",
    options.CastOptions: "TensorType TensorType",
    options.ConcatenationOptions: "int32 ActivationFunctionType",
    options.DepthToSpaceOptions: "size",
    options.SpaceToDepthOptions: "size",
    options.GatherOptions: "int32 int32",
    options.MirrorPadOptions: "MirrorPadMode",
    options.PackOptions: "int32 int32",
    options.UnpackOptions: "int32 int32",
    options.ReshapeOptions: "int32s",
    options.ResizeBilinearOptions: "- - bool bool",
    options.ResizeNearestNeighborOptions: "bool bool",
    options.ShapeOptions: "TensorType",
    options.SplitOptions: "size",
    options.SplitVOptions: "size",
    options.SqueezeOptions: "int32s",
    options.StridedSliceOptions: "int32 int32 int32 int32 int32 bool",
    options.IfOptions: "int32 int32",
    options.WhileOptions: "int32 int32",
    options.CallOnceOptions: "int32",
    options.VarHandleOptions: "string string",
}

# The operators that TensorFlow Lite Micro registers and that have options.
OPTIONS: dict[str, type[Options]] = {
    "ADD": options.AddOptions,
    "ARG_MAX": options.ArgMaxOptions,
    "ARG_MIN": options.ArgMinOptions,
    "AVERAGE_POOL_2D": options.Pool2DOptions,
    "BATCH_MATMUL": options.BatchMatMulOptions,
    "CALL_ONCE": options.CallOnceOptions,
    "CAST": options.CastOptions,
    "CONCATENATION": options.ConcatenationOptions,
    "CONV_2D": options.Conv2DOptions,
    "CUMSUM": options.CumsumOptions,
    "DEPTHWISE_CONV_2D": options.DepthwiseConv2DOptions,
    "DEPTH_TO_SPACE": options.DepthToSpaceOptions,
    "DIV": options.DivOptions,
    "FULLY_CONNECTED": options.FullyConnectedOptions,
    "GATHER": options.GatherOptions,
    "IF": options.IfOptions,
    "L2_NORMALIZATION": options.L2NormOptions,
    "L2_POOL_2D": options.Pool2DOptions,
    "LEAKY_RELU": options.LeakyReluOptions,
    "MAX_POOL_2D": options.Pool2DOptions,
    "MEAN": options.ReducerOptions,
    "MIRROR_PAD": options.MirrorPadOptions,
    "MUL": options.MulOptions,
    "PACK": options.PackOptions,
    "REDUCE_ALL": options.ReducerOptions,
    "REDUCE_MAX": options.ReducerOptions,
    "REDUCE_MIN": options.ReducerOptions,
    "RESHAPE": options.ReshapeOptions,
    "RESIZE_BILINEAR": options.ResizeBilinearOptions,
    "RESIZE_NEAREST_NEIGHBOR": options.ResizeNearestNeighborOptions,
    "SHAPE": options.ShapeOptions,
    "SOFTMAX": options.SoftmaxOptions,
    "SPACE_TO_DEPTH": options.SpaceToDepthOptions,
    "SPLIT": options.SplitOptions,
    "SPLIT_V": options.SplitVOptions,
    "SQUEEZE": options.SqueezeOptions,
    "STRIDED_SLICE": options.StridedSliceOptions,
    "SUB": options.SubOptions,
    "SUM": options.ReducerOptions,
    "SVDF": options.SVDFOptions,
    "TRANSPOSE_CONV": options.TransposeConvOptions,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": options.UnidirectionalSequenceLSTMOptions,
    "UNPACK": options.UnpackOptions,
    "VAR_HANDLE": options.VarHandleOptions,
    "WHILE": options.WhileOptions,
}
# The operators that TensorFlow Lite Micro registers and that have nothing to choose.
WITHOUT_OPTIONS = frozenset(
    {
        "ABS",
        "ADD_N",
        "ASSIGN_VARIABLE",
        "BATCH_TO_SPACE_ND",
        "BROADCAST_ARGS",
        "BROADCAST_TO",
        "CEIL",
        "COS",
        "DEQUANTIZE",
        "DYNAMIC_UPDATE_SLICE",
        "ELU",
        "EMBEDDING_LOOKUP",
        "EQUAL",
        "EXP",
        "EXPAND_DIMS",
        "FILL",
        "FLOOR",
        "FLOOR_DIV",
        "FLOOR_MOD",
        "GATHER_ND",
        "GREATER",
        "GREATER_EQUAL",
        "HARD_SWISH",
        "LESS",
        "LESS_EQUAL",
        "LOG",
        "LOGICAL_AND",
        "LOGICAL_NOT",
        "LOGICAL_OR",
        "LOGISTIC",
        "LOG_SOFTMAX",
        "MAXIMUM",
        "MINIMUM",
        "NEG",
        "NOT_EQUAL",
        "PAD",
        "PADV2",
        "PRELU",
        "QUANTIZE",
        "READ_VARIABLE",
        "RELU",
        "RELU6",
        "REVERSE_V2",
        "ROUND",
        "RSQRT",
        "SELECT_V2",
        "SIN",
        "SLICE",
        "SPACE_TO_BATCH_ND",
        "SQRT",
        "SQUARE",
        "SQUARED_DIFFERENCE",
        "TANH",
        "TRANSPOSE",
        "ZEROS_LIKE",
    }
)


def read_builtin_options(op: str, table: Table | None, table_type: str) -> Options | str:
    """Decodes the options of the builtin `op`; `table` is None where the model has none (all defaults then).

    Returns a message instead where they can't be right. Unknown operators give `UnknownOptions`.
    """
    if op in WITHOUT_OPTIONS:
        return options.NoOptions()
    if op not in OPTIONS:
        return options.UnknownOptions()
    cls = OPTIONS[op]
    if table is not None and table_type != cls.__name__:
        return f"it has {table_type}, but needs {cls.__name__}"
    values: dict[str, Any] = {}
    slots = [(slot, kind) for slot, kind in enumerate(_KINDS[cls].split()) if kind != "-"]
    for (slot, kind), field in zip(slots, fields(cls), strict=True):
        assert field.default is not MISSING
        value = field.default if table is None else _read_field(table, slot, kind, field.default)
        if value is None and field.default is not None:
            return f"{field.name} has a value that the schema does not know"
        if kind == "size" and value < 1:
            return f"{field.name} is {value}; it must be at least 1"
        if kind == "float32" and not math.isfinite(value):
            return f"{field.name} is {value}; it must be finite"
        values[field.name] = value
    return cls(**values)


def _read_field(table: Table, slot: int, kind: str, default: Any) -> Any:
    """The field's value; None for an enumeration's number that has no name, and for an absent vector."""
    if slot not in table:
        return default
    if kind in ("int32", "size"):
        return table.number(slot, flatbuffer.INT32)
    if kind == "bool":
        return bool(table.number(slot, flatbuffer.UINT8))
    if kind == "float32":
        return table.float32(slot)
    if kind == "int32s":
        return table.numbers(slot, flatbuffer.INT32)
    if kind == "string":
        return table.string(slot)
    name = enum_names(kind).get(table.number(slot, flatbuffer.INT8))
    return None if name is None else name.upper()
