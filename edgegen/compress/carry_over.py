"""A Keras 3 model in, the same model in tf_keras out: what TensorFlow's optimisation toolkit accepts.

Weights are copied, and every layer's output is compared on random input before the model is handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.compress.keras_graph import Call, flat_calls, graph_of, is_model, replay
from edgegen.errors import InputError
from edgegen.model_io.keras_import import is_tf_keras
from edgegen.model_io.tensorflow_setup import hushed, load

TOLERANCE = 1e-5
"""How far an output may differ, in units of the largest value of the layer (at least 1)."""

_UNKNOWN_SIZE = 8
_WRAPPERS = ("Bidirectional", "TimeDistributed")
_OPERATIONS = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")
_NOT_CARRIED = ("dtype", "name", "trainable", "batch_shape", "batch_input_shape")


def carry_over(model: Any) -> Any:
    """Returns the model in tf_keras, nested models dissolved; one of tf_keras without nesting is returned as it is.

    Raises InputError naming the first layer that has no counterpart or another output.
    """
    keras = load("tf_keras")
    if is_tf_keras(model) and not any(is_model(layer) for layer in model.layers):
        graph_of(model)
        return model
    copies: dict[int, Any] = {}

    def replace(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        layer = call.layer
        if id(layer) not in copies:
            copies[id(layer)] = (_counterpart(layer, keras), layer)
        copy = copies[id(layer)][0]
        if type(copy).__name__ in _OPERATIONS and len(args) == 2:
            args = (list(args),)
        extra = {key: value for key, value in kwargs.items() if value is not None and key != "training"}
        try:
            return copy(*args, **extra)
        except Exception as error:  # whatever tf_keras raises, the layer can't be carried over
            raise InputError(f"{_where(layer)} can't be carried over to tf_keras: {_line(error)}") from None

    with hushed():
        carried = replay(model, keras, replace)
        for copy, layer in copies.values():
            _copy_weights(layer, copy)
        _compare(model, carried, copies)
    return carried


def _where(layer: Any) -> str:
    return f"layer '{layer.name}' ({type(layer).__name__})"


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _counterpart(layer: Any, keras: Any) -> Any:
    """A new layer of tf_keras with the same options, without its weights."""
    name = type(layer).__name__
    if is_tf_keras(layer) or type(layer).__module__.startswith("tf_keras."):
        return type(layer).from_config(layer.get_config())
    own = type(layer).__module__.startswith("keras.")
    made = getattr(keras.layers, name, None) if own else None
    if made is None or (".ops." in type(layer).__module__ and name not in _OPERATIONS):
        raise InputError(
            f"{_where(layer)} has no counterpart in tf_keras, so the model can't be trained with its toolkit\n"
            "a recipe with the one step 'quantize' needs no counterpart"
        )
    if ".ops." in type(layer).__module__:
        return made()
    if name in _WRAPPERS:
        inner = layer.forward_layer if name == "Bidirectional" else layer.layer
        options = {"merge_mode": layer.merge_mode} if name == "Bidirectional" else {}
        return made(_counterpart(inner, keras), name=layer.name, **options)
    config = layer.get_config()
    accepted = _parameters(made)
    if "negative_slope" in config and "negative_slope" not in accepted:
        config["alpha"] = config["negative_slope"]
    options = {
        key: _option(key, value, keras, layer)
        for key, value in config.items()
        if key in accepted and key not in _NOT_CARRIED and not key.endswith("_initializer")
    }
    try:
        return made(name=layer.name, trainable=layer.trainable, **options)
    except (TypeError, ValueError) as error:
        raise InputError(f"{_where(layer)} can't be carried over to tf_keras: {_line(error)}") from None


def _parameters(made: type) -> set[str]:
    """The keywords that a class of layers takes, those of its bases included."""
    import inspect

    return {
        name
        for base in made.__mro__
        if base is not object and "__init__" in vars(base)
        for name in inspect.signature(vars(base)["__init__"]).parameters
    }


def _option(key: str, value: Any, keras: Any, layer: Any) -> Any:
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    if key.endswith("activation"):
        if value["class_name"] == "function":
            return value["config"]
        raise InputError(f"{_where(layer)}: its {key} is a {value['class_name']}; make that a layer of its own")
    plain = {"class_name": value["class_name"], "config": value["config"]}
    if key.endswith("regularizer"):
        return keras.regularizers.get(plain)
    if key.endswith("constraint"):
        return keras.constraints.get(plain)
    raise InputError(f"{_where(layer)}: option {key} holds a {value['class_name']}, which is not carried over")


def _copy_weights(layer: Any, copy: Any) -> None:
    weights = [np.asarray(weight) for weight in getattr(layer, "get_weights", list)()]
    have, want = [w.shape for w in weights], [tuple(w.shape) for w in copy.weights]
    if have != want:
        raise InputError(f"{_where(layer)} has weights of the shapes {have} in Keras 3 but {want} in tf_keras")
    copy.set_weights(weights)
    if any(not np.array_equal(a, b) for a, b in zip(weights, copy.get_weights(), strict=True)):
        raise InputError(f"{_where(layer)}: its weights changed on the way to tf_keras")


def _compare(model: Any, carried: Any, copies: Mapping[int, tuple[Any, Any]]) -> None:
    """Raises InputError naming the first layer whose output differs."""
    inputs = [_random(tensor) for tensor in carried.inputs]
    theirs, ours = _outputs(model, inputs), _outputs(carried, inputs)
    if all(_equal(a, b) for a, b in zip(theirs, ours, strict=True)):
        return
    # Only now layer by layer: it takes twice the memory.
    for call in flat_calls(carried):
        name = call.layer.name
        old = next((layer for copy, layer in copies.values() if copy.name == name), None)
        if old is None or not hasattr(old, "output") or is_model(old):
            continue
        try:
            pair = [
                _outputs(type_of(whole)(whole.inputs, layer.output), inputs)
                for whole, layer, type_of in ((graph_of(model), old, _model_class), (carried, call.layer, _model_class))
            ]
        except (ValueError, AttributeError, KeyError):
            continue  # a layer in a nested model or with several uses has no output of its own
        if not all(_equal(a, b) for a, b in zip(*pair, strict=True)):
            raise InputError(f"{_where(old)} computes something else in tf_keras; replace it by a layer that both have")
    raise InputError(f"model '{model.name}' computes something else in tf_keras\nrebuild it in tf_keras")


def _model_class(model: Any) -> Any:
    return load("tf_keras" if is_tf_keras(model) else "keras").Model


def _outputs(model: Any, inputs: list[NDArray[Any]]) -> list[NDArray[Any]]:
    result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    if isinstance(result, dict):
        result = list(result.values())
    return [np.asarray(item) for item in (result if isinstance(result, list | tuple) else [result])]


def _equal(first: NDArray[Any], second: NDArray[Any]) -> bool:
    if first.shape != second.shape:
        return False
    scale = max(1.0, float(np.abs(first).max(initial=0.0)))
    return bool(np.allclose(first, second, rtol=0.0, atol=TOLERANCE * scale))


def _random(tensor: Any) -> NDArray[Any]:
    rng = np.random.default_rng(0)
    shape = [2, *(size or _UNKNOWN_SIZE for size in tensor.shape[1:])]
    if "int" in str(getattr(tensor.dtype, "name", tensor.dtype)):
        return rng.integers(0, 2, shape).astype(np.int32)
    return rng.uniform(-3, 3, shape).astype(np.float32)
