"""The graph that every stage reads: data types, tensors, nodes; no C and no flatbuffer objects."""

from __future__ import annotations

import dataclasses
import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class DType(enum.Enum):
    """Element types; the value is TFLite's name in lower case."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    FLOAT64 = "float64"
    INT4 = "int4"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    BOOL = "bool"
    STRING = "string"
    COMPLEX64 = "complex64"
    COMPLEX128 = "complex128"
    RESOURCE = "resource"
    VARIANT = "variant"

    @property
    def numpy(self) -> np.dtype[np.generic]:
        """The NumPy type of one element; INT4 unpacks to int8. Raises KeyError for types without one."""
        return _NUMPY[self]

    @property
    def c_name(self) -> str:
        """The C99 type of one element; INT4 is held as int8_t once unpacked."""
        return _C_NAMES[self]

    def size_bytes(self, elements: int) -> int:
        """Bytes of `elements` elements as a model stores them (INT4 packs two in a byte)."""
        if self is DType.INT4:
            return (elements + 1) // 2
        return elements * self.numpy.itemsize


_NUMPY: dict[DType, np.dtype[np.generic]] = {
    DType.FLOAT32: np.dtype("<f4"),
    DType.FLOAT16: np.dtype("<f2"),
    DType.FLOAT64: np.dtype("<f8"),
    DType.INT4: np.dtype("i1"),
    DType.INT8: np.dtype("i1"),
    DType.INT16: np.dtype("<i2"),
    DType.INT32: np.dtype("<i4"),
    DType.INT64: np.dtype("<i8"),
    DType.UINT8: np.dtype("u1"),
    DType.UINT16: np.dtype("<u2"),
    DType.UINT32: np.dtype("<u4"),
    DType.UINT64: np.dtype("<u8"),
    DType.BOOL: np.dtype("?"),
    DType.COMPLEX64: np.dtype("<c8"),
    DType.COMPLEX128: np.dtype("<c16"),
    DType.RESOURCE: np.dtype("<i4"),
}
_C_NAMES: dict[DType, str] = {
    DType.FLOAT32: "float",
    DType.FLOAT64: "double",
    DType.INT4: "int8_t",
    DType.INT8: "int8_t",
    DType.INT16: "int16_t",
    DType.INT32: "int32_t",
    DType.INT64: "int64_t",
    DType.UINT8: "uint8_t",
    DType.UINT16: "uint16_t",
    DType.UINT32: "uint32_t",
    DType.UINT64: "uint64_t",
    DType.BOOL: "bool",
    DType.RESOURCE: "int32_t",
}


@dataclass(frozen=True, slots=True)
class Quantization:
    """real = scale * (value - zero_point); one scale means per tensor, else one per index of `axis`.

    `scales` are the model's float32 values, held exactly in Python floats.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int | None = None

    @property
    def scale(self) -> float:
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        return self.zero_points[0]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value of the graph: constant where `data` is not None (little endian, row-major, as in the model)."""

    name: str
    shape: tuple[int, ...]
    dtype: DType
    quantization: Quantization | None = None
    data: bytes | None = None
    is_variable: bool = False

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def size_bytes(self) -> int:
        """Bytes of the tensor at run time (INT4 packed)."""
        return self.dtype.size_bytes(self.elements)

    @property
    def is_constant(self) -> bool:
        return self.data is not None

    def array(self) -> NDArray[np.generic]:
        """The constant's values in its shape; INT4 comes unpacked as int8. Raises ValueError if not constant."""
        if self.data is None:
            raise ValueError(f"tensor '{self.name}' is not constant")
        if self.dtype is DType.INT4:
            packed = np.frombuffer(self.data, dtype=np.uint8)
            nibbles = np.stack([packed & 15, packed >> 4], axis=-1).reshape(-1)[: self.elements]
            return ((nibbles.astype(np.int8) ^ 8) - 8).astype(np.int8).reshape(self.shape)
        return np.frombuffer(self.data, dtype=self.dtype.numpy).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class Options:
    """Base of the per-operator option classes (`edgegen.options`)."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operator call. `op` is the TFLite builtin's name, or the custom operator's own; -1 is an omitted input."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Options
    index: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in execution order over a table of tensors; `inputs` and `outputs` are tensor indices.

    `subgraphs` holds every graph of the model by subgraph index (this one included as entry 0) for
    IF, WHILE and CALL_ONCE; it is empty where the model has only one.
    """

    name: str
    tensors: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    subgraphs: tuple[Graph, ...] = ()
    source_sha256: str = ""

    def tensor(self, index: int) -> Tensor | None:
        """The tensor at `index`, or None for an omitted input (-1)."""
        return None if index < 0 else self.tensors[index]

    def every_graph(self) -> tuple[Graph, ...]:
        """By subgraph index, each knowing all the others: what a node does with a subgraph is said elsewhere."""
        return tuple(dataclasses.replace(graph, subgraphs=self.subgraphs) for graph in self.subgraphs or (self,))
