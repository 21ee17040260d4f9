"""DEPTHWISE_CONV_2D: int8, int8 with int4 weights, int16 and float32; per-channel or per-tensor scales."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target, constraint
from edgegen.ops.convolution import Convolution, conv_call
from edgegen.options import DepthwiseConv2DOptions


class DepthwiseConv2D(Convolution):
    name = "DEPTHWISE_CONV_2D"
    types = (
        "int8 x int8 -> int8",
        "int8 x int4 -> int8",
        "int16 x int8 -> int16",
        "float32",
    )

    @constraint("export the model again; its file is damaged")
    def channels(graph: Graph, node: Node) -> str | None:
        """Filter and output have depth_multiplier times the input's channels."""
        source, weights, output = (graph.tensors[i] for i in (node.inputs[0], node.inputs[1], node.outputs[0]))
        assert isinstance(node.options, DepthwiseConv2DOptions)
        wanted = source.shape[3] * node.options.depth_multiplier
        if not wanted == weights.shape[3] == output.shape[3]:
            return (
                f"{source.shape[3]} channels times depth_multiplier {node.options.depth_multiplier} are not the"
                f" filter's {weights.shape[3]} and the output's {output.shape[3]}"
            )
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        _, kernel_h, kernel_w, channels = graph.tensors[node.inputs[1]].shape
        macs = graph.tensors[node.outputs[0]].elements * kernel_h * kernel_w
        return Lowering((conv_call(graph, node, target, "eg_depthwise_conv_2d", channels, macs),))
