"""Walks the calls of a Keras model in order, and replays them with other layers: how a model is changed in shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from edgegen.errors import InputError
from edgegen.model_io.keras_import import is_keras_3, is_tf_keras

MAX_NESTING = 16


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a layer: what it was called with, tensors among it, and the tensors that came out."""

    layer: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: tuple[Any, ...]

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The tensors among the arguments, in order."""
        return tuple(item for item in _leaves([self.args, dict(self.kwargs)]) if is_tensor(item))


Replace: TypeAlias = "Callable[[Call, tuple[Any, ...], Mapping[str, Any]], Any]"
"""Given a call and its arguments in the new model: the new output, a tensor or a nest of them."""


def is_tensor(value: object) -> bool:
    """Whether it is a symbolic tensor of Keras 3 or of tf_keras, or stands for one."""
    return isinstance(value, _Copy) or type(value).__name__ == "KerasTensor"


def calls(model: Any) -> Iterator[Call]:
    """The calls that a functional or Sequential model makes, in an order that works; those of its inputs left out.

    Raises InputError for a subclassed model: what it computes stands in code alone.
    """
    network = graph_of(model)
    for depth in sorted(network._nodes_by_depth, reverse=True):
        for node in network._nodes_by_depth[depth]:
            if getattr(node, "is_input", False):
                continue
            if hasattr(node, "operation"):
                yield Call(node.operation, node.arguments.args, node.arguments.kwargs, tuple(node.output_tensors))
            else:
                yield Call(node.layer, tuple(node.call_args), node.call_kwargs, tuple(_leaves(node.outputs)))


def graph_of(model: Any) -> Any:
    """The network behind a Sequential or functional model. Raises InputError."""
    network = getattr(model, "_functional", None) or model
    if not getattr(network, "_nodes_by_depth", None):
        raise InputError(
            f"model '{model.name}' is a subclass of keras.Model: its layers stand in code, not in a graph\n"
            "build it as a Sequential or functional model"
        )
    return network


def is_model(layer: object) -> bool:
    """Whether a layer is a whole model."""
    return is_keras_3(layer) or is_tf_keras(layer)


def flat_calls(model: Any, nesting: int = 0) -> Iterator[Call]:
    """As `calls`, with the calls of nested models in place of theirs, their tensors renamed to the outer ones."""
    if nesting > MAX_NESTING:
        raise InputError(f"model '{model.name}' nests models more than {MAX_NESTING} deep; flatten it")
    aliases: dict[int, Any] = {}
    for call in calls(model):
        call = Call(call.layer, _renamed(call.args, aliases), _renamed(dict(call.kwargs), aliases), call.outputs)
        if not is_model(call.layer):
            yield call
            continue
        network = graph_of(call.layer)
        inner = {id(inside): outside for inside, outside in zip(_leaves(network.inputs), call.inputs, strict=True)}
        for part in flat_calls(call.layer, nesting + 1):
            copies = tuple(_Copy(tensor) for tensor in part.outputs)
            yield Call(part.layer, _renamed(part.args, inner), _renamed(dict(part.kwargs), inner), copies)
            inner.update({id(tensor): copy for tensor, copy in zip(part.outputs, copies, strict=True)})
        for inside, outside in zip(_leaves(network.outputs), call.outputs, strict=True):
            aliases[id(outside)] = inner[id(inside)]
    model_outputs = [aliases.get(id(tensor), tensor) for tensor in _leaves(graph_of(model).outputs)]
    if any(new is not old for new, old in zip(model_outputs, _leaves(graph_of(model).outputs), strict=True)):
        yield Call(None, tuple(model_outputs), {}, tuple(_leaves(graph_of(model).outputs)))


class _Copy:
    """Stands for one tensor of a nested model in one use of that model."""

    def __init__(self, of: Any) -> None:
        self.of, self.shape, self.dtype = of, of.shape, of.dtype


def replay(model: Any, keras: Any, replace: Replace) -> Any:
    """A tf_keras model with the inputs of `model`, whose calls are what `replace` makes of each; nesting dissolved."""
    new: dict[int, Any] = {}
    inputs = []
    # The dictionary goes by identity, so everything that it knows must stay alive.
    alive: list[Any] = []
    for tensor in _leaves(graph_of(model).inputs):
        name = tensor.name.partition(":")[0]
        inputs.append(keras.Input(tuple(tensor.shape[1:]), dtype=_dtype_name(tensor.dtype), name=_plain(name)))
        new[id(tensor)] = inputs[-1]
    for call in flat_calls(model):
        alive.append(call)
        if call.layer is None:
            new.update({id(old): new[id(got)] for old, got in zip(call.outputs, call.args, strict=True)})
            continue
        outputs = list(_leaves(replace(call, _renamed(call.args, new), _renamed(dict(call.kwargs), new))))
        new.update({id(old): got for old, got in zip(call.outputs, outputs, strict=True)})
    outputs = [new[id(tensor)] for tensor in _leaves(graph_of(model).outputs)]
    return keras.Model(
        inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0], name=_plain(model.name)
    )


def _plain(name: str) -> str:
    """A name that TensorFlow takes as a scope."""
    text = "".join(char if char.isalnum() or char in "_.-" else "_" for char in name).lstrip("_.-")
    return text or "model"


def _dtype_name(dtype: Any) -> str:
    return str(getattr(dtype, "name", dtype))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _renamed(value: Any, names: Mapping[int, Any]) -> Any:
    """`value` with the tensors in it replaced by those that `names` has for their identity."""
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_renamed(item, names) for item in value)
    return names.get(id(value), value) if is_tensor(value) else value


def clone(model: Any) -> Any:
    """A copy of a tf_keras model with weights of its own."""
    from edgegen.model_io.tensorflow_setup import hushed, load

    keras = load("tf_keras")
    with hushed():
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
    return copy


def without_augmentation(model: Any) -> Any:
    """The model without the layers that only training sees, such as RandomFlip; it shares the others with `model`."""
    from edgegen.model_io.tensorflow_setup import load

    noise = ("GaussianNoise", "GaussianDropout", "AlphaDropout")

    def replace(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        name = type(call.layer).__name__
        return args[0] if name.startswith("Random") or name in noise else call.layer(*args, **kwargs)

    layers = [type(layer).__name__ for layer in model.layers]
    if not any(name.startswith("Random") or name in noise for name in layers):
        return model
    return replay(model, load("tf_keras"), replace)
