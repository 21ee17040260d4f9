"""A tensor table and its buffer -> Tensor."""

from __future__ import annotations

import math

from edgegen.errors import InputError
from edgegen.ir import DType, Quantization, Tensor
from edgegen.model_io import flatbuffer
from edgegen.model_io.flatbuffer import Source, Table, printable
from edgegen.model_io.schema import enum_names

MAX_RANK = 8
MAX_TENSOR_BYTES = 2**31 - 1

# Slots of the schema's tables.
_SHAPE, _TYPE, _BUFFER, _NAME, _QUANTIZATION, _IS_VARIABLE, _SPARSITY, _EXTERNAL = 0, 1, 2, 3, 4, 5, 6, 10
_BUFFER_DATA, _BUFFER_OFFSET, _BUFFER_SIZE = 0, 1, 2
_SCALE, _ZERO_POINT, _DETAILS_TYPE, _QUANTIZED_DIMENSION = 2, 3, 4, 6
_TRAVERSAL_ORDER, _BLOCK_MAP, _DIM_METADATA = 0, 1, 2
_DIM_FORMAT = 0

# The zero point must be a value of the tensor's type.
_RANGES = {
    DType.INT4: (-8, 7),
    DType.INT8: (-128, 127),
    DType.UINT8: (0, 255),
    DType.INT16: (-32768, 32767),
}
_INT32_RANGE = (-(2**31), 2**31 - 1)


class BufferReader:
    """The model's buffers, read when a tensor first asks for them."""

    def __init__(self, source: Source, places: tuple[int, ...]) -> None:
        self._source = source
        self._places = places
        self._read: dict[int, bytes] = {}

    def read(self, index: int, where: str) -> bytes:
        """The buffer's bytes, empty where it has none."""
        if index >= len(self._places):
            # Buffer 0 stands for "no data" even in a file without any buffer.
            if index == 0:
                return b""
            raise self._source.error(where, f"buffer {index} is out of range, the model has {len(self._places)}")
        if index not in self._read:
            table = Table(self._source, self._places[index], f"buffer {index}")
            data = table.blob(_BUFFER_DATA) or b""
            # Models above 2 GB keep their data behind the flatbuffer; 0 and 1 are placeholders.
            offset = table.number(_BUFFER_OFFSET, flatbuffer.UINT64)
            if not data and offset > 1:
                data = self._source.blob(offset, table.number(_BUFFER_SIZE, flatbuffer.UINT64), table.where)
            self._read[index] = data
        return self._read[index]


def read_tensor(table: Table, buffers: BufferReader) -> Tensor:
    """Reads one tensor. Raises InputError if shape, type, quantisation and data don't fit each other."""
    source = table.source
    name = table.string(_NAME) or ""
    if name:
        table.where = f"{table.where} '{printable(name)}'"
    dtype = _read_dtype(table)
    shape = table.numbers(_SHAPE, flatbuffer.INT32) or ()
    _check_shape(table, shape, dtype)
    _refuse_sparse(table, len(shape))
    if table.number(_EXTERNAL, flatbuffer.UINT32):
        raise _refusal(table, "its data is in another file", "Export the model as one file.")
    index = table.number(_BUFFER, flatbuffer.UINT32)
    data = buffers.read(index, table.where)
    expected = dtype.size_bytes(math.prod(shape))
    if data and len(data) != expected:
        raise source.error(
            table.where,
            f"it needs {expected} bytes for shape {list(shape)} of {dtype.name}, its buffer has {len(data)}",
        )
    is_variable = bool(table.number(_IS_VARIABLE, flatbuffer.UINT8))
    if is_variable and data:
        raise _refusal(table, "it is variable, but has initial values", "Set the state's first values to zero.")
    return Tensor(
        name=name,
        shape=shape,
        dtype=dtype,
        quantization=_read_quantization(table, shape, dtype),
        data=data or None,
        is_variable=is_variable,
    )


def _refusal(table: Table, what: str, remedy: str) -> InputError:
    return InputError(f"{table.source.name}: {table.where}: {what}\n{remedy}")


