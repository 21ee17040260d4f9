"""The kernels for Armv7E-M give the scalar kernels' bytes: chains of random layers on a simulated Cortex-M4."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.codegen.program import Program
from edgegen.ops.base import Target
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs
from tests.model_builder import ModelBuilder

BOARD = "nucleo-l4r5zi"
TARGET = Target("armv7em")
# Two sizes of a depthwise convolution with stride 1 whose lines run along rows, and along columns.
SIZES = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (3, 4), (4, 3), (5, 5), (7, 2), (2, 7), (6, 6), (9, 5), (5, 8), (8, 8))


class Chains:
    """Chains of layers side by side in one model; in a chain, outputs may be planned over inputs."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.values = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        self.inputs: list[int] = []
        self.outputs: list[int] = []

    def start(self, *shape: int) -> None:
        """Ends the chain and begins another one."""
        self.end()
        self.inputs.append(self._tensor((1, *shape), self._zero_point()))
        self.last = self.inputs[-1]

    def end(self) -> None:
        if self.inputs:
            self.outputs.append(self.last)

    def build(self) -> bytes:
        self.end()
        return self.builder.inputs(*self.inputs).outputs(*self.outputs).build()

    def weighted(
        self,
        op: str,
        channels: int,
        window: tuple[int, int] = (1, 1),
        stride: tuple[int, int] = (1, 1),
        dilation: tuple[int, int] = (1, 1),
        padding: str = "SAME",
        relu: bool | None = None,
        shift: float | None = None,
        per_tensor: bool = False,
        apart: float = 0.0,
        kind: int | None = None,
        activation: str | None = None,
    ) -> None:
        """A layer whose outputs fill int8's range, or are 2^`shift` times as large, some up to 2^`apart` smaller."""
        rng, builder = self.rng, self.builder
        shape = builder.tensors[self.last].shape
        depthwise, connected = op == "DEPTHWISE_CONV_2D", op == "FULLY_CONNECTED"
        depth = shape[3] // (shape[3] if depthwise else 1) * window[0] * window[1]
        filter_shape: tuple[int, ...] = (1, *window, channels) if depthwise else (channels, *window, shape[3])
        kind = rng.randrange(3) if kind is None else kind
        weights = (
            self.values.integers(-127, 128, filter_shape)
            if kind == 0
            else np.clip(np.rint(self.values.laplace(0, rng.choice((3, 30)), filter_shape)), -127, 127)
            if kind == 1
            else np.where(self.values.random(filter_shape) < 0.5, 127, -127)
        )
        if channels > 2 and rng.random() < 0.3:
            weights[..., -1 if depthwise else slice(None)] //= 64  # a channel with hardly any weight
        effective = [(size - 1) * step + 1 for size, step in zip(window, dilation, strict=True)]
        if padding == "VALID" and any(size > side for size, side in zip(effective, shape[1:3], strict=True)):
            padding = "SAME"
        sides = [
            -(-side // step) if padding == "SAME" else (side - size) // step + 1
            for side, size, step in zip(shape[1:3], effective, stride, strict=True)
        ]
        relu = rng.random() < 0.6 if relu is None else relu
        zero_point = (
            rng.choice((-128, -128, rng.randint(-110, 60))) if activation else -128 if relu else self._zero_point()
        )
        output = self._tensor((1, *sides, channels), zero_point)
        spread = 70.0 * 70.0 * depth**0.5 * 2.0 ** (-rng.uniform(-1, 2) if shift is None else -shift)
        unit = 0.05 * self.values.uniform(0.3, 1.0, 1 if per_tensor or (connected and rng.random() < 0.7) else channels)
        scales = unit * 100 / spread / 0.05 * 2.0 ** -self.values.uniform(0, apart, len(unit))
        if connected:
            weights, filter_shape = weights.reshape(channels, -1), (channels, weights.size // channels)
        weight = builder.tensor(
            f"w{output}", filter_shape, scale=scales.astype(np.float32), axis=3 if depthwise else 0, data=weights
        )
        bias_scale = np.float32(0.05) * scales.astype(np.float32)
        biases = self.values.integers(-3000, 3000, channels)
        bias = builder.tensor(f"b{output}", (channels,), "INT32", scale=bias_scale.tolist(), data=biases)
        options: dict[str, object] = {"fused_activation_function": activation or ("RELU" if relu else "NONE")}
        if connected:
            options["keep_num_dims"] = True
        else:
            options |= {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]}
            options |= {"dilation_h_factor": dilation[0], "dilation_w_factor": dilation[1]}
        if depthwise:
            options["depth_multiplier"] = channels // shape[3]
        builder.node(op, [self.last, weight, bias], [output], options)
        self.last = output

    def sum(self, op: str) -> None:
        """The last tensor with another input."""
        rng, shape = self.rng, self.builder.tensors[self.last].shape
        self.inputs.append(self._tensor(shape, self._zero_point(), rng.choice((0.05, rng.uniform(0.005, 0.5)))))
        output = self._tensor(shape, self._zero_point(), rng.choice((0.05, 0.1, rng.uniform(0.02, 0.2))))
        activation = rng.choice(("NONE", "RELU"))
        self.builder.node(op, [self.last, self.inputs[-1]], [output], {"fused_activation_function": activation})
        self.last = output

    def pool(self, op: str, window: tuple[int, int], stride: tuple[int, int], activation: str = "NONE") -> None:
        tensor = self.builder.tensors[self.last]
        sides = (-(-side // step) for side, step in zip(tensor.shape[1:3], stride, strict=True))
        output = self._tensor((1, *sides, tensor.shape[3]), tensor.zero_points[0], tensor.scales[0])
        options = {
            "padding": "SAME",
            "fused_activation_function": activation,
            "filter_height": window[0],
            "filter_width": window[1],
        }
        strides = {"stride_h": stride[0], "stride_w": stride[1]}
        self.builder.node(op, [self.last], [output], options | strides)
        self.last = output

    def _tensor(self, shape: tuple[int, ...], zero_point: int, scale: float = 0.05) -> int:
        return self.builder.tensor(f"t{len(self.builder.tensors)}", shape, scale=scale, zero_point=zero_point)

    def _zero_point(self) -> int:
        return self.rng.choice((-128, 127, 0, self.rng.randint(-128, 127)))


def pointwise(chains: Chains) -> None:
    rng = chains.rng
    for depth in (1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 28, 31, 32, 33, 36, 40, 64, 65):
        chains.start(rng.randint(1, 4), rng.randint(1, 4), depth)
        chains.weighted("CONV_2D", rng.choice((1, 2, 3, 4, 7, 8, 33)), relu=True)
        chains.weighted("CONV_2D", rng.choice((1, 2, 5, 9, 16)), relu=False)
        chains.weighted("CONV_2D", rng.choice((1, 2, 5, 9, 16)))
    for apart in (5, 9, 9, 12, 14):
        chains.start(3, 3, 16)
        chains.weighted("CONV_2D", 32, relu=True, apart=apart)
        chains.weighted("CONV_2D", 31, relu=True, apart=apart)
    for depth in (200, 300):
        chains.start(4, 4, depth)
        chains.weighted("CONV_2D", 63, relu=True, apart=3)


def windows(chains: Chains) -> None:
    rng = chains.rng
    for window in ((3, 3), (1, 3), (3, 1), (2, 2), (5, 5), (10, 4), (7, 1)):
        for channels in (1, 2, 3, 4, 8):
            chains.start(rng.randint(1, 9), rng.randint(1, 9), channels)
            stride = rng.choice(((1, 1), (2, 2), (1, 2), (3, 1)))
            dilation = rng.choice(((1, 1), (1, 1), (2, 1), (1, 2)))
            chains.weighted("CONV_2D", rng.choice((3, 4, 8)), window, stride, dilation, rng.choice(("SAME", "VALID")))
            chains.weighted("CONV_2D", rng.choice((2, 5)), (3, 3))


def lines(chains: Chains) -> None:
    rng = chains.rng
    for size in SIZES:
        chains.start(*size, 12)
        spread, apart = rng.choice(((None, 2), (None, 5), (None, 9), (6, 14)))
        chains.weighted("DEPTHWISE_CONV_2D", 12, (3, 3), relu=True, shift=spread, apart=apart)
    for size in SIZES:
        chains.start(*size, rng.choice((4, 5, 6, 7, 8, 9, 11, 16)))
        for relu in (True, False, True):
            chains.weighted("DEPTHWISE_CONV_2D", chains.builder.tensors[chains.last].shape[3], (3, 3), relu=relu)


def taps(chains: Chains) -> None:
    rng = chains.rng
    for window in ((3, 3), (3, 1), (5, 1), (1, 4), (2, 2), (5, 5), (15, 1), (3, 3)):
        for _ in range(3):
            channels = rng.choice((3, 4, 5, 7, 8, 10, 16))
            chains.start(rng.randint(1, 16), rng.randint(1, 8), channels)
            stride = rng.choice(((1, 1), (2, 2), (2, 1), (3, 3)))
            dilation = rng.choice(((1, 1), (1, 1), (2, 2)))
            padding = rng.choice(("SAME", "VALID"))
            chains.weighted("DEPTHWISE_CONV_2D", channels, window, stride, dilation, padding)
            chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), (2, 2))
    for stride in ((2, 2), (1, 1)):
        for channels in (8, 10):
            chains.start(22, 23, channels)
            chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), stride, padding="VALID", relu=stride == (2, 2))
            chains.weighted("DEPTHWISE_CONV_2D", channels, (2, 3), stride, relu=True, apart=12)
            chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), (2, 1), relu=True, apart=12)
    for apart in (12, 14, 14, 14):  # shifts that one for all channels can't stand for
        chains.start(6, 6, 8)
        chains.weighted("DEPTHWISE_CONV_2D", 8, (2, 3), relu=True, shift=6, apart=apart)
    for inputs, multiplier in ((1, 2), (1, 3), (1, 7), (2, 1), (3, 1), (2, 4), (3, 3), (8, 2)):
        chains.start(9, 8, inputs)
        chains.weighted("DEPTHWISE_CONV_2D", inputs * multiplier, (3, 3), (2, 2))


