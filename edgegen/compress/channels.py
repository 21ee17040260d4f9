"""Removes whole channels from a tf_keras model: a model and a share in, a smaller one with the best weights out.

Every channel of every tensor gets a number; layers that tie channels together (an addition, a depthwise convolution)
give them one number, and a number goes everywhere or nowhere. So shapes shrink and nothing has to be masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from edgegen.compress.keras_graph import Call, calls, graph_of, replay
from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

Numbers: TypeAlias = "NDArray[np.int64]"
"""One number for each position of a tensor's last axis."""

_MAKES = {"Conv1D": "filters", "Conv2D": "filters", "Dense": "units", "SeparableConv1D": "filters",
          "SeparableConv2D": "filters"}  # fmt: skip
_DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D")
_TIES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_PASSES = frozenset(
    ("Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "GaussianNoise", "GaussianDropout", "Rescaling",
     "BatchNormalization", "RandomTranslation", "RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast",
     *(f"{kind}{axes}D" for axes in (1, 2) for kind in (
         "SpatialDropout", "MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling", "ZeroPadding",
         "Cropping", "UpSampling")))
)  # fmt: skip
_PER_CHANNEL = ("BatchNormalization",)
_POINTWISE = frozenset(("linear", "relu", "relu6", "tanh", "sigmoid", "elu", "selu", "swish", "silu", "gelu",
                        "hard_sigmoid", "leaky_relu", "softplus", "softsign", "exponential"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Removal:
    """`layers`: name, channels before, channels after, of each layer that makes channels."""

    model: Any
    layers: tuple[tuple[str, int, int], ...]


class _Ties:
    """Which numbers stand for the same channel (union-find)."""

    def __init__(self) -> None:
        self.parent = np.zeros(0, np.int64)

    def new(self, count: int) -> Numbers:
        first = len(self.parent)
        made = np.arange(first, first + count)
        self.parent = np.concatenate([self.parent, made])
        return made

    def roots(self, numbers: Numbers) -> Numbers:
        found = self.parent[numbers]
        while not np.array_equal(found, self.parent[found]):
            found = self.parent[found]
        return found

    def tie(self, first: Numbers, second: Numbers) -> None:
        for a, b in zip(first, second, strict=True):
            a, b = (int(self.roots(np.array([number]))[0]) for number in (a, b))
            self.parent[max(a, b)] = min(a, b)


@dataclass(frozen=True, slots=True)
class _Plan:
    """`numbers` by identity of a tensor; `makes` and `takes` by layer; roots in `fixed` stay; `calls` in order."""

    ties: _Ties
    numbers: dict[int, Numbers]
    makes: dict[str, Numbers]
    takes: dict[str, Numbers]
    fixed: set[int]
    calls: tuple[Call, ...]


def remove_channels(model: Any, share: float, *, scope: str, round_to: int) -> Removal:
    """Removes about `share` of the channels, the weakest by their weights' size, and keeps multiples of `round_to`.

    `scope` "layer" takes the same share from each layer, "model" takes the weakest wherever they are. Raises InputError
    where no layer's channels can be removed.
    """
    plan = _number_channels(model)
    strengths = _strengths(plan)
    removed = _choose(plan, strengths, share, scope, round_to)
    if not strengths:
        raise InputError(
            "prune: no layer's channels can go: all of them reach the output or a layer without a rule here"
        )
    with hushed():
        smaller = _rebuild(model, plan, removed)
    layers = tuple(
        (name, len(numbers), int((~removed[plan.ties.roots(numbers)]).sum())) for name, numbers in plan.makes.items()
    )
    return Removal(smaller, layers)


def _number_channels(model: Any) -> _Plan:
    ties = _Ties()
    numbers: dict[int, Numbers] = {}
    makes: dict[str, Numbers] = {}
    takes: dict[str, Numbers] = {}
    fixed: set[int] = set()
    order = tuple(calls(model))
    for tensor in model.inputs:
        numbers[id(tensor)] = ties.new(int(tensor.shape[-1] or 1))
        fixed.update(numbers[id(tensor)].tolist())
    for call in order:
        made = _number_call(call, ties, numbers, makes, takes)
        if made is None:
            # No rule: what goes in stays, and what comes out stays.
            for tensor in call.inputs:
                fixed.update(numbers[id(tensor)].tolist())
            for tensor in call.outputs:
                numbers[id(tensor)] = ties.new(int(tensor.shape[-1] or 1) if tensor.shape else 1)
                fixed.update(numbers[id(tensor)].tolist())
        else:
            numbers[id(call.outputs[0])] = made
            if not _is_pointwise(call.layer):
                fixed.update(made.tolist())
    for tensor in graph_of(model).outputs:
        fixed.update(numbers[id(tensor)].tolist())
    roots = {int(root) for root in ties.roots(np.fromiter(fixed, np.int64))}
    return _Plan(ties, numbers, makes, takes, roots, order)


def _number_call(
    call: Call, ties: _Ties, numbers: Mapping[int, Numbers], makes: dict[str, Numbers], takes: dict[str, Numbers]
) -> Numbers | None:
    """The numbers of a call's output; None where there is no rule for the layer."""
    layer, kind = call.layer, type(call.layer).__name__
    sources = [numbers[id(tensor)] for tensor in call.inputs]
    if len(call.outputs) != 1 or not sources:
        return None
    if kind not in _MAKES and not _is_pointwise(layer):
        return None
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return None
    if kind in _MAKES and getattr(layer, "groups", 1) == 1:
        # A layer that is used twice makes the same channels twice.
        if layer.name not in makes:
            makes[layer.name] = ties.new(int(getattr(layer, _MAKES[kind])))
            takes[layer.name] = sources[0]
        else:
            ties.tie(takes[layer.name], sources[0])
        return makes[layer.name]
    if kind in _DEPTHWISE:
        return np.repeat(sources[0], layer.depth_multiplier)
    if kind in _TIES:
        if len({len(source) for source in sources}) != 1:
            return None
        for source in sources[1:]:
            ties.tie(sources[0], source)
        return sources[0]
    if kind == "Concatenate" and layer.axis in (-1, len(call.outputs[0].shape) - 1):
        return np.concatenate(sources)
    if kind == "Flatten":
        return np.tile(sources[0], int(call.outputs[0].shape[-1]) // len(sources[0]))
    if kind in _PASSES and (kind not in _PER_CHANNEL or layer.axis in (-1, [len(call.outputs[0].shape) - 1])):
        return sources[0]
    return None


def _is_pointwise(layer: Any) -> bool:
    """Whether the layer's activation, if it has one, looks at each value alone."""
    function = getattr(layer, "activation", None)
    return function is None or getattr(function, "__name__", "") in _POINTWISE


def _strengths(plan: _Plan) -> dict[int, float]:
    """How much each removable channel matters: the size of the weights that make it, relative to its layer's mean."""
    found: dict[int, list[float]] = defaultdict(list)
    scales = _batch_norm_scales(plan)
    for call in plan.calls:
        layer = call.layer
        if layer.name not in plan.makes:
            continue
        roots = plan.ties.roots(plan.makes[layer.name])
        kernel = layer.get_weights()[1 if type(layer).__name__.startswith("Separable") else 0]
        size = np.abs(kernel).reshape(-1, kernel.shape[-1]).sum(axis=0)
        size = size * scales.get(id(call.outputs[0]), 1.0)
        for root, value in zip(roots.tolist(), (size / max(float(size.mean()), 1e-12)).tolist(), strict=True):
            if root not in plan.fixed:
                found[root].append(value)
    return {root: float(np.mean(values)) for root, values in found.items()}


def _batch_norm_scales(plan: _Plan) -> dict[int, NDArray[Any]]:
    """By what BatchNorm multiplies each channel of the tensor that it takes."""
    scales = {}
    for call in plan.calls:
        if type(call.layer).__name__ == "BatchNormalization":
            layer = call.layer
            gamma = np.asarray(layer.gamma) if layer.scale else np.ones(1, np.float32)
            scales[id(call.inputs[0])] = np.abs(gamma) / np.sqrt(np.asarray(layer.moving_variance) + layer.epsilon)
    return scales


def _choose(plan: _Plan, strengths: Mapping[int, float], share: float, scope: str, round_to: int) -> NDArray[Any]:
    """A mask over all numbers: which roots go. At least one channel of each layer stays."""
    removed = np.zeros(len(plan.ties.parent), bool)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    owners: dict[int, list[str]] = defaultdict(list)
    for name, numbers in plan.makes.items():
        for root in np.unique(plan.ties.roots(numbers)).tolist():
            owners[root].append(name)
    for root in strengths:
        groups[tuple(owners[root])].append(root)
    weakest = sorted(strengths, key=lambda root: (strengths[root], root))
    unwanted = set(weakest[: round(share * len(weakest))])
    for roots in groups.values():
        ranked = sorted(roots, key=lambda root: (strengths[root], root))
        weak = round(share * len(ranked)) if scope == "layer" else sum(root in unwanted for root in ranked)
        kept = len(ranked) - weak
        kept = min(len(ranked), max(round_to, round(kept / round_to) * round_to))
        removed[ranked[: len(ranked) - kept]] = True
    return removed


def _rebuild(model: Any, plan: _Plan, removed: NDArray[Any]) -> Any:
    """The model with smaller layers, whose weights are those of the channels that stay."""
    keep = {key: ~removed[plan.ties.roots(value)] for key, value in plan.numbers.items()}
    made: dict[str, Any] = {}
    weights: dict[str, list[NDArray[Any]]] = {}

    def replace(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        layer = call.layer
        if layer.name not in made:
            config = layer.get_config()
            config.pop("batch_input_shape", None)
            ins = keep[id(call.inputs[0])]
            outs = keep[id(call.outputs[0])]
            key = _MAKES.get(type(layer).__name__)
            if key and layer.name in plan.makes:
                config[key] = int(outs.sum())
            made[layer.name] = type(layer).from_config(config)
            weights[layer.name] = _sliced(layer, ins, outs)
        return made[layer.name](*args, **kwargs)

    smaller = replay(model, load("tf_keras"), replace)
    for name, layer in made.items():
        layer.set_weights(weights[name])
    return smaller


def _sliced(layer: Any, ins: NDArray[Any], outs: NDArray[Any]) -> list[NDArray[Any]]:
    """The layer's weights for the channels that stay."""
    kind = type(layer).__name__
    old: list[NDArray[Any]] = layer.get_weights()
    if kind in _DEPTHWISE:
        return [old[0][..., ins, :], *(bias[outs] for bias in old[1:])]
    if kind.startswith("Separable"):
        return [old[0][..., ins, :], old[1][..., np.repeat(ins, layer.depth_multiplier), :][..., outs],
                *(bias[outs] for bias in old[2:])]  # fmt: skip
    if kind in _MAKES:
        return [old[0][..., ins, :][..., outs], *(bias[outs] for bias in old[1:])]
    if kind in _PER_CHANNEL:
        return [values[outs] for values in old]
    return old
