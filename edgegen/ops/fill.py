"""FILL, ZEROS_LIKE, SHAPE, BROADCAST_TO, BROADCAST_ARGS: tensors made from little."""

from __future__ import annotations

import numpy as np

from edgegen.ir import DType, Graph, Node
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
from edgegen.ops.shapes import required
from edgegen.ops.slice import move
from edgegen.ops.strided import box, strided_copy
from edgegen.ops.walk import row_major_strides

_DAMAGED = "export the model again; its shapes contradict each other"
_INTEGERS = (DType.INT8, DType.INT16, DType.INT32, DType.INT64)


def _is_shape(graph: Graph, index: int, shape: tuple[int, ...], kinds: tuple[DType, ...]) -> bool:
    """Whether a tensor is a constant list of `shape`."""
    tensor = required(graph, index)
    if not tensor.is_constant or tensor.dtype not in kinds or tensor.shape != (len(shape),):
        return False
    return tuple(tensor.array().tolist()) == shape


class Fill(Operator):
    name = "FILL"
    types = ("int8", "int32", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT32, DType.INT8, inputs=(1,))

    @constraint("make the dimensions a constant that is the output's shape")
    def filled_shape(graph: Graph, node: Node) -> str | None:
        """The value is a scalar; the dimensions are a constant of integers, the output's shape."""
        value, output = required(graph, node.inputs[1]), required(graph, node.outputs[0])
        if value.shape != ():
            return f"the value has shape {list(value.shape)}"
        if not _is_shape(graph, node.inputs[0], output.shape, _INTEGERS):
            return f"the dimensions are no constant {list(output.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = graph.tensors[node.outputs[0]]
        return move(graph, node.inputs[1], node.outputs[0], box([output.elements], [0]))


class ZerosLike(Operator):
    name = "ZEROS_LIKE"
    types = ("int8", "int32", "int64", "float32")
    counts = takes(1)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT32, DType.INT64)

    @constraint(_DAMAGED)
    def same_elements(graph: Graph, node: Node) -> str | None:
        """Input and output have the same number of elements."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        return None if source.elements == output.elements else f"{source.elements} and {output.elements}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = graph.tensors[node.outputs[0]]
        zero = ConstArray.of("zero", np.zeros(1, dtype=np.uint8), 8)
        result = TensorArg(node.outputs[0], written=True)
        return Lowering(strided_copy(zero, result, box([output.size_bytes], [0]), 1))


class Shape(Operator):
    name = "SHAPE"
    types = ("any -> int32",)
    counts = takes(1)

    @constraint("let the operator give int32")
    def int32_list(graph: Graph, node: Node) -> str | None:
        """The output is a list of int32, one for each dimension of the input."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if output.dtype is DType.INT32 and output.elements == len(source.shape):
            return None
        return f"{output.dtype.value}{list(output.shape)} for {len(source.shape)} dimensions"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        shape = np.array(graph.tensors[node.inputs[0]].shape, dtype=np.int32)
        result = TensorArg(node.outputs[0], written=True)
        return Lowering(strided_copy(ConstArray.of("shape", shape), result, box([len(shape)], [1]), 4))


class BroadcastTo(Operator):
    name = "BROADCAST_TO"
    types = ("any",)
    counts = takes(2)

    @constraint("make the shape a constant to which the input can be broadcast")
    def broadcast_shape(graph: Graph, node: Node) -> str | None:
        """The shape is a constant int32 or int64, the output's, of at most 5 dimensions; the input fits it."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is not output.dtype or source.dtype is DType.INT4:
            return f"{source.dtype.value} to {output.dtype.value}"
        if not _is_shape(graph, node.inputs[1], output.shape, (DType.INT32, DType.INT64)) or len(output.shape) > 5:
            return f"the shape is no constant {list(output.shape)} of at most 5 dimensions"
        extended = (1,) * (len(output.shape) - len(source.shape)) + source.shape
        if len(extended) != len(output.shape) or any(
            a not in (1, b) for a, b in zip(extended, output.shape, strict=True)
        ):
            return f"{list(source.shape)} can't be broadcast to {list(output.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        extended = (1,) * (len(output.shape) - len(source.shape)) + source.shape
        strides = row_major_strides(extended)
        steps = [0 if size == 1 else stride for size, stride in zip(extended, strides, strict=True)]
        return move(graph, node.inputs[0], node.outputs[0], box(output.shape, steps))


class BroadcastArgs(Operator):
    name = "BROADCAST_ARGS"
    types = ("int32", "int64")
    counts = takes(2)
    element_types = of_types(DType.INT32, DType.INT64, inputs=(0, 1))

    @constraint(_DAMAGED)
    def lists(graph: Graph, node: Node) -> str | None:
        """Both shapes and the output are lists, the output as long as the longer one."""
        first, second, output = (required(graph, i).shape for i in (*node.inputs, node.outputs[0]))
        if len(first) == len(second) == len(output) == 1 and output[0] == max(first[0], second[0]):
            return None
        return f"shapes {list(first)}, {list(second)} and {list(output)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        first, second = (graph.tensors[i] for i in node.inputs)
        if first.is_constant and second.is_constant:
            pairs = zip(first.array().tolist()[::-1], second.array().tolist()[::-1], strict=False)
            if any(1 not in (a, b) and a != b for a, b in pairs):
                raise Refusal("its shapes can't be broadcast to each other", "correct the model's shapes")
        params = Struct("eg_broadcast_args_params", (("count_1", first.elements), ("count_2", second.elements)))
        kernel = f"eg_broadcast_args_{'s32' if first.dtype is DType.INT32 else 's64'}"
        shape_1, shape_2 = (TensorArg(i) for i in node.inputs)
        arguments = (params, shape_1, shape_2, TensorArg(node.outputs[0], written=True))
        return Lowering((KernelCall(kernel, "eg_broadcast_args.h", (f"{kernel}.c",), arguments),))