def connected(chains: Chains) -> None:
    rng = chains.rng
    for depth in (1, 3, 4, 5, 8, 12, 16, 17, 20, 63, 64, 100, 260, 384, 261):
        chains.start(1, rng.choice((1, 1, 3)), depth)
        chains.weighted("FULLY_CONNECTED", rng.choice((1, 3, 4, 5, 8, 12, 18)), relu=True)
        chains.weighted("FULLY_CONNECTED", rng.choice((1, 3, 4, 5, 8, 12, 18)), relu=False)
        chains.weighted("FULLY_CONNECTED", rng.choice((1, 3, 4, 5, 8, 12, 18)))
    for relu in (True, False):
        chains.start(1, 1, 384)
        chains.weighted("FULLY_CONNECTED", 9, relu=relu, per_tensor=True)
        chains.start(1, 1, 384)
        chains.weighted("FULLY_CONNECTED", 18, relu=relu, per_tensor=True)
        chains.start(1, 1, 100)
        chains.weighted("FULLY_CONNECTED", 18, relu=relu, per_tensor=True)
    for depth, rows in ((1500, 1), (1501, 1), (1040, 2), (1042, 3)):  # sums beyond the packed form
        chains.start(1, rows, depth)
        chains.weighted("FULLY_CONNECTED", rng.choice((3, 4, 6)), kind=2)
    for size in ((1, 1), (3, 3), (2, 5), (9, 9)):  # a single window
        chains.start(*size, rng.choice((3, 8, 40)))
        chains.weighted("CONV_2D", rng.choice((2, 5, 8)), size, padding="VALID")


