"""Chains of random int8 layers, for comparing an instruction set's kernels with the scalar ones on a simulator."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from edgegen import pipeline
from edgegen.codegen.program import Program
from edgegen.ops.base import Target
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs
from tests.model_builder import ModelBuilder

CHAINS = 30
Shape = tuple[int, int, int, int]


class _Chains:
    """Chains of layers side by side in one model; in a chain, outputs may be planned over inputs."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.values = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        self.inputs: list[int] = []
        self.outputs: list[int] = []

    def chain(self, kinds: list[str]) -> None:
        rng = self.rng
        channels = rng.choice((1, 2, 3, 4, 5, 7, 8, 9, 12, 17))
        smallest = rng.choice((1, 3, 3))
        self.shape: Shape = (1, rng.randint(smallest, 9), rng.randint(smallest, 9), channels)
        if kinds[0] in ("ADD", "SUB"):
            self.shape = (1, rng.randint(4, 9), rng.randint(4, 9), 17)
        elif kinds[0] == "FULLY_CONNECTED" or rng.random() < 0.1:
            self.shape = (1, 1, rng.choice((1, 1, 1, 2, 5)), rng.choice((1, 2, 5, 8, 16, 30, 33, 64)))
        self.last = self._tensor("input")
        self.inputs.append(self.last)
        for kind in kinds:
            if kind == "DEPTHWISE_CONV_2D":
                self._depthwise()
            elif kind == "FULLY_CONNECTED":
                self._convolution(1, (1, 1), "VALID")
            elif kind in ("ADD", "SUB"):
                self._sum(kind)
            else:
                size = rng.choice((1, 1, 2, 3))
                self._convolution(size, (rng.choice((1, 1, 2)), rng.choice((1, 1, 2))), rng.choice(("SAME", "VALID")))
        self.outputs.append(self.last)

    def build(self) -> bytes:
        return self.builder.inputs(*self.inputs).outputs(*self.outputs).build()

    def _tensor(self, name: str, activation: str = "NONE") -> int:
        rng = self.rng
        self.scale = rng.uniform(0.02, 0.1)
        any_value = (-128, 127, 0, rng.randint(-60, 60), rng.randint(-128, 127))
        self.zero_point = rng.choice(any_value if activation == "NONE" else (-128, -128, rng.randint(-128, -60)))
        return self.builder.tensor(
            f"{name}{len(self.builder.tensors)}", self.shape, scale=self.scale, zero_point=self.zero_point
        )

    def _convolution(self, size: int, stride: tuple[int, int], padding: str) -> None:
        if padding == "VALID" and min(self.shape[1:3]) < size:
            padding = "SAME"
        channels = self.rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 16, 19))
        weights = self._weights((channels, size, size, self.shape[3]))
        self._weighted("CONV_2D", weights, channels, stride, padding, {})

    def _depthwise(self) -> None:
        rng = self.rng
        multiplier = rng.choice((1, 1, 1, 2, 3)) if self.shape[3] < 9 else 1
        size = rng.choice(((3, 3), (3, 3), (3, 3), (1, 1), (2, 3), (5, 1), (4, 4)))
        padding = rng.choice(("SAME", "VALID"))
        if self.shape[1] < size[0] or self.shape[2] < size[1]:
            padding = "SAME"
        stride = rng.choice(((1, 1), (1, 1), (2, 2), (2, 2), (1, 2), (3, 3)))
        channels = self.shape[3] * multiplier
        weights = self._weights((1, *size, channels))
        self._weighted("DEPTHWISE_CONV_2D", weights, channels, stride, padding, {"depth_multiplier": multiplier})

    def _weights(self, shape: tuple[int, ...]) -> np.ndarray:
        kind = self.rng.randrange(3)
        if kind == 0:
            return self.values.integers(-127, 128, shape)
        if kind == 1:
            return np.where(self.values.random(shape) < 0.5, 127, -127)
        return np.clip(np.rint(self.values.laplace(0, self.rng.choice((2, 12, 30)), shape)), -127, 127).astype(int)

    def _weighted(
        self,
        op: str,
        weights: np.ndarray,
        channels: int,
        stride: tuple[int, int],
        padding: str,
        options: dict[str, object],
    ) -> None:
        rng, (n, h, w, _) = self.rng, self.shape
        height, width = weights.shape[1:3]
        if padding == "SAME":
            out_h, out_w = -(-h // stride[0]), -(-w // stride[1])
        else:
            out_h, out_w = (h - height) // stride[0] + 1, (w - width) // stride[1] + 1
        # Outputs between a few steps and saturation; sums of one channel fill the int8 range at a spread of about 1.
        depth = weights.size // channels
        spread = 100.0 * depth**0.5 * 70.0 * 2.0 ** rng.uniform(-1, 3)
        source, source_scale = self.last, self.scale
        self.shape = (n, out_h, out_w, channels)
        activation = rng.choice(("NONE", "NONE", "RELU", "RELU", "RELU6"))
        output = self._tensor(op, activation)
        scales = 127 * self.scale / (source_scale * spread) * self.values.uniform(0.4, 1.0, channels)
        axis = 3 if op == "DEPTHWISE_CONV_2D" else 0
        weight = self.builder.tensor(
            f"weights{output}", weights.shape, scale=scales.astype(np.float32), axis=axis, data=weights
        )
        bias = self.builder.tensor(
            f"bias{output}", (channels,), "INT32", scale=1e-4, data=self.values.integers(-9000, 9000, channels)
        )
        fields: dict[str, object] = {
            "padding": padding,
            "stride_h": stride[0],
            "stride_w": stride[1],
            "dilation_h_factor": 1,
            "dilation_w_factor": 1,
            "fused_activation_function": activation,
        }
        self.builder.node(op, [source, weight, bias], [output], fields | options)
        self.last = output

    def _sum(self, op: str) -> None:
        self.inputs.append(other := self._tensor("other"))
        source = self.last
        activation = self.rng.choice(("NONE", "RELU"))
        self.last = self._tensor(op, activation)
        self.builder.node(op, [source, other], [self.last], {"fused_activation_function": activation})


def chains(seed: int) -> bytes:
    chains = _Chains(seed)
    rng = random.Random(seed)
    for number in range(CHAINS):
        first = (
            "CONV_2D",
            "CONV_2D",
            "DEPTHWISE_CONV_2D",
            "DEPTHWISE_CONV_2D",
            "FULLY_CONNECTED",
            rng.choice(("ADD", "SUB")),
        )[number % 6]
        rest = rng.choices(("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "SUB"), (3, 3, 1, 1), k=number // 6 % 3)
        chains.chain([first, *rest])
    return chains.build()


def kernels_of(model: bytes, isa: str, optimize: str) -> set[str]:
    """The kernels that a model uses on an instruction set."""
    return _kernels(compile_model(model, Target(isa, optimize)))


def differences(model: bytes, seed: int, board: str, optimize: str, folder: Path) -> list[str]:
    """What a board's simulator computes otherwise than the scalar kernels on this machine; files go to `folder`."""
    program = compile_model(model)
    rows = make_inputs([program.main.graph.tensors[i] for i in program.main.graph.inputs], seed, invocations=3)
    expected = run_program(program, rows)
    path = folder / "chains.tflite"
    path.write_bytes(model)
    arrays = {f"input_{i}_{j}": array for i, row in enumerate(rows) for j, array in enumerate(row)}
    np.savez(folder / "in.npz", **arrays)  # type: ignore[arg-type]
    got = pipeline.run(
        board, path, folder / "in.npz", folder / "out.npz", optimize=optimize, port=None, step=lambda step: None
    )
    return [
        f"invocation {i}, output {j}: {np.count_nonzero(mine != its)} of {its.size} values"
        for i, (ours, theirs) in enumerate(zip(got, expected, strict=True))
        for j, (mine, its) in enumerate(zip(ours, theirs, strict=True))
        if mine.tobytes() != its.tobytes()
    ]


def _kernels(program: Program) -> set[str]:
    return {call.kernel for call in program.calls()}
