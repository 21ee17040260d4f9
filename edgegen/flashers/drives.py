"""Bootloaders' USB drives: where they are mounted, what their description says, and a copy that is really written."""

from __future__ import annotations

import os
import string
import sys
from pathlib import Path

from edgegen.errors import EdgegenError, InputError


def mounted_drives() -> list[Path]:
    """The folders where this system mounts removable drives."""
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase if Path(f"{letter}:/").exists()]
    if sys.platform == "darwin":
        return _children(Path("/Volumes"))
    user = os.environ.get("USER", "")
    places = (Path("/media"), Path("/media") / user, Path("/run/media") / user, Path("/mnt"))
    return list(dict.fromkeys(drive for place in places for drive in _children(place)))


def find_drive(wanted: Path | None, marker: str, contains: str, how: str) -> Path:
    """The drive whose file `marker` has the text `contains`; `wanted` is the user's choice.

    Raises InputError where several fit or the wanted one does not, EdgegenError where there is none; `how` tells what
    makes the board show one.
    """
    candidates = mounted_drives() if wanted is None else [wanted]
    texts = {drive: text for drive in candidates if (text := read_text(drive / marker)) is not None}
    fitting = [drive for drive, text in texts.items() if contains.lower() in text.lower()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InputError(f"several drives fit; choose one with --drive: {', '.join(map(str, fitting))}")
    if texts:
        drive, text = next(iter(texts.items()))
        found = " ".join(text.split())[:80]
        raise EdgegenError(f"{drive}: the drive of another chip ({found}), expected {contains}\nbuild for its board")
    where = f"{wanted}: no {marker} there" if wanted else "no drive of the board's bootloader is mounted"
    raise EdgegenError(f"{where}\n{how}")


def copy_to_drive(source: Path, drive: Path) -> None:
    """Copies a file and waits until the drive has it. Raises EdgegenError with cause and remedy."""
    target = drive / source.name
    try:
        with target.open("wb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    except PermissionError:
        raise EdgegenError(f"{drive}: no permission to write; mount the drive as your own user") from None
    except OSError as error:
        raise EdgegenError(
            f"{drive}: the copy broke off ({error.strerror}): was the cable pulled?\n"
            "bring the drive back and flash again: it starts from the beginning"
        ) from None


def read_text(path: Path) -> str | None:
    """The start of a small text file; None where it is not there, or its drive is not."""
    try:
        with path.open("rb") as file:
            return file.read(4096).decode("utf-8", errors="replace")
    except OSError:
        return None


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []
