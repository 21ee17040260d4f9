"""The arrays of `edgegen run`: an npz file in, the inputs of each invocation out, and back for the outputs."""

from __future__ import annotations

import contextlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import InputError
from edgegen.ir import Graph, Tensor

Array = NDArray[np.generic]

_NAME = re.compile(r"input_(\d{1,9})_(\d{1,9})\.npy", re.ASCII)
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_inputs(path: Path, graph: Graph) -> list[list[Array]]:
    """Returns the inputs [invocation][index] that the arrays `input_<invocation>_<index>` of an npz file hold.

    Each has the shape and the type of its tensor. Other arrays are ignored. Raises InputError.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: this is no file\ngive the path of an npz file")
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path, graph)
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not an npz file"
        raise InputError(
            f"{path}: {reason}\nwrite it with numpy.savez: input_0_0=..., see `edgegen run --help`"
        ) from error


@contextlib.contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """Yields a new file that takes the place of `path` when the block ends, and disappears when it raises.

    Raises InputError, before the block begins, where the file can't be written.
    """
    path = path.resolve()
    draft = path.parent / f".{path.name}.{os.getpid()}"
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"'{path}' is no file\nname another one with -o")
        path.parent.mkdir(parents=True, exist_ok=True)
        file = draft.open("wb")
    except OSError as error:
        raise InputError(f"'{path}' can't be written: {error.strerror}\nname another one with -o") from None
    try:
        with file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_outputs(file: BinaryIO, outputs: Sequence[Sequence[Array]]) -> None:
    """Writes outputs [invocation][index] as the arrays `output_<invocation>_<index>` of an npz file."""
    arrays = {f"output_{i}_{j}": array for i, row in enumerate(outputs) for j, array in enumerate(row)}
    np.savez(file, **arrays)  # type: ignore[arg-type]


def _read(archive: zipfile.ZipFile, path: Path, graph: Graph) -> list[list[Array]]:
    members = {member.filename: member for member in archive.infolist()}
    found = {(int(m[1]), int(m[2])) for name in members if (m := _NAME.fullmatch(name))}
    extra = [key for key in sorted(found) if key[1] >= len(graph.inputs)]
    if extra:
        count = len(graph.inputs)
        raise InputError(
            f"{path}: array input_{extra[0][0]}_{extra[0][1]} has no tensor: the model has {count} input(s)"
        )
    invocations = 1 + max((invocation for invocation, _ in found), default=0)
    inputs = []
    for invocation in range(invocations):
        row = []
        for index, tensor_index in enumerate(graph.inputs):
            name, tensor = f"input_{invocation}_{index}", graph.tensors[tensor_index]
            if (invocation, index) not in found:
                raise InputError(f"{path}: array {name} is missing\nit holds {_expected(tensor)}")
            row.append(_read_array(archive, members[f"{name}.npy"], f"{path}: array {name}", tensor))
        inputs.append(row)
    return inputs


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, tensor: Tensor) -> Array:
    try:
        with archive.open(member) as file:
            # The header comes first, so that nothing of a wrong or hostile size is unpacked.
            shape, fortran, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
            if shape != tensor.shape or dtype != tensor.dtype.numpy:
                found = f"shape {list(shape)} and type {dtype}"
                raise InputError(f"{where} has {found}\nthe model takes {_expected(tensor)}")
            elements_bytes = tensor.elements * dtype.itemsize
            data = file.read(elements_bytes)
    except (ValueError, KeyError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{where} is damaged; write the file again with numpy.savez") from error
    if len(data) != elements_bytes:
        raise InputError(f"{where} is cut short; write the file again with numpy.savez")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def _expected(tensor: Tensor) -> str:
    return f"shape {list(tensor.shape)} and type {tensor.dtype.value} (tensor '{tensor.name}')"
