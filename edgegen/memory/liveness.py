"""From layers of kernel calls to live ranges: which bytes must last from when to when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from edgegen.ir import DType, Graph
from edgegen.memory.plan import Allowance, LiveRange
from edgegen.ops.base import KernelCall, Lowering, Scratch, State, SubgraphArena, TensorArg, TensorList


class Buffers:
    """Tensors that share bytes (a RESHAPE's input and output) as one buffer each, named by one tensor index."""

    def __init__(self, graph: Graph, lowerings: Sequence[Lowering]) -> None:
        # By tensor: another one that it is bytes of, and where in it.
        self._whole: dict[int, tuple[int, int]] = {}
        for lowering in lowerings:
            for output, source in lowering.views:
                self._whole[output] = source, 0
            for part, whole, start in lowering.parts:
                self._whole[part] = whole, start

    def root(self, tensor: int) -> int:
        """The tensor that names the buffer of `tensor`."""
        while tensor in self._whole:
            tensor = self._whole[tensor][0]
        return tensor

    def start(self, tensor: int) -> int:
        """Where in its buffer a tensor begins, in bytes."""
        start = 0
        while tensor in self._whole:
            tensor, offset = self._whole[tensor]
            start += offset
        return start


def scratch_arguments(call: KernelCall) -> list[Scratch | SubgraphArena]:
    """The arguments of a call that need working memory, in order."""
    return [a for a in call.arguments if isinstance(a, Scratch | SubgraphArena)]


def live_ranges(
    graph: Graph,
    lowerings: Sequence[Lowering],
    states: Sequence[State],
    subgraph_bytes: Mapping[int, int],
    borrowed: Set[int] = frozenset(),
) -> tuple[list[LiveRange], list[Allowance]]:
    """Live ranges of every tensor in the arena, of state and of scratch, and the overlaps that kernels allow.

    Step i is node i. Graph inputs live from step -1, graph outputs to the last step + 1, `states` always. State j is
    named len(graph.tensors) + j, then scratch in order of nodes, calls and arguments. `subgraph_bytes` gives the
    arena size of each subgraph that a call runs. Variables, handles and the `borrowed` tensors have no place here.
    """
    buffers = Buffers(graph, lowerings)
    end = len(lowerings)
    first: dict[int, int] = {}
    last: dict[int, int] = {}

    def use(tensor: int, step: int) -> None:
        root = buffers.root(tensor) if tensor >= 0 else tensor
        info = graph.tensors[root]
        if root >= 0 and not (info.is_constant or info.is_variable or info.dtype is DType.RESOURCE or root in borrowed):
            first[root] = min(first.get(root, step), step)
            last[root] = max(last.get(root, step), step)

    for tensor in graph.inputs:
        use(tensor, -1)
    for step, lowering in enumerate(lowerings):
        for call in lowering.calls:
            for argument in call.arguments:
                if isinstance(argument, TensorArg):
                    use(argument.index, step)
                elif isinstance(argument, TensorList):
                    for tensor in argument.indices:
                        use(tensor, step)
        for output, source in (*lowering.views, *((part, whole) for part, whole, _ in lowering.parts)):
            use(output, step)
            use(source, step)
    for tensor in graph.outputs:
        use(tensor, end)

    ranges = [LiveRange(root, first[root], last[root], graph.tensors[root].size_bytes) for root in sorted(first)]
    name = len(graph.tensors)
    for state in states:
        ranges.append(LiveRange(name, -1, end, state.size_bytes))
        name += 1
    allowances = []
    for step, lowering in enumerate(lowerings):
        for call in lowering.calls:
            for scratch in scratch_arguments(call):
                if isinstance(scratch, Scratch):
                    size = scratch.size_bytes
                else:
                    size = max((subgraph_bytes[index] for index in scratch.indices), default=0)
                ranges.append(LiveRange(name, step, step, size))
                name += 1
            for overlap in call.overlaps:
                source, output = buffers.root(overlap.input), buffers.root(overlap.output)
                shift = buffers.start(overlap.output) - buffers.start(overlap.input)
                if source in last and output in first and last[source] == step == first[output]:
                    gap = overlap.gap_bytes - shift if overlap.where == "above" else overlap.gap_bytes + shift
                    if overlap.where != "same" or shift == 0:
                        allowances.append(Allowance(source, output, gap, overlap.where))
        for overlap in lowering.overlaps:
            source, output = buffers.root(overlap.input), buffers.root(overlap.output)
            whole = buffers.start(overlap.output) == buffers.start(overlap.input) == 0
            if whole and source in last and output in first and last[source] < step:
                allowances.append(Allowance(source, output, overlap.gap_bytes, overlap.where, throughout=True))
    return ranges, allowances