def activations(chains: Chains) -> None:
    """Clamps that int8's limits don't give."""
    rng = chains.rng
    for activation in ("RELU", "RELU6", "RELU_N1_TO_1"):
        for _ in range(2):
            chains.start(rng.randint(3, 6), rng.randint(3, 6), rng.choice((4, 5, 8)))
            channels = chains.builder.tensors[chains.last].shape[3]
            chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), activation=activation)
            chains.weighted("CONV_2D", rng.choice((3, 8)), (3, 3), activation=activation)
            chains.weighted(
                "DEPTHWISE_CONV_2D", chains.builder.tensors[chains.last].shape[3], (2, 2), (2, 2), activation=activation
            )
            chains.weighted("CONV_2D", 7, activation=activation)
        chains.start(1, 1, 30)
        chains.weighted("FULLY_CONNECTED", 21, activation=activation)
        chains.weighted("FULLY_CONNECTED", 5, activation=activation)


def shifts(chains: Chains) -> None:
    """Requantisation from a left shift, which the scalar kernels do, to outputs that hardly move."""
    for shift in range(-9, 10, 2):
        for op, window in (("CONV_2D", (1, 1)), ("DEPTHWISE_CONV_2D", (3, 3)), ("FULLY_CONNECTED", (1, 1))):
            chains.start(3, 3, 8) if op != "FULLY_CONNECTED" else chains.start(1, 1, 24)
            chains.weighted(op, 8, window, relu=True, shift=shift)
            chains.weighted(op, 8, window, relu=False, shift=shift)
            chains.weighted(op, 8, window, relu=True, shift=-shift)


