"""Finds the first layer whose output differs between two firmwares of one model, in as few runs as halving takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgegen.codegen.program import Program
from edgegen.devices.session import Session


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first layer that gave other bytes: its number in the record of `bench`, its operator, its output's name.

    `runs` are those that it took on the device.
    """

    layer: int
    op: str
    name: str
    runs: int


@dataclass(frozen=True, slots=True)
class _Probe:
    """A tensor right after the layer that writes it: the layer functions to run, and its place in the arena."""

    position: int
    functions: int
    tensor: int
    place: tuple[int, int, int]


def first_divergence(
    device: Session, program: Program, host: Session, host_program: Program, inputs: Sequence[bytes]
) -> Divergence | None:
    """Compares checksums of the layers' outputs for one sample; None where all of them are equal.

    Layers are compared by the tensor that they write: the two programs may run them in another order.
    """
    ours, theirs = _probes(program), {probe.tensor: probe for probe in _probes(host_program)}
    probes = [probe for probe in ours if probe.tensor in theirs]
    runs = 0

    def differs(probe: _Probe) -> bool:
        nonlocal runs
        runs += 1
        return _checksum(device, probe, inputs) != _checksum(host, theirs[probe.tensor], inputs)

    low, high = 0, len(probes)
    while low < high:
        middle = (low + high) // 2
        if differs(probes[middle]):
            high = middle
        else:
            low = middle + 1
    if low == len(probes):
        return None
    layer = program.main.layers[probes[low].position]
    return Divergence(probes[low].position, layer.op, layer.name, runs)


def _checksum(session: Session, probe: _Probe, inputs: Sequence[bytes]) -> int:
    return session.layers_crc(inputs, probe.functions, probe.place)


def _probes(program: Program) -> list[_Probe]:
    """The layers with an output in the main arena, in the order in which they run."""
    main = program.main
    probes = []
    functions = 0
    for position, (node, layer) in enumerate(zip(main.graph.nodes, main.layers, strict=True)):
        functions += bool(layer.calls)
        for tensor in node.outputs[:1] if layer.calls else ():
            size = main.graph.tensors[tensor].size_bytes
            try:
                part, offset = main.plan.part(main.offset(tensor))
            except KeyError:  # a variable, or a constant
                continue
            probes.append(_Probe(position, functions, tensor, (part, offset, size)))
    return probes
