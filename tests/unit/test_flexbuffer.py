"""Flexbuffers written by the flatbuffers library, whole and broken."""

from __future__ import annotations

import random

import pytest
from flatbuffers import flexbuffers

from edgegen.model_io.flexbuffer import FlexbufferError, read_scalar_map

VALUES = {"zero": 0, "small": -5, "flag": True, "wide": 1 << 40, "third": 1 / 3, "half": 0.5, "nothing": None}


@pytest.mark.parametrize("names", [["zero"], ["small", "flag"], ["half"], ["flag", "nothing"], list(VALUES)])
def test_numbers_of_every_width(names: list[str]) -> None:
    wanted = {name: VALUES[name] for name in names}
    assert read_scalar_map(bytes(flexbuffers.Dumps(wanted))) == wanted


def test_indirect_numbers_are_followed_and_other_values_left_out() -> None:
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Key("far")
        builder.IndirectInt(-70_000)
        builder.Key("far_float")
        builder.IndirectFloat(0.25)
        builder.Key("text")
        builder.String("words")
        builder.Key("near")
        builder.UInt(7)
    assert read_scalar_map(bytes(builder.Finish())) == {"far": -70_000, "far_float": 0.25, "near": 7}


@pytest.mark.parametrize("data", [b"", b"\0\0", bytes(flexbuffers.Dumps([1, 2])), bytes(flexbuffers.Dumps(7))])
def test_what_is_no_map_is_refused(data: bytes) -> None:
    with pytest.raises(FlexbufferError):
        read_scalar_map(data)


def test_broken_maps_are_refused_or_read() -> None:
    rng = random.Random(5)
    data = bytes(flexbuffers.Dumps(VALUES))
    refused = 0
    for _ in range(5000):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        try:
            read_scalar_map(bytes(changed[: rng.choice((len(changed), rng.randrange(len(changed))))]))
        except FlexbufferError:
            refused += 1
    assert 0 < refused < 5000
