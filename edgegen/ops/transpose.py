"""TRANSPOSE, SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND: elements in another order."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import (
    KernelCall,
    Lowering,
    Operator,
    Refusal,
    Target,
    TensorArg,
    constraint,
    of_types,
    takes,
)
from edgegen.ops.pad import constant_int32
from edgegen.ops.shapes import required
from edgegen.ops.slice import move
from edgegen.ops.strided import Box, box, strided_copy
from edgegen.ops.walk import row_major_strides
from edgegen.options import DepthToSpaceOptions, SpaceToDepthOptions

_DAMAGED = "export the model again; its shapes contradict each other"
_OPEN_BATCH = "convert the model again with a fixed batch size of 1, such as keras.Input(shape, batch_size=1)"


class Transpose(Operator):
    name = "TRANSPOSE"
    types = ("int8", "int16", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16)

    @constraint("make the permutation a constant that fits the shapes")
    def permutation(graph: Graph, node: Node) -> str | None:
        """A constant int32 permutation of the at most 5 dimensions turns the input's shape into the output's."""
        source, order, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        rank = len(source.shape)
        if rank > 5 or not order.is_constant or order.dtype is not DType.INT32 or order.shape != (rank,):
            return f"rank {rank}, permutation {order.dtype.value}{list(order.shape)}"
        axes = constant_int32(order)
        if sorted(axes) != list(range(rank)) or tuple(source.shape[axis] for axis in axes) != output.shape:
            return f"{list(source.shape)} becomes {list(output.shape)} by {axes}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, order, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        strides = row_major_strides(source.shape)
        steps = [strides[axis] for axis in constant_int32(order)]
        return move(graph, node.inputs[0], node.outputs[0], box(output.shape, steps))


def _blocks(source: tuple[int, ...], block: int) -> tuple[list[int], list[int]]:
    """(extents, strides) of [N, H/b, b, W/b, b, C] in a tensor [N, H, W, C]."""
    n, h, w, c = source
    return [n, h // block, block, w // block, block, c], [h * w * c, block * w * c, w * c, block * c, c, 1]


class SpaceToDepth(Operator):
    name = "SPACE_TO_DEPTH"
    types = ("int8", "float32")
    counts = takes(1)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint(_DAMAGED)
    def block_shape(graph: Graph, node: Node) -> str | None:
        """[N,H,W,C] becomes [N,H/b,W/b,C*b*b], without a remainder."""
        assert isinstance(node.options, SpaceToDepthOptions)
        source, output = (required(graph, i).shape for i in (node.inputs[0], node.outputs[0]))
        return _check_blocks(source, output, node.options.block_size)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SpaceToDepthOptions)
        extents, strides = _blocks(graph.tensors[node.inputs[0]].shape, node.options.block_size)
        order = (0, 1, 3, 2, 4, 5)
        moved = box([extents[i] for i in order], [strides[i] for i in order])
        return move(graph, node.inputs[0], node.outputs[0], moved)


class DepthToSpace(Operator):
    name = "DEPTH_TO_SPACE"
    types = ("int8", "float32")
    counts = takes(1)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint(_DAMAGED)
    def block_shape(graph: Graph, node: Node) -> str | None:
        """[N,H,W,C*b*b] becomes [N,H*b,W*b,C]."""
        assert isinstance(node.options, DepthToSpaceOptions)
        source, output = (required(graph, i).shape for i in (node.inputs[0], node.outputs[0]))
        return _check_blocks(output, source, node.options.block_size)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, DepthToSpaceOptions)
        extents, strides = _blocks(graph.tensors[node.outputs[0]].shape, node.options.block_size)
        order = (0, 1, 3, 2, 4, 5)
        packed = row_major_strides([extents[i] for i in order])
        back = [packed[order.index(i)] for i in range(6)]
        return move(graph, node.inputs[0], node.outputs[0], Box(tuple(extents), tuple(back), tuple(strides)))


def _check_blocks(space: tuple[int, ...], depth: tuple[int, ...], block: int) -> str | None:
    if len(space) == len(depth) == 4 and block > 0 and space[1] % block == space[2] % block == 0:
        n, h, w, c = space
        if depth == (n, h // block, w // block, c * block * block):
            return None
    return f"shapes {list(space)} and {list(depth)}, block size {block}"


class _BatchBlocks(Operator):
    """Batches and blocks of space exchanged: `batch` is the side with the many batches, `space` the other."""

    types = ("int8", "float32")
    counts = takes(3)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint("make block shape and paddings or crops constants of the model")
    def constants(graph: Graph, node: Node) -> str | None:
        """Block shape and paddings (or crops) are constant int32, for the one or two dimensions of space."""
        rank = len(required(graph, node.inputs[0]).shape)
        if rank not in (3, 4) or len(required(graph, node.outputs[0]).shape) != rank:
            return f"it has {rank} dimensions"
        for index, count in ((node.inputs[1], rank - 2), (node.inputs[2], 2 * (rank - 2))):
            tensor = required(graph, index)
            if not tensor.is_constant or tensor.dtype is not DType.INT32 or tensor.elements < count:
                return f"tensor '{tensor.name}' is no constant int32 of {count} elements"
        return "a block is empty" if min(constant_int32(required(graph, node.inputs[1]))) < 1 else None


def _nhwc(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Three dimensions are [N,H,C]."""
    return (shape[0], shape[1], shape[2], shape[3]) if len(shape) == 4 else (shape[0], shape[1], 1, shape[2])


