"""What elementwise operators share: types, shapes, the walk through broadcast inputs, and in-place results."""

from __future__ import annotations

from collections.abc import Sequence

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import INTEGER_LIMITS
from edgegen.ops.base import Argument, KernelCall, Lowering, Overlap, Refusal, TensorArg
from edgegen.ops.shapes import quantization_of, required
from edgegen.ops.walk import Loop, broadcast_loops, walk_struct

SUFFIXES = {
    DType.INT8: "s8",
    DType.INT16: "s16",
    DType.INT32: "s32",
    DType.INT64: "s64",
    DType.FLOAT32: "f32",
    DType.BOOL: "bool",
}
MAX_RANK = 6
"""TFLite Micro's shapes have no more axes; beyond it, its elementwise kernels read past them."""


def common_type(graph: Graph, node: Node, allowed: Sequence[DType], *, output: bool = True) -> str | None:
    """What breaks the rule that all inputs (and outputs) have one of the allowed types, or None."""
    indices = (*node.inputs, *node.outputs) if output else node.inputs
    kinds = [required(graph, i).dtype for i in indices]
    if len(set(kinds)) == 1 and kinds[0] in allowed:
        return None
    return "types " + ", ".join(kind.value for kind in kinds)


def wrong_arity(node: Node, inputs: int) -> str | None:
    """What breaks the rule that a node has `inputs` inputs and one output, or None."""
    if (len(node.inputs), len(node.outputs)) == (inputs, 1):
        return None
    return f"it has {len(node.inputs)} inputs and {len(node.outputs)} outputs"


def integer_activation_range(activation: str) -> tuple[int, int]:
    """CalculateActivationRange for int32 outputs."""
    low, high = INTEGER_LIMITS[DType.INT32]
    return {"RELU": (0, high), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}.get(activation, (low, high))


def zero_point_of(tensor: Tensor) -> int:
    """The tensor's zero point. Raises Refusal where there is none or it is outside of the type."""
    zero_point = quantization_of(tensor).zero_point
    low, high = INTEGER_LIMITS[tensor.dtype]
    if not low <= zero_point <= high:
        raise Refusal(
            f"tensor '{tensor.name}' has zero point {zero_point}; {tensor.dtype.value} holds {low} to {high}",
            "export the model again; its file is damaged",
        )
    return zero_point


def elementwise_loops(inputs: Sequence[Tensor], output: Tensor) -> list[Loop]:
    """The loops over the output. Raises Refusal where the shapes don't fit, or have more than MAX_RANK axes."""
    for tensor in (*inputs, output):
        if len(tensor.shape) > MAX_RANK:
            raise Refusal(
                f"tensor '{tensor.name}' has {len(tensor.shape)} axes; at most {MAX_RANK} are defined",
                "reshape it before and after this operator",
            )
    shapes = {_stripped(tensor.shape) for tensor in inputs}
    if len(shapes) == 1 and output.elements == inputs[0].elements:
        return [(output.elements, (1,) * len(inputs))]
    return broadcast_loops([tensor.shape for tensor in inputs], output.shape)


def elementwise_lowering(
    graph: Graph, node: Node, kernel: str, header: str, *params: Argument, math: tuple[str, ...] = ()
) -> Lowering:
    """One call `kernel(params..., walk, inputs..., output)`; the output may overlap inputs that are not repeated.

    `math` are the sources of the functions that the kernel calls.
    """
    inputs = [graph.tensors[i] for i in node.inputs]
    output = graph.tensors[node.outputs[0]]
    walk = walk_struct(elementwise_loops(inputs, output))
    arguments = (*params, walk, *map(TensorArg, node.inputs), TensorArg(node.outputs[0], written=True))
    overlaps = tuple(
        Overlap(index, node.outputs[0])
        for index, tensor in zip(node.inputs, inputs, strict=True)
        if tensor.elements == output.elements and tensor.size_bytes >= output.size_bytes
    )
    return Lowering((KernelCall(kernel, header, (f"{kernel}.c", *math), arguments, output.elements, overlaps),))


def _stripped(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without leading axes of size 1, which broadcasting adds."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]
