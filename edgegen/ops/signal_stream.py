"""SignalDelay, SignalStacker, SignalFramer, SignalOverlapAdd: streams of samples cut into frames and joined again."""

from __future__ import annotations

import math

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import KernelCall, Lowering, Operator, State, Target, TensorArg, constraint, takes
from edgegen.ops.signal_types import signature
from edgegen.ops.subgraphs import place_of
from edgegen.options_custom import (
    SignalDelayOptions,
    SignalFramerOptions,
    SignalOverlapAddOptions,
    SignalStackerOptions,
)

_HEADER = "eg_signal_stream.h"
_DAMAGED = "export the model again; its shapes contradict each other"
_OPTIONS = "export the model again; its options contradict each other"
_COUNT_BYTES = 4
_MAX_BYTES = 1 << 30


class Delay(Operator):
    name = "SignalDelay"
    types = ("int16",)
    counts = takes(1)
    element_types = signature((DType.INT16,), (DType.INT16,))

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Input and output have elements, and as many."""
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        fits = source.shape and source.elements and source.elements == output.elements
        return None if fits else f"shapes {list(source.shape)} and {list(output.shape)}"

    @constraint(_OPTIONS)
    def delay(graph: Graph, node: Node) -> str | None:
        """The delay is not negative, and its samples take no more than 1 GiB."""
        assert isinstance(node.options, SignalDelayOptions)
        rows = math.prod(graph.tensors[node.inputs[0]].shape[:-1])
        length = node.options.delay_length
        return None if 0 <= length * rows * 2 <= _MAX_BYTES else f"the delay is {length}"

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalDelayOptions)
        source = graph.tensors[node.inputs[0]]
        rows, length, delay = math.prod(source.shape[:-1]), source.shape[-1], node.options.delay_length
        past = State(f"delay {place_of(graph)} {node.index}", rows * delay * 2)
        arguments = (TensorArg(node.inputs[0]), rows, length, delay, past, TensorArg(node.outputs[0], written=True))
        return _call("eg_signal_delay_s16", arguments)


class Stacker(Operator):
    name = "SignalStacker"
    types = ("int16",)
    counts = takes(1, outputs=2)
    element_types = signature((DType.INT16,), (DType.INT16, DType.BOOL))

    @constraint(_OPTIONS)
    def contexts(graph: Graph, node: Node) -> str | None:
        """Contexts are not negative, the step is 1 or more and no longer than the stack."""
        options = node.options
        assert isinstance(options, SignalStackerOptions)
        left, right = options.stacker_left_context, options.stacker_right_context
        if min(left, right) < 0 or options.num_channels < 1 or not 1 <= options.stacker_step <= left + right + 1:
            return f"{options.num_channels} channels, contexts {left} and {right}, step {options.stacker_step}"
        return None

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input has one axis and a value for each channel, the output those of the whole stack."""
        options = node.options
        assert isinstance(options, SignalStackerOptions)
        source = graph.tensors[node.inputs[0]].shape
        output, valid = (graph.tensors[i].shape for i in node.outputs)
        if len(source) != 1 or source[0] < options.num_channels or output != (_stack(options),) or valid:
            return f"shapes {list(source)}, {list(output)}, {list(valid)} for a stack of {_stack(options)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        options = node.options
        assert isinstance(options, SignalStackerOptions)
        stack = _stack(options)
        state = State(f"stacker {place_of(graph)} {node.index}", _COUNT_BYTES + stack * 2)
        arguments = (
            TensorArg(node.inputs[0]),
            options.num_channels,
            options.stacker_left_context,
            stack,
            options.num_channels * options.stacker_step,
            state,
            TensorArg(node.outputs[0], written=True),
            TensorArg(node.outputs[1], written=True),
        )
        return _call("eg_signal_stacker_s16", arguments)


