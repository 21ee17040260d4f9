"""IF, WHILE, CALL_ONCE: nodes that run other subgraphs, whose inputs they lend and whose outputs they copy."""

from __future__ import annotations

from collections.abc import Sequence

from edgegen.ir import DType, Graph, Node, Tensor
from edgegen.ops.base import (
    Argument,
    FieldValue,
    KernelCall,
    Lowering,
    Null,
    Operator,
    State,
    Struct,
    SubgraphArena,
    SubgraphFunction,
    SubgraphOutput,
    Table,
    Target,
    TensorArg,
    TensorList,
    constraint,
    takes,
)
from edgegen.ops.subgraphs import callees, place_of

_DAMAGED = "export the model again; its subgraphs contradict each other"


class If(Operator):
    name = "IF"
    types = ("any",)
    counts = takes(1, 4096, None)

    @constraint("cast the condition to bool")
    def condition(graph: Graph, node: Node) -> str | None:
        """The first input, the condition, is one bool."""
        tensor = graph.tensors[node.inputs[0]]
        if tensor.dtype is not DType.BOOL or tensor.elements != 1:
            return f"the condition is {tensor.dtype.value}{list(tensor.shape)}"
        return None

    @constraint(_DAMAGED)
    def interfaces(graph: Graph, node: Node) -> str | None:
        """Both branches take the other inputs and give the outputs, in the same types and numbers of elements."""
        for branch in callees(node.options):
            callee = graph.subgraphs[branch]
            broken = _mismatch(graph, node.inputs[1:], callee, callee.inputs)
            broken = broken or _mismatch(graph, node.outputs, callee, callee.outputs)
            if broken:
                return f"subgraph {branch}: {broken}"
        return None

    def subgraphs(self, node: Node) -> tuple[int, ...]:
        return callees(node.options)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        branches = callees(node.options)
        carried = [i for i, tensor in enumerate(node.outputs) if graph.tensors[tensor].dtype is not DType.RESOURCE]
        params = Struct(
            "eg_if_params",
            (
                ("then_branch", SubgraphFunction(branches[0])),
                ("else_branch", SubgraphFunction(branches[1])),
                ("then_outputs", _copies(graph, branches[0], carried)),
                ("else_outputs", _copies(graph, branches[1], carried)),
                ("count", len(carried)),
            ),
        )
        arguments = (
            params,
            TensorArg(node.inputs[0]),
            _pointers(node.inputs[1:]),
            _pointers([node.outputs[i] for i in carried], written=True),
            SubgraphArena(branches),
        )
        return Lowering((KernelCall("eg_if", "eg_control_flow.h", ("eg_if.c",), arguments),))


