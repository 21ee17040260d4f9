"""From a graph to a program: every node lowered to kernel calls, every buffer placed in the arena."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from edgegen.codegen.c_format import c_identifier
from edgegen.errors import UnsupportedModelError
from edgegen.ir import Graph, Node, Tensor
from edgegen.memory.liveness import Buffers, live_ranges
from edgegen.memory.order import search_order
from edgegen.memory.plan import ALIGNMENT_BYTES, MemoryPlan
from edgegen.memory.planner import plan_memory
from edgegen.memory.states import collect_states, variable_state
from edgegen.ops import broken_rule, operators
from edgegen.ops.base import (
    ConstArray,
    KernelCall,
    Lowering,
    Refusal,
    State,
    Struct,
    Target,
    TensorArg,
    TensorList,
)
from edgegen.ops.variants import lower_node


@dataclass(frozen=True, slots=True)
class Layer:
    """One node of the graph as C: `name` is its output tensor's name."""

    index: int
    op: str
    name: str
    calls: tuple[KernelCall, ...]

    @property
    def macs(self) -> int:
        return sum(call.macs for call in self.calls)


@dataclass(frozen=True, slots=True)
class Function:
    """One subgraph as a C function: its layers, and its own arena. Inner ones read their inputs from the caller."""

    index: int
    graph: Graph
    layers: tuple[Layer, ...]
    plan: MemoryPlan
    buffers: Buffers

    def offset(self, tensor: int) -> int:
        """Offset in bytes of a tensor in this function's arena. Raises KeyError for one that has no place there."""
        return self.plan.offsets()[self.buffers.root(tensor)] + self.buffers.start(tensor)


@dataclass(frozen=True, slots=True)
class Program:
    """A model ready to be printed. `functions` holds the subgraphs that run, inner ones first, the main one last."""

    name: str
    graph: Graph
    target: Target
    functions: tuple[Function, ...]
    states: tuple[State, ...]

    @property
    def main(self) -> Function:
        return self.functions[-1]

    @property
    def arena_parts(self) -> tuple[int, ...]:
        """Bytes of each part of the arena; it is one unless `cut_arena` cut it."""
        return self.main.plan.part_bytes()

    @property
    def arena_bytes(self) -> int:
        return sum(self.arena_parts)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.main.layers)

    @property
    def constant_bytes(self) -> int:
        """Weights, biases and tables that the kernel calls read, each counted once."""
        sizes: dict[object, int] = {}
        for function in self.functions:
            for layer in function.layers:
                for call in layer.calls:
                    for argument in call.arguments:
                        _add_constants(argument, function, sizes)
        return sum(sizes.values())

    @property
    def peak_layer(self) -> Layer | None:
        """The layer during which the most bytes of the arena are live."""
        step = self.main.plan.peak_step()
        return self.main.layers[min(max(step, 0), len(self.main.layers) - 1)] if self.main.layers else None

    def state_offset(self, key: str) -> int:
        """Offset in bytes, in the main arena, of a state."""
        position = next(i for i, state in enumerate(self.states) if state.key == key)
        return self.main.plan.offsets()[len(self.main.graph.tensors) + position]

    def variable_offset(self, function: Function, tensor: int) -> int | None:
        """Offset in bytes, in the main arena, of a variable of any function; None for any other tensor."""
        index = function.buffers.root(tensor)
        info = function.graph.tensors[index]
        return self.state_offset(variable_state(function.index, index, info).key) if info.is_variable else None

    def calls(self) -> list[KernelCall]:
        """Every kernel call of every function."""
        return [call for function in self.functions for layer in function.layers for call in layer.calls]


def _add_constants(value: object, function: Function, sizes: dict[object, int]) -> None:
    """Enters the constants that an argument, or a struct's field, points to."""
    if isinstance(value, ConstArray):
        sizes[value] = len(value.data)
    elif isinstance(value, TensorArg | TensorList):
        for index in (value.index,) if isinstance(value, TensorArg) else value.indices:
            tensor = function.graph.tensors[index]
            if tensor.data is not None:
                sizes[function.index, index] = len(tensor.data)
    elif isinstance(value, Struct):
        for _, field in value.fields:
            _add_constants(field, function, sizes)
    elif isinstance(value, tuple):
        for item in value:
            _add_constants(item, function, sizes)


def build_program(graph: Graph, target: Target, choices: Mapping[int, Target] | None = None) -> Program:
    """Lowers a graph. Raises UnsupportedModelError that lists every node that can't be compiled, and why.

    `choices` are other targets for nodes of the main graph, by the node's first output.
    """
    builder = _Builder(graph, target, choices or {})
    reachable = builder.reachable()
    lowered = {index: builder.lower_graph(index) for index in reachable}
    if builder.problems:
        raise UnsupportedModelError(_explain(graph.name, builder.problems))
    states = collect_states(builder.graphs, lowered)
    functions: list[Function] = []
    arena_bytes: dict[int, int] = {}
    for index in reachable:
        subgraph, lowerings = builder.graphs[index], lowered[index]
        own_states, borrowed = (states, frozenset[int]()) if index == 0 else ((), frozenset(subgraph.inputs))
        plan = plan_memory(*live_ranges(subgraph, lowerings, own_states, arena_bytes, borrowed))
        order = search_order(subgraph)
        if order != tuple(range(len(order))):
            other = dataclasses.replace(subgraph, nodes=tuple(subgraph.nodes[i] for i in order))
            moved = [lowerings[i] for i in order]
            found = plan_memory(*live_ranges(other, moved, own_states, arena_bytes, borrowed))
            if found.arena_bytes < plan.arena_bytes:
                subgraph, lowerings, plan = other, moved, found
        arena_bytes[index] = plan.arena_bytes
        layers = tuple(
            Layer(node.index, node.op, _node_name(subgraph, node), lowering.calls)
            for node, lowering in zip(subgraph.nodes, lowerings, strict=True)
        )
        functions.append(Function(index, subgraph, layers, plan, Buffers(subgraph, lowerings)))
    return Program(c_identifier(graph.name), graph, target, tuple(functions), states)


