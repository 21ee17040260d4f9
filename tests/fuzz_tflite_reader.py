"""Mutated models for the reader: whatever the bytes are, it gives a Graph or one InputError.

The tests run a few thousand mutations. For more, from the root of the checkout:

    python -m tests.fuzz_tflite_reader --cases 1000000 --seed 7 [MODEL.tflite ...]

Each finding is written to fuzz-<seed>-<case>.tflite in the working directory.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import time
from pathlib import Path

from edgegen.errors import InputError
from edgegen.ir import Graph
from edgegen.model_io.tflite_reader import read_tflite
from tests.model_builder import ModelBuilder

MAX_SECONDS = 5.0


def seed_model() -> bytes:
    """A model of under 4 KB with something of everything that the reader reads."""
    builder = ModelBuilder()
    x = builder.tensor("x", (1, 4, 4, 2), "INT8", scale=0.5, zero_point=-3, shape_signature=(-1, 4, 4, 2))
    weights = builder.tensor("weights", (2, 1, 1, 2), "INT4", scale=[0.5, 0.25], data=[1, -8, 7, 0])
    bias = builder.tensor("bias", (2,), "INT32", scale=[0.25, 0.125], data=[4, -4])
    convolved = builder.tensor("convolved", (1, 4, 4, 2), "INT8", scale=0.5)
    added = builder.tensor("added", (1, 4, 4, 2), "INT8", scale=0.5, zero_point=5)
    shape = builder.tensor("shape", (2,), "INT32", data=[1, 32])
    flat = builder.tensor("flat", (1, 32), "INT8", scale=0.5, zero_point=5)
    state = builder.tensor("state", (1, 32), "INT8", scale=0.5, is_variable=True)
    window = builder.tensor("window", (1, 32), "INT8", scale=0.5)
    handle = builder.tensor("handle", (), "RESOURCE")
    empty = builder.tensor("empty", (0,), "INT8")
    looped = builder.tensor("looped", (1, 32), "INT8", scale=0.5)
    init = builder.subgraph("init")
    init_handle = init.tensor("handle", (), "RESOURCE")
    init.node("VAR_HANDLE", [], [init_handle], {"container": "c", "shared_name": "s"})
    init.node("ASSIGN_VARIABLE", [init_handle, init.tensor("zero", (1,), "INT8", data=[0])], [])
    for name in ("condition", "body"):
        graph = builder.subgraph(name)
        value = graph.tensor("value", (1, 32), "INT8", scale=0.5)
        graph.inputs(value).outputs(value)
    builder.node("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    builder.node("VAR_HANDLE", [], [handle], {"container": "c", "shared_name": "s"})
    builder.node("CONV_2D", [x, weights, bias], [convolved], {"stride_w": 1, "stride_h": 1, "padding": "VALID"})
    builder.node("ADD", [convolved, x], [added], {"fused_activation_function": "RELU6"})
    builder.node("RESHAPE", [added, shape], [flat], {"new_shape": [1, 32]})
    builder.node("SignalWindow", [flat, state, empty, -1], [window], custom=True, custom_options={"shift": 3})
    builder.node("WHILE", [window], [looped], {"cond_subgraph_index": 2, "body_subgraph_index": 3})
    return builder.inputs(x).outputs(looped).build()


def mutate(data: bytes, rng: random.Random) -> bytes:
    """One to four changes of the kinds that break readers: bits, offsets, counts, cuts, copies."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if len(changed) < 8:
            break
        kind = rng.randrange(7)
        place = rng.randrange(len(changed))
        word = min(place & ~3, len(changed) - 4)
        if kind == 0:
            changed[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[place] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 2:
            value = rng.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, len(data), rng.randrange(2**32)))
            struct.pack_into("<I", changed, word, value)
        elif kind == 3:  # an offset that leads somewhere inside the file, backwards or forwards: cycles, overlaps
            struct.pack_into("<i", changed, word, rng.randrange(-word, len(changed) - word + 1))
        elif kind == 4:
            struct.pack_into("<H", changed, min(place & ~1, len(changed) - 2), rng.choice((0, 2, 4, 0xFFFF, place)))
        elif kind == 5:
            del changed[place:]
        else:
            source, count = rng.randrange(len(changed)), rng.randrange(1, 64)
            changed[place : place + count] = changed[source : source + count]
    return bytes(changed)


def check_reading(data: bytes) -> Graph | None:
    """Reads the model and raises AssertionError unless it gives a sane Graph, or an InputError (then None), in time."""
    start = time.process_time()
    try:
        graph = read_tflite(data, "fuzzed.tflite")
    except InputError as error:
        message = str(error)
        assert message.startswith("fuzzed.tflite: "), message
        assert len(message.splitlines()) <= 3, message
        assert len(message) < 1000, message
        graph = None
    seconds = time.process_time() - start
    assert seconds < MAX_SECONDS, f"{seconds:.1f} s"
    for subgraph in () if graph is None else graph.subgraphs or (graph,):
        for tensor in subgraph.tensors:
            if tensor.is_constant:
                assert tensor.array().shape == tensor.shape
                assert tensor.data is not None
                assert len(tensor.data) == tensor.size_bytes
    return graph


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("models", nargs="*", type=Path, help="models to mutate besides the built one")
    arguments = parser.parse_args()
    seeds = [seed_model(), *(path.read_bytes() for path in arguments.models)]
    findings = 0
    for case in range(arguments.cases):
        rng = random.Random(f"{arguments.seed}-{case}")
        data = mutate(rng.choice(seeds), rng)
        try:
            check_reading(data)
        except Exception as error:  # any exception but InputError is a finding
            findings += 1
            path = Path(f"fuzz-{arguments.seed}-{case}.tflite")
            path.write_bytes(data)
            print(f"{path}: {type(error).__name__}: {error}")
    print(f"{arguments.cases} cases, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
