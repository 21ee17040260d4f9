"""Firmware of `--mlperf`, and a small peer that asks what MLPerf Tiny's runner asks, over the serial port."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.devices import Device, open_device
from edgegen.devices.session import Session
from edgegen.errors import InputError
from edgegen.ir import Graph
from tests.tflm import TflmRefusal, run_tflm

needs_qemu = pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
MODELS = {"kws01": "kws_ref_model", "ic01": "pretrainedResnet_quant", "ad01": "ad01_int8"}
CASES = [*(pytest.param(("nucleo-l4r5zi", name), marks=needs_qemu) for name in MODELS), ("host", "kws01")]
BYTES_IN_A_COMMAND = 31


class Runner:
    """Sends commands as the runner does, and collects the lines up to m-ready."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._text = b""

    def lines(self) -> list[str]:
        deadline = time.monotonic() + 120.0
        lines: list[str] = []
        while time.monotonic() < deadline:
            line, end, rest = self._text.partition(b"\r\n")
            if not end:
                self._text += self._device.read(1.0)
                continue
            self._text = rest
            lines.append(line.decode("ascii"))
            if lines[-1] == "m-ready":
                return lines[:-1]
        raise AssertionError(f"no m-ready after {lines}")

    def ask(self, command: str) -> list[str]:
        assert len(command) < 80
        self._device.write(f"{command}%".encode())
        return self.lines()

    def load(self, data: bytes) -> list[str]:
        assert self.ask(f"db load {len(data)}") == [f"m-[Expecting {len(data)} bytes]"]
        lines: list[str] = []
        for start in range(0, len(data), BYTES_IN_A_COMMAND):
            assert lines == []
            lines = self.ask(f"db {data[start : start + BYTES_IN_A_COMMAND].hex()}")
        return lines


@dataclass
class Bench:
    """A firmware that runs, its peer, and what it was made of."""

    name: str
    graph: Graph
    model: bytes
    boot: list[str]
    device: Device
    runner: Runner


@pytest.fixture(scope="module", params=CASES, ids=[*MODELS, "host"])
def bench(request: pytest.FixtureRequest, shared_models: Path) -> Iterator[Bench]:
    board, name = request.param
    path = shared_models / f"{MODELS[name]}.tflite"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    graph, model = pipeline.load_model(path)
    profile = load_board(board)
    with tempfile.TemporaryDirectory() as folder:
        built = pipeline.build_firmware(
            graph, model, profile, Path(folder),
            optimize="speed", toolchain=None, simulator=board != "host", mlperf=name, step=lambda text: None,
        )  # fmt: skip
        with open_device(profile, elf=built.firmware.elf) as device:
            runner = Runner(device)
            yield Bench(name, graph, model, runner.lines(), device, runner)


def sample(bench: Bench, seed: int) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Data as the runner sends them, as numbers, and as the model's input."""
    generator = np.random.default_rng(seed)
    tensor = bench.graph.tensors[bench.graph.inputs[0]]
    assert tensor.quantization is not None
    if bench.name == "kws01":
        values = generator.integers(-128, 128, tensor.elements).astype(np.int8)
        return values.tobytes(), values, values.reshape(tensor.shape)
    if bench.name == "ic01":
        pixels = generator.integers(0, 256, tensor.elements).astype(np.uint8)
        return pixels.tobytes(), pixels, (pixels.astype(np.int16) - 128).astype(np.int8).reshape(tensor.shape)
    floats = generator.normal(-20, 8, tensor.elements).astype(np.float32)
    scaled = floats / np.float32(tensor.quantization.scale)
    steps = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)) + tensor.quantization.zero_point
    return floats.tobytes(), floats, np.clip(steps, -128, 127).astype(np.int8).reshape(tensor.shape)


def expected_results(bench: Bench, seed: int) -> list[float]:
    _, values, model_input = sample(bench, seed)
    outputs = run_tflm(bench.model, [[model_input]])
    assert not isinstance(outputs, TflmRefusal)
    tensor = bench.graph.tensors[bench.graph.outputs[0]]
    assert tensor.quantization is not None
    real = (outputs[0][0].astype(np.float64).reshape(-1) - tensor.quantization.zero_point) * tensor.quantization.scale
    return [float(np.mean((real - values) ** 2))] if bench.name == "ad01" else real.tolist()


def results(line: str) -> list[float]:
    found = re.fullmatch(r"m-results-\[([^]]+)\]", line)
    assert found
    assert all(re.fullmatch(r"\d+\.\d{3}", number) for number in found[1].split(","))
    return [float(number) for number in found[1].split(",")]


