"""CONV_2D: int8, int8 with int4 weights, int16 and float32; per-channel or per-tensor scales; groups."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target, constraint
from edgegen.ops.convolution import Convolution, conv_call


class Conv2D(Convolution):
    name = "CONV_2D"
    types = (
        "int8 x int8 -> int8",
        "int8 x int4 -> int8",
        "int16 x int8 -> int16",
        "float32",
    )

    @constraint("export the model again; its file is damaged")
    def channels(graph: Graph, node: Node) -> str | None:
        """The filter's input channels divide the input's, the groups that makes divide the output's channels, and
        there is a filter for each of these."""
        source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
        if weights.shape[0] < output.shape[3]:
            return f"the filter has {weights.shape[0]} output channels, the output {output.shape[3]}"
        if weights.shape[3] == 0 or source.shape[3] == 0 or source.shape[3] % weights.shape[3]:
            return f"the filter has {weights.shape[3]} input channels, the input {source.shape[3]}"
        groups = source.shape[3] // weights.shape[3]
        if output.shape[3] % groups or output.shape[3] == 0:
            return f"{output.shape[3]} output channels can't be split in {groups} groups"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        channels, kernel_h, kernel_w, depth = graph.tensors[node.inputs[1]].shape
        macs = graph.tensors[node.outputs[0]].elements * kernel_h * kernel_w * depth
        return Lowering((conv_call(graph, node, target, "eg_conv_2d", channels, macs),))
