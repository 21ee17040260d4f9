"""Layers in bands of rows compute what they compute whole, in less memory."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.codegen.arena_limit import limit_arena
from edgegen.codegen.program import build_program
from edgegen.errors import EdgegenError
from edgegen.ir import Graph
from edgegen.model_io.tflite_reader import read_tflite
from edgegen.ops.base import Target
from edgegen.passes import run_passes
from edgegen.passes.patches import patchings, split
from tests.host_model import run_programs
from tests.kernels.case import make_inputs
from tests.model_builder import ModelBuilder

CHAINS = 30
ANY = 1 << 40
BOARDS = {
    "nucleo-l4r5zi": "qemu-system-arm",
    "mps3-an547": "qemu-system-arm",
    "esp32c3": "qemu-system-riscv32",
    "esp32": "xtensa-lx106-elf-ld",
}


class _Chain:
    """One random chain of layers that read windows, from one input to one output."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.values = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        # Mostly rows of whole 16 bytes: others can't be parts of a tensor.
        width, channels = self.rng.choice(((8, 4), (16, 3), (16, 1), (8, 6), (4, 8), (12, 4), (5, 16)))
        self.shape = (1, self.rng.randint(5, 20), width, channels)
        first = self.last = self._tensor()
        for _ in range(self.rng.randint(2, 5)):
            kinds = [self._convolution, self._convolution, self._depthwise, self._depthwise, self._pool, self._relu]
            self.rng.choice(kinds)()
        self.model = self.builder.inputs(first).outputs(self.last).build()

    def _tensor(self) -> int:
        self.scale = self.rng.uniform(0.02, 0.1)
        self.zero_point = self.rng.randint(-128, 127)
        return self.builder.tensor(
            f"t{len(self.builder.tensors)}", self.shape, scale=self.scale, zero_point=self.zero_point
        )

    def _window(self, height: int, width: int, dilation: int, channels: int) -> dict[str, object]:
        """Options of a window that fits; `shape` becomes the output's."""
        stride = self.rng.choice((1, 1, 2, 2, 3)), self.rng.choice((1, 1, 2))
        extents = [(size - 1) * dilation + 1 for size in (height, width)]
        fits = all(extent <= size for extent, size in zip(extents, self.shape[1:3], strict=True))
        padding = "VALID" if fits and self.rng.random() < 0.4 else "SAME"
        sizes = [
            (size - extent) // step + 1 if padding == "VALID" else -(-size // step)
            for size, extent, step in zip(self.shape[1:3], extents, stride, strict=True)
        ]
        self.shape = (1, sizes[0], sizes[1], channels)
        return {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]}

    def _weighted(self, op: str, form: tuple[int, ...], dilation: int, channels: int) -> None:
        source, scale = self.last, self.scale
        options = self._window(form[1], form[2], dilation, channels)
        options |= {"dilation_h_factor": dilation, "dilation_w_factor": dilation}
        options["fused_activation_function"] = self.rng.choice(("NONE", "RELU", "RELU6"))
        if op == "DEPTHWISE_CONV_2D":
            options["depth_multiplier"] = 1
        self.last = self._tensor()
        data = self.values.integers(-127, 128, form)
        spread = 70 * 70 * (data.size / channels) ** 0.5
        weights = self.builder.tensor(
            f"w{self.last}", form, scale=[60 * self.scale / (scale * spread)] * channels,
            axis=3 if op == "DEPTHWISE_CONV_2D" else 0, data=data,
        )  # fmt: skip
        bias = self.builder.tensor(
            f"b{self.last}", (channels,), "INT32", scale=1e-4, data=self.values.integers(-9000, 9000, channels)
        )
        self.builder.node(op, [source, weights, bias], [self.last], options)

    def _convolution(self) -> None:
        channels = self.rng.choice((1, 3, 4, 8, 8, 16))
        size = self.rng.choice((1, 1, 2, 3, 3, 5))
        self._weighted("CONV_2D", (channels, size, size, self.shape[3]), self.rng.choice((1, 1, 1, 2)), channels)

    def _depthwise(self) -> None:
        size = self.rng.choice((3, 3, 3, 1, 2, 5))
        self._weighted("DEPTHWISE_CONV_2D", (1, size, size, self.shape[3]), 1, self.shape[3])

    def _pool(self) -> None:
        source, quantization = self.last, (self.scale, self.zero_point)
        size = self.rng.choice((2, 3))
        options = self._window(size, size, 1, self.shape[3]) | {"filter_height": size, "filter_width": size}
        self.scale, self.zero_point = quantization
        self.last = self.builder.tensor(
            f"t{len(self.builder.tensors)}", self.shape, scale=self.scale, zero_point=self.zero_point
        )
        self.builder.node(self.rng.choice(("AVERAGE_POOL_2D", "MAX_POOL_2D")), [source], [self.last], options)

    def _relu(self) -> None:
        source = self.last
        self.last = self._tensor()
        self.builder.node(self.rng.choice(("RELU", "RELU6")), [source], [self.last])


