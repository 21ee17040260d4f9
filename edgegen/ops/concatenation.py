"""CONCATENATION, PACK, SPLIT, SPLIT_V, UNPACK: tensors joined, or cut apart, along one axis."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, Target, TensorArg, constraint, of_types, takes
from edgegen.ops.pad import constant_int32
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required
from edgegen.ops.strided import box, is_whole_copy, strided_copy
from edgegen.options import ConcatenationOptions, PackOptions, UnpackOptions

_MAX_INPUTS = 10
_MAX_RANK = 6
_DAMAGED = "export the model again; its shapes contradict each other"


def positive_axis(axis: int, rank: int) -> int | None:
    """The axis counted from the front, None where there is no such axis."""
    axis += rank if axis < 0 else 0
    return axis if 0 <= axis < rank else None


def _pieces(graph: Graph, whole: int, parts: Sequence[int], axis: int, *, join: bool) -> Lowering:
    """Copies every part from (or, with `join`, to) its place along the axis of `whole`; parts may lack the axis."""
    shape, dtype = graph.tensors[whole].shape, graph.tensors[whole].dtype
    outer, inner = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    calls: list[KernelCall] = []
    views: list[tuple[int, int]] = []
    at = 0
    for part in parts:
        run = graph.tensors[part].elements // outer if outer else 0
        packed, spread = (run, 1), (shape[axis] * inner, 1)
        source, output = (part, whole) if join else (whole, part)
        moved = box((outer, run), packed, spread, 0, at) if join else box((outer, run), spread, packed, at, 0)
        at += run
        if is_whole_copy(moved, graph.tensors[whole].elements):
            views.append((output, source))
            continue
        calls += strided_copy(TensorArg(source), TensorArg(output, written=True), moved, dtype.size_bytes(1))
    return Lowering(tuple(calls), tuple(views))


class Concatenation(Operator):
    name = "CONCATENATION"
    types = ("int8", "int16", "int32", "int64", "bool", "float32")
    counts = takes(1, _MAX_INPUTS)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.BOOL, inputs=(-1,))

    @constraint("apply the activation in a node of its own")
    def no_activation(graph: Graph, node: Node) -> str | None:
        """It has no fused activation."""
        assert isinstance(node.options, ConcatenationOptions)
        activation = node.options.fused_activation_function
        return None if activation == "NONE" else activation

    @constraint(_DAMAGED)
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """Inputs and output, of at most 6 dimensions, have the same shape but for the axis, where the inputs add up."""
        assert isinstance(node.options, ConcatenationOptions)
        output = required(graph, node.outputs[0]).shape
        axis = positive_axis(node.options.axis, len(output))
        if axis is None or len(output) > _MAX_RANK:
            return f"axis {node.options.axis} of {len(output)} dimensions"
        total = 0
        for index in node.inputs:
            shape = required(graph, index).shape
            if len(shape) != len(output) or any(
                a != b for i, (a, b) in enumerate(zip(shape, output, strict=True)) if i != axis
            ):
                return f"shapes {list(shape)} and {list(output)}"
            total += shape[axis]
        return None if total == output[axis] else f"{total} along axis {axis} become {output[axis]}"

    @constraint("quantise the inputs like the output")
    def same_scales(graph: Graph, node: Node) -> str | None:
        """int8 inputs have the output's scale and zero point; in int16 all zero points are 0."""
        output = required(graph, node.outputs[0])
        for tensor in (*(required(graph, i) for i in node.inputs), output):
            if output.dtype is DType.INT8 and scale_and_zero_point(tensor) != scale_and_zero_point(output):
                return f"tensor '{tensor.name}' has another scale or zero point"
            if output.dtype is DType.INT16 and scale_and_zero_point(tensor)[1]:
                return f"tensor '{tensor.name}' has zero point {scale_and_zero_point(tensor)[1]}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, ConcatenationOptions)
        axis = positive_axis(node.options.axis, len(graph.tensors[node.outputs[0]].shape)) or 0
        return _pieces(graph, node.outputs[0], node.inputs, axis, join=True)