class Framer(Operator):
    name = "SignalFramer"
    types = ("int16",)
    counts = takes(1, outputs=2)
    element_types = signature((DType.INT16,), (DType.INT16, DType.BOOL))

    @constraint(_OPTIONS)
    def frames(graph: Graph, node: Node) -> str | None:
        """Size and step are 1 or more; the step divides the input's last axis; a prefilled frame is no shorter."""
        options = node.options
        assert isinstance(options, SignalFramerOptions)
        shape, size, step = graph.tensors[node.inputs[0]].shape, options.frame_size, options.frame_step
        if min(size, step) < 1 or not shape or shape[-1] < step or shape[-1] % step:
            return f"frames of {size} every {step} of {list(shape)}"
        return f"a frame of {size} is shorter than the step of {step}" if options.prefill and size < step else None

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """The output has one axis more than the input, and a frame for each step."""
        options = node.options
        assert isinstance(options, SignalFramerOptions)
        source = graph.tensors[node.inputs[0]]
        output, valid = (graph.tensors[i] for i in node.outputs)
        wanted = source.elements // options.frame_step * options.frame_size
        if len(output.shape) != len(source.shape) + 1 or valid.shape or output.elements != wanted:
            return f"shapes {list(source.shape)}, {list(output.shape)}, {list(valid.shape)}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        options = node.options
        assert isinstance(options, SignalFramerOptions)
        source = graph.tensors[node.inputs[0]]
        size, step = options.frame_size, options.frame_step
        rows, frames = math.prod(source.shape[:-1]), source.shape[-1] // step
        params = (rows, frames, size, step)
        kept = -(-size // step) * step
        initial = (size - step).to_bytes(_COUNT_BYTES, "little") if options.prefill else b""
        state = State(f"framer {place_of(graph)} {node.index}", _COUNT_BYTES + rows * kept * 2, initial)
        arguments = (
            TensorArg(node.inputs[0]),
            *params,
            state,
            TensorArg(node.outputs[0], written=True),
            TensorArg(node.outputs[1], written=True),
        )
        return _call("eg_signal_framer_s16", arguments)


class OverlapAdd(Operator):
    name = "SignalOverlapAdd"
    types = ("int16", "float32")
    counts = takes(1)

    @constraint("convert the signal to int16")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Input and output are both int16 or float32."""
        kinds = [graph.tensors[i].dtype for i in (node.inputs[0], node.outputs[0])]
        fits = kinds[0] is kinds[1] and kinds[0] in (DType.INT16, DType.FLOAT32)
        return None if fits else f"types {kinds[0].value} and {kinds[1].value}"

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """The input is [.., frames, frame size]; the output has an axis less and a step for each frame."""
        assert isinstance(node.options, SignalOverlapAddOptions)
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        step = node.options.frame_step
        if len(source.shape) < 2 or len(source.shape) != len(output.shape) + 1 or source.elements == 0:
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        if not 1 <= step <= source.shape[-1] or output.elements != source.elements // source.shape[-1] * step:
            return f"shapes {list(source.shape)} and {list(output.shape)} with step {step}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, SignalOverlapAddOptions)
        source = graph.tensors[node.inputs[0]]
        *rows, frames, size = source.shape
        kind = "s16" if source.dtype is DType.INT16 else "f32"
        state = State(f"overlap add {place_of(graph)} {node.index}", source.dtype.size_bytes(math.prod(rows) * size))
        arguments = (
            TensorArg(node.inputs[0]),
            math.prod(rows),
            frames,
            size,
            node.options.frame_step,
            state,
            TensorArg(node.outputs[0], written=True),
        )
        return _call(f"eg_signal_overlap_add_{kind}", arguments)


def _stack(options: SignalStackerOptions) -> int:
    return options.num_channels * (options.stacker_left_context + options.stacker_right_context + 1)


def _call(kernel: str, arguments: tuple[TensorArg | State | int, ...]) -> Lowering:
    return Lowering((KernelCall(kernel, _HEADER, (f"{kernel}.c",), arguments),))
