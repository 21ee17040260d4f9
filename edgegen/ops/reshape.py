"""RESHAPE, SQUEEZE, EXPAND_DIMS: the same bytes under another shape; no code at all."""

from __future__ import annotations

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import Lowering, Operator, Target, constraint, takes
from edgegen.ops.shapes import required
from edgegen.options import SqueezeOptions


class Reshape(Operator):
    name = "RESHAPE"
    types = ("any",)
    counts = takes(1, 2)

    @constraint("export the model again; its shapes contradict each other")
    def same_elements(graph: Graph, node: Node) -> str | None:
        """Input and output have the same type and number of elements."""
        source, output = required(graph, node.inputs[0]), required(graph, node.outputs[0])
        if source.dtype is not output.dtype:
            return f"{source.dtype.value} would become {output.dtype.value}"
        if source.elements != output.elements:
            return f"{source.elements} elements would become {output.elements}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return Lowering(views=((node.outputs[0], node.inputs[0]),))


class Squeeze(Operator):
    name = "SQUEEZE"
    types = ("any",)
    counts = takes(1)
    same_elements = Reshape.same_elements

    @constraint("export the model again; its shapes contradict each other")
    def squeezed_shape(graph: Graph, node: Node) -> str | None:
        """Only dimensions of size 1 are squeezed, and the output has the others."""
        assert isinstance(node.options, SqueezeOptions)
        shape, output = required(graph, node.inputs[0]).shape, required(graph, node.outputs[0]).shape
        rank = len(shape)
        axes = {axis + rank if axis < 0 else axis for axis in node.options.squeeze_dims}
        for axis in axes:
            if not 0 <= axis < rank or shape[axis] != 1:
                return f"dimension {axis} of shape {list(shape)} can't be squeezed"
        kept = tuple(size for axis, size in enumerate(shape) if (axis not in axes if axes else size != 1))
        # TFLite Micro leaves more dimensions unread, not fewer.
        if len(output) < len(kept) or any(o < k for o, k in zip(output, kept, strict=False)):
            return f"shape {list(output)} can't hold {list(kept)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return Lowering(views=((node.outputs[0], node.inputs[0]),))


class ExpandDims(Operator):
    name = "EXPAND_DIMS"
    types = ("int8", "int16", "float32")
    counts = takes(2)

    @constraint("cast the tensor to a type that TFLite Micro expands")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are both int8, int16 or float32; the axis is a constant int32."""
        source, axis = required(graph, node.inputs[0]), required(graph, node.inputs[1])
        output = required(graph, node.outputs[0])
        if source.dtype not in (DType.INT8, DType.INT16, DType.FLOAT32) or output.dtype is not source.dtype:
            return f"types {source.dtype.value} and {output.dtype.value}"
        if axis.dtype is not DType.INT32 or not axis.is_constant:
            return "the axis is no constant int32"
        return None

    @constraint("export the model again; its shapes contradict each other")
    def expanded_shape(graph: Graph, node: Node) -> str | None:
        """The output's shape is the input's with a 1 at the axis."""
        source, axes = required(graph, node.inputs[0]), required(graph, node.inputs[1])
        output = required(graph, node.outputs[0])
        if len(axes.shape) > 1 or axes.elements < 1:
            return "there is not one axis"
        axis = int(np.asarray(axes.array()).reshape(-1)[0])
        rank = len(source.shape)
        axis += rank + 1 if axis < 0 else 0
        if not 0 <= axis <= rank or output.shape != (*source.shape[:axis], 1, *source.shape[axis:]):
            return f"axis {axis} turns {list(source.shape)} into {list(output.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return Lowering(views=((node.outputs[0], node.inputs[0]),))
