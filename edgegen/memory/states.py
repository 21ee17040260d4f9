"""From a model's subgraphs and their lowerings to the memory that outlasts an invocation, in the main arena."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from edgegen.ir import DType, Graph, Tensor
from edgegen.ops.base import Lowering, State, TensorArg, TensorList


def variable_state(subgraph: int, index: int, tensor: Tensor) -> State:
    """The memory of a variable tensor, wherever its subgraph runs; it starts as real zeros, as in TFLite Micro."""
    fill = tensor.quantization.zero_point & 255 if tensor.dtype is DType.INT8 and tensor.quantization else 0
    return State(f"variable {subgraph} {index}", tensor.size_bytes, fill=fill)


def collect_states(graphs: Sequence[Graph], lowered: Mapping[int, Sequence[Lowering]]) -> tuple[State, ...]:
    """Every state that the calls of any subgraph use, each once, in the order of first use."""
    states: dict[str, State] = {}
    for subgraph, lowerings in lowered.items():
        graph = graphs[subgraph]
        for state in _used(subgraph, graph, lowerings):
            states.setdefault(state.key, state)
    return tuple(states.values())


def _used(subgraph: int, graph: Graph, lowerings: Sequence[Lowering]) -> Iterable[State]:
    tensors = [*graph.inputs, *graph.outputs]
    for lowering in lowerings:
        for call in lowering.calls:
            for argument in call.arguments:
                if isinstance(argument, State):
                    yield argument
                elif isinstance(argument, TensorArg):
                    tensors.append(argument.index)
                elif isinstance(argument, TensorList):
                    tensors.extend(argument.indices)
    for index in dict.fromkeys(tensors):
        if index >= 0 and graph.tensors[index].is_variable:
            yield variable_state(subgraph, index, graph.tensors[index])