def others(chains: Chains) -> None:
    rng = chains.rng
    for _ in range(24):
        shape = rng.randint(1, 9), rng.randint(1, 9), rng.choice((1, 3, 4, 5, 7, 8, 11))
        chains.start(*shape)
        chains.sum(rng.choice(("ADD", "SUB")))
        if shape[2] > 3:
            for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
                window, stride = [(rng.randint(1, most), rng.randint(1, most)) for most in (5, 3)]
                chains.pool(op, window, stride, rng.choice(("NONE", "NONE", "RELU", "RELU6")))


FAMILIES = {
    "pointwise": pointwise,
    "windows": windows,
    "lines": lines,
    "taps": taps,
    "connected": connected,
    "activations": activations,
    "shifts": shifts,
    "others": others,
}
KERNELS = {
    "pointwise": {"eg_conv_1x1_s8_armv7em", "eg_gemm_3x2_s8_armv7em.c", "eg_gemm_3x2_relu_s8_armv7em.c",
                  "eg_gemm_3x2_relu_shift12_s8_armv7em.c", "eg_gemm_3x2_relu_shift14_s8_armv7em.c",
                  "eg_gemm_last_s8_armv7em.c"},
    "windows": {"eg_conv_kxk_s8_armv7em"},
    "lines": {"eg_depthwise_3x3_s8_armv7em"},
    "taps": {"eg_depthwise_taps_s8_armv7em", "eg_conv_kxk_s8_armv7em", "eg_depthwise_taps_block_s8_armv7em.c",
             "eg_depthwise_taps_block_relu_s8_armv7em.c", "eg_depthwise_taps_block_shift_s8_armv7em.c",
             "eg_depthwise_padded_pixel_armv7em.c", "eg_copy_taps_armv7em.c"},
    "connected": {"eg_fully_connected_s8_armv7em", "eg_gemv_s8_armv7em.c", "eg_gemv_relu_s8_armv7em.c",
                  "eg_gemv_raw_s8_armv7em.c", "eg_gemv_raw_relu_s8_armv7em.c", "eg_gemv_channels_s8_armv7em.c",
                  "eg_gemv_raw_channels_s8_armv7em.c", "eg_gemv_wide_s8_armv7em.c", "eg_gemv_raw_wide_s8_armv7em.c"},
    "activations": {"eg_clamp_s8_armv7em", "eg_depthwise_3x3_s8_armv7em", "eg_depthwise_taps_s8_armv7em"},
    "shifts": {"eg_conv_2d_s8", "eg_conv_1x1_s8_armv7em", "eg_depthwise_3x3_s8_armv7em"},
    "others": {"eg_add_s8_armv7em", "eg_average_pool_2d_s8_armv7em", "eg_max_pool_2d_s8_armv7em"},
}  # fmt: skip


def used(program: Program) -> set[str]:
    """Kernels and sources that a program calls."""
    return {name for call in program.calls() for name in (call.kernel, *call.sources)}


@pytest.mark.parametrize("family", FAMILIES)
def test_chains_give_the_scalar_kernels_bytes(family: str, tmp_path: Path, seed: int = 1) -> None:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    chains = Chains(seed)
    FAMILIES[family](chains)
    model = chains.build()
    scalar, fast = compile_model(model), compile_model(model, TARGET)
    assert KERNELS[family] <= used(fast), KERNELS[family] - used(fast)
    tensors = [scalar.main.graph.tensors[i] for i in scalar.main.graph.inputs]
    rows = make_inputs(tensors, seed)
    expected = run_program(scalar, rows)
    path = tmp_path / "chains.tflite"
    path.write_bytes(model)
    arrays = {f"input_{i}_{j}": array for i, row in enumerate(rows) for j, array in enumerate(row)}
    np.savez(tmp_path / "in.npz", **arrays)  # type: ignore[arg-type]
    files = path, tmp_path / "in.npz", tmp_path / "out.npz"
    got = pipeline.run(BOARD, *files, optimize="speed", port=None, step=lambda step: None)
    different = [
        f"invocation {i}, output {j}: {np.count_nonzero(mine != its)} of {its.size} values"
        for i, (ours, theirs) in enumerate(zip(got, expected, strict=True))
        for j, (mine, its) in enumerate(zip(ours, theirs, strict=True))
        if mine.tobytes() != its.tobytes()
    ]
    assert not different, "\n".join(different)
