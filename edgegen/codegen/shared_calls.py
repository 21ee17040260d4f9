"""From the kernel calls of a model to functions of its own for calls that differ in nothing but their pointers.

A kernel that is a static inline function is compiled anew for each call's constants. Where these are equal, as in a
network that repeats a block, one function takes the pointers and is called instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArgumentText:
    """An argument as C; `ctype` is a pointer's type, None for anything else."""

    text: str
    ctype: str | None = None


@dataclass(frozen=True, slots=True)
class CallText:
    """A call of an inline kernel as C: `statement` is the whole of it."""

    statement: str
    kernel: str
    arguments: tuple[ArgumentText, ...]

    @property
    def constants(self) -> tuple[str, ...]:
        """What two calls must have in common to share a function."""
        return (self.kernel, *(argument.ctype or argument.text for argument in self.arguments))


@dataclass(frozen=True, slots=True)
class SharedFunction:
    """A function of the model file: its symbol, parameters as C, and its one statement."""

    symbol: str
    parameters: str
    statement: str


def share_calls(model: str, calls: Iterable[CallText]) -> tuple[tuple[SharedFunction, ...], dict[str, str]]:
    """The functions, and for each statement that becomes a call of one of them, that call."""
    groups: dict[tuple[str, ...], list[CallText]] = {}
    for call in calls:
        groups.setdefault(call.constants, []).append(call)
    functions: list[SharedFunction] = []
    statements: dict[str, str] = {}
    for group in groups.values():
        columns = list(zip(*(call.arguments for call in group), strict=True))
        varying = [i for i, column in enumerate(columns) if len({argument.text for argument in column}) > 1]
        if not varying:
            continue
        symbol = f"{model}_shared_{len(functions)}"
        names = {i: f"pointer_{number}" for number, i in enumerate(varying)}
        inner = [names.get(i, argument.text) for i, argument in enumerate(group[0].arguments)]
        parameters = ", ".join(f"{group[0].arguments[i].ctype}{names[i]}" for i in varying)
        functions.append(SharedFunction(symbol, parameters, wrapped_call(group[0].kernel, inner)))
        for call in group:
            statements[call.statement] = wrapped_call(symbol, [call.arguments[i].text for i in varying])
    return tuple(functions), statements


def wrapped_call(function: str, arguments: list[str]) -> str:
    """A call statement whose lines stay within 120 columns where its arguments allow it."""
    lines = [f"{function}("]
    for position, argument in enumerate(arguments):
        text = argument + (");" if position == len(arguments) - 1 else ",")
        if len(lines[-1]) + len(text) > 114 and not lines[-1].endswith("("):
            lines.append(text)
        else:
            lines[-1] += text if lines[-1].endswith("(") else f" {text}"
    return "\n      ".join(lines)