class Pack(Operator):
    name = "PACK"
    types = ("int8", "int16", "int32", "int64", "float32")
    counts = takes(1, 4096)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, DType.INT64, inputs=(-1,))

    @constraint(_DAMAGED)
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """Every input has the output's shape without the axis, whose size is the number of inputs."""
        assert isinstance(node.options, PackOptions)
        output = required(graph, node.outputs[0]).shape
        axis = positive_axis(node.options.axis, len(output))
        if axis is None or not output[axis] == node.options.values_count == len(node.inputs):
            return f"axis {node.options.axis}, {len(node.inputs)} inputs"
        shapes = {required(graph, i).shape for i in node.inputs}
        return None if shapes == {(*output[:axis], *output[axis + 1 :])} else "shapes of inputs and output differ"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, PackOptions)
        axis = positive_axis(node.options.axis, len(graph.tensors[node.outputs[0]].shape)) or 0
        return _pieces(graph, node.outputs[0], node.inputs, axis, join=True)


class Unpack(Operator):
    name = "UNPACK"
    types = ("int8", "int16", "int32", "float32")
    counts = takes(1, outputs=None)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32)

    @constraint(_DAMAGED)
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """Every output has the input's shape without the axis, whose size is the number of outputs."""
        assert isinstance(node.options, UnpackOptions)
        source = required(graph, node.inputs[0]).shape
        axis = positive_axis(node.options.axis, len(source))
        if axis is None or not source[axis] == node.options.num == len(node.outputs):
            return f"axis {node.options.axis}, {len(node.outputs)} outputs"
        shapes = {required(graph, i).shape for i in node.outputs}
        return None if shapes == {(*source[:axis], *source[axis + 1 :])} else "shapes of input and outputs differ"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, UnpackOptions)
        axis = positive_axis(node.options.axis, len(graph.tensors[node.inputs[0]].shape)) or 0
        return _pieces(graph, node.inputs[0], node.outputs, axis, join=False)


class _Split(Operator):
    types = ("int8", "int16", "int32", "float32")

    @staticmethod
    @abstractmethod
    def ports(node: Node) -> tuple[int, int]:
        """Tensor indices of the input and of the axis."""

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, axis_index = self.ports(node)
        axis = _split_axis(graph, source, axis_index) or 0
        return _pieces(graph, source, node.outputs, axis, join=False)


def _split_axis(graph: Graph, source: int, axis_index: int) -> int | None:
    numbers = constant_int32(required(graph, axis_index))
    return positive_axis(numbers[0], len(required(graph, source).shape)) if numbers else None


def _check_split(graph: Graph, source: int, axis_index: int, outputs: Sequence[int]) -> str | None:
    if not required(graph, axis_index).is_constant:
        return "the axis is not constant"
    shape = required(graph, source).shape
    axis = _split_axis(graph, source, axis_index)
    if axis is None:
        return f"there is no such axis in {list(shape)}"
    total = 0
    for index in outputs:
        part = required(graph, index).shape
        if len(part) != len(shape) or (part[:axis], part[axis + 1 :]) != (shape[:axis], shape[axis + 1 :]):
            return f"shapes {list(shape)} and {list(part)}"
        total += part[axis]
    return None if total == shape[axis] else f"{shape[axis]} along axis {axis} become {total}"


class Split(_Split):
    name = "SPLIT"
    counts = takes(2, outputs=None)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, inputs=(1,))

    @constraint(_DAMAGED)
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """The axis is constant; the outputs have one shape, the input's but for the axis, where they add up."""
        if len({required(graph, i).shape for i in node.outputs}) > 1:
            return "the outputs' shapes differ"
        return _check_split(graph, node.inputs[1], node.inputs[0], node.outputs)

    @staticmethod
    def ports(node: Node) -> tuple[int, int]:
        return node.inputs[1], node.inputs[0]


class SplitV(_Split):
    name = "SPLIT_V"
    counts = takes(3, outputs=None)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32)

    @constraint(_DAMAGED)
    def matching_shapes(graph: Graph, node: Node) -> str | None:
        """The axis is constant; the outputs have the input's shape but for the axis, where they add up."""
        return _check_split(graph, node.inputs[0], node.inputs[2], node.outputs)

    @staticmethod
    def ports(node: Node) -> tuple[int, int]:
        return node.inputs[0], node.inputs[2]