def cut_arena(program: Program, room: Sequence[int]) -> Program | None:
    """The program with its arena in parts of at most `room` bytes, in that order; None where no such plan is found."""
    plan = program.main.plan
    usable = [size // ALIGNMENT_BYTES * ALIGNMENT_BYTES for size in room]
    cuts = tuple(itertools.accumulate(usable[:-1]))
    found = plan_memory([buffer for buffer, _ in plan.placements], plan.allowances, cuts)
    if found.arena_bytes > sum(usable):
        return None
    main = dataclasses.replace(program.main, plan=found)
    return dataclasses.replace(program, functions=(*program.functions[:-1], main))


class _Builder:
    """Lowers the subgraphs that the main graph reaches, and gathers what can't be compiled."""

    def __init__(self, graph: Graph, target: Target, choices: Mapping[int, Target]) -> None:
        self.target = target
        self.choices = choices
        self.graphs = graph.every_graph()
        self.problems: list[str] = []

    def reachable(self) -> list[int]:
        """Subgraph indices, callees before callers, the main graph (0) last. Raises on a cycle of calls."""
        order: list[int] = []
        path: list[int] = []

        def visit(index: int) -> None:
            if index in path:
                raise UnsupportedModelError(
                    f"{self.graphs[0].name}: subgraph {index} calls itself\n"
                    "recursion needs unbounded memory; convert the model without recursive control flow"
                )
            if index in order:
                return
            path.append(index)
            for node in self.graphs[index].nodes:
                operator = operators().get(node.op)
                for callee in operator.subgraphs(node) if operator else ():
                    if 0 <= callee < len(self.graphs):
                        visit(callee)
            path.pop()
            order.append(index)

        visit(0)
        return order

    def lower_graph(self, index: int) -> list[Lowering]:
        graph = self.graphs[index]
        lowerings: list[Lowering] = []
        borrowed = set[int]() if index == 0 else set(graph.inputs)
        for node in graph.nodes:
            where = "" if index == 0 else f"subgraph {index} "
            chosen = self.choices.get(node.outputs[0], self.target) if index == 0 and node.outputs else self.target
            lowering = self._lower_node(graph, node, where, chosen)
            if index != 0 and any(call.ends_invoke for call in lowering.calls):
                self._refuse(where, graph, node, "only the main graph can end early", "move it out of the IF or WHILE")
            lowering = _copy_instead(graph, lowering, borrowed)
            borrowed.update(output for output, source in lowering.views if source in borrowed)
            lowerings.append(lowering)
        return lowerings

    def _lower_node(self, graph: Graph, node: Node, where: str, target: Target) -> Lowering:
        problem = broken_rule(graph, node)
        if problem is None:
            try:
                return lower_node(graph, node, target)
            except Refusal as refusal:
                problem = refusal
        self._refuse(where, graph, node, problem.reason, problem.remedy)
        return Lowering()

    def _refuse(self, where: str, graph: Graph, node: Node, reason: str, remedy: str) -> None:
        kinds = ", ".join(_kind(graph.tensor(i)) for i in node.inputs)
        results = ", ".join(_kind(graph.tensor(i)) for i in node.outputs)
        place = f"{where}node {node.index} {node.op} '{_node_name(graph, node)}'"
        self.problems.append(f"{place} ({kinds}) -> ({results}): {reason}; {remedy}")


def _copy_instead(graph: Graph, lowering: Lowering, borrowed: Set[int]) -> Lowering:
    """Turns a view into a copy where its source has no place in the arena that the output must have.

    That is so for constants and variables, and for outputs of a subgraph that are its caller's bytes (`borrowed`).
    """
    views = []
    calls = list(lowering.calls)
    for output, source in lowering.views:
        tensor = graph.tensors[source]
        if tensor.is_constant or tensor.is_variable or (source in borrowed and output in graph.outputs):
            size = graph.tensors[source].size_bytes
            arguments = (TensorArg(source), TensorArg(output, written=True), size)
            calls.append(KernelCall("eg_copy", "eg_copy.h", ("eg_copy.c",), arguments))
        else:
            views.append((output, source))
    return dataclasses.replace(lowering, calls=tuple(calls), views=tuple(views))


def _node_name(graph: Graph, node: Node) -> str:
    return next((graph.tensors[i].name for i in node.outputs if i >= 0), "")


def _kind(tensor: Tensor | None) -> str:
    return "none" if tensor is None else f"{tensor.dtype.value}{list(tensor.shape)}"


def _explain(name: str, problems: Sequence[str]) -> str:
    count = f"{len(problems)} node{'s' if len(problems) > 1 else ''}"
    return f"{name}: {count} can't be compiled:\n" + "\n".join(f"  {problem}" for problem in problems)
