"""A sample of `make conformance` with fixed seeds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conformance import golden, hostile
from tests.conformance.__main__ import hostile_seeds
from tests.kernels.differential import compare
from tests.networks import random_network
from tests.random_graphs import random_graph

# Small models of many operators; the benchmark networks run on every board elsewhere.
SAMPLE = (
    "audio_preprocessor_int8_model_data.h_0__278949d1",
    "hey_jarvis__21a7976a",
    "image_recognition_model.cc_0__ac222778",
    "micro_speech_lstm__94375ed2",
    "ptq_mnist_lenet-300-100__5cc4330a",
    "single_rsqrt_default_a8w8_recipe_quantized__bcd10aef",
    "strided_slice31__3a9ee37f",
    "trained_lstm_int8__a44e4d8a",
    "transpose_conv2__6b563cb2",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_model_equals_its_golden_file(name: str, shared_models: Path) -> None:
    result = golden.check_on_host(name)
    assert result.outcome == "equal", result.detail


@pytest.mark.parametrize("make", [random_graph, random_network], ids=["graphs", "networks"])
@pytest.mark.parametrize("first_seed", [0, 40])
def test_random_models(make: object, first_seed: int) -> None:
    assert callable(make)
    models = [make(random.Random(seed)) for seed in range(first_seed, first_seed + 40)]
    verdicts = compare(models, sanitize=True)
    wrong = {first_seed + i: verdict.difference for i, verdict in enumerate(verdicts) if verdict.difference}
    assert not wrong
    assert sum(verdict.ran for verdict in verdicts) >= 30


@pytest.mark.parametrize("first_seed", range(0, 240, 60))
def test_mutated_models_compile_or_are_refused(first_seed: int) -> None:
    models = hostile_seeds()
    findings = [hostile.check(models, seed, sanitize=seed % 20 == 0) for seed in range(first_seed, first_seed + 60)]
    assert not [finding for finding in findings if finding is not None]
