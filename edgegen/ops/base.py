"""What an operator is: its constraints, and how one node becomes calls of C kernels.

To add an operator:
1. write its scalar kernel in `firmware/kernels/src/eg_<op>_<dtype>.c` and declare it in a header of
   `firmware/kernels/include`;
2. write `ops/<family>.py` with an `Operator` subclass: constraints, and `lower`, which does what TFLite Micro calls
   Prepare (offsets, multipliers, shifts, clamps) and names the kernel and its arguments; `ops.operators` finds it;
3. write `tests/kernels/cases/<family>.py` with a `cases()` for each operator: they are compared with TFLite Micro.

Arguments are values, not C text: codegen prints them. Data that the kernel wants in another layout (packed weights,
folded biases) is computed here and handed over as a ConstArray.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from edgegen.ir import DType, Graph, Node


@dataclass(frozen=True, slots=True)
class Target:
    """What the code is generated for: `isa` is a board's kernel_isa, `optimize` is speed or size."""

    isa: str = "scalar"
    optimize: str = "speed"


@dataclass(frozen=True, slots=True)
class TensorArg:
    """A pointer to a tensor of the graph: `const T *` where the node reads it, `T *` where it writes it."""

    index: int
    written: bool = False


@dataclass(frozen=True, slots=True)
class TensorList:
    """A pointer to an array of tensor pointers, for operators with any number of inputs or outputs."""

    indices: tuple[int, ...]
    written: bool = False


@dataclass(frozen=True, slots=True)
class ConstArray:
    """A pointer to a constant array made at compile time. `dtype` is a NumPy type string such as 'int32'."""

    name: str
    dtype: str
    data: bytes
    align: int = 4

    @classmethod
    def of(cls, name: str, values: np.ndarray, align: int = 4) -> ConstArray:
        """Takes the array's own type and its elements in row-major order."""
        return cls(name, values.dtype.name, np.ascontiguousarray(values).tobytes(), align)


@dataclass(frozen=True, slots=True)
class Scratch:
    """A pointer to `size_bytes` of working memory in the arena, 16-byte aligned, undefined at entry."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class State:
    """A pointer to `size_bytes` that keep their values between invocations, 16-byte aligned.

    `key` names the state within the model, all subgraphs included; equal keys share it. `<model>_reset` sets
    every byte to `fill`, then copies `initial` to its start.
    """

    key: str
    size_bytes: int
    initial: bytes = b""
    fill: int = 0


@dataclass(frozen=True, slots=True)
class Direction:
    """1 where tensor `output` was placed above tensor `input`, so that the kernel must run back to front; else 0."""

    input: int
    output: int


@dataclass(frozen=True, slots=True)
class Null:
    """A null pointer, for an omitted optional input."""


@dataclass(frozen=True, slots=True)
class SubgraphFunction:
    """The C function that runs subgraph `index`: an eg_subgraph, which reads its inputs where the caller has them."""

    index: int


@dataclass(frozen=True, slots=True)
class SubgraphArena:
    """A pointer to working memory in the arena, 16-byte aligned, enough for any one of the subgraphs `indices`."""

    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SubgraphOutput:
    """Offset in bytes, in the arena of subgraph `index`, of its output number `position`; a plain number."""

    index: int
    position: int


FieldValue: TypeAlias = "int | float | bool | str | tuple[FieldValue, ...] | Argument"
"""A field of a struct. Floats are printed exactly; strings are C enumerators; tuples are arrays or inner structs."""


@dataclass(frozen=True, slots=True)
class Struct:
    """A pointer to a constant struct of C type `ctype`; `fields` in declaration order: (name, value)."""

    ctype: str
    fields: tuple[tuple[str, FieldValue], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A pointer to a constant array of C type `ctype`: one value, or tuple of a struct's fields, for each row."""

    ctype: str
    rows: tuple[FieldValue, ...]


