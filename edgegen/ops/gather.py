"""GATHER, GATHER_ND, EMBEDDING_LOOKUP: slices of a tensor chosen by indices that may come at run time."""

from __future__ import annotations

import math

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import (
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
    of_types,
    takes,
)
from edgegen.ops.concatenation import positive_axis
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required
from edgegen.ops.walk import row_major_strides
from edgegen.options import GatherOptions

_DAMAGED = "export the model again; its shapes contradict each other"


def _check_constant(indices: Tensor, size: int) -> None:
    """Raises Refusal where constant indices are out of range; at run time the kernels clamp them."""
    if indices.is_constant and indices.elements:
        values = np.asarray(indices.array())
        if values.min() < 0 or values.max() >= size:
            raise Refusal(f"an index is outside of 0 to {size - 1}", "correct the indices")


def _gather_call(fields: tuple[tuple[str, int], ...], values: int, indices: int, output: int) -> Lowering:
    params = Struct("eg_gather_params", fields)
    arguments = (params, TensorArg(values), TensorArg(indices), TensorArg(output, written=True))
    return Lowering((KernelCall("eg_gather", "eg_gather.h", ("eg_gather.c",), arguments),))


class Gather(Operator):
    name = "GATHER"
    types = ("int8", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint(_DAMAGED)
    def gathered_shape(graph: Graph, node: Node) -> str | None:
        """Indices are int32; the output has the input's shape with the axis replaced by the indices' own shape."""
        assert isinstance(node.options, GatherOptions)
        source, indices, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        if indices.dtype is not DType.INT32:
            return f"the indices are {indices.dtype.value}"
        axis, batches = _gather_axes(node.options, source, indices)
        if axis is None or not 0 <= batches <= min(axis, len(indices.shape)):
            return f"axis {node.options.axis}, batch_dims {node.options.batch_dims}"
        if source.shape[:batches] != indices.shape[:batches]:
            return f"shapes {list(source.shape)} and {list(indices.shape)}"
        shape = (*source.shape[:axis], *indices.shape[batches:], *source.shape[axis + 1 :])
        return None if shape == output.shape else f"{list(shape)} becomes {list(output.shape)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, GatherOptions)
        source, indices = (graph.tensors[i] for i in node.inputs)
        axis, batches = _gather_axes(node.options, source, indices)
        assert axis is not None
        _check_constant(indices, source.shape[axis])
        fields = (
            ("batches", math.prod(source.shape[:batches])),
            ("outer_size", math.prod(source.shape[batches:axis])),
            ("axis_size", source.shape[axis]),
            ("indices", math.prod(indices.shape[batches:])),
            ("slice_bytes", source.dtype.size_bytes(math.prod(source.shape[axis + 1 :]))),
        )
        return _gather_call(fields, node.inputs[0], node.inputs[1], node.outputs[0])


def _gather_axes(options: GatherOptions, source: Tensor, indices: Tensor) -> tuple[int | None, int]:
    """(axis, batch_dims), both counted from the front."""
    batches = options.batch_dims + (len(indices.shape) if options.batch_dims < 0 else 0)
    return positive_axis(options.axis, len(source.shape)), batches


class GatherNd(Operator):
    name = "GATHER_ND"
    types = ("int8", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint(_DAMAGED)
    def gathered_shape(graph: Graph, node: Node) -> str | None:
        """Indices are int32, up to 5 of them for a slice; the output is the indices' shape, then the slice's."""
        source, indices, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        if indices.dtype is not DType.INT32 or not indices.shape or not source.shape:
            return f"types {indices.dtype.value}, shapes {list(source.shape)} and {list(indices.shape)}"
        depth = indices.shape[-1]
        if depth > min(len(source.shape), 5):
            return f"{depth} indices for {len(source.shape)} dimensions"
        shape = (*indices.shape[:-1], *source.shape[depth:])
        return None if shape == output.shape else f"{list(shape)} becomes {list(output.shape)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, indices = (graph.tensors[i] for i in node.inputs)
        depth = indices.shape[-1]
        strides = np.array(row_major_strides(source.shape)[:depth], dtype=np.int32)
        slice_elements = math.prod(source.shape[depth:])
        if indices.is_constant:
            positions = np.asarray(indices.array()).reshape(-1, depth).astype(np.int64) @ strides.astype(np.int64)
            if positions.size and (positions.min() < 0 or positions.max() + slice_elements > source.elements):
                raise Refusal("an index is out of range", "correct the indices")
        size = source.dtype.size_bytes(1)
        params = Struct(
            "eg_gather_nd_params",
            (
                ("slices", math.prod(indices.shape[:-1])),
                ("depth", depth),
                ("strides", ConstArray.of("strides", strides * size)),
                ("highest", (source.elements - slice_elements) * size),
                ("slice_bytes", slice_elements * size),
            ),
        )
        values, chosen = node.inputs
        arguments = (params, TensorArg(values), TensorArg(chosen), TensorArg(node.outputs[0], written=True))
        return Lowering((KernelCall("eg_gather_nd", "eg_gather.h", ("eg_gather_nd.c",), arguments),))


class EmbeddingLookup(Operator):
    name = "EMBEDDING_LOOKUP"
    types = ("int8 -> int8", "int8 -> float32", "float32 -> float32")
    counts = takes(2)

    @constraint("use int8 or float32 values and int32 indices")
    def element_types(graph: Graph, node: Node) -> str | None:
        """int32 indices; values are float32, or int8 that become int8, or float32 if their zero point is 0."""
        indices, values, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        form = values.dtype, output.dtype
        forms = ((DType.FLOAT32, DType.FLOAT32), (DType.INT8, DType.INT8), (DType.INT8, DType.FLOAT32))
        if indices.dtype is not DType.INT32 or form not in forms:
            return f"types {indices.dtype.value}, {values.dtype.value} and {output.dtype.value}"
        if form[0] is not form[1] and scale_and_zero_point(values)[1]:
            return f"zero point {scale_and_zero_point(values)[1]}"
        return None

    @constraint(_DAMAGED)
    def looked_up_shape(graph: Graph, node: Node) -> str | None:
        """One dimension of indices; the output's shape is the values' with the first dimension that of the indices."""
        indices, values, output = (required(graph, i).shape for i in (*node.inputs, node.outputs[0]))
        if len(indices) == 1 and len(values) >= 2 and output == (indices[0], *values[1:]) and values[0] > 0:
            return None
        return f"shapes {list(indices)}, {list(values)} and {list(output)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        indices, values, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        _check_constant(indices, values.shape[0])
        columns = math.prod(values.shape[1:])
        if values.dtype is output.dtype:
            fields = (
                ("batches", 1),
                ("outer_size", 1),
                ("axis_size", values.shape[0]),
                ("indices", indices.elements),
                ("slice_bytes", values.dtype.size_bytes(columns)),
            )
            return _gather_call(fields, node.inputs[1], node.inputs[0], node.outputs[0])
        params = Struct(
            "eg_embedding_lookup_params",
            (
                ("rows", values.shape[0]),
                ("columns", columns),
                ("indices", indices.elements),
                ("scale", scale_and_zero_point(values)[0]),
            ),
        )
        arguments = (
            params,
            TensorArg(node.inputs[1]),
            TensorArg(node.inputs[0]),
            TensorArg(node.outputs[0], written=True),
        )
        kernel = "eg_embedding_lookup_s8_f32"
        return Lowering((KernelCall(kernel, "eg_gather.h", (f"{kernel}.c",), arguments),))
