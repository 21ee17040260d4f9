"""Writes an output folder as a whole or not at all, and replaces only what edgegen itself wrote."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgegen.errors import InputError

MARKER = ".edgegen"
"""The file in an output folder that lists, one a line, every file that edgegen put there."""


@contextmanager
def replace_dir(out_dir: Path) -> Iterator[Path]:
    """Yields an empty folder that becomes `out_dir` when the block ends, and disappears when it raises.

    An `out_dir` that exists must be empty, or hold nothing but what edgegen wrote there. Raises InputError.
    """
    target = out_dir.resolve()
    # Beside the target, so that the rename stays on one file system.
    draft = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    try:
        _refuse_foreign(out_dir, target)
        draft.mkdir(parents=True)
    except OSError as error:
        raise InputError(f"'{out_dir}' can't be written: {error.strerror}\nname another folder with -o") from None
    try:
        yield draft
        files = sorted(_files(draft))
        (draft / MARKER).write_text("".join(f"{name}\n" for name in files), encoding="utf-8")
        _swap(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    """Puts `draft` in `target`'s place; what was there is in `draft` afterwards."""
    if not target.exists():
        draft.rename(target)
    elif not _exchange(draft, target):
        old = draft.with_name(f"{draft.name}.old")
        target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Swaps two folders in one step, so that a process killed at any moment leaves one of them whole at each name.

    False where the system can't: it needs Linux's renameat2 and a file system that knows it.
    """
    at_working_dir, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    done: int = rename(at_working_dir, os.fsencode(first), at_working_dir, os.fsencode(second), exchange)
    return done == 0


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _refuse_foreign(out_dir: Path, target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"'{out_dir}' is a file; name a folder with -o")
    if Path.cwd().is_relative_to(target):
        # It would be replaced by a new one, and the shell would stay in the old.
        raise InputError(f"'{out_dir}' is the working directory, or holds it\nname a folder in it with -o")
    if not any(target.iterdir()):
        return
    marker = target / MARKER
    if not marker.is_file():
        raise InputError(f"'{out_dir}' holds files that edgegen did not write\nname an empty or a new folder with -o")
    known = {MARKER, *marker.read_text(encoding="utf-8", errors="replace").splitlines()}
    foreign = sorted(_files(target) - known)
    if foreign:
        raise InputError(
            f"'{out_dir}' was written by edgegen, but '{foreign[0]}' was added since and would be lost\n"
            "move it elsewhere, or name another folder with -o"
        )
