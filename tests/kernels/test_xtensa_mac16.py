"""The kernels for Xtensa LX6 give the scalar kernels' bytes, on the simulated core."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.ops.base import Target
from edgegen.toolchains import load_toolchain
from tests.host_model import compile_model, run_program
from tests.kernels.draws import numpy_rng
from tests.model_builder import ModelBuilder

BOARD = "esp32"


NODES = 20  # of a model: planning many at once takes long


class Network:
    """Models of many independent chains of nodes, each with an input of its own."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.draws = numpy_rng(self.rng)
        self.models: list[ModelBuilder] = []
        self.restart()

    def restart(self) -> None:
        self.builder = ModelBuilder()
        self.sources: list[int] = []
        self.results: list[int] = []

    def activation(self, shape: Sequence[int], zero_point: int) -> int:
        return self.builder.tensor(f"t{len(self.builder.tensors)}", shape, scale=0.05, zero_point=zero_point)

    def source(self, shape: Sequence[int]) -> int:
        self.sources.append(self.activation(shape, self.rng.choice((-128, 127, 0, self.rng.randint(-128, 127)))))
        return self.sources[-1]

    def layer(
        self,
        op: str,
        source: int,
        channels: int,
        filter_size: tuple[int, int] = (1, 1),
        stride: tuple[int, int] = (1, 1),
        dilation: tuple[int, int] = (1, 1),
        padding: str = "VALID",
        relu: bool = True,
        shift: float = 0.0,
    ) -> int:
        """A node whose outputs spread over int8's range, or `shift` powers of two beyond it; returns its output."""
        builder, shape = self.builder, self.builder.tensors[source].shape
        size = filter_size if op != "FULLY_CONNECTED" else (1, 1)
        if op == "DEPTHWISE_CONV_2D":
            filter_shape: tuple[int, ...] = (1, *size, channels)
            axis, depth = 3, size[0] * size[1]
        elif op == "CONV_2D":
            filter_shape, axis, depth = (channels, *size, shape[3]), 0, size[0] * size[1] * shape[3]
        else:
            filter_shape, axis, depth = (channels, shape[-1]), 0, shape[-1]
        spread = 2.0**shift / (np.sqrt(depth) * 73)
        scales = spread * 2.0 ** self.draws.uniform(-1, 1, channels)
        weights = self.draws.integers(-127 - self.rng.randint(0, 1), 127, filter_shape, endpoint=True)
        filters = builder.tensor("w", filter_shape, scale=scales, axis=axis, data=weights.astype(np.int8))
        bias_values = self.draws.integers(-3000, 3000, channels)
        bias = builder.tensor("b", (channels,), "INT32", scale=0.05 * scales, data=bias_values)
        zero_point = -128 if relu else self.rng.randint(-60, 60)
        if op == "FULLY_CONNECTED":
            output = self.activation((*shape[:-1], channels), zero_point)
            options: dict[str, object] = {"fused_activation_function": "RELU" if relu else "NONE"}
        else:
            spans = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
            same = padding == "SAME"
            extent = [
                -(-n // s) if same else (n - k) // s + 1 for n, k, s in zip(shape[1:3], spans, stride, strict=True)
            ]
            output = self.activation((1, *extent, channels), zero_point)
            options = {
                "padding": padding,
                "stride_h": stride[0],
                "stride_w": stride[1],
                "dilation_h_factor": dilation[0],
                "dilation_w_factor": dilation[1],
                "fused_activation_function": "RELU" if relu else "NONE",
            }
            if op == "DEPTHWISE_CONV_2D":
                options["depth_multiplier"] = channels // shape[3]
        builder.node(op, [source, filters, bias], [output], options)
        return output

    def done(self, output: int) -> None:
        self.results.append(output)
        if len(self.builder.nodes) >= NODES:
            self.finish()

    def finish(self) -> None:
        if self.results:
            self.models.append(self.builder.inputs(*self.sources).outputs(*self.results))
        self.restart()


def pointwise(net: Network) -> None:
    for inputs, outputs, height, width in (
        (4, 1, 1, 1), (5, 3, 3, 3), (7, 16, 5, 4), (8, 8, 1, 9), (8, 16, 7, 5), (12, 6, 3, 3), (16, 5, 2, 17),
        (57, 30, 3, 2), (64, 64, 5, 5), (66, 4, 2, 2), (300, 9, 1, 3),
    ):  # fmt: skip
        for relu in (True, False):
            hidden = net.layer("CONV_2D", net.source((1, height, width, inputs)), outputs, relu=relu)
            # The second one may run over the first one's output, from either end.
            net.done(net.layer("CONV_2D", hidden, inputs, relu=relu))


def windows(net: Network) -> None:
    for channels in (1, 2, 3, 4, 5, 6, 8, 13, 16):
        for size, stride, padding in (((3, 3), (1, 1), "SAME"), ((3, 3), (2, 2), "SAME"), ((5, 2), (2, 1), "VALID")):
            shape = (1, net.rng.randint(5, 9), net.rng.randint(4, 12), channels)
            relu = net.rng.random() < 0.5
            net.done(
                net.layer("CONV_2D", net.source(shape), net.rng.randint(1, 9), size, stride, (1, 1), padding, relu)
            )
    net.done(net.layer("CONV_2D", net.source((1, 9, 5, 1)), 8, (10, 4), (2, 2), padding="SAME"))
    net.done(net.layer("CONV_2D", net.source((1, 7, 8, 8)), 5, (1, 1), (2, 2)))
    net.done(net.layer("CONV_2D", net.source((1, 9, 9, 4)), 5, (2, 2), (3, 3)))
    net.done(net.layer("CONV_2D", net.source((1, 9, 11, 8)), 5, (3, 3), (1, 1), (2, 2), "SAME"))
    net.done(net.layer("CONV_2D", net.source((1, 9, 11, 3)), 5, (3, 3), (1, 1), (1, 3), "VALID", relu=False))


def depthwise(net: Network) -> None:
    for height, width in ((1, 1), (1, 2), (2, 1), (3, 4), (6, 6), (7, 5), (5, 8), (25, 5), (48, 48)):
        for stride in ((1, 1), (2, 2), (1, 2), (2, 1)):
            channels = net.rng.choice((1, 3, 4, 8)) if height < 48 else 2
            for relu in (True, False):
                source = net.source((1, height, width, channels))
                hidden = net.layer("DEPTHWISE_CONV_2D", source, channels, (3, 3), stride, padding="SAME", relu=relu)
                net.done(net.layer("DEPTHWISE_CONV_2D", hidden, channels, (3, 3), (1, 1), padding="SAME", relu=relu))
    for size, stride, shape in (
        ((3, 1), (1, 1), (1, 30, 1, 8)), ((10, 1), (1, 1), (1, 24, 1, 4)), ((15, 1), (1, 1), (1, 15, 1, 4)),
        ((5, 1), (3, 3), (1, 24, 1, 4)), ((5, 5), (1, 1), (1, 9, 12, 3)), ((5, 5), (2, 2), (1, 9, 12, 3)),
        ((2, 3), (1, 1), (1, 6, 7, 2)), ((1, 4), (1, 2), (1, 6, 11, 2)), ((3, 3), (3, 3), (1, 11, 10, 2)),
        ((1, 1), (1, 1), (1, 5, 3, 4)), ((2, 2), (3, 3), (1, 9, 9, 1)),
    ):  # fmt: skip
        for padding in ("VALID", "SAME"):
            for relu in (True, False):
                source = net.source(shape)
                net.done(net.layer("DEPTHWISE_CONV_2D", source, shape[3], size, stride, (1, 1), padding, relu))
    net.done(net.layer("DEPTHWISE_CONV_2D", net.source((1, 9, 12, 1)), 7, (3, 3), (2, 2), padding="SAME"))
    net.done(net.layer("DEPTHWISE_CONV_2D", net.source((1, 9, 12, 2)), 6, (3, 3), (1, 1), padding="VALID"))


def fully_connected(net: Network) -> None:
    for depth, outputs, batches in (
        (1, 1, 1),
        (3, 5, 2),
        (8, 128, 1),
        (22, 2, 1),
        (64, 12, 1),
        (640, 19, 1),
        (136, 500, 1),
    ):
        for relu in (True, False):
            net.done(net.layer("FULLY_CONNECTED", net.source((batches, depth)), outputs, relu=relu))


def scales(net: Network) -> None:
    """Scales from far below to far above what spreads over int8."""
    for shift in range(-12, 16):
        for relu in (True, False):
            net.done(net.layer("CONV_2D", net.source((1, 2, 3, 8)), 6, relu=relu, shift=shift))
            source = net.source((1, 4, 4, 3))
            net.done(net.layer("DEPTHWISE_CONV_2D", source, 3, (3, 3), padding="SAME", relu=relu, shift=shift))


def sums(net: Network) -> None:
    for op, options in (("ADD", "RELU"), ("ADD", "NONE"), ("SUB", "NONE"), ("SUB", "RELU")):
        for spread in (-3.0, 0.0, 1.5):
            shape, relu = (1, 3, 101, 3), options == "RELU"
            left, right = (
                net.builder.tensor(
                    "x", shape, scale=2.0 ** net.rng.uniform(-5, -2), zero_point=net.rng.randint(-99, 99)
                )
                for _ in range(2)
            )
            scale, zero_point = 2.0 ** (spread - 3), -128 if relu else net.rng.randint(-60, 60)
            output = net.builder.tensor("y", shape, scale=scale, zero_point=zero_point)
            net.builder.node(op, [left, right], [output], {"fused_activation_function": options})
            net.sources += [left, right]
            net.done(output)


FAMILIES = {family.__name__: family for family in (pointwise, windows, depthwise, fully_connected, scales, sums)}


RUNS = [(name, "speed") for name in FAMILIES] + [(name, "size") for name in ("pointwise", "windows", "fully_connected")]


@pytest.mark.parametrize(("name", "optimize"), RUNS)
def test_equals_scalar(name: str, optimize: str, tmp_path: Path) -> None:
    missing = load_toolchain(load_board(BOARD).toolchains[0]).missing()
    if missing:
        pytest.skip(missing)
    net = Network(seed=len(name))
    FAMILIES[name](net)
    net.finish()
    target = Target(isa="xtensa_mac16", optimize=optimize)
    fast = nodes = 0
    for number, builder in enumerate(net.models):
        model = builder.build()
        nodes += len(builder.nodes)
        fast += sum("mac16" in call.kernel for call in compile_model(model, target).calls())
        # The second run finds in the arena what the first one left there.
        rows = [
            [net.draws.integers(-128, 127, builder.tensors[i].shape, np.int8, True) for i in builder.input_indices]
            for _ in range(2)
        ]
        expected = run_program(compile_model(model), rows)
        found = run_on_simulator(model, rows, optimize, tmp_path)
        wrong = [
            f"model {number}, {builder.tensors[index].name} {builder.tensors[index].shape}, invocation {row}"
            for row, (theirs, ours) in enumerate(zip(expected, found, strict=True))
            for index, a, b in zip(builder.output_indices, theirs, ours, strict=True)
            if a.tobytes() != b.tobytes()
        ]
        assert not wrong
    assert fast > 0.7 * nodes


def run_on_simulator(model: bytes, rows: list[list[np.ndarray]], optimize: str, folder: Path) -> list[list[np.ndarray]]:
    inputs = {f"input_{row}_{i}": array for row, arrays in enumerate(rows) for i, array in enumerate(arrays)}
    (folder / "model.tflite").write_bytes(model)
    with (folder / "in.npz").open("wb") as file:
        np.savez(file, **inputs)  # type: ignore[arg-type]
    return pipeline.run(
        BOARD, folder / "model.tflite", folder / "in.npz", folder / "out.npz",
        optimize=optimize, port=None, step=lambda _: None,
    )  # fmt: skip