def _batch_boxes(graph: Graph, node: Node, space_index: int, batch_index: int) -> list[Box]:
    """For each position in a block, the box from the space side to the batch side."""
    n, h, w, c = _nhwc(graph.tensors[space_index].shape)
    batches, rows, columns, depth = _nhwc(graph.tensors[batch_index].shape)
    blocks, edges = (constant_int32(graph.tensors[i]) for i in node.inputs[1:])
    flat = len(graph.tensors[space_index].shape) == 3
    block_h, block_w = blocks[0], 1 if flat else blocks[1]
    top, left = edges[0], 0 if flat else edges[2]
    if batches != n * block_h * block_w or depth != c:
        raise Refusal(f"{n} batches in blocks of {block_h}x{block_w} can't be {batches} batches", _OPEN_BATCH)
    boxes = []
    for position in range(block_h * block_w):
        shift_h, shift_w = divmod(position, block_w)
        y0, y1 = _inside(rows, block_h, shift_h - top, h)
        x0, x1 = _inside(columns, block_w, shift_w - left, w)
        boxes.append(
            Box(
                (n, max(0, y1 - y0), max(0, x1 - x0), c),
                (h * w * c, block_h * w * c, block_w * c, 1),
                (rows * columns * c, columns * c, c, 1),
                ((y0 * block_h + shift_h - top) * w + x0 * block_w + shift_w - left) * c,
                ((position * n * rows + y0) * columns + x0) * c,
            )
        )
    return boxes


def _inside(count: int, block: int, shift: int, size: int) -> tuple[int, int]:
    """The range of i in [0, count) with 0 <= i * block + shift < size."""
    return max(0, -(shift // block)), min(count, -((shift - size) // block))


class SpaceToBatchNd(_BatchBlocks):
    name = "SPACE_TO_BATCH_ND"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = graph.tensors[node.outputs[0]]
        boxes = _batch_boxes(graph, node, node.inputs[0], node.outputs[0])
        if sum(math.prod(b.extents) for b in boxes) < output.elements:
            raise Refusal(
                "it pads, and TFLite Micro takes the padding's value from memory that nothing has written",
                "pad with PAD before it, or convert dilated convolutions to CONV_2D's dilation",
            )
        result = TensorArg(node.outputs[0], written=True)
        calls: list[KernelCall] = []
        for moved in boxes:
            calls += strided_copy(TensorArg(node.inputs[0]), result, moved, output.dtype.size_bytes(1))
        return Lowering(tuple(calls))


class BatchToSpaceNd(_BatchBlocks):
    name = "BATCH_TO_SPACE_ND"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        output = graph.tensors[node.outputs[0]]
        boxes = _batch_boxes(graph, node, node.outputs[0], node.inputs[0])
        if sum(math.prod(b.extents) for b in boxes) < output.elements:
            raise Refusal(f"its input does not fill {list(output.shape)}", _DAMAGED)
        result = TensorArg(node.outputs[0], written=True)
        calls: list[KernelCall] = []
        for b in boxes:
            moved = Box(b.extents, b.output_strides, b.input_strides, b.output_offset, b.input_offset)
            calls += strided_copy(TensorArg(node.inputs[0]), result, moved, output.dtype.size_bytes(1))
        return Lowering(tuple(calls))
