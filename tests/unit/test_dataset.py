"""The data set of `edgegen validate`: what is read, how floats become integers, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import InputError
from edgegen.ir import DType, Graph, Quantization, Tensor
from edgegen.model_io.dataset import read_dataset

QUANTIZED = Quantization((0.5,), (-3,))


def graph(*inputs: Tensor, classes: int = 4) -> Graph:
    tensors = (*inputs, Tensor("out", (1, classes), DType.INT8, QUANTIZED))
    return Graph("net", tensors, (), tuple(range(len(inputs))), (len(inputs),))


INT8 = graph(Tensor("in", (1, 3), DType.INT8, QUANTIZED))
FLOAT = graph(Tensor("in", (1, 3), DType.FLOAT32))


def write(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path / "d.npz", **arrays)  # type: ignore[arg-type]
    return path / "d.npz"


def test_values_of_the_tensors_type_stay_as_they_are(tmp_path: Path) -> None:
    values = np.array([[-128, 0, 127], [1, 2, 3]], np.int8)
    data = read_dataset(write(tmp_path, x=values, y=np.array([3, 0])), INT8)
    assert data.inputs == ((values[0].tobytes(),), (values[1].tobytes(),))
    assert (data.labels, data.clipped, len(data)) == ((3, 0), 0, 2)


@pytest.mark.parametrize("shape", [(2, 3), (2, 1, 3)])
def test_the_models_batch_axis_may_be_left_out(shape: tuple[int, ...], tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.int8).reshape(shape)
    assert read_dataset(write(tmp_path, x=values), INT8).inputs[1][0] == bytes([3, 4, 5])


def test_floats_are_rounded_half_away_from_zero_and_clamped(tmp_path: Path) -> None:
    values = np.array([[0.25, -0.25, 0.2], [0.75, -0.75, 65.4]], np.float32)
    data = read_dataset(write(tmp_path, x=values), INT8)
    found = [list(np.frombuffer(row[0], np.int8)) for row in data.inputs]
    assert found == [[-2, -4, -3], [-1, -5, 127]]
    assert data.clipped == 1


def test_wider_integers_of_the_range_are_taken_and_several_inputs(tmp_path: Path) -> None:
    two = graph(Tensor("a", (1, 3), DType.INT8, QUANTIZED), Tensor("b", (2,), DType.INT32))
    path = write(tmp_path, input_0=np.array([[1, 2, 127]], np.int64), input_1=np.array([[5, -6]], np.int16))
    assert read_dataset(path, two).inputs == ((bytes([1, 2, 127]), np.array([5, -6], np.int32).tobytes()),)


def test_floats_for_a_float_model(tmp_path: Path) -> None:
    path = write(tmp_path, x=np.array([[1, 2, 3]], np.float64))
    assert read_dataset(path, FLOAT).inputs[0][0] == np.array([1, 2, 3], np.float32).tobytes()


def test_the_first_samples(tmp_path: Path) -> None:
    data = read_dataset(write(tmp_path, x=np.zeros((5, 3), np.int8), y=np.arange(5) % 4), INT8, 2)
    assert (len(data), data.labels) == (2, (0, 1))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros((2, 3), np.int8)}, "array input_0 is missing; it has no arrays"),
        ({"x": np.zeros((2, 4), np.int8)}, r"array x has shape [2, 4]"),
        ({"x": np.int8(1)}, r"array x has shape []"),
        ({"x": np.zeros((0, 3), np.int8)}, "no samples"),
        (
            {"x": np.full((1, 3), 200, np.uint8)},
            "array x (uint8) goes from 200 to 200\nthe model takes int8, -128 to 127",
        ),
        ({"x": np.full((1, 3), np.nan, np.float32)}, "array x holds nan in sample 0"),
        ({"x": np.array([[1, 2, 3], [1, -np.inf, 3]], np.float32)}, "array x holds -inf in sample 1"),
        (
            {"x": np.full((1, 3), 255.0, np.float32)},
            "array x goes from 255 to 255\nthe model's input holds -62.5 to 65",
        ),
        ({"x": np.array([["a", "b", "c"]])}, "array x has type <U1"),
        ({"x": np.zeros((2, 3), np.int8), "y": np.zeros(3, int)}, "array y has shape [3]\nthere are 2 samples"),
        ({"x": np.zeros((2, 3), np.int8), "y": np.zeros(2)}, "array y has type float64"),
        (
            {"x": np.zeros((2, 3), np.int8), "y": np.array([0, 4])},
            "array y has label 4\nthe model's first output tells 4",
        ),
        ({"x": np.array([[object()] * 3])}, "not a whole npz file of plain arrays"),
    ],
)
def test_what_does_not_fit_is_refused(arrays: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        read_dataset(write(tmp_path, **arrays), INT8)


def test_different_numbers_of_samples_are_refused(tmp_path: Path) -> None:
    two = graph(Tensor("a", (1,), DType.INT8, QUANTIZED), Tensor("b", (1,), DType.INT8, QUANTIZED))
    path = write(tmp_path, input_0=np.zeros((2, 1), np.int8), input_1=np.zeros((3, 1), np.int8))
    with pytest.raises(InputError, match="different numbers of samples"):
        read_dataset(path, two)


def test_floats_without_a_scale_are_refused(tmp_path: Path) -> None:
    plain = graph(Tensor("in", (1, 3), DType.INT32))
    with pytest.raises(InputError, match="has no scale"):
        read_dataset(write(tmp_path, x=np.zeros((1, 3), np.float32)), plain)


@pytest.mark.parametrize("damage", [b"", b"PK", b"not an archive at all"])
def test_files_that_are_no_archives_are_refused(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(damage)
    with pytest.raises(InputError, match="not a whole npz file"):
        read_dataset(tmp_path / "d.npz", INT8)
    with pytest.raises(InputError, match="No such file"):
        read_dataset(tmp_path / "none.npz", INT8)


def test_a_damaged_archive_is_refused_or_read(tmp_path: Path) -> None:
    path = write(tmp_path, x=np.zeros((4, 3), np.int8))
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        try:
            read_dataset(path, INT8)
        except InputError:
            continue
