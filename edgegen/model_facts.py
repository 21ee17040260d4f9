"""What a firmware project has to know of a compiled model, and its arena in as many parts as a board's memory wants."""

from __future__ import annotations

from edgegen.boards import BoardProfile
from edgegen.codegen.program import Program, cut_arena
from edgegen.codegen.render import RenderedModel
from edgegen.placement import LayerLoad, arena_room
from edgegen.project import ModelFacts


def model_facts(program: Program, rendered: RenderedModel | None = None) -> ModelFacts:
    """The facts of a program; with `rendered` also what each layer runs and reads."""
    graph, peak = program.graph, program.peak_layer
    # Converters join the names of all that they fused: the first is enough.
    peak_name = peak.name.split(";")[0][:60] if peak else ""
    return ModelFacts(
        name=program.name,
        sha256=graph.source_sha256,
        arena_bytes=program.arena_bytes,
        arenas=program.arena_parts,
        constant_bytes=program.constant_bytes,
        input_bytes=tuple(graph.tensors[i].size_bytes for i in graph.inputs),
        output_bytes=tuple(graph.tensors[i].size_bytes for i in graph.outputs),
        layers=tuple(position for position, layer in enumerate(program.main.layers) if layer.calls),
        peak_layer=f"{peak.index} {peak.op} '{peak_name}'" if peak else "",
        loads=_loads(program, rendered) if rendered else (),
    )


def cut_to_regions(program: Program, profile: BoardProfile, *, simulator: bool) -> Program:
    """The program with its arena cut in as few parts as fit the board's regions, where no one region has room."""
    room = arena_room(profile, model_facts(program).needs, simulator=simulator)
    found = (cut_arena(program, room[:count]) for count in range(2, len(room) + 1))
    return next((cut for cut in found if cut is not None), program)


def _loads(program: Program, rendered: RenderedModel) -> tuple[LayerLoad, ...]:
    loads = []
    for position, (layer, arrays) in enumerate(zip(program.main.layers, rendered.layer_arrays, strict=True)):
        code = [(source, "") for call in layer.calls for source in call.sources]
        # Kernels that a header defines are in the model's own object, alone or inside the layer's function.
        own = f"{program.name}_layer_{position}"
        names = [own, *rendered.called.get(own, ())]
        code += [(f"{program.name}.c", f".text.{name}") for name in names]
        loads.append(LayerLoad(layer.macs, tuple(dict.fromkeys(code)), arrays))
    return tuple(loads)
