"""SLICE, STRIDED_SLICE, REVERSE_V2, DYNAMIC_UPDATE_SLICE: parts of a tensor, read or written."""

from __future__ import annotations

import math

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import (
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Struct,
    Target,
    TensorArg,
    constraint,
    of_types,
    takes,
)
from edgegen.ops.concatenation import positive_axis
from edgegen.ops.shapes import required
from edgegen.ops.strided import Box, box, copy_fields, is_whole_copy, strided_copy
from edgegen.ops.walk import row_major_strides
from edgegen.options import StridedSliceOptions

_DAMAGED = "export the model again; its shapes contradict each other"
_INDEX_SUFFIX = {DType.INT32: "s32", DType.INT64: "s64"}


def move(graph: Graph, source: int, output: int, moved: Box) -> Lowering:
    """A copy of one box, or a view where it is all of the input in order and all of the output."""
    elements = graph.tensors[source].elements
    if elements == graph.tensors[output].elements and is_whole_copy(moved, elements):
        return Lowering(views=((output, source),))
    size = graph.tensors[output].dtype.size_bytes(1)
    return Lowering(strided_copy(TensorArg(source), TensorArg(output, written=True), moved, size))


def _placed_copy(
    kernel: str, node: Node, source: int, starts: Tensor, moved: Box, free: list[int], at: list[int], element_bytes: int
) -> KernelCall:
    """A copy whose start is read at run time: free[i] is the highest start along axis i, at[i] its stride."""
    params = Struct(
        "eg_slice_params",
        (
            ("rank", len(free)),
            ("limits", ConstArray.of("limits", np.array(free, dtype=np.int32))),
            ("strides", ConstArray.of("strides", np.array(at, dtype=np.int32) * element_bytes)),
            ("copy", copy_fields(moved, element_bytes, at)),
        ),
    )
    name = f"{kernel}_{_INDEX_SUFFIX[starts.dtype]}"
    index = node.inputs[2] if kernel == "eg_dynamic_update_slice" else node.inputs[1]
    arguments = (params, TensorArg(source), TensorArg(index), TensorArg(node.outputs[0], written=True))
    return KernelCall(name, "eg_slice.h", (f"{name}.c", "eg_copy_strided.c"), arguments)


def _integers(tensor: Tensor) -> list[int]:
    return [int(v) for v in tensor.array().reshape(-1).tolist()]


class Slice(Operator):
    name = "SLICE"
    types = ("int8", "int16", "int32", "bool", "float32")
    counts = takes(3)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, DType.BOOL)

    @constraint(_DAMAGED)
    def begin_and_size(graph: Graph, node: Node) -> str | None:
        """Begin and size have an int32 or int64 for each of at most 5 dimensions; constant ones fit the shapes."""
        source, begin, size, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        rank = len(source.shape)
        if rank > 5 or len(output.shape) != rank:
            return f"ranks {rank} and {len(output.shape)}"
        if begin.dtype not in _INDEX_SUFFIX or begin.dtype is not size.dtype:
            return f"begin is {begin.dtype.value}, size {size.dtype.value}"
        if begin.shape != (rank,) or size.shape != (rank,):
            return f"begin {list(begin.shape)}, size {list(size.shape)}"
        if any(o > s for o, s in zip(output.shape, source.shape, strict=True)):
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        starts = _integers(begin) if begin.is_constant else [0] * rank
        sizes = _integers(size) if size.is_constant else list(output.shape)
        for axis, (start, count) in enumerate(zip(starts, sizes, strict=True)):
            count = source.shape[axis] - start if count == -1 and begin.is_constant else count
            if count != output.shape[axis] or not 0 <= start <= source.shape[axis] - count:
                return f"{count} from {start} along axis {axis} of {list(source.shape)} into {list(output.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, begin, output = (graph.tensors[i] for i in (*node.inputs[:2], node.outputs[0]))
        strides = row_major_strides(source.shape)
        if begin.is_constant:
            offset = sum(start * stride for start, stride in zip(_integers(begin), strides, strict=True))
            return move(graph, node.inputs[0], node.outputs[0], box(output.shape, strides, None, offset))
        free = [s - o for s, o in zip(source.shape, output.shape, strict=True)]
        moved = box(output.shape, strides)
        size = source.dtype.size_bytes(1)
        return Lowering((_placed_copy("eg_slice", node, node.inputs[0], begin, moved, free, strides, size),))


