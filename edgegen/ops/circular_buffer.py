"""CIRCULAR_BUFFER: the last inputs in order, and an invocation that goes on only every few times."""

from __future__ import annotations

import struct

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, State, Target, TensorArg, constraint, takes
from edgegen.ops.subgraphs import place_of
from edgegen.options_custom import CircularBufferOptions

ENDED = State("ended", 1)
"""Set where an invocation ends early."""


class CircularBuffer(Operator):
    name = "CIRCULAR_BUFFER"
    types = ("int8",)
    counts = takes(1)

    @constraint("quantise the model to int8")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are int8."""
        kinds = [graph.tensors[i].dtype for i in (node.inputs[0], node.outputs[0])]
        return None if set(kinds) == {DType.INT8} else f"types {kinds[0].value} and {kinds[1].value}"

    @constraint("export the model again; its shapes contradict each other")
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input is [N,1,W,C], the output [N,slots,W,C]."""
        source, output = graph.tensors[node.inputs[0]].shape, graph.tensors[node.outputs[0]].shape
        if len(source) != 4 or len(output) != 4 or source != (output[0], 1, *output[2:]):
            return f"shapes {list(source)} and {list(output)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        source, output = node.inputs[0], node.outputs[0]
        _, slots, width, channels = graph.tensors[output].shape
        place = place_of(graph)
        cycles = _cycles(graph.subgraphs or (graph,), place, node)
        countdown = State(f"circular buffer countdown {place} {node.index}", 4, struct.pack("<i", cycles))
        is_variable = graph.tensors[output].is_variable
        values = State(f"circular buffer {place} {node.index}", graph.tensors[output].size_bytes)
        arguments = (
            TensorArg(source),
            slots,
            width * channels,
            cycles,
            countdown,
            TensorArg(output, written=True) if is_variable else values,
            ENDED,
        )
        # With a period of 1 an invocation never ends early.
        ends = ENDED if cycles != 1 else None
        kernel = "eg_circular_buffer_s8"
        calls = [KernelCall(kernel, "eg_circular_buffer.h", (f"{kernel}.c",), arguments, ends_invoke=ends)]
        if not is_variable:
            copied = (values, TensorArg(output, written=True), values.size_bytes)
            calls.append(KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), copied))
        return Lowering(tuple(calls))


def _cycles(graphs: tuple[Graph, ...], place: int, node: Node) -> int:
    """Every how many invocations the model runs on.

    Models that don't say get what TFLite Micro guesses from shapes: 1 for the last buffer of the streaming models that
    it knows by their numbers of slots, else 2.
    """
    count = 0
    for index, graph in enumerate(graphs):
        for other in graph.nodes:
            if not isinstance(other.options, CircularBufferOptions) or not other.outputs:
                continue
            cycles = other.options.cycles_max or 0
            if cycles <= 0:
                count += 1
                slots, width, channels = (*graph.tensors[other.outputs[0]].shape, 0, 0, 0, 0)[1:4]
                last = slots in (5, 13, 25) or (count == 5 and (width, channels) == (2, 96))
                cycles = 1 if last else 2
                count = 0 if last else count
            if (index, other.index) == (place, node.index):
                return cycles
    return 1