class While(Operator):
    name = "WHILE"
    types = ("any",)
    counts = takes(1, 4096, None)

    @constraint(_DAMAGED)
    def interfaces(graph: Graph, node: Node) -> str | None:
        """Condition and body take the inputs; the body gives as many outputs, of the same types and sizes."""
        condition, body = (graph.subgraphs[i] for i in callees(node.options))
        checks = (
            ("condition's inputs", node.inputs, condition, condition.inputs),
            ("body's inputs", node.inputs, body, body.inputs),
            ("body's outputs", node.inputs, body, body.outputs),
            ("outputs", node.inputs, graph, node.outputs),
        )
        for what, inputs, other, indices in checks:
            broken = _mismatch(graph, inputs, other, indices)
            if broken:
                return f"{what}: {broken}"
        return None

    @constraint(_DAMAGED)
    def condition(graph: Graph, node: Node) -> str | None:
        """The condition's first output is one bool."""
        condition = graph.subgraphs[callees(node.options)[0]]
        results = [condition.tensors[i] for i in condition.outputs[:1]]
        if not results or results[0].dtype is not DType.BOOL or results[0].elements != 1:
            return "the condition gives no bool"
        return None

    @constraint("keep each resource variable's handle in one place")
    def handles(graph: Graph, node: Node) -> str | None:
        """The body hands on the handles of resource variables as they are."""
        body = graph.subgraphs[callees(node.options)[1]]
        for source, result in zip(body.inputs, body.outputs, strict=True):
            if body.tensors[source].dtype is DType.RESOURCE and source != result:
                return f"it changes the handle '{body.tensors[source].name}'"
        return None

    def subgraphs(self, node: Node) -> tuple[int, ...]:
        return callees(node.options)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        condition, body = callees(node.options)
        callee = graph.subgraphs[body]
        positions = range(len(node.inputs))
        carried = [i for i in positions if callee.inputs[i] != callee.outputs[i]]
        updated = [i for i in positions if i not in carried and _changes(callee, callee.inputs[i])]
        changing = carried + updated
        params = Struct(
            "eg_while_params",
            (
                ("condition", SubgraphFunction(condition)),
                ("body", SubgraphFunction(body)),
                ("condition_output", SubgraphOutput(condition, 0)),
                ("changing", _copies(graph, body, carried, updated)),
                ("changing_count", len(changing)),
                ("carried_count", len(carried)),
            ),
        )
        ports = [node.outputs[i] if i in changing else node.inputs[i] for i in positions]
        arguments = (
            params,
            _pointers([node.inputs[i] for i in changing]),
            _pointers(ports),
            _pointers([node.outputs[i] for i in changing], written=True),
            SubgraphArena((condition, body)),
        )
        # What the loop leaves as it was needs no copy, and no place at all where nothing reads it.
        read = {*graph.outputs, *(i for other in graph.nodes for i in other.inputs)}
        unchanged = [i for i in positions if i not in changing and node.outputs[i] in read]
        views = tuple((node.outputs[i], node.inputs[i]) for i in unchanged)
        return Lowering((KernelCall("eg_while", "eg_control_flow.h", ("eg_while.c",), arguments),), views)


class CallOnce(Operator):
    name = "CALL_ONCE"
    types = ("any",)
    counts = takes(0, outputs=0)

    @constraint(_DAMAGED)
    def interface(graph: Graph, node: Node) -> str | None:
        """Its subgraph has neither inputs nor outputs that matter."""
        (index,) = callees(node.options)
        return f"subgraph {index} has inputs" if graph.subgraphs[index].inputs else None

    def subgraphs(self, node: Node) -> tuple[int, ...]:
        return callees(node.options)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        (index,) = callees(node.options)
        done = State(f"call once {place_of(graph)} {node.index}", 1)
        arguments = (SubgraphFunction(index), done, SubgraphArena((index,)))
        return Lowering((KernelCall("eg_call_once", "eg_control_flow.h", ("eg_call_once.c",), arguments),))


def _pointers(indices: Sequence[int], *, written: bool = False) -> Argument:
    return TensorList(tuple(indices), written) if indices else Null()


def _copies(graph: Graph, index: int, positions: Sequence[int], in_place: Sequence[int] = ()) -> FieldValue:
    """An array of eg_subgraph_output; what a subgraph changes in place has no offset."""
    callee = graph.subgraphs[index]
    sizes = {i: callee.tensors[callee.outputs[i]].size_bytes for i in (*positions, *in_place)}
    rows: tuple[FieldValue, ...] = tuple((SubgraphOutput(index, i), sizes[i]) for i in positions)
    rows += tuple((0, sizes[i]) for i in in_place)
    return Table("eg_subgraph_output", rows) if rows else Null()


def _changes(graph: Graph, tensor: int) -> bool:
    """Whether a node changes a tensor in place."""
    return any(node.op == "EG_UPDATE_ROW" and not node.outputs and node.inputs[0] == tensor for node in graph.nodes)


def _mismatch(graph: Graph, indices: Sequence[int], other: Graph, others: Sequence[int]) -> str | None:
    """What makes it impossible to copy tensors of one graph to those of another, or None."""
    if len(indices) != len(others):
        return f"{len(others)} tensors stand for {len(indices)}"
    for index, twin in zip(indices, others, strict=True):
        mine, its = graph.tensor(index), other.tensor(twin)
        if mine is None or its is None:
            return "a tensor is omitted"
        if mine.dtype is not its.dtype or mine.size_bytes != its.size_bytes:
            return f"{_kind(its)} stands for {_kind(mine)}"
    return None


def _kind(tensor: Tensor) -> str:
    return f"{tensor.dtype.value}{list(tensor.shape)}"
