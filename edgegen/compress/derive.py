"""Derives a student from a teacher: its network with fewer channels (width) and fewer blocks (depth), untrained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edgegen.compress.keras_graph import Call, calls, graph_of, replay
from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

_SIZES = {"Conv1D": "filters", "Conv2D": "filters", "SeparableConv1D": "filters", "SeparableConv2D": "filters",
          "Conv2DTranspose": "filters", "Dense": "units", "LSTM": "units", "GRU": "units",
          "SimpleRNN": "units"}  # fmt: skip
_BLOCKS = frozenset(_SIZES) | {"DepthwiseConv1D", "DepthwiseConv2D"}
_TRAIL = frozenset(
    ("BatchNormalization", "LayerNormalization", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Dropout",
     "SpatialDropout1D", "SpatialDropout2D")
)  # fmt: skip
_DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D")
_STEP = 4
"""Channels come in multiples of this, which kernels like."""


def derive_student(teacher: Any, width: float, depth: float) -> Any:
    """A new model with `width` times the channels and about `depth` times the blocks; inputs and outputs are the same.

    A block is a layer with weights and the normalisation and activation after it; only blocks that give what they take,
    a tensor of the same shape, are left out. Raises InputError naming a layer that does not go with fewer channels.
    """
    order = tuple(calls(teacher))
    last = _last_sized(teacher, order)
    skipped = _skipped(order, depth, last)
    made: dict[str, Any] = {}

    def replace(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        layer, kind = call.layer, type(call.layer).__name__
        if layer.name in skipped:
            return args[0]
        if kind in ("Add", "Average", "Maximum") and len({id(item) for item in args[0]}) == 1:
            return args[0][0]  # all that was added has been left out
        if layer.name not in made:
            config = layer.get_config()
            config.pop("batch_input_shape", None)
            if kind in _SIZES and layer.name not in last:
                config[_SIZES[kind]] = _scaled(int(config[_SIZES[kind]]), width)
            made[layer.name] = type(layer).from_config(config)
        try:
            return made[layer.name](*args, **kwargs)
        except (ValueError, TypeError) as error:
            reason = str(error).strip().splitlines()[0][:160]
            raise InputError(
                f"distil: layer '{layer.name}' ({kind}) does not go with {width:g} times the width: {reason}\n"
                'give a student of your own: student = "file.keras"'
            ) from None

    with hushed():
        student = replay(teacher, load("tf_keras"), replace)
    shapes = [[tuple(tensor.shape) for tensor in graph_of(model).outputs] for model in (teacher, student)]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"distil: the derived student gives {shapes[1]}, the teacher {shapes[0]}; give your own student"
        )
    return student


def _scaled(size: int, width: float) -> int:
    """A layer's new size; equal sizes stay equal, so that additions still fit."""
    scaled = max(_STEP, round(size * width / _STEP) * _STEP)
    return min(size, scaled) if width <= 1.0 else scaled


def _last_sized(model: Any, order: tuple[Call, ...]) -> set[str]:
    """The layers that decide on the size of an output: their sizes stay."""
    makers = {id(tensor): call for call in order for tensor in call.outputs}
    names = set()
    rest = [makers[id(tensor)] for tensor in graph_of(model).outputs if id(tensor) in makers]
    while rest:
        call = rest.pop()
        if type(call.layer).__name__ in _SIZES:
            names.add(call.layer.name)
        else:
            rest.extend(makers[id(tensor)] for tensor in call.inputs if id(tensor) in makers)
    return names


def _skipped(order: tuple[Call, ...], depth: float, last: set[str]) -> set[str]:
    """The names of the layers that are left out."""
    if depth >= 1.0:
        return set()
    users: dict[int, list[Call]] = {}
    uses: dict[str, int] = {}
    for call in order:
        uses[call.layer.name] = uses.get(call.layer.name, 0) + 1
        for tensor in call.inputs:
            users.setdefault(id(tensor), []).append(call)
    blocks = []
    inside: set[str] = set()
    for call in order:
        name, kind = call.layer.name, type(call.layer).__name__
        if kind not in _BLOCKS or name in last or name in inside or uses[name] > 1 or len(call.inputs) != 1:
            continue
        names, end = _trail(call, users)
        if kind in _DEPTHWISE:
            follower = _only_user(end, users)
            if follower is not None and type(follower.layer).__name__ in _SIZES and follower.layer.name not in last:
                more, end = _trail(follower, users)
                names += more
        if tuple(end.shape) == tuple(call.inputs[0].shape):
            blocks.append(names)
            inside.update(names)
    total = sum(1 for call in order if type(call.layer).__name__ in _BLOCKS and call.layer.name not in last)
    wanted = round((1.0 - depth) * total)
    skipped: set[str] = set()
    # From the back: late blocks matter least, and the first one shapes the input.
    for names in reversed(blocks):
        if wanted <= 0:
            break
        skipped.update(names)
        wanted -= 1
    return skipped


def _trail(call: Call, users: Mapping[int, list[Call]]) -> tuple[list[str], Any]:
    """A layer and the normalisation and activation right after it: their names and the last tensor."""
    names, end = [call.layer.name], call.outputs[0]
    while True:
        follower = _only_user(end, users)
        if follower is None or type(follower.layer).__name__ not in _TRAIL:
            return names, end
        names.append(follower.layer.name)
        end = follower.outputs[0]


def _only_user(tensor: Any, users: Mapping[int, list[Call]]) -> Call | None:
    found = users.get(id(tensor), [])
    return found[0] if len(found) == 1 and len(found[0].inputs) == 1 else None
