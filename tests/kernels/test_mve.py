"""The kernels for MVE give the scalar kernels' bytes: chains of random layers on a simulated Cortex-M55."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.codegen.program import Program
from edgegen.ir import DType, Tensor
from edgegen.ops.base import Target
from edgegen.ops.variants.mve.elementwise import linear_form
from edgegen.ops.variants.mve.pooling import lies_inside, mean_constants
from edgegen.options import Pool2DOptions
from tests.host_model import compile_model, run_program
from tests.kernels.case import make_inputs
from tests.kernels.test_armv7em import Chains

BOARD = "mps3-an547"
TARGET = Target("mve")
DEPTHS = (1, 8, 15, 16, 17, 33, 48, 64, 80, 112)
OUTPUTS = (1, 2, 7, 8, 9, 15, 16, 17, 24, 30)
CHANNELS = (1, 3, 5, 7, 8, 9, 15, 16, 17, 24, 32, 40)

POOLS = (((2, 2), (2, 2), "VALID"), ((5, 6), (1, 1), "VALID"), ((3, 2), (1, 2), "SAME"))


def convolutions(chains: Chains) -> None:
    rng = chains.rng
    for depth in DEPTHS:
        chains.start(rng.randint(1, 4), rng.randint(1, 4), depth)
        for relu in (True, False, None):
            chains.weighted("CONV_2D", rng.choice(OUTPUTS), relu=relu)
    for window in ((3, 3), (1, 3), (2, 2), (5, 5), (10, 4), (7, 1)):
        for channels in rng.sample((1, 3, 4, 8, 16, 17), 3):
            chains.start(rng.randint(1, 9), rng.randint(1, 9), channels)
            stride = rng.choice(((1, 1), (2, 2), (1, 2), (3, 1)))
            dilation = rng.choice(((1, 1), (1, 1), (2, 1), (1, 2)))
            chains.weighted("CONV_2D", rng.choice(OUTPUTS), window, stride, dilation, rng.choice(("SAME", "VALID")))
            chains.weighted("CONV_2D", rng.choice(OUTPUTS), (3, 3))


def columns(chains: Chains) -> None:
    """Convolutions of many pixels, whose columns are staged several at a time, and of few channels."""
    rng = chains.rng
    for window, channels in (
        ((3, 3), 1),
        ((3, 3), 3),
        ((3, 3), 5),
        ((3, 3), 16),
        ((10, 4), 1),
        ((8, 2), 8),
        ((2, 6), 4),
    ):
        for outputs in (rng.randint(1, 7), 8, rng.choice((9, 16, 17, 24))):
            chains.start(rng.randint(1, 20), rng.randint(1, 20), channels)
            dilation = rng.choice(((1, 1), (1, 1), (2, 1), (1, 2)))
            stride = rng.choice(((1, 1), (1, 1), (2, 2), (3, 2)))
            chains.weighted("CONV_2D", outputs, window, stride, dilation, rng.choice(("SAME", "VALID")))
            chains.weighted("CONV_2D", rng.choice((3, 7, 8, 12)))
    for outputs in (1, 3, 7, 8, 9, 15, 16):
        chains.start(rng.randint(1, 9), rng.randint(1, 9), rng.choice((7, 8, 16, 20, 32)))
        for _ in range(3):
            chains.weighted("CONV_2D", outputs)


def lines(chains: Chains) -> None:
    """Depthwise convolutions whose windows are one row or one column."""
    rng = chains.rng
    for channels in CHANNELS:
        for padding in ("VALID", "SAME"):
            taps = rng.randint(2, 9)
            window = (taps, 1) if rng.random() < 0.6 else (1, taps)
            side, other = rng.randint(taps, 20), rng.choice((1, 1, rng.randint(2, 6)))
            chains.start(*((side, other) if window[1] == 1 else (other, side)), channels)
            dilation = (2, 2) if side >= 2 * taps and rng.random() < 0.3 else (1, 1)
            stride = rng.choice(((1, 1), (1, 1), (2, 2), (1, 3), (3, 1)))
            for relu in rng.sample((True, False), 2):
                chains.weighted("DEPTHWISE_CONV_2D", channels, window, stride, dilation, padding, relu=relu)


def depthwise(chains: Chains) -> None:
    rng = chains.rng
    for channels in CHANNELS:
        chains.start(rng.randint(1, 6), rng.randint(1, 9), channels)
        for relu in rng.sample((True, False), 2):
            chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), relu=relu)
        chains.weighted("DEPTHWISE_CONV_2D", channels, (3, 3), (2, 2), padding=rng.choice(("SAME", "VALID")))
    for window in ((3, 1), (5, 1), (1, 4), (2, 2), (5, 5), (15, 1), (3, 3), (1, 1)):
        for _ in range(2):
            channels = rng.choice(CHANNELS)
            chains.start(rng.randint(1, 16), rng.randint(1, 8), channels)
            stride = rng.choice(((1, 1), (2, 2), (2, 1), (3, 3)))
            dilation = rng.choice(((1, 1), (1, 1), (2, 2)))
            padding = rng.choice(("SAME", "VALID"))
            chains.weighted("DEPTHWISE_CONV_2D", channels, window, stride, dilation, padding)
            chains.weighted("DEPTHWISE_CONV_2D", channels, window)
    for multiplier in (2, 7):
        chains.start(9, 8, 1)
        chains.weighted("DEPTHWISE_CONV_2D", multiplier, (3, 3), (2, 2))


def connected(chains: Chains) -> None:
    rng = chains.rng
    for depth in (1, 8, 15, 16, 17, 32, 63, 64, 100, 256, 384, 261):
        chains.start(1, rng.choice((1, 1, 3)), depth)
        for relu in (True, False, None):
            chains.weighted("FULLY_CONNECTED", rng.choice(OUTPUTS), relu=relu)
    for relu in (True, False):
        chains.start(1, 1, 384)
        chains.weighted("FULLY_CONNECTED", 9, relu=relu, per_tensor=True)


def shifts(chains: Chains) -> None:
    """Requantisation from a left shift, which the scalar kernels do, to outputs that hardly move."""
    for shift in (-9, -5, -2, 0, 1, 4, 8):
        for op, window in (("CONV_2D", (1, 1)), ("DEPTHWISE_CONV_2D", (3, 3)), ("FULLY_CONNECTED", (1, 1))):
            chains.start(3, 3, 16) if op != "FULLY_CONNECTED" else chains.start(1, 1, 24)
            chains.weighted(op, 16, window, relu=True, shift=shift)
            chains.weighted(op, 16, window, relu=False, shift=shift)
            chains.weighted(op, 16, window, relu=True, shift=-shift)


def simple(chains: Chains) -> None:
    """Sums of two tensors and pools."""
    rng, builder = chains.rng, chains.builder
    for count in (1, 3, 4, 5, 15, 16, 17, 33):
        for op in ("ADD", "SUB"):
            chains.start(1, 2, count)
            left = chains.last
            zero_points = rng.choice((-128, 0, 127)), rng.randint(-128, 127), rng.choice((-128, rng.randint(-128, 127)))
            scales = rng.uniform(0.01, 0.1), rng.uniform(0.01, 0.1)
            right = builder.tensor(f"r{left}", (1, 1, 2, count), scale=scales[0], zero_point=zero_points[1])
            output = builder.tensor(f"s{left}", (1, 1, 2, count), scale=scales[1], zero_point=zero_points[2])
            activation = rng.choice(("NONE", "RELU", "RELU6"))
            builder.node(op, [left, right], [output], {"fused_activation_function": activation})
            chains.inputs.append(right)
            chains.last = output
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for channels in (1, 8, 9, 16, 17, 40):
            for window, stride, padding in (
                ((2, 2), (2, 2), "VALID"),
                ((5, 6), (1, 1), "VALID"),
                ((3, 2), (1, 2), "SAME"),
            ):
                chains.start(5, 6, channels)
                source = chains.last
                zero_point = builder.tensors[source].zero_points[0]
                sides = [
                    -(-side // step) if padding == "SAME" else (side - size) // step + 1
                    for side, size, step in zip((5, 6), window, stride, strict=True)
                ]
                output = builder.tensor(f"p{source}", (1, *sides, channels), scale=0.05, zero_point=zero_point)
                options = {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]}
                options |= {"filter_height": window[0], "filter_width": window[1]}
                options |= {"fused_activation_function": rng.choice(("NONE", "RELU", "RELU6"))}
                builder.node(op, [source], [output], options)
                chains.last = output


def lookups(chains: Chains) -> None:
    """Elementwise functions of all counts around a vector."""
    builder = chains.builder
    for count in (1, 2, 15, 16, 17, 31, 32, 33, 100):
        for op in ("LEAKY_RELU", "TANH"):
            chains.start(1, 1, count)
            for _ in range(2):
                output = builder.tensor(f"l{len(builder.tensors)}", (1, 1, 1, count), scale=1 / 128, zero_point=0)
                builder.node(op, [chains.last], [output], {"alpha": 0.3} if op == "LEAKY_RELU" else {})
                chains.last = output


FAMILIES = {
    "convolutions": convolutions, "columns": columns, "depthwise": depthwise, "lines": lines,
    "connected": connected, "shifts": shifts, "simple": simple, "lookups": lookups,
}  # fmt: skip
KERNELS = {
    "convolutions": {"eg_conv_1x1_s8_mve", "eg_conv_1x1_staged_s8_mve", "eg_conv_2d_s8_mve", "eg_gemm_2_s8_mve.c",
                     "eg_conv_2d_narrow_s8_mve",
                     "eg_gemm_2_signed_s8_mve.c", "eg_conv_1x1_narrow_s8_mve", "eg_narrow_s8_mve.c"},
    "columns": {"eg_conv_2d_narrow_s8_mve", "eg_conv_2d_s8_mve", "eg_conv_1x1_odd_s8_mve", "eg_conv_1x1_narrow_s8_mve",
                "eg_conv_1x1_s8_mve.c"},
    "lines": {"eg_depthwise_1xn_s8_mve", "eg_depthwise_line_s8_mve.c", "eg_depthwise_line_signed_s8_mve.c"},
    "depthwise": {"eg_depthwise_3x3_s8_mve", "eg_depthwise_conv_2d_s8_mve", "eg_depthwise_9_s8_mve.c",
                  "eg_depthwise_9_signed_s8_mve.c", "eg_depthwise_taps_s8_mve.c", "eg_depthwise_taps_signed_s8_mve.c"},
    "connected": {"eg_fully_connected_s8_mve", "eg_fully_connected_staged_s8_mve", "eg_gemm_1_s8_mve.c",
                  "eg_gemm_1_signed_s8_mve.c"},
    "shifts": {"eg_conv_2d_s8", "eg_conv_1x1_narrow_s8_mve", "eg_depthwise_3x3_s8_mve"},
    "lookups": {"eg_lookup_8_mve"},
    "simple": {"eg_add_s8_mve", "eg_average_pool_2d_s8_mve", "eg_max_pool_2d_s8_mve", "eg_average_pool_2d_s8",
               "eg_max_pool_2x2_s8_mve", "eg_clamp_s8_mve"},
}  # fmt: skip


def used(program: Program) -> set[str]:
    """Kernels and sources that a program calls."""
    return {name for call in program.calls() for name in (call.kernel, *call.sources)}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_chains_give_the_scalar_kernels_bytes(family: str, seed: int, tmp_path: Path) -> None:
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
    names = [scalar.main.graph.tensors[i].name for i in scalar.main.graph.outputs]
    different = [
        f"invocation {i}, output {name}: {np.count_nonzero(mine != its)} of {its.size} values"
        for i, (ours, theirs) in enumerate(zip(got, expected, strict=True))
        for name, mine, its in zip(names, ours, theirs, strict=True)
        if mine.tobytes() != its.tobytes()
    ]
    assert not different, "\n".join(different)


def test_ties_away_from_zero_have_no_linear_form() -> None:
    values = np.arange(-128, 128)
    sums = values[:, None] + values[None, :]
    halves = np.sign(sums) * ((np.abs(sums) + 1) // 2)
    assert linear_form(np.clip(halves, -128, 127), 0.5, 0.5) is None
    assert linear_form(np.clip(sums, -128, 127), 1.0, 1.0) is not None


def test_mean_constants_divide_as_c_does() -> None:
    for count in (2, 3, 9, 25, 64, 125, 200):
        constants = mean_constants(count)
        assert constants is not None
        half, multiplier, shift = constants
        sums = np.arange(128 * count + 1)
        assert ((sums + half) * multiplier >> (16 + shift) == (sums + count // 2) // count).all()
    assert mean_constants(256) is None


def test_windows_over_a_padded_edge_do_not_lie_inside() -> None:
    source, output = (Tensor("t", (1, side, side, 3), DType.INT8) for side in (5, 2))
    options = Pool2DOptions(stride_h=3, stride_w=3, filter_height=2, filter_width=2)
    assert lies_inside(source, output, replace(options, padding="VALID"))
    assert not lies_inside(source, output, replace(options, padding=(1, 0)))