class StridedSlice(Operator):
    name = "STRIDED_SLICE"
    types = ("int8", "int16", "int32", "bool", "float32")
    counts = takes(4)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, DType.BOOL)

    @constraint("give begin, end and strides as constants for every dimension")
    def constant_indices(graph: Graph, node: Node) -> str | None:
        """Begin, end and strides are constant int32, one for each of at most 4 dimensions; no stride is 0."""
        source = required(graph, node.inputs[0])
        rank = len(source.shape)
        if rank > 4:
            return f"it has {rank} dimensions"
        for index in node.inputs[1:]:
            tensor = required(graph, index)
            if not tensor.is_constant or tensor.dtype is not DType.INT32 or tensor.elements < rank:
                return f"tensor '{tensor.name}' is no constant int32 of {rank} elements"
        return "a stride is 0" if 0 in _integers(required(graph, node.inputs[3]))[:rank] else None

    @constraint(_DAMAGED)
    def sliced_shape(graph: Graph, node: Node) -> str | None:
        """The output's shape is that of the slice, without shrunk axes, which must have their element."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        shape = []
        for axis, (start, count, _) in enumerate(_slice_ranges(graph, node)):
            if not _mask(node, "shrink_axis_mask", axis):
                shape.append(count)
            elif count != 1:
                return f"axis {axis} of {list(source.shape)} is shrunk at {start}"
        return None if tuple(shape) == output.shape else f"{shape} becomes {list(output.shape)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        ranges = _slice_ranges(graph, node)
        strides = row_major_strides(graph.tensors[node.inputs[0]].shape)
        offset = sum(start * stride for (start, _, _), stride in zip(ranges, strides, strict=True))
        steps = [step * stride for (_, _, step), stride in zip(ranges, strides, strict=True)]
        return move(graph, node.inputs[0], node.outputs[0], box([n for _, n, _ in ranges], steps, None, offset))


def _mask(node: Node, name: str, axis: int) -> bool:
    assert isinstance(node.options, StridedSliceOptions)
    return bool(getattr(node.options, name) >> axis & 1)


def _slice_ranges(graph: Graph, node: Node) -> list[tuple[int, int, int]]:
    """(start, count, stride) of each axis, as strided_slice_logic.h clamps them; other masks are ignored there."""
    begins, ends, strides = (_integers(required(graph, i)) for i in node.inputs[1:])
    ranges = []
    for axis, size in enumerate(required(graph, node.inputs[0]).shape):
        step = strides[axis]
        low, high = (0, size) if step > 0 else (-1, size - 1)
        start = min(max(begins[axis] + (size if begins[axis] < 0 else 0), low), high)
        if _mask(node, "begin_mask", axis):
            start = 0 if step > 0 else size - 1
        if _mask(node, "shrink_axis_mask", axis):
            ranges.append((start, int(0 <= start < size and step > 0), step))
            continue
        end = min(max(ends[axis] + (size if ends[axis] < 0 else 0), low), high)
        if _mask(node, "end_mask", axis):
            end = size if step > 0 else -1
        ranges.append((start, max(0, -((start - end) // step)), step))
    return ranges


class ReverseV2(Operator):
    name = "REVERSE_V2"
    types = ("int8", "uint8", "int16", "int32", "int64", "bool", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.UINT8, DType.INT16, DType.INT32, DType.INT64, DType.BOOL)

    @constraint("make the axes a constant of neighbouring dimensions")
    def axes(graph: Graph, node: Node) -> str | None:
        """The axes are constant int32, in a tensor of one dimension; they are neighbours."""
        source, axes, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        if source.shape != output.shape or len(source.shape) > 6:
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        if not axes.is_constant or axes.dtype is not DType.INT32 or len(axes.shape) != 1 or axes.elements == 0:
            return "they are no constant int32"
        chosen = sorted(-1 if axis is None else axis for axis in _reversed_axes(source, axes))
        if chosen[0] < 0 or chosen != list(range(chosen[0], chosen[0] + len(chosen))):
            return f"they are {_integers(axes)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, axes = (graph.tensors[i] for i in node.inputs)
        chosen = _reversed_axes(source, axes)
        strides = row_major_strides(source.shape)
        steps = [-stride if axis in chosen else stride for axis, stride in enumerate(strides)]
        offset = sum((source.shape[axis] - 1) * strides[axis] for axis in chosen if axis is not None)
        return move(graph, node.inputs[0], node.outputs[0], box(source.shape, steps, None, offset))


def _reversed_axes(source: Tensor, axes: Tensor) -> list[int | None]:
    return [positive_axis(axis, len(source.shape)) for axis in _integers(axes)]


class DynamicUpdateSlice(Operator):
    name = "DYNAMIC_UPDATE_SLICE"
    types = ("int8", "int16", "int32", "float32")
    counts = takes(3)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, inputs=(0, 1))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """The update fits into the operand, whose shape the output has; a start index for each of at most 6 axes."""
        operand, update, starts, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        rank = len(operand.shape)
        if operand.shape != output.shape or len(update.shape) != rank or not 1 <= rank <= 6:
            return f"shapes {list(operand.shape)}, {list(update.shape)} and {list(output.shape)}"
        if any(u > o for u, o in zip(update.shape, operand.shape, strict=True)):
            return f"{list(update.shape)} is larger than {list(operand.shape)}"
        if starts.dtype not in _INDEX_SUFFIX or starts.shape != (rank,):
            return f"start indices {starts.dtype.value}{list(starts.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        operand, update, starts = (graph.tensors[i] for i in node.inputs)
        if math.prod(update.shape) == operand.elements:
            return Lowering(views=((node.outputs[0], node.inputs[1]),))
        size = operand.dtype.size_bytes(1)
        strides = row_major_strides(operand.shape)
        free = [o - u for o, u in zip(operand.shape, update.shape, strict=True)]
        result = TensorArg(node.outputs[0], written=True)
        kept = strided_copy(TensorArg(node.inputs[0]), result, box((operand.elements,), (1,)), size)
        packed = row_major_strides(update.shape)
        if starts.is_constant:
            clamped = [min(max(0, start), most) for start, most in zip(_integers(starts), free, strict=True)]
            offset = sum(start * stride for start, stride in zip(clamped, strides, strict=True))
            return Lowering(
                kept
                + strided_copy(TensorArg(node.inputs[1]), result, box(update.shape, packed, strides, 0, offset), size)
            )
        moved = box(update.shape, packed, strides)
        placed = _placed_copy("eg_dynamic_update_slice", node, node.inputs[1], starts, moved, free, strides, size)
        return Lowering((*kept, placed))
