"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_ALL along axes that the model gives as a constant."""

from __future__ import annotations

import math
from typing import ClassVar

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.arithmetic import quantize_multiplier
from edgegen.ops.base import (
    Argument,
    KernelCall,
    Lowering,
    Operator,
    Overlap,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
)
from edgegen.ops.elementwise import SUFFIXES, wrong_arity
from edgegen.ops.shapes import quantization_of, required
from edgegen.ops.walk import collapse, row_major_strides, walk_fields
from edgegen.options import ReducerOptions


class _Reduction(Operator):
    types: ClassVar[tuple[str, ...]] = ("int8", "int16", "float32")

    @constraint("convert the model with a representative data set, to full-integer int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output have the same type, one of those that the operator takes."""
        wrong = wrong_arity(node, 2)
        if wrong is not None:
            return wrong
        kinds = [required(graph, i).dtype for i in (node.inputs[0], node.outputs[0])]
        if kinds[0] is kinds[1] and kinds[0] in _TYPES[node.op]:
            return None
        return "types " + ", ".join(kind.value for kind in kinds)

    @constraint("make the axes a constant of the model")
    def constant_axes(graph: Graph, node: Node) -> str | None:
        """The axes are constant, int32, and exist in the input."""
        source, axes = required(graph, node.inputs[0]), required(graph, node.inputs[1])
        if axes.dtype is not DType.INT32 or not axes.is_constant:
            return "the axes are not a constant of type int32"
        rank = len(source.shape)
        if rank and any(not -rank <= int(axis) < rank for axis in axes.array().reshape(-1)):
            return f"an axis is outside of the input's {rank}"
        return None

    @constraint("export the model again; its shapes contradict each other")
    def output_elements(graph: Graph, node: Node) -> str | None:
        """The output has one element for each set of the input's elements that is reduced to one."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        reduced = reduced_axes(graph, node)
        wanted = math.prod(size for axis, size in enumerate(source.shape) if axis not in reduced)
        return None if wanted == output.elements else f"shape {list(source.shape)} becomes {list(output.shape)}"

    def call(self, graph: Graph, node: Node, kernel: str, *params: Argument) -> Lowering:
        """One call `kernel(params..., axes, input, output)`."""
        source, output = node.inputs[0], node.outputs[0]
        axes = axes_struct(graph.tensors[source].shape, reduced_axes(graph, node))
        arguments = (*params, axes, TensorArg(source), TensorArg(output, written=True))
        # An output element is no further along than the first input element that later ones read.
        overlaps = (Overlap(source, output),)
        macs = graph.tensors[source].elements
        return Lowering((KernelCall(kernel, "eg_reduce.h", (f"{kernel}.c",), arguments, macs, overlaps),))

    def sum(self, graph: Graph, node: Node, *, mean: bool) -> Lowering:
        """SUM, or MEAN: a sum whose scaling divides it too."""
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        count = math.prod(source.shape[axis] for axis in reduced_axes(graph, node))
        params = float(count if mean else 1) if source.dtype is DType.FLOAT32 else None
        if params is None:
            return self.call(graph, node, f"eg_sum_{SUFFIXES[source.dtype]}", _sum_params(source, output, count, mean))
        return self.call(graph, node, "eg_sum_f32", params)


class Mean(_Reduction):
    name = "MEAN"

    @constraint("remove the operator: it does nothing")
    def float_elements(graph: Graph, node: Node) -> str | None:
        """In float32: the input has elements, at most four axes are named, and kept axes stay where they are."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is not DType.FLOAT32:
            return None
        axes = graph.tensors[node.inputs[1]].array().reshape(-1).tolist()
        if source.elements == 0 or len(axes) > 4:
            return f"shape {list(source.shape)}, axes {axes}"
        # TFLite Micro has a kernel of its own for this case, which aborts where the output is not [N,1,1,C].
        special = keep_dims(node) and len(source.shape) == 4 and sorted(axes) == [1, 2]
        if special and ((1,) * (4 - len(output.shape)) + output.shape)[1:3] != (1, 1):
            return f"shape {list(source.shape)} becomes {list(output.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return self.sum(graph, node, mean=True)


class Sum(_Reduction):
    name = "SUM"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return self.sum(graph, node, mean=False)


class _ReduceExtreme(_Reduction):
    types = ("int8", "float32")
    kernel = ""

    @constraint("train the model with quantisation that keeps its scale and zero point")
    def same_scale(graph: Graph, node: Node) -> str | None:
        """int8 inputs and outputs have the same scale and zero point."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is DType.FLOAT32 or _scale_and_zero(source) == _scale_and_zero(output):
            return None
        return f"{_scale_and_zero(source)} becomes {_scale_and_zero(output)}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return self.call(graph, node, f"{self.kernel}_{SUFFIXES[graph.tensors[node.outputs[0]].dtype]}")


class ReduceMax(_ReduceExtreme):
    name = "REDUCE_MAX"
    kernel = "eg_reduce_max"


class ReduceMin(_ReduceExtreme):
    name = "REDUCE_MIN"
    kernel = "eg_reduce_min"


class ReduceAll(_Reduction):
    name = "REDUCE_ALL"
    types = ("bool",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return self.call(graph, node, "eg_reduce_all_bool")


_TYPES = {
    "MEAN": (DType.INT8, DType.INT16, DType.FLOAT32),
    "SUM": (DType.INT8, DType.INT16, DType.FLOAT32),
    "REDUCE_MAX": (DType.INT8, DType.FLOAT32),
    "REDUCE_MIN": (DType.INT8, DType.FLOAT32),
    "REDUCE_ALL": (DType.BOOL,),
}


def keep_dims(node: Node) -> bool:
    """Whether the model says that reduced axes stay, with size 1."""
    assert isinstance(node.options, ReducerOptions)
    return node.options.keep_dims


def reduced_axes(graph: Graph, node: Node) -> frozenset[int]:
    """The axes of the input that a reduction combines; none where the input is a scalar."""
    rank = len(graph.tensors[node.inputs[0]].shape)
    axes = graph.tensors[node.inputs[1]].array().reshape(-1)
    return frozenset(int(axis) % rank for axis in axes) if rank else frozenset()


def axes_struct(shape: tuple[int, ...], reduced: frozenset[int]) -> Struct:
    """An eg_reduce_axes: the walks through the kept and through the reduced axes of an input."""
    strides = row_major_strides(shape)
    walks = []
    for kept in (True, False):
        axes = [axis for axis in range(len(shape)) if (axis not in reduced) is kept]
        walks.append(walk_fields(collapse([shape[a] for a in axes], [[strides[a] for a in axes]])))
    return Struct("eg_reduce_axes", (("kept", walks[0]), ("reduced", walks[1])))


def _sum_params(source: Tensor, output: Tensor, count: int, mean: bool) -> Struct:
    """An eg_sum_params; for MEAN the multiplier is divided by the elements per sum, as TFLite does it."""
    quantization = quantization_of(source)
    if quantization_of(output).scale == 0.0:
        raise Refusal("its output's scale is 0", "give every quantised tensor a finite, positive scale")
    multiplier, shift = quantize_multiplier(quantization.scale / quantization_of(output).scale)
    offset = quantization_of(output).zero_point
    if source.elements == 0:  # TFLite leaves zeros, not the zero point
        multiplier = shift = offset = 0
    elif mean:
        bits = min(count.bit_length() - 1, 32, 31 + shift)
        multiplier = (multiplier << bits) // count
        shift -= bits
    total = (-quantization.zero_point * count) & 0xFFFFFFFF
    return Struct(
        "eg_sum_params",
        (
            ("sum_offset", total - (1 << 32) if total >> 31 else total),
            ("multiplier", multiplier),
            ("shift", shift),
            ("output_offset", offset),
        ),
    )


def _scale_and_zero(tensor: Tensor) -> tuple[float, int]:
    return (tensor.quantization.scale, tensor.quantization.zero_point) if tensor.quantization else (0.0, 0)