Argument: TypeAlias = (
    "TensorArg | TensorList | ConstArray | Scratch | State | Direction | Null | Struct | Table | SubgraphFunction"
    " | SubgraphArena | SubgraphOutput | int | float"
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """The memory planner may let tensor `output` overlap tensor `input`, which dies in this call.

    `where` says how: "below", the output starts at least `gap_bytes` before the input; "above", at least `gap_bytes`
    behind the input's start; "same", both start at one address. A kernel that reads element i before it writes
    element i, front to back, and whose output elements are no larger than its input's, is safe below with a gap of 0.
    A kernel that can run back to front as well gives a second overlap, above, and takes a Direction.
    """

    input: int
    output: int
    gap_bytes: int = 0
    where: Literal["below", "above", "same"] = "below"


@dataclass(frozen=True, slots=True)
class KernelCall:
    """One call of a C kernel.

    `header` declares `kernel` (a static inline one is defined there); `sources` are the .c files in
    firmware/kernels/src that define it. Headers that these include are found by reading them. `ends_invoke` is a
    State of one byte among the arguments: where the kernel sets it, no later layer of the invocation runs.
    """

    kernel: str
    header: str
    sources: tuple[str, ...]
    arguments: tuple[Argument, ...]
    macs: int = 0
    overlaps: tuple[Overlap, ...] = ()
    ends_invoke: State | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """A node in terms of C: calls in order, and outputs that are the same bytes as an input (output, input).

    `parts` are tensors that lie within others: (part, whole, where it begins in bytes). `overlaps` hold for the whole
    lives of both tensors, of which the input's ends before this node.
    """

    calls: tuple[KernelCall, ...] = ()
    views: tuple[tuple[int, int], ...] = ()
    parts: tuple[tuple[int, int, int], ...] = ()
    overlaps: tuple[Overlap, ...] = ()


class Refusal(Exception):
    """Raised by `lower` for a node whose values (not types or shapes) can't be compiled: reason, remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule that a node must keep: `rule` is the docs' sentence, `check` returns None or what breaks it."""

    rule: str
    remedy: str
    check: Callable[[Graph, Node], str | None]


def constraint(remedy: str) -> Callable[[Callable[[Graph, Node], str | None]], Rule]:
    """Makes a rule of an Operator's function (graph, node): its docstring is the rule, its result what breaks it.

    A check may raise Refusal too.
    """
    return lambda check: Rule(check, remedy)


@dataclass(frozen=True, slots=True)
class Rule:
    check: Callable[[Graph, Node], str | None]
    remedy: str


def takes(fewest: int, most: int | None = None, outputs: int | None = 1) -> Rule:
    """The rule for an operator's numbers of inputs and outputs; the `fewest` first inputs can't be omitted.

    `outputs` None allows any number but 0. State it first: the other rules may then index the inputs.
    """
    highest = fewest if most is None else most

    def check(graph: Graph, node: Node) -> str | None:
        if not fewest <= len(node.inputs) <= highest or min(node.inputs[:fewest], default=0) < 0:
            return f"it has {sum(i >= 0 for i in node.inputs)} inputs"
        if len(node.outputs) != outputs and (outputs is not None or not node.outputs):
            return f"it has {len(node.outputs)} outputs"
        return None

    inputs = f"{fewest}" if most is None else f"{fewest} to {most}"
    check.__doc__ = f"It has {inputs} inputs and {'some' if outputs is None else outputs} outputs."
    return Rule(check, "export the model again; its file is damaged")


def of_types(*allowed: DType, inputs: tuple[int, ...] = (0,)) -> Rule:
    """The rule that `inputs` (positions; -1 for all) and every output have one and the same of the allowed types."""

    def check(graph: Graph, node: Node) -> str | None:
        chosen = node.inputs if inputs == (-1,) else [node.inputs[i] for i in inputs if i < len(node.inputs)]
        kinds = [graph.tensors[i].dtype for i in (*chosen, *node.outputs) if i >= 0]
        if kinds and kinds[0] in allowed and len(set(kinds)) == 1:
            return None
        return "types " + ", ".join(kind.value for kind in kinds)

    check.__doc__ = f"Its tensors are all of one type: {', '.join(kind.value for kind in allowed)}."
    return Rule(check, "cast the tensors to such a type")


class Operator(ABC):
    """One TFLite operator. `name` is the builtin's or custom operator's; `types` tells users the type forms."""

    name: ClassVar[str]
    types: ClassVar[tuple[str, ...]]

    @classmethod
    def constraints(cls) -> tuple[Constraint, ...]:
        """The rules in the order in which the class, then its bases, state them; later ones may rely on earlier."""
        found: dict[str, Constraint] = {}
        for owner in reversed(cls.__mro__):
            for key, member in vars(owner).items():
                if isinstance(member, Rule):
                    rule = " ".join((member.check.__doc__ or "").split())
                    found[key] = Constraint(rule, member.remedy, member.check)
        return tuple(found.values())

    def subgraphs(self, node: Node) -> tuple[int, ...]:
        """Indices of the subgraphs that a node runs (IF, WHILE, CALL_ONCE)."""
        return ()

    @abstractmethod
    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        """Turns a node that keeps every constraint into kernel calls for `target`."""
