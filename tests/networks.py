"""Random int8 convolutional networks of a few layers, many of whose channels are constant or unread."""

from __future__ import annotations

import random

import numpy as np

from tests.model_builder import ModelBuilder

Shape = tuple[int, int, int, int]


class _Network:
    """Adds layers one after the other; `last` is the newest tensor."""

    def __init__(self, rng: random.Random, shape: Shape) -> None:
        self.rng = rng
        self.values = np.random.default_rng(rng.getrandbits(32))
        self.builder = ModelBuilder()
        self.shape = shape
        self.scale, self.zero_point = 0.05, rng.randint(-128, 127)
        self.last = self.builder.tensor("input", shape, scale=self.scale, zero_point=self.zero_point)
        self.builder.inputs(self.last)

    def convolution(self, op: str) -> None:
        rng, (n, h, w, c) = self.rng, self.shape
        depthwise = op == "DEPTHWISE_CONV_2D"
        size = rng.choice([1, 2, 3]) if min(h, w) >= 3 else 1
        stride, same = rng.choice([1, 1, 2]), rng.random() < 0.5
        multiplier = rng.choice([1, 1, 2, 3])
        channels = c * multiplier if depthwise else rng.randint(1, 9)
        out_h, out_w = (-(-s // stride) if same else (s - size) // stride + 1 for s in (h, w))
        scales = self.values.uniform(0.002, 0.02, channels).astype(np.float32)
        shape = (1, size, size, channels) if depthwise else (channels, size, size, c)
        weights = self.values.integers(-127, 128, shape)
        quiet = self.values.random(channels) < 0.3
        if depthwise:
            weights[..., quiet] = 0
        else:
            weights[quiet] = 0
            weights[..., self.values.random(c) < 0.2] = 0
        bias = self.values.integers(-3000, 3000, channels)
        # A bias far below (or above) everything that the products can reach leaves one value, clamped.
        dead = self.values.random(channels) < 0.4
        bias[dead] = self.values.choice([-1, 1, -1], dead.sum()) * 6_000_000
        self._weighted(op, weights, bias, scales, 3 if depthwise else 0, (n, out_h, out_w, channels), {
            "padding": "SAME" if same else "VALID", "stride_w": stride, "stride_h": stride,
            **({"depth_multiplier": multiplier} if depthwise else {}),
            "fused_activation_function": rng.choice(["NONE", "RELU", "RELU6"]),
            "dilation_w_factor": 1, "dilation_h_factor": 1,
        })  # fmt: skip

    def fully_connected(self) -> None:
        n, h, w, c = self.shape
        depth, channels = h * w * c, self.rng.randint(1, 6)
        flat = self.builder.tensor(f"flat{self.last}", (n, depth), scale=self.scale, zero_point=self.zero_point)
        target = self.builder.tensor(f"shape{self.last}", (2,), "INT32", data=np.array([n, depth]))
        self.builder.node("RESHAPE", [self.last, target], [flat], {"new_shape": [n, depth]})
        self.last = flat
        weights = self.values.integers(-127, 128, (channels, depth))
        weights[:, self.values.random(depth) < 0.3] = 0
        bias = self.values.integers(-3000, 3000, channels)
        self._weighted(
            "FULLY_CONNECTED", weights, bias, np.full(1, 0.01, np.float32), 0, (n, channels),
            {"fused_activation_function": self.rng.choice(["NONE", "RELU"])},
        )  # fmt: skip
        self.shape = (n, 1, 1, channels)

    def pool(self, op: str) -> None:
        n, h, w, c = self.shape
        size = self.rng.randint(1, min(h, w))
        shape = (n, -(-h // size), -(-w // size), c)
        options = {
            "padding": "SAME", "stride_w": size, "stride_h": size, "filter_width": size, "filter_height": size,
            "fused_activation_function": self.rng.choice(["NONE", "NONE", "RELU"]),
        }  # fmt: skip
        self._append(op, shape, options, [])

    def pad(self) -> None:
        n, h, w, c = self.shape
        amounts = np.array([[0, 0], [1, 0], [0, 2], [0, self.rng.choice([0, 0, 1])]])
        paddings = self.builder.tensor(f"paddings{self.last}", (4, 2), "INT32", data=amounts)
        shape = (n, h + 1, w + 2, c + int(amounts[3].sum()))
        self._append("PAD", shape, {}, [paddings])

    def _append(self, op: str, shape: Shape, options: dict[str, object], extra: list[int]) -> None:
        output = self.builder.tensor(f"{op}{self.last}", shape, scale=self.scale, zero_point=self.zero_point)
        self.builder.node(op, [self.last, *extra], [output], options or None)
        self.last, self.shape = output, shape

    def _weighted(
        self,
        op: str,
        weights: np.ndarray,
        bias: np.ndarray,
        scales: np.ndarray,
        axis: int,
        shape: tuple[int, ...],
        options: dict[str, object],
    ) -> None:
        source = self.last
        weight = self.builder.tensor(f"weights{source}", weights.shape, scale=scales, axis=axis, data=weights)
        bias_scale = scales * np.float32(self.scale)
        inputs = [source, weight]
        if self.rng.random() < 0.8:
            inputs.append(self.builder.tensor(f"bias{source}", bias.shape, "INT32", scale=bias_scale, data=bias))
        self.scale, self.zero_point = self.rng.uniform(0.02, 0.3), self.rng.randint(-128, 127)
        output = self.builder.tensor(f"{op}{source}", shape, scale=self.scale, zero_point=self.zero_point)
        self.builder.node(op, inputs, [output], options)
        self.last = output
        if len(shape) == 4:
            self.shape = (shape[0], shape[1], shape[2], shape[3])


def random_network(rng: random.Random) -> bytes:
    """A chain of two to eight layers over a small image, sometimes ending in FULLY_CONNECTED."""
    network = _Network(rng, (1, rng.randint(3, 8), rng.randint(3, 8), rng.randint(1, 5)))
    for _ in range(rng.randint(2, 7)):
        kind = rng.choice(["CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D", "PAD"])
        if kind == "PAD":
            network.pad()
        elif kind.endswith("POOL_2D"):
            network.pool(kind)
        else:
            network.convolution(kind)
    if rng.random() < 0.5:
        network.fully_connected()
    return network.builder.outputs(network.last).build()
