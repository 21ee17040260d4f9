"""Signal operators and CIRCULAR_BUFFER where TFLite Micro would read or write outside of its tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from edgegen.errors import InputError
from tests.host_model import compile_model
from tests.model_builder import ModelBuilder

Ports = Sequence[tuple[Sequence[int], str]]


def _model(op: str, inputs: Ports, outputs: Ports, options: Mapping[str, int | bool]) -> Callable[[], bytes]:
    def build() -> bytes:
        builder = ModelBuilder()
        sources = [builder.tensor(f"x{i}", shape, kind) for i, (shape, kind) in enumerate(inputs)]
        results = [builder.tensor(f"y{i}", shape, kind) for i, (shape, kind) in enumerate(outputs)]
        builder.node(op, sources, results, custom=True, custom_options=options)
        return builder.inputs(*sources).outputs(*results).build()

    return build


_STREAM = (((8,), "INT16"),)
_FRAMES = (((2, 6), "INT16"), ((), "BOOL"))
_MODELS: dict[str, tuple[Callable[[], bytes], str]] = {
    "window that does not divide": (
        _model("SignalWindow", (((4, 5), "INT16"), ((3,), "INT16")), (((4, 5), "INT16"),), {"shift": 8}),
        "20 values, 3 weights",
    ),
    "energy of bins that are not there": (
        _model("SignalEnergy", (((6,), "INT16"),), (((3,), "UINT32"),), {"start_index": 0, "end_index": 4}),
        "bins 0 to 4 of 3",
    ),
    "odd fft": (
        _model("SignalRfft", (((7,), "INT16"),), (((9,), "INT16"),), {"T": 7, "fft_length": 7}),
        "its length is 7",
    ),
    "fft with a factor of 7": (
        _model("SignalRfft", (((14,), "INT16"),), (((16,), "INT16"),), {"T": 7, "fft_length": 14}),
        "a multiple of 7",
    ),
    "frame longer than the fft": (
        _model("SignalRfft", (((9,), "INT16"),), (((10,), "INT16"),), {"T": 7, "fft_length": 8}),
        "with length 8",
    ),
    "negative delay": (
        _model("SignalDelay", _STREAM, _STREAM, {"delay_length": -1}),
        "the delay is -1",
    ),
    "prefilled frame shorter than its step": (
        _model("SignalFramer", _STREAM, _FRAMES, {"frame_size": 3, "frame_step": 4, "prefill": True}),
        "shorter than the step",
    ),
    "stacker step beyond the stack": (
        _model(
            "SignalStacker",
            (((2,), "INT16"),),
            (((4,), "INT16"), ((), "BOOL")),
            {"num_channels": 2, "stacker_left_context": 1, "stacker_right_context": 0, "stacker_step": 3},
        ),
        "step 3",
    ),
    "overlap-add step beyond the frame": (
        _model("SignalOverlapAdd", (((2, 4), "INT16"),), (((10,), "INT16"),), {"T": 7, "frame_step": 5}),
        "with step 5",
    ),
    "gain table too short": (
        _model(
            "SignalPCAN",
            (((4,), "UINT32"), ((4,), "UINT32"), ((60,), "INT16")),
            (((4,), "UINT32"),),
            {"snr_shift": 6},
        ),
        "60 gains",
    ),
    "computed filter bank": (
        _model(
            "SignalFilterBank",
            (((4,), "UINT32"), *(((2,), "INT16"),) * 5),
            (((1,), "UINT64"),),
            {"num_channels": 1},
        ),
        "one of them is computed",
    ),
}


@pytest.mark.parametrize("name", _MODELS)
def test_is_refused(name: str) -> None:
    build, reason = _MODELS[name]
    with pytest.raises(InputError, match=reason):
        compile_model(build())


def test_filter_bank_beyond_its_input_is_refused() -> None:
    builder = ModelBuilder()
    x, y = builder.tensor("x", (4,), "UINT32"), builder.tensor("y", (1,), "UINT64")
    arrays = {"w": [1, 1], "u": [1, 1], "starts": [0, 3], "weight_starts": [0, 0], "widths": [1, 2]}
    constants = [builder.tensor(name, (2,), "INT16", data=np.array(data)) for name, data in arrays.items()]
    builder.node("SignalFilterBank", [x, *constants], [y], custom=True, custom_options={"num_channels": 1})
    with pytest.raises(InputError, match="'starts' leads outside of 4 elements"):
        compile_model(builder.inputs(x).outputs(y).build())


def test_circular_buffer_in_a_branch_is_refused() -> None:
    builder = ModelBuilder()
    cond, x = builder.tensor("cond", (), "BOOL"), builder.tensor("x", (1, 1, 1, 2), "INT8", scale=0.5)
    y = builder.tensor("y", (1, 3, 1, 2), "INT8", scale=0.5)
    for name in ("then", "else"):
        branch = builder.subgraph(name)
        u, v = (branch.tensor(n, (1, s, 1, 2), "INT8", scale=0.5) for n, s in (("u", 1), ("v", 3)))
        branch.node("CIRCULAR_BUFFER", [u], [v], custom=True, custom_options={"cycles_max": 2})
        branch.inputs(u).outputs(v)
    builder.node("IF", [cond, x], [y], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    with pytest.raises(InputError, match="only the main graph can end early"):
        compile_model(builder.inputs(cond, x).outputs(y).build())