def _prepared(seed: int) -> Graph:
    return run_passes(read_tflite(_Chain(seed).model, f"chain{seed}"))


def test_random_chains_in_every_kind_of_band() -> None:
    jobs, splits = [], 0
    for seed in range(CHAINS):
        graph = _prepared(seed)
        rows = make_inputs([graph.tensors[i] for i in graph.inputs], seed, invocations=2)
        found = patchings(graph, ANY)
        chosen = random.Random(seed).sample(found, min(len(found), 4))
        splits += len(chosen)
        for number, each in enumerate([graph, *(split(graph, patching) for patching in chosen)]):
            program = build_program(each, Target())
            object.__setattr__(program, "name", f"chain{seed}_{number}")
            jobs.append((program, rows))
    assert splits > CHAINS
    results = run_programs(jobs, sanitize=True)
    plain: list[list[np.ndarray]] = []
    wrong = []
    for (program, _), outputs in zip(jobs, results, strict=True):
        if program.name.endswith("_0"):
            plain = outputs
        elif not all(
            np.array_equal(a, b) for x, y in zip(plain, outputs, strict=True) for a, b in zip(x, y, strict=True)
        ):
            wrong.append(program.name)
    assert not wrong


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("board", BOARDS)
def test_random_chains_in_bands_on_a_simulator(
    board: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(BOARDS[board]) is None:
        pytest.skip(f"{BOARDS[board]} is not installed")
    seed = next(s for s in range(1000 + 50 * seed, 2000) if len(patchings(_prepared(s), ANY)) > 3)
    graph = _prepared(seed)
    rows = make_inputs([graph.tensors[i] for i in graph.inputs], seed, invocations=2)
    expected = run_programs([(build_program(graph, Target()), rows)])[0]
    (tmp_path / "chain.tflite").write_bytes(_Chain(seed).model)
    arrays = {f"input_{i}_{j}": array for i, row in enumerate(rows) for j, array in enumerate(row)}
    np.savez(tmp_path / "in.npz", **arrays)  # type: ignore[arg-type]

    def any_split(graph: Graph, target: Target, limit_bytes: int) -> Graph:
        return split(graph, random.Random(seed).choice(patchings(graph, ANY)))

    monkeypatch.setattr("edgegen.codegen.arena_limit.limit_arena", any_split)
    got = pipeline.run(
        board, tmp_path / "chain.tflite", tmp_path / "in.npz", tmp_path / "out.npz",
        optimize="speed", arena_limit=1, port=None, step=lambda step: None,
    )  # fmt: skip
    assert [[a.tobytes() for a in row] for row in got] == [[a.tobytes() for a in row] for row in expected]


def _person_detect(shared_models: Path) -> Graph:
    return run_passes(pipeline.load_model(shared_models / "person_detect.tflite")[0])


def test_an_arena_within_the_limit_stays_as_it_is(shared_models: Path) -> None:
    graph = _person_detect(shared_models)
    assert limit_arena(graph, Target(), build_program(graph, Target()).arena_bytes) is graph


def test_the_arena_is_kept_within_the_limit(shared_models: Path) -> None:
    graph = _person_detect(shared_models)
    target = Target("armv7em")
    plain, limited = (build_program(g, target) for g in (graph, limit_arena(graph, target, 20_000)))
    assert plain.arena_bytes > 36_000
    assert limited.arena_bytes <= 20_000
    assert plain.macs < limited.macs < 1.05 * plain.macs
    assert len(limited.calls()) > len(plain.calls())
    assert limited.constant_bytes < 1.02 * plain.constant_bytes  # the bands share their weights


def test_a_limit_out_of_reach_is_refused(shared_models: Path) -> None:
    graph = _person_detect(shared_models)
    with pytest.raises(EdgegenError) as caught:
        limit_arena(graph, Target(), 9_000)
    text = str(caught.value)
    assert "person_detect: the arena can't be kept within 9000 bytes: it needs 36" in text
    assert "its largest input or output alone has 9216" in text
    assert "a higher --arena-limit" in text


@pytest.mark.parametrize("board", ["nucleo-l4r5zi", "mps3-an547"])
def test_a_network_in_bands_gives_the_golden_bytes(board: str, shared_models: Path, tmp_path: Path) -> None:
    golden_file = shared_models / "golden" / "person_detect.npz"
    pipeline.run(
        board, shared_models / "person_detect.tflite", golden_file, tmp_path / "out.npz",
        optimize="speed", arena_limit=24_000, port=None, step=lambda step: None,
    )  # fmt: skip
    with np.load(golden_file) as golden, np.load(tmp_path / "out.npz") as got:
        names = [name for name in golden.files if name.startswith("output_")]
        assert names
        assert all(got[name].tobytes() == golden[name].tobytes() for name in names)
