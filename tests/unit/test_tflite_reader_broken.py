"""Models that can't be right: the message says what is wrong, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edgegen.errors import InputError
from edgegen.model_io.tflite_reader import read_tflite
from tests.model_builder import ModelBuilder


def _tensor(*args: Any, **more: Any) -> Callable[[ModelBuilder], Any]:
    return lambda builder: builder.tensor("odd\n", *args, **more)


def _node(*args: Any, **more: Any) -> Callable[[ModelBuilder], Any]:
    return lambda builder: builder.node(*args, **more)


def _call(index: int) -> Callable[[ModelBuilder], Any]:
    return lambda builder: builder.node("CALL_ONCE", [], [], {"init_subgraph_index": index})


# Tensors of the base model: 0 the input, 1 the output, 2 a constant, 3 one that nobody writes; then the odd one.
BROKEN: dict[str, tuple[Callable[[ModelBuilder], Any], str]] = {
    "constant too short": (_tensor((4,), "INT16", data=b"1234567"), r"tensor 4 'odd\?': it needs 8 bytes .* has 7"),
    "dynamic shape": (_tensor((1, -1), "INT8"), "is not fixed\nGive the model's inputs fixed shapes"),
    "nine dimensions": (_tensor((1,) * 9, "INT8"), "9 dimensions; the limit is 8"),
    "huge": (_tensor((1 << 20, 1 << 20), "INT8"), "exceeds 2147483647 bytes"),
    "huge with a zero": (_tensor((0, 1 << 30, 1 << 30), "INT8"), "exceeds 2147483647 bytes"),
    "string": (_tensor((1,), "STRING"), "no element type STRING"),
    "bfloat16": (_tensor((1,), "BFLOAT16"), "no element type BFLOAT16"),
    "scale not finite": (_tensor((1,), "INT8", scale=float("nan")), "not finite"),
    "negative scale": (_tensor((1,), "INT8", scale=-1.0), "negative"),
    "zero point": (_tensor((1,), "INT8", scale=1.0, zero_point=200), "outside -128 to 127"),
    "scales": (_tensor((1, 3), "INT8", scale=[1, 2], axis=1), "2 scales do not fit dimension 1"),
    "axis": (_tensor((1, 2), "INT8", scale=[1, 2], axis=2), "2 scales do not fit dimension 2"),
    "zero points": (_tensor((1, 3), "INT8", scale=[1, 2, 3], zero_point=[1, 2], axis=1), "3 scales, but 2 zero"),
    "variable with data": (_tensor((1,), "INT8", data=[1], is_variable=True), "is variable, but has initial"),
    "input index": (_node("ABS", [9], [3]), r"node 1 \(ABS\): input tensor 9 is out of range"),
    "input below -1": (_node("ABS", [-2], [3]), "input tensor -2"),
    "output index": (_node("ABS", [0], [-1]), "output tensor -1 is out of range"),
    "not written": (_node("ABS", [3], []), "reads tensor 3 'never' before any node has written it"),
    "reads itself": (_node("ABS", [3], [3]), "reads tensor 3 'never' before"),
    "two writers": (_node("ABS", [0], [1]), r"node 1 \(ABS\): it writes tensor 1 'y', as does node 0 \(NEG\)"),
    "writes a constant": (_node("ABS", [0], [2]), "which is constant"),
    "writes an input": (_node("ABS", [1], [0]), "an input of the model"),
    "graph input": (lambda builder: builder.inputs(99), "graph input: tensor 99 is out of range"),
    "input twice": (lambda builder: builder.inputs(0, 0), "listed twice"),
    "graph output": (lambda builder: builder.outputs(3), "graph output: nothing writes tensor 3 'never'"),
    "unknown subgraph": (_call(7), "subgraph 7 is out of range"),
    "recursion": (_call(0), "it ends up calling itself"),
    "stride": (_node("CONV_2D", [0, 2], [3], {"stride_w": 0, "stride_h": 1}), "stride_w is 0"),
    "too many tensors": (
        lambda builder: builder.node("PAD", [0, 2, 2, 2] * 2000, [3]),
        "8001 tensors; the limit is 4096",
    ),
    "beta": (_node("SOFTMAX", [0], [3], {"beta": float("inf")}), "beta is inf; it must be finite"),
    "custom options": (
        _node("SignalRfft", [0], [3], custom=True, custom_options=b"\1\2\3\4\5"),
        "its custom options are broken",
    ),
    "custom option missing": (_node("SignalRfft", [0], [3], custom=True), "its custom options lack 'fft_length'"),
    "custom option too large": (
        _node("SignalRfft", [0], [3], custom=True, custom_options={"fft_length": 1 << 40}),
        "'fft_length' of its custom options is 1099511627776, which is out of range",
    ),
    "custom name": (_node("a" * 300, [0], [3], custom=True), "can't be an operator's name"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_models_say_what_is_wrong_and_where(what: str) -> None:
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 2), "INT8", scale=1.0)
    y = builder.tensor("y", (1, 2), "INT8", scale=1.0)
    builder.tensor("constant", (1, 2), "INT8", scale=1.0, data=[[1, 2]])
    builder.tensor("never", (1, 2), "INT8", scale=1.0)
    builder.node("NEG", [x], [y])
    builder.inputs(x).outputs(y)
    read_tflite(builder.build(), "m.tflite")
    change, message = BROKEN[what]
    change(builder)
    with pytest.raises(InputError, match=message) as caught:
        read_tflite(builder.build(), "m.tflite")
    assert str(caught.value).startswith("m.tflite: ")
    assert len(str(caught.value).splitlines()) == 2
