"""How a row of the table is written: a small Keras model and what becomes of it in each type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Build = Callable[[Any], Any]
"""Takes the keras module (so that the table needs no TensorFlow), gives the model."""
Make = Callable[[Any], Any]
"""Takes keras.layers, gives a layer."""

KINDS = ("int8", "int16", "float32")

DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`says` is a part of the words of whoever refuses; `note` explains them for the table in the documentation."""

    verdict: str
    says: str = ""
    note: str = ""

    def covers(self, observed: Outcome) -> bool:
        """Whether this is what was expected."""
        return self.verdict == observed.verdict and self.says in observed.says


EQUAL = Outcome("equal")


def refused(says: str, note: str = "") -> Outcome:
    """edgegen says why; TFLite Micro refuses, too."""
    return Outcome("refused", says, note)


def reference(says: str, note: str = "") -> Outcome:
    """TFLite Micro refuses or is undefined; edgegen compiles the model and equals TFLite's reference interpreter."""
    return Outcome("equal to TFLite", says, note)


def unconverted(says: str, note: str = "") -> Outcome:
    """TensorFlow's converter fails."""
    return Outcome("not converted", says, note)


@dataclass(frozen=True, slots=True)
class Row:
    """`keras_2`: built with tf_keras. `loop`: it needs `loops.calibrated`."""

    layer: str
    option: str
    build: Build
    int8: Outcome = EQUAL
    int16: Outcome = EQUAL
    float32: Outcome = EQUAL
    keras_2: bool = False
    loop: bool = False

    @property
    def id(self) -> str:
        return f"{self.layer} {self.option}".strip()

    def expected(self, kind: str) -> Outcome:
        outcome: Outcome = getattr(self, kind)
        return outcome


def sequential(shape: tuple[int, ...], *stack: Make, batch: int | None = 1, dtype: str = "float32") -> Build:
    def build(keras: Any) -> Any:
        source = keras.Input(shape, batch_size=batch, dtype=dtype)
        return keras.Sequential([source, *(make(keras.layers) for make in stack)])

    return build


def image(*stack: Make, batch: int | None = 1) -> Build:
    return sequential((8, 8, 3), *stack, batch=batch)


def series(*stack: Make, batch: int | None = 1) -> Build:
    return sequential((6, 4), *stack, batch=batch)


def vector(*stack: Make, batch: int | None = 1) -> Build:
    return sequential((12,), *stack, batch=batch)


def merged(make: Make, *others: tuple[int, ...]) -> Build:
    """A layer of several inputs: (5, 4) and `others`, or the same twice."""

    def build(keras: Any) -> Any:
        shapes = ((5, 4), *(others or ((5, 4),)))
        sources = [keras.Input(shape, batch_size=1, name=f"input_{i}") for i, shape in enumerate(shapes)]
        return keras.Model(sources, make(keras.layers)(sources))

    return build


def attended(make: Make) -> Build:
    """A layer that is given its input twice: self-attention."""

    def build(keras: Any) -> Any:
        source = keras.Input((6, 8), batch_size=1)
        return keras.Model(source, make(keras.layers)(source, source))

    return build


def activated(name: str) -> Build:
    """A convolution and an activation by name."""
    return image(lambda k: k.Conv2D(4, 1), lambda k: k.Activation(name))


def residual(keras: Any) -> Any:
    source = keras.Input((8, 8, 4), batch_size=1)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(source)
    return keras.Model(source, keras.layers.Add()([x, source]))


def inverted_residual(keras: Any) -> Any:
    layers = keras.layers
    source = keras.Input((8, 8, 4), batch_size=1)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(8, 1, use_bias=False)(source)))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)))
    x = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(x))
    return keras.Model(source, layers.Add()([source, x]))


def squeeze_and_excite(keras: Any) -> Any:
    layers = keras.layers
    source = keras.Input((8, 8, 4), batch_size=1)
    x = layers.GlobalAveragePooling2D(keepdims=True)(source)
    x = layers.Conv2D(4, 1, activation="sigmoid")(layers.Conv2D(2, 1, activation="relu")(x))
    return keras.Model(source, layers.Multiply()([source, x]))


def transformer_block(keras: Any) -> Any:
    layers = keras.layers
    source = keras.Input((6, 8), batch_size=1)
    x = layers.LayerNormalization()(layers.Add()([source, layers.MultiHeadAttention(2, 4)(source, source)]))
    return keras.Model(source, layers.Add()([x, layers.Dense(8)(layers.Dense(16, activation="relu")(x))]))


def two_outputs(keras: Any) -> Any:
    source = keras.Input((12,), batch_size=1)
    x = keras.layers.Dense(8, activation="relu")(source)
    return keras.Model(source, [keras.layers.Dense(3, activation="softmax")(x), keras.layers.Dense(1)(x)])


def with_state(keras: Any) -> Any:
    source = keras.Input((6, 4), batch_size=1)
    return keras.Model(source, keras.layers.LSTM(3, return_state=True)(source))
