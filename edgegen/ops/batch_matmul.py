"""BATCH_MATMUL: int8, int16 and float32, batches broadcast, either side transposed."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import float32_product, quantize_multiplier
from edgegen.ops.base import Argument, KernelCall, Lowering, Operator, Refusal, Struct, Target, TensorArg, constraint
from edgegen.ops.convolution import positive_scale, reduced_multiplier
from edgegen.ops.shapes import quantization_of, required
from edgegen.options import BatchMatMulOptions

MAX_RANK = 5


class BatchMatMul(Operator):
    """output [..., M, N] = lhs [..., M, K] x rhs [..., K, N]; adj_x and adj_y swap the last two axes of lhs and rhs."""

    name = "BATCH_MATMUL"
    types = ("int8", "int16", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Both inputs and the output are all int8, int16 or float32; zero points of int16 are 0."""
        if len(node.inputs) != 2:
            return f"it has {len(node.inputs)} inputs"
        tensors = (*(required(graph, i) for i in node.inputs), graph.tensors[node.outputs[0]])
        kinds = {tensor.dtype for tensor in tensors}
        if len(kinds) > 1 or not kinds <= {DType.INT8, DType.INT16, DType.FLOAT32}:
            return "hybrid or unquantised types " + ", ".join(tensor.dtype.value for tensor in tensors)
        if DType.INT16 in kinds and any(quantization_of(tensor).zero_point for tensor in tensors):
            return "an int16 zero point is not 0"
        return None

    @constraint("reshape the inputs")
    def shapes(graph: Graph, node: Node) -> str | None:
        """Inputs have two to five axes; batches broadcast; depths agree; the output holds the product."""
        lhs, rhs, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        for tensor in (lhs, rhs):
            if not 2 <= len(tensor.shape) <= MAX_RANK:
                return f"tensor '{tensor.name}' has {len(tensor.shape)} axes"
        rows, depth, rhs_depth, columns = _matrix_sizes(node, lhs, rhs)
        if depth != rhs_depth:
            return f"the depths {depth} and {rhs_depth} differ"
        pairs = list(zip(*_batches(lhs, rhs), strict=True))
        if any(a != b and 1 not in (a, b) for a, b in pairs):
            return f"batches {list(lhs.shape[:-2])} and {list(rhs.shape[:-2])} don't broadcast"
        product = math.prod(b if a == 1 else a for a, b in pairs) * rows * columns
        if product != output.elements or max(len(lhs.shape), len(rhs.shape)) > len(output.shape):
            return f"the output's shape {list(output.shape)} is not the product's"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        lhs, rhs, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        assert isinstance(node.options, BatchMatMulOptions)
        rows, depth, _, columns = _matrix_sizes(node, lhs, rhs)
        lhs_batches, rhs_batches = _batches(lhs, rhs)
        if math.prod(rhs_batches) == 1 and not node.options.adj_x:
            rows *= math.prod(lhs_batches)  # one rhs for all: the rows of every batch are rows of one matrix
            lhs_batches = rhs_batches
        batches = tuple(b if a == 1 else a for a, b in zip(lhs_batches, rhs_batches, strict=True))
        shape = Struct(
            "eg_batch_matmul_shape",
            (
                ("batches", batches),
                ("lhs_batch_strides", _strides(lhs_batches, rows * depth)),
                ("rhs_batch_strides", _strides(rhs_batches, depth * columns)),
                ("rows", rows),
                ("columns", columns),
                ("depth", depth),
                ("lhs_row_stride", 1 if node.options.adj_x else depth),
                ("lhs_depth_stride", rows if node.options.adj_x else 1),
                ("rhs_column_stride", depth if node.options.adj_y else 1),
                ("rhs_depth_stride", 1 if node.options.adj_y else columns),
            ),
        )
        arguments: tuple[Argument, ...] = (shape,)
        if lhs.dtype is not DType.FLOAT32:
            arguments += (_quantized_params(lhs, rhs, output),)
        arguments += (TensorArg(node.inputs[0]), TensorArg(node.inputs[1]), TensorArg(node.outputs[0], written=True))
        suffix = {DType.INT8: "s8", DType.INT16: "s16", DType.FLOAT32: "f32"}[lhs.dtype]
        kernel = f"eg_batch_matmul_{suffix}"
        call = KernelCall(kernel, "eg_batch_matmul.h", (f"{kernel}.c",), arguments, macs=output.elements * depth)
        return Lowering((call,))


def _matrix_sizes(node: Node, lhs: Tensor, rhs: Tensor) -> tuple[int, int, int, int]:
    """(rows, depth of lhs, depth of rhs, columns)."""
    assert isinstance(node.options, BatchMatMulOptions)
    rows, depth = reversed(lhs.shape[-2:]) if node.options.adj_x else lhs.shape[-2:]
    rhs_depth, columns = reversed(rhs.shape[-2:]) if node.options.adj_y else rhs.shape[-2:]
    return rows, depth, rhs_depth, columns


def _batches(lhs: Tensor, rhs: Tensor) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The three batch axes of each side."""
    first, second = ((1,) * (MAX_RANK - len(t.shape)) + t.shape[:-2] for t in (lhs, rhs))
    return first, second


def _strides(batches: tuple[int, ...], matrix: int) -> tuple[int, ...]:
    """Elements between batches along each axis, 0 where one matrix serves them all."""
    return tuple(0 if size == 1 else math.prod(batches[axis + 1 :]) * matrix for axis, size in enumerate(batches))


def _quantized_params(lhs: Tensor, rhs: Tensor, output: Tensor) -> Struct:
    product = float32_product(quantization_of(lhs).scale, quantization_of(rhs).scale)
    if not product >= 0:
        raise Refusal("its scales are negative", "give every quantised tensor a positive scale")
    pair = quantize_multiplier(product / positive_scale(output))
    multiplier, shift = reduced_multiplier(pair) if lhs.dtype is DType.INT16 else pair
    return Struct(
        "eg_batch_matmul_params",
        (
            ("lhs_offset", -quantization_of(lhs).zero_point),
            ("rhs_offset", -quantization_of(rhs).zero_point),
            ("output_offset", quantization_of(output).zero_point),
            ("multiplier", multiplier),
            ("shift", shift),
        ),
    )
