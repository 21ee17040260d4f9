"""The files of `edgegen compress`: the .tflite and its record, whole or not at all, and the folder of checkpoints."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgegen.errors import InputError


def check_output(output: Path) -> None:
    """Raises InputError where the .tflite can't be written, before hours of training."""
    if output.suffix != ".tflite":
        raise InputError(f"output '{output}' must end in .tflite")
    if output.is_dir():
        raise InputError(f"output '{output}' is a folder; name a file")
    if not output.parent.is_dir():
        raise InputError(f"output '{output}': there is no folder '{output.parent}'; make it first")


def work_folder(output: Path) -> Path:
    """Where the checkpoints of a run lie until it has ended well."""
    return output.with_name(f"{output.stem}.checkpoints")


def write_result(output: Path, tflite: bytes, record: Mapping[str, Any]) -> None:
    """Writes the model and its record, and removes the checkpoints."""
    text = json.dumps(record, indent=2, allow_nan=False) + "\n"
    for path, content in ((output.with_suffix(".json"), text.encode()), (output, tflite)):
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    shutil.rmtree(work_folder(output), ignore_errors=True)
