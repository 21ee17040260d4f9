"""The npz files of `edgegen run`: what is right is read exactly, what is wrong is named."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import InputError
from edgegen.ir import DType, Graph, Tensor
from edgegen.model_io.arrays import output_file, read_inputs, write_outputs

GRAPH = Graph("m", (Tensor("a", (2, 3), DType.INT8), Tensor("b", (4,), DType.FLOAT32)), (), (0, 1), (1,))
A = np.arange(6, dtype=np.int8).reshape(2, 3)
B = np.linspace(0, 1, 4, dtype=np.float32)
GOOD = {"input_0_0": A, "input_0_1": B, "input_1_0": A + 1, "input_1_1": B + 1}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_inputs_come_back_by_invocation_and_index(save, tmp_path: Path) -> None:
    save(tmp_path / "in.npz", **GOOD, output_0_0=B, labels=np.zeros(3))
    rows = read_inputs(tmp_path / "in.npz", GRAPH)
    assert len(rows) == 2
    for i, row in enumerate(rows):
        for j, array in enumerate(row):
            np.testing.assert_array_equal(array, GOOD[f"input_{i}_{j}"])


def test_column_major_arrays_keep_their_meaning(tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", input_0_0=np.asfortranarray(A), input_0_1=B)
    np.testing.assert_array_equal(read_inputs(tmp_path / "in.npz", GRAPH)[0][0], A)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"input_0_0": None}, "input_0_0 is missing"),
        ({"input_1_1": None}, "input_1_1 is missing"),
        ({"input_0_0": A[np.newaxis]}, r"input_0_0 has shape \[1, 2, 3\].*\n.*\[2, 3\] and type int8 \(tensor 'a'\)"),
        ({"input_0_0": A.astype(np.uint8)}, "input_0_0 has .* type uint8"),
        ({"input_0_1": B.astype(">f4")}, "input_0_1 has .* type >f4"),
        ({"input_0_1": np.array([None] * 4)}, "input_0_1 has .* type object"),
        ({"input_0_2": A}, r"input_0_2 has no tensor: the model has 2"),
        ({"input_7_0": A}, "input_2_0 is missing"),
        (dict.fromkeys(GOOD), "input_0_0 is missing"),
    ],
)
def test_wrong_arrays_are_named(changes: dict[str, np.ndarray | None], says: str, tmp_path: Path) -> None:
    arrays = {name: array for name, array in {**GOOD, **changes}.items() if array is not None}
    np.savez(tmp_path / "in.npz", **arrays)
    with pytest.raises(InputError, match=says):
        read_inputs(tmp_path / "in.npz", GRAPH)


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04" + bytes(40)], ids=["empty", "text", "broken zip"])
def test_other_files_are_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "in.npz").write_bytes(data)
    with pytest.raises(InputError, match="not an npz file"):
        read_inputs(tmp_path / "in.npz", GRAPH)


def test_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_inputs(tmp_path / "in.npz", GRAPH)


@pytest.mark.parametrize("keep", range(0, 130, 13))
def test_cut_arrays_are_refused(keep: int, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, A)
    with zipfile.ZipFile(tmp_path / "in.npz", "w") as archive:
        archive.writestr("input_0_0.npy", buffer.getvalue()[:keep])
    with pytest.raises(InputError, match=r"input_0_0 is (damaged|cut short)"):
        read_inputs(tmp_path / "in.npz", GRAPH)


def test_outputs_are_named_by_invocation_and_index(tmp_path: Path) -> None:
    with output_file(tmp_path / "new" / "out.npz") as file:
        write_outputs(file, [[A, B], [A + 1, B + 1]])
    with np.load(tmp_path / "new" / "out.npz", allow_pickle=False) as got:
        assert sorted(got.files) == ["output_0_0", "output_0_1", "output_1_0", "output_1_1"]
        np.testing.assert_array_equal(got["output_1_1"], B + 1)
        assert got["output_0_0"].dtype == np.int8


@pytest.mark.parametrize("place", [".", "file/out.npz", "pipe", "x" * 300])
def test_outputs_that_can_not_be_written_name_the_place(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("x")
    os.mkfifo("pipe")
    with pytest.raises(InputError, match="name another one with -o"), output_file(Path(place)):
        pytest.fail("the work began")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "pipe"}


def test_work_that_fails_leaves_the_outputs_of_before(tmp_path: Path) -> None:
    path = tmp_path / "out.npz"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), output_file(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["out.npz"]


def test_inputs_from_what_is_no_file_are_refused() -> None:
    with pytest.raises(InputError, match="this is no file"):
        read_inputs(Path("/dev/zero"), GRAPH)