def _read_dtype(table: Table) -> DType:
    number = table.number(_TYPE, flatbuffer.INT8)
    name = enum_names("TensorType").get(number, f"type {number}")
    if name in DType.__members__ and name not in ("STRING", "VARIANT"):
        return DType[name]
    raise _refusal(
        table, f"edgegen has no element type {name}", "Keep such values out of the model, or convert it to int8."
    )


def _check_shape(table: Table, shape: tuple[int, ...], dtype: DType) -> None:
    if len(shape) > MAX_RANK:
        raise _refusal(table, f"it has {len(shape)} dimensions; the limit is {MAX_RANK}", "Reshape it in the model.")
    if any(size < 0 for size in shape):
        raise _refusal(
            table, f"its shape {list(shape)} is not fixed", "Give the model's inputs fixed shapes and convert it again."
        )
    # Counted without zeros: a product of a zero and something huge is no sane shape either.
    if math.prod(max(size, 1) for size in shape) * dtype.size_bytes(1) > MAX_TENSOR_BYTES:
        raise _refusal(
            table,
            f"its shape {list(shape)} of {dtype.name} exceeds {MAX_TENSOR_BYTES} bytes",
            "Make the model smaller.",
        )


def _refuse_sparse(table: Table, rank: int) -> None:
    """Sparse storage is only allowed where it says nothing: all dimensions dense and in order."""
    sparsity = table.table(_SPARSITY, f"{table.where}, sparsity")
    if sparsity is None:
        return
    order = sparsity.numbers(_TRAVERSAL_ORDER, flatbuffer.INT32) or ()
    dense = all(
        Table(table.source, place, sparsity.where).number(_DIM_FORMAT, flatbuffer.INT8) == 0
        for place in sparsity.places(_DIM_METADATA)
    )
    if not dense or sparsity.numbers(_BLOCK_MAP, flatbuffer.INT32) or order not in ((), tuple(range(rank))):
        raise _refusal(
            table,
            "it is stored sparse, which TensorFlow Lite Micro can't run either",
            "Convert the model again without EXPERIMENTAL_SPARSITY.",
        )


def _read_quantization(table: Table, shape: tuple[int, ...], dtype: DType) -> Quantization | None:
    """The tensor's quantisation; None where it has no scale, or a single scale of 0 (which says the same)."""
    found = table.table(_QUANTIZATION, f"{table.where}, quantization")
    if found is None:
        return None
    source = table.source
    details = found.number(_DETAILS_TYPE, flatbuffer.UINT8)
    if details:
        kind = enum_names("QuantizationDetails").get(details, f"details type {details}")
        raise _refusal(found, f"{kind} is not supported", "Quantise per tensor or per channel.")
    scales = found.floats(_SCALE) or ()
    if not scales or scales == (0.0,):
        return None
    if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
        raise source.error(found.where, "a scale is negative or not finite")
    zero_points = found.numbers(_ZERO_POINT, flatbuffer.INT64) or (0,)
    if len(zero_points) == 1:
        zero_points *= len(scales)
    if len(zero_points) != len(scales):
        raise source.error(found.where, f"{len(scales)} scales, but {len(zero_points)} zero points")
    lowest, highest = _RANGES.get(dtype, _INT32_RANGE)
    if min(zero_points) < lowest or max(zero_points) > highest:
        raise source.error(found.where, f"a zero point is outside {lowest} to {highest}, the range of {dtype.name}")
    if len(scales) == 1:
        return Quantization(scales, zero_points)
    # Some converters copy the filter's dimension to its bias, which has only one.
    axis = 0 if len(shape) == 1 else found.number(_QUANTIZED_DIMENSION, flatbuffer.INT32)
    if not 0 <= axis < len(shape) or shape[axis] != len(scales):
        raise source.error(found.where, f"{len(scales)} scales do not fit dimension {axis} of shape {list(shape)}")
    return Quantization(scales, zero_points, axis)
