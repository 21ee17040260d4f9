"""Layers that kernels for small cores take in a plainer form, or in int16, give the scalar bytes, on simulators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgegen.boards import load_board
from edgegen.ops.base import Target
from edgegen.ops.variants.rv32im.quantize import first_inputs
from edgegen.toolchains import load_toolchain
from tests.host_model import compile_model
from tests.kernels.chains import differences
from tests.model_builder import ModelBuilder

BOARDS = {"esp32": "xtensa_mac16", "esp32c3": "rv32im", "raspberry-pi-pico": "armv6m"}


class _Layers:
    """One model of many independent layers."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        self.sources: list[int] = []
        self.outputs: list[int] = []

    def build(self) -> bytes:
        return self.builder.inputs(*self.sources).outputs(*self.outputs).build()

    def add(
        self,
        op: str,
        shape: tuple[int, ...],
        filter_shape: tuple[int, ...],
        output: tuple[int, ...],
        *,
        activation: str = "NONE",
        spread: float = 0.0,
        flat: bool = False,
        kind: str = "INT8",
        bias_kind: str = "INT32",
        **options: int | str,
    ) -> None:
        """A layer whose outputs spread over the type's range, or 2^spread times beyond it.

        With `flat`, some channels are one value whatever the input, and one is scaled by more than 1/2.
        """
        rng, builder, channels = self.rng, self.builder, output[-1]
        most = 127 if kind == "INT8" else 32767
        zero_points = (0, 0)
        if kind == "INT8":
            zero_points = (int(rng.integers(-128, 128)), -128 if activation != "NONE" else int(rng.integers(-60, 60)))
        weights = rng.integers(-127, 128, filter_shape)
        depth = weights.size // channels
        scales = 2.0 ** (rng.uniform(-1, 1, channels) + spread) / (np.sqrt(depth) * 73)
        bias = rng.integers(-3000, 3000, channels)
        if flat:
            scales[::3] *= 2.0**-28
            bias[::3] = rng.integers(-(2**30), 2**30, len(bias[::3]))
            scales[1] = 0.7
        source = builder.tensor("x", shape, kind, scale=0.05, zero_point=zero_points[0])
        result = builder.tensor("y", output, kind, scale=0.05, zero_point=zero_points[1])
        axis = 3 if op == "DEPTHWISE_CONV_2D" else 0
        filters = builder.tensor("w", filter_shape, scale=scales, axis=axis, data=weights.astype(np.int8))
        biases = builder.tensor(
            "b", (channels,), bias_kind, scale=0.05 * scales, data=np.clip(bias, -(2**31), most << 15)
        )
        inputs = [source, filters, biases]
        if op == "TRANSPOSE_CONV":
            inputs = [builder.tensor("s", (4,), "INT32", data=np.array(output, np.int32)), filters, source, biases]
        fields: dict[str, object] = {"fused_activation_function": activation}
        if op != "FULLY_CONNECTED":
            fields |= {"padding": "VALID", "stride_h": 1, "stride_w": 1}
            if op != "TRANSPOSE_CONV":
                fields |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
        builder.node(op, inputs, [result], fields | options)
        self.sources.append(source)
        self.outputs.append(result)


