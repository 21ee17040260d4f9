"""VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: resource variables, which keep their values between invocations.

EG_INITIAL_VALUE is edgegen's own: what a variable holds after a start or reset.
"""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import KernelCall, Lowering, Operator, Refusal, State, Target, TensorArg, constraint, takes
from edgegen.ops.subgraphs import callees, place_of
from edgegen.options import IfOptions, VarHandleOptions, WhileOptions

_KEEP = "write the variable with values of one shape and type before it is read"
_ASSIGNING = ("ASSIGN_VARIABLE", "EG_INITIAL_VALUE")
_EXPORT = "export the model again; its file is damaged"


class VarHandle(Operator):
    name = "VAR_HANDLE"
    types = ("resource",)
    counts = takes(0)

    @constraint(_EXPORT)
    def handle(graph: Graph, node: Node) -> str | None:
        """The output is a handle, which stays in the model."""
        tensor = graph.tensors[node.outputs[0]]
        if tensor.dtype is not DType.RESOURCE:
            return f"the output is {tensor.dtype.value}"
        if node.outputs[0] in graph.outputs:
            return "the handle is an output of its graph"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        return Lowering()


class InitialValue(Operator):
    """edgegen's own: a constant that is a variable's value after init and reset. Inputs: handle, constant."""

    name = "EG_INITIAL_VALUE"
    types = ("any",)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        _same_size(graph.tensors[node.inputs[1]], variable_of(graph, node), "starts with")
        return Lowering()


class ReadVariable(Operator):
    name = "READ_VARIABLE"
    types = ("any",)
    counts = takes(1)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        state = variable_of(graph, node)
        output = graph.tensors[node.outputs[0]]
        _same_size(output, state, "reads")
        arguments = (state, TensorArg(node.outputs[0], written=True), state.size_bytes)
        return Lowering((KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), arguments),))


class AssignVariable(Operator):
    name = "ASSIGN_VARIABLE"
    types = ("any",)
    counts = takes(2, outputs=0)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        state = variable_of(graph, node)
        value = graph.tensors[node.inputs[1]]
        _same_size(value, state, "assigns")
        arguments = (TensorArg(node.inputs[1]), state, state.size_bytes)
        return Lowering((KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), arguments),))


def variable_of(graph: Graph, node: Node) -> State:
    """The variable behind a node's first input. Raises Refusal where it is not one variable, or never assigned.

    It starts with every byte at the zero point of the first tensor that any subgraph assigns to it, as in TFLite
    Micro, which also takes its size from there.
    """
    graphs = graph.subgraphs or (graph,)
    found = _handles(graphs, place_of(graph), node.inputs[0])
    if len(found) != 1:
        raise Refusal(f"its handle can stand for {len(found)} variables", "keep each variable's handle in one place")
    (key,) = found
    for index, other in enumerate(graphs):
        for candidate in other.nodes:
            if candidate.op not in _ASSIGNING or len(candidate.inputs) != 2 or min(candidate.inputs) < 0:
                continue
            if key in _handles(graphs, index, candidate.inputs[0]):
                return _state(graphs, key, other.tensors[candidate.inputs[1]])
    raise Refusal("nothing assigns its variable", _KEEP)


def _state(graphs: tuple[Graph, ...], key: str, value: Tensor) -> State:
    """The variable's memory, sized for `value`; its first bytes are those of an EG_INITIAL_VALUE, if it has one."""
    name = f"resource {key}"
    for index, graph in enumerate(graphs):
        for node in graph.nodes:
            if node.op == "EG_INITIAL_VALUE" and key in _handles(graphs, index, node.inputs[0]):
                first = graph.tensors[node.inputs[1]].data or b""
                if first and first.count(first[:1]) == len(first):
                    return State(name, value.size_bytes, fill=first[0])
                return State(name, value.size_bytes, first)
    return State(name, value.size_bytes, fill=_zero_point(value) & 255)


def _same_size(tensor: Tensor, state: State, what: str) -> None:
    if tensor.size_bytes != state.size_bytes:
        raise Refusal(f"it {what} {tensor.size_bytes} bytes; its variable has {state.size_bytes}", _KEEP)


def _zero_point(value: Tensor) -> int:
    return value.quantization.zero_point if value.quantization else 0


def _handles(graphs: tuple[Graph, ...], index: int, tensor: int, seen: set[tuple[int, int]] | None = None) -> set[str]:
    """The variables that a handle in graph `index` can stand for, looked for among callers where it is an input."""
    seen = set() if seen is None else seen
    if (index, tensor) in seen:
        return set()
    seen.add((index, tensor))
    graph = graphs[index]
    for node in graph.nodes:
        if tensor in node.outputs:
            if isinstance(node.options, VarHandleOptions):
                return {f"{node.options.container}/{node.options.shared_name}"}
            position = node.outputs.index(tensor)
            if isinstance(node.options, WhileOptions) and position < len(node.inputs):  # it hands them on unchanged
                return _handles(graphs, index, node.inputs[position], seen)
            return set()
    if tensor not in graph.inputs:
        return set()
    position = graph.inputs.index(tensor)
    found: set[str] = set()
    for caller, other in enumerate(graphs):
        for node in other.nodes:
            place = position + (1 if isinstance(node.options, IfOptions) else 0)
            if index in callees(node.options) and place < len(node.inputs):
                found |= _handles(graphs, caller, node.inputs[place], seen)
    return found
