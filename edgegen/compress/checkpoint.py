"""A training's state on disk: weights and optimizer of the last epoch, weights of the best, as plain arrays."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgegen.errors import InputError

if TYPE_CHECKING:
    from edgegen.compress.training import Trained

_LAST, _BEST = "last.npz", "best.npz"


@dataclass(frozen=True, slots=True)
class State:
    """How many epochs are done, and what the best of them reached; None before there is one."""

    epochs: int
    best: Trained | None


def save(folder: Path, model: Any, optimizer: Any, state: State, *, is_best: bool) -> None:
    """Writes the state after an epoch; a file is whole or is the one of before."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {f"w{i}": np.asarray(variable) for i, variable in enumerate(model.variables)}
    if is_best:
        _write(folder / _BEST, weights)
    slots = {f"o{i}": np.asarray(variable) for i, variable in enumerate(optimizer.variables)}
    best = None if state.best is None else asdict(state.best)
    text = json.dumps({"epochs": state.epochs, "best": best}).encode()
    _write(folder / _LAST, {**weights, **slots, "state": np.frombuffer(text, np.uint8)})


def _write(path: Path, arrays: dict[str, Any]) -> None:
    draft = path.with_suffix(".new.npz")
    np.savez(draft, **arrays)
    draft.replace(path)


def restore(folder: Path, model: Any, optimizer: Any) -> State:
    """Puts the last epoch's state into model and optimizer; without one, epoch 0 and nothing changed."""
    from edgegen.compress.training import Trained

    path = folder / _LAST
    if not path.is_file():
        return State(0, None)
    arrays = _read(path)
    found = json.loads(arrays["state"].tobytes())
    _assign(path, arrays, "w", model.variables)
    _assign(path, arrays, "o", optimizer.variables)
    return State(found["epochs"], None if found["best"] is None else Trained(**found["best"]))


def load_best(folder: Path, model: Any) -> None:
    """Puts the best epoch's weights into the model."""
    _assign(folder / _BEST, _read(folder / _BEST), "w", model.variables)


def _read(path: Path) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"checkpoint '{path}' is damaged: {error}\nstart again without --resume") from None


def _assign(path: Path, arrays: dict[str, Any], prefix: str, variables: Any) -> None:
    for number, variable in enumerate(variables):
        value = arrays.get(f"{prefix}{number}")
        if value is None or tuple(value.shape) != tuple(variable.shape):
            raise InputError(f"checkpoint '{path}' is of another model\nstart again without --resume")
        variable.assign(value)
