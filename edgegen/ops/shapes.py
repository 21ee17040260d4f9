"""Small readings of tensors that many operators share."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node, Quantization, Tensor
from edgegen.ops.base import Refusal, Struct


def required(graph: Graph, index: int) -> Tensor:
    """The tensor at `index`. Raises Refusal where a node omits an input that it needs."""
    tensor = graph.tensor(index)
    if tensor is None:
        raise Refusal("a required input is missing", "export the model again; its file is damaged")
    return tensor


def quantization_of(tensor: Tensor) -> Quantization:
    """The tensor's quantization. Raises Refusal where it has none."""
    if tensor.quantization is None:
        raise Refusal(
            f"tensor '{tensor.name}' has no scale and zero point",
            "convert the model with a representative data set, to full-integer int8",
        )
    return tensor.quantization


def dims_struct(shape: tuple[int, ...]) -> Struct:
    """An eg_dims of a shape of up to four axes; missing leading ones are 1."""
    n, h, w, c = (1,) * (4 - len(shape)) + shape
    return Struct("eg_dims", (("n", n), ("h", h), ("w", w), ("c", c)))


def constant_axis(graph: Graph, node: Node) -> int:
    """The axis of the first input that a constant second one names, from 0. Raises Refusal where it names none."""
    rank = len(required(graph, node.inputs[0]).shape)
    tensor = required(graph, node.inputs[1]) if len(node.inputs) > 1 else None
    if tensor is None or not tensor.is_constant or tensor.dtype is not DType.INT32 or tensor.elements != 1:
        raise Refusal("its axis is not one constant int32", "make the axis a constant of the model")
    axis = int(tensor.array().reshape(-1)[0])
    if not -rank <= axis < rank:
        raise Refusal(f"axis {axis} is outside of the input's {rank}", "export the model again; its file is damaged")
    return axis % rank
