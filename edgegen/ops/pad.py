"""PAD, PADV2, MIRROR_PAD: a tensor inside a larger one, filled with one value or with its own reflection."""

from __future__ import annotations

import numpy as np

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import (
    Argument,
    ConstArray,
    KernelCall,
    Lowering,
    Operator,
    Target,
    TensorArg,
    constraint,
    of_types,
    takes,
)
from edgegen.ops.quantize import scale_and_zero_point
from edgegen.ops.shapes import required
from edgegen.ops.strided import box, strided_copy
from edgegen.ops.walk import row_major_strides
from edgegen.options import MirrorPadOptions

_MAX_RANK = 5


def constant_int32(tensor: Tensor) -> list[int]:
    """The constant's bytes read as int32, which is how TFLite Micro reads paddings of any type."""
    data = tensor.data or b""
    return [int(v) for v in np.frombuffer(data[: len(data) // 4 * 4], dtype="<i4")]


class Pad(Operator):
    name = "PAD"
    types = ("int8", "int16", "int32", "float32")
    counts = takes(2, 3)

    @constraint("cast the tensor to a type that TFLite Micro pads")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input, output and padding value are of one type: int8, int16, int32 or float32."""
        kinds = [required(graph, i).dtype for i in (node.inputs[0], *node.inputs[2:], node.outputs[0])]
        if len(set(kinds)) == 1 and kinds[0] in (DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32):
            return None
        return "types " + ", ".join(kind.value for kind in kinds)

    @constraint("make the paddings a constant of the model that fits its shapes")
    def paddings(graph: Graph, node: Node) -> str | None:
        """The paddings are constant, a pair for each of at most 5 dimensions, and account for the output's shape."""
        source, pairs, output = (required(graph, i) for i in (*node.inputs[:2], node.outputs[0]))
        rank = len(source.shape)
        if rank > _MAX_RANK or rank != len(output.shape):
            return f"ranks {rank} and {len(output.shape)}"
        if not pairs.is_constant or pairs.elements != 2 * rank:
            return f"{pairs.elements} numbers" if pairs.is_constant else "they are not constant"
        numbers = constant_int32(pairs)
        if len(numbers) < 2 * rank:
            return f"they are {pairs.dtype.value}"
        for axis, (size, result) in enumerate(zip(source.shape, output.shape, strict=True)):
            if size + numbers[2 * axis] + numbers[2 * axis + 1] != result:
                return f"dimension {axis} of size {size} becomes {result}"
        return None

    @constraint("give the padding value the output's scale and zero point")
    def padding_value(graph: Graph, node: Node) -> str | None:
        """A padding value is one element, in int8 with the output's scale and zero point."""
        if len(node.inputs) < 3:
            return None
        value, output = required(graph, node.inputs[2]), required(graph, node.outputs[0])
        if value.elements != 1:
            return f"it has {value.elements} elements"
        if value.dtype is DType.INT8 and scale_and_zero_point(value) != scale_and_zero_point(output):
            return "it has another scale or zero point"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, pairs, output = (graph.tensors[i] for i in (*node.inputs[:2], node.outputs[0]))
        numbers = constant_int32(pairs)
        # Negative paddings cut nothing off: the kernel of TFLite Micro then reads on in the input without a gap.
        before = [max(number, 0) for number in numbers[0::2]]
        after = [max(number, 0) for number in numbers[1::2]]
        inside = [max(size - low - high, 0) for size, low, high in zip(output.shape, before, after, strict=True)]
        element_bytes = source.dtype.size_bytes(1)
        strides = row_major_strides(output.shape)
        offset = sum(low * stride for low, stride in zip(before, strides, strict=True))
        moved = box(inside, row_major_strides(inside), strides, 0, offset)
        result = TensorArg(node.outputs[0], written=True)
        copies = strided_copy(TensorArg(node.inputs[0]), result, moved, element_bytes)
        if int(np.prod(inside)) == output.elements:
            return Lowering(copies)
        value: Argument
        if len(node.inputs) == 3:
            value = TensorArg(node.inputs[2])
        else:
            zero = scale_and_zero_point(output)[1] if output.dtype is DType.INT8 else 0
            value = ConstArray.of("padding", np.array([zero], dtype=output.dtype.numpy), 8)
        fill = strided_copy(value, result, box([output.elements], [0]), element_bytes)
        return Lowering(fill + copies)


class PadV2(Pad):
    name = "PADV2"


class MirrorPad(Operator):
    name = "MIRROR_PAD"
    types = ("int8", "float32")
    counts = takes(2)
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint("make the paddings a constant of the model that fits its shapes")
    def paddings(graph: Graph, node: Node) -> str | None:
        """The paddings are constant int32 or int64 pairs, none negative, that account for the output's shape."""
        source, pairs, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        rank = len(source.shape)
        if not pairs.is_constant or pairs.shape != (rank, 2) or pairs.dtype not in (DType.INT32, DType.INT64):
            return f"they are {pairs.dtype.value}{list(pairs.shape)}"
        assert isinstance(node.options, MirrorPadOptions)
        skip = 1 if node.options.mode == "REFLECT" else 0
        numbers = _pairs(pairs)
        if len(output.shape) != rank or any(
            min(pair) < 0 or size + sum(pair) != result
            for size, pair, result in zip(source.shape, numbers, output.shape, strict=True)
        ):
            return f"{list(source.shape)} becomes {list(output.shape)}"
        if any(low and low + skip > size for size, (low, _) in zip(source.shape, numbers, strict=True)):
            return f"{numbers} before {list(source.shape)} reflects more than there is"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, MirrorPadOptions)
        skip = 1 if node.options.mode == "REFLECT" else 0
        source, pairs, output = (graph.tensors[i] for i in (*node.inputs, node.outputs[0]))
        size = source.dtype.size_bytes(1)
        strides = row_major_strides(output.shape)
        numbers = _pairs(pairs)
        result = TensorArg(node.outputs[0], written=True)
        written = TensorArg(node.outputs[0])
        extents = list(source.shape)
        origin = sum(low * stride for (low, _), stride in zip(numbers, strides, strict=True))
        moved = box(extents, row_major_strides(source.shape), strides, 0, origin)
        calls: list[KernelCall] = list(strided_copy(TensorArg(node.inputs[0]), result, moved, size))
        # Axis by axis, the innermost first, out of what the output holds already.
        for axis in range(len(extents) - 1, -1, -1):
            (low, high), stride, count = numbers[axis], strides[axis], extents[axis]
            back = [-step if i == axis else step for i, step in enumerate(strides)]
            last = max(count - 1 - skip, 0)
            parts = [
                (low, back, (low - 1 + skip) * stride, -low * stride),
                (min(high, last + 1), back, last * stride, count * stride),
            ]
            if high > last + 1:  # TFLite Micro repeats the first element where the reflection has no more
                still = [0 if i == axis else step for i, step in enumerate(strides)]
                parts.append((high - last - 1, still, 0, (count + last + 1) * stride))
            for part, steps, start, place in parts:
                extents[axis] = part
                moved = box(extents, steps, strides, origin + start, origin + place)
                calls += strided_copy(written, result, moved, size)
            extents[axis] = low + count + high
            origin -= low * stride
        return Lowering(tuple(calls))


def _pairs(tensor: Tensor) -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in tensor.array().tolist()]