def _int8(seed: int) -> bytes:
    """One input channel, one output pixel, clamped activations, constant channels, few outputs, large sums."""
    net = _Layers(seed)
    for multiplier, window, stride in ((8, (10, 8), 2), (2, (3, 3), 1), (7, (1, 1), 1), (5, (4, 5), 3)):
        for activation in ("RELU", "NONE"):
            size = [-(-extent // stride) for extent in (19, 23)]
            net.add(
                "DEPTHWISE_CONV_2D", (1, 19, 23, 1), (1, *window, multiplier), (1, *size, multiplier),
                activation=activation, padding="SAME", stride_h=stride, stride_w=stride, depth_multiplier=multiplier,
            )  # fmt: skip
    for taps, channels in ((1, 3), (5, 1), (9, 7), (20, 12)):
        for activation in ("RELU6", "NONE"):
            net.add(
                "DEPTHWISE_CONV_2D", (1, taps, 1, channels), (1, taps, 1, channels), (1, 1, 1, channels),
                activation=activation, depth_multiplier=1,
            )  # fmt: skip
    for activation in ("RELU", "NONE"):
        net.add(
            "DEPTHWISE_CONV_2D", (1, 44, 45, 3), (1, 3, 3, 3), (1, 22, 23, 3),
            activation=activation, padding="SAME", stride_h=2, stride_w=2, depth_multiplier=1,
        )  # fmt: skip
    for outputs in (1, 3, 4, 5, 6, 13):
        net.add("CONV_2D", (1, 5, 3, 7), (outputs, 4, 3, 7), (1, 2, 1, outputs))
        net.add("CONV_2D", (1, 5, 3, 6), (outputs, 4, 3, 6), (1, 1, 1, outputs), stride_h=2, activation="RELU")
        net.add("FULLY_CONNECTED", (1, 61), (outputs, 61), (1, outputs))
    for activation in ("RELU", "RELU6", "RELU_N1_TO_1", "NONE"):
        net.add("CONV_2D", (1, 4, 5, 9), (7, 3, 3, 9), (1, 2, 3, 7), activation=activation)
        net.add("CONV_2D", (1, 3, 3, 8), (9, 1, 1, 8), (1, 3, 3, 9), activation=activation, flat=True)
        net.add("FULLY_CONNECTED", (1, 16), (9, 16), (1, 9), activation=activation, flat=True)
        net.add(
            "DEPTHWISE_CONV_2D", (1, 5, 5, 9), (1, 3, 3, 9), (1, 3, 3, 9),
            activation=activation, flat=True, depth_multiplier=1,
        )  # fmt: skip
        net.add("FULLY_CONNECTED", (1, 2400), (3, 2400), (1, 3), activation=activation, spread=-3)
        net.add("FULLY_CONNECTED", (1, 2403), (2, 2403), (1, 2), activation=activation, spread=-2)
        net.add("CONV_2D", (1, 3, 4, 150), (4, 3, 3, 150), (1, 1, 2, 4), activation=activation, spread=-2)
    return net.build()


def _int16(seed: int) -> bytes:
    net = _Layers(seed)
    for kind in ("INT32", "INT64"):
        for depth, outputs, stride, padding in (
            (2, 3, 1, "SAME"),
            (8, 4, 2, "VALID"),
            (5, 9, 1, "VALID"),
            (6, 2, 2, "SAME"),
        ):
            size = [-(-extent // stride) if padding == "SAME" else (extent - 3) // stride + 1 for extent in (5, 8)]
            net.add(
                "CONV_2D", (1, 5, 8, depth), (outputs, 3, 3, depth), (1, *size, outputs), spread=-1,
                kind="INT16", bias_kind=kind, padding=padding, stride_h=stride, stride_w=stride,
            )  # fmt: skip
        for depth, outputs in ((1, 1), (18, 5), (33, 8)):
            net.add(
                "FULLY_CONNECTED", (2, depth), (outputs, depth), (2, outputs), spread=-1, kind="INT16", bias_kind=kind
            )
    for depth, outputs in ((4, 3), (6, 5), (7, 4)):
        net.add(
            "TRANSPOSE_CONV", (1, 3, 4, depth), (outputs, 3, 4, depth), (1, 5, 10, outputs), spread=-1,
            kind="INT16", bias_kind="INT64", stride_w=2,
        )  # fmt: skip
    for scale, zero_point in ((0.02, -7), (1e-3, 100), (3e38, 0), (1e-40, -128)):
        source = net.builder.tensor("x", (1, 70), "FLOAT32")
        result = net.builder.tensor("y", (1, 70), scale=scale, zero_point=zero_point)
        net.builder.node("QUANTIZE", [source], [result])
        net.sources.append(source)
        net.outputs.append(result)
    return net.build()


def test_steps_are_where_float_arithmetic_has_them() -> None:
    rng = np.random.default_rng(3)
    for scale, zero_point in ((0.0078125, 0), (0.3333, -128), (17.5, 127), (1e-42, 5), (2.5e36, -1)):
        steps = first_inputs(float(np.float32(scale)), zero_point)
        assert (np.diff(steps.astype(np.int64)) >= 0).all()
        outputs = rng.uniform(-140, 140, 20_000) - zero_point
        with np.errstate(over="ignore"):
            values = (outputs * scale).astype(np.float32)
            quotients = np.clip(values / np.float32(scale), -(2.0**20), 2.0**20).astype(np.float64)
        exact = np.clip(np.sign(quotients) * np.floor(np.abs(quotients) + 0.5) + zero_point, -128, 127)
        bits = values.view(np.int32)
        keys = np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
        np.testing.assert_array_equal(np.searchsorted(steps, keys, side="right") - 128, exact)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("make", [_int8, _int16], ids=["int8", "int16"])
def test_layers_give_the_scalar_bytes(make, board: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    missing = load_toolchain(load_board(board).toolchains[0]).missing()
    if missing:
        pytest.skip(missing)
    model = make(seed=5)
    calls = list(compile_model(model, Target(BOARDS[board])).calls())
    fast = [call.kernel for call in calls if call.kernel.endswith((BOARDS[board], "narrow", "steps_f32_s8"))]
    assert len(fast) > 0.7 * len(calls), sorted({call.kernel for call in calls})
    different = differences(model, 5, board, "speed", tmp_path)
    assert not different, "\n".join(different)
