"""SignalFilterBank, its square root, spectral subtraction, PCAN, logarithm; fed by energies of random spectra."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder


def _energies(builder: ModelBuilder, bins: int) -> int:
    """A model input and the energies of its bins: full-range uint32 values, which the tests don't give directly."""
    x = builder.tensor("x", (2 * bins,), "INT16")
    energy = builder.tensor("energy", (bins,), "UINT32")
    options = {"start_index": 0, "end_index": bins}
    builder.node("SignalEnergy", [x], [energy], custom=True, custom_options=options)
    builder.inputs(x)
    return energy


def _filter_bank(builder: ModelBuilder, energy: int, bins: int, channels: int, seed: int) -> int:
    """A filter bank of random bands over the energies."""
    draws = np.random.default_rng(seed)
    widths = draws.integers(0, min(bins, 6) + 1, channels + 1)
    starts = np.array([draws.integers(0, bins - width + 1) for width in widths])
    weight_starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    total = max(int(widths.sum()), 1)
    weights = draws.integers(-3, 4097, total) if seed % 3 else draws.choice([-32768, 32767, 0, 4096], total)
    arrays = {"weights": weights, "unweights": 4096 - np.clip(weights, -4096, 4096)}
    arrays |= {"starts": starts, "weight_starts": weight_starts, "widths": widths}
    inputs = [builder.tensor(name, (len(data),), "INT16", data=data) for name, data in arrays.items()]
    bank = builder.tensor("bank", (channels,), "UINT64")
    options = {"num_channels": channels}
    builder.node("SignalFilterBank", [energy, *inputs], [bank], custom=True, custom_options=options)
    return bank


def _bank(bins: int, channels: int, seed: int) -> bytes:
    builder = ModelBuilder()
    return builder.outputs(_filter_bank(builder, _energies(builder, bins), bins, channels, seed)).build()


def _root(channels: int, seed: int, scale: int) -> bytes:
    builder = ModelBuilder()
    bank = _filter_bank(builder, _energies(builder, 32), 32, channels, seed)
    bits, root = builder.tensor("bits", (), "INT32", data=np.array(scale)), builder.tensor("y", (channels,), "UINT32")
    builder.node("SignalFilterBankSquareRoot", [bank, bits], [root], custom=True)
    return builder.outputs(root).build()


def _subtraction(channels: int, *, clamping: bool = False, noise: int = 0, **more: int) -> bytes:
    builder = ModelBuilder()
    energy = _energies(builder, channels)
    y, z = builder.tensor("y", (channels,), "UINT32"), builder.tensor("z", (noise or channels,), "UINT32")
    options = {
        "alternate_one_minus_smoothing": 15401,
        "alternate_smoothing": 983,
        "clamping": clamping,
        "min_signal_remaining": 819,
        "num_channels": channels,
        "one_minus_smoothing": 15975,
        "smoothing": 409,
        "smoothing_bits": 10,
        "spectral_subtraction_bits": 14,
    } | more
    name = "SignalFilterBankSpectralSubtraction"
    builder.node(name, [energy], [y, z], custom=True, custom_options=options)
    return builder.outputs(y, z).build()


def _pcan(channels: int, shift: int, seed: int, entries: int = 125) -> bytes:
    builder = ModelBuilder()
    energy = _energies(builder, channels)
    draws = np.random.default_rng(seed)
    rails = seed % 3 == 0
    table = draws.choice([-32768, 32767], entries) if rails else draws.integers(-32768, 32768, entries)
    gains = builder.tensor("gains", (entries,), "INT16", data=table)
    noise, quiet = builder.tensor("noise", (channels,), "UINT32"), builder.tensor("quiet", (channels,), "UINT32")
    # The noise is the energy or, after a subtraction, less of it.
    options = {"alternate_one_minus_smoothing": 0, "alternate_smoothing": 1, "clamping": False}
    options |= {"min_signal_remaining": 0, "num_channels": channels, "one_minus_smoothing": 0, "smoothing": 1}
    options |= {"smoothing_bits": 0, "spectral_subtraction_bits": seed % 32}
    name = "SignalFilterBankSpectralSubtraction"
    builder.node(name, [energy], [quiet, noise], custom=True, custom_options=options)
    y = builder.tensor("y", (channels,), "UINT32")
    builder.node("SignalPCAN", [energy, noise, gains], [y], custom=True, custom_options={"snr_shift": shift})
    return builder.outputs(y, quiet).build()


def _log(channels: int, correction: int, scale: int) -> bytes:
    builder = ModelBuilder()
    y = builder.tensor("y", (channels,), "INT16")
    options = {"input_correction_bits": correction, "output_scale": scale}
    builder.node("SignalFilterBankLog", [_energies(builder, channels)], [y], custom=True, custom_options=options)
    return builder.outputs(y).build()


def cases() -> Iterator[Case]:
    for bins, channels, seed in ((257, 40, 1), (16, 3, 2), (8, 1, 3), (5, 12, 4), (64, 20, 6), (1, 2, 7)):
        yield Case("SignalFilterBank", f"{bins}_bins_{channels}_channels_{seed}", _bank(bins, channels, seed))
    for channels, seed, scale in ((40, 1, 0), (7, 3, 4), (20, 6, 31)):
        yield Case("SignalFilterBankSquareRoot", f"{channels}_channels_shift_{scale}", _root(channels, seed, scale))
    subtractions = {
        "front_end": _subtraction(40),
        "clamping": _subtraction(21, clamping=True),
        "fewer_estimates": _subtraction(12, noise=5),
        "everything_wraps": _subtraction(9, smoothing=-1, one_minus_smoothing=-1, smoothing_bits=31),
        "no_bits": _subtraction(9, smoothing_bits=0, spectral_subtraction_bits=0),
    }
    for name, model in subtractions.items():
        yield Case("SignalFilterBankSpectralSubtraction", name, model)
    for channels, shift, seed in ((40, 6, 1), (10, 0, 3), (60, 20, 12), (60, 6, 28), (60, 12, 31)):
        yield Case("SignalPCAN", f"{channels}_channels_shift_{shift}_{seed}", _pcan(channels, shift, seed))
    for channels, correction, scale in ((40, 3, 64), (10, 0, 1600), (33, 16, 40000), (20, 31, -5), (20, 0, 0)):
        yield Case("SignalFilterBankLog", f"{channels}_{correction}_{scale}", _log(channels, correction, scale))


def _random_subtraction(rng: random.Random) -> bytes:
    channels = rng.randint(1, 40)
    more = {
        name: rng.choice((rng.randint(0, 16384), rng.randint(-(2**31), 2**31 - 1)))
        for name in ("smoothing", "one_minus_smoothing", "alternate_smoothing", "min_signal_remaining")
    }
    more |= {"smoothing_bits": rng.randint(0, 31), "spectral_subtraction_bits": rng.randint(0, 40)}
    return _subtraction(channels, clamping=rng.random() < 0.5, noise=rng.randint(1, channels), **more)


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {
    "SignalFilterBank": lambda rng: _bank(rng.randint(1, 80), rng.randint(1, 30), rng.randint(0, 999)),
    "SignalFilterBankSquareRoot": lambda rng: _root(rng.randint(1, 30), rng.randint(0, 999), rng.randint(0, 31)),
    "SignalFilterBankSpectralSubtraction": _random_subtraction,
    "SignalPCAN": lambda rng: _pcan(rng.randint(1, 50), rng.randint(0, 40), rng.randint(0, 999)),
    "SignalFilterBankLog": lambda rng: _log(rng.randint(1, 50), rng.randint(0, 31), rng.randint(-100, 70000)),
}