def test_it_starts_as_the_runner_waits_for(bench: Bench) -> None:
    lines = [line for line in bench.boot if not line.startswith("EG> ")]
    assert lines[0] == "m-timestamp-mode-performance"
    assert re.fullmatch(r"m-lap-us-\d+", lines[1])
    assert lines[2:] == ["m-init-done"]


def test_it_tells_its_name_and_its_model(bench: Bench) -> None:
    assert bench.runner.ask("name") == ["m-name-dut-[edgegen]"]
    assert bench.runner.ask("profile") == ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", f"m-model-[{bench.name}]"]
    (line,) = bench.runner.ask("timestamp")
    assert re.fullmatch(r"m-lap-us-\d+", line)
    assert bench.runner.ask("help")


def test_performance_mode_gives_times_and_the_right_results(bench: Bench) -> None:
    for seed in range(2):
        data, _, _ = sample(bench, seed)
        assert bench.runner.load(data) == ["m-load-done"]
        lines = bench.runner.ask("infer 3 1")
        assert lines[:3] == ["m-warmup-start-1", "m-warmup-done", "m-infer-start-3"]
        times = [int(line.removeprefix("m-lap-us-")) for line in lines[3:5]]
        # A simulator has no clock of the chip: its times stand still.
        assert times[0] < times[1] or bench.device.simulated
        assert lines[5] == "m-infer-done"
        expected = expected_results(bench, seed)
        found = results(lines[6])
        assert len(lines) == 7
        # Three decimals; the mean of squares is summed in single precision.
        tolerance = 1e-4 * max(1.0, expected[0]) if bench.name == "ad01" else 0.0
        assert found == pytest.approx(expected, abs=0.0005 + 1e-9 + tolerance)
        assert bench.runner.ask("results") == [lines[6]]


def test_accuracy_mode_runs_each_sample_once(bench: Bench) -> None:
    data, _, _ = sample(bench, 5)
    bench.runner.load(data)
    lines = bench.runner.ask("infer 1 0")
    assert lines[0] == "m-warmup-start-0"
    bench.runner.load(data)
    assert bench.runner.ask("infer 1 0")[-1] == lines[-1]


def test_the_buffer_is_shown(bench: Bench) -> None:
    data = bytes(range(240, 250))
    assert bench.runner.load(data) == ["m-load-done"]
    assert bench.runner.ask("db print") == ["m-buffer-f0-f1-f2-f3-f4-f5-f6-f7", "m-buffer-f8-f9"]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("nonsense", "e-[Unknown command: nonsense]"),
        ("names", "e-[Unknown command: names]"),
        ("", "e-[Unknown command: ]"),
        ("db 123", "e-[Insufficent number of hex digits]"),
        ("db", "e-[Command 'db' requires a subcommand]"),
        ("db load", "e-[Command 'db load' must be >0 bytes]"),
        ("db load 999999999999", "e-[Supplied buffer size exceeds maximum of "),
        ("infer 0", "e-[Inference iterations must be >0]"),
        ("infer x", "e-[Inference iterations must be >0]"),
        ("infer 1 -1", "e-[Inference warmup must be >=0]"),
    ],
)
def test_wrong_commands_have_their_errors(bench: Bench, command: str, reply: str) -> None:
    (line,) = bench.runner.ask(command)
    assert line.startswith(reply)


def test_wrong_data_are_refused_and_no_inference_runs_on_half_of_them(bench: Bench) -> None:
    bench.runner.ask("db load 4")
    assert bench.runner.ask("db 01zz") == ["e-[Invalid hex digit]"]
    (line,) = bench.runner.ask("infer 1 0")
    assert line.startswith("e-[Input has another size than ")
    assert bench.runner.ask("db 020304050607") == ["m-load-done"]
    assert bench.runner.ask("db 08") == []


def test_edgegens_own_protocol_works_beside_it(bench: Bench) -> None:
    session = Session(bench.device)
    session.reset()
    _, _, model_input = sample(bench, 1)
    outputs = run_tflm(bench.model, [[model_input]])
    assert not isinstance(outputs, TflmRefusal)
    assert session.infer([model_input.tobytes()]).outputs == (outputs[0][0].tobytes(),)


def test_other_models_and_benchmarks_are_refused(example_model: Path, tmp_path: Path) -> None:
    for name, message in (("kws01", "one int8 input of 490 values"), ("xyz", "there are kws01, vww01, ic01, ad01")):
        with pytest.raises(InputError, match=message):
            pipeline.build(
                "host", example_model, tmp_path / "out", optimize="speed", mlperf=name, step=lambda text: None
            )
        assert not (tmp_path / "out").exists()
