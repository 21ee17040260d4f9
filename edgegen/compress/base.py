"""What the training steps share.

A step is one file with `run(model, options, context) -> Outcome`: a tf_keras model in, a changed one out; it must not
touch the weights of the model that it is given. To add one: write the file, its options in recipe.py (class, `Step` and
`STEPS`), and its line in `TRAINING_STEPS` of run.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgegen.compress.data import Data


@dataclass(frozen=True, slots=True)
class Context:
    """What a step works with: `folder` takes its checkpoints, `base` is where relative paths of the recipe start.

    `original` is the model that was given; `earlier` are the options of the steps before.
    """

    data: Data
    seed: int
    folder: Path
    base: Path
    original: Any
    earlier: tuple[Any, ...]
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step's model and what is to be said of it. `quantized` where it carries int8 ranges of its own."""

    model: Any
    notes: tuple[str, ...] = ()
    quantized: bool = False


def keeps_zeros(context: Context) -> bool:
    """Whether a step before has set single weights to zero."""
    return any(step.kind == "prune" and step.method != "channels" for step in context.earlier)


def keeps_clusters(context: Context) -> bool:
    """Whether a step before has made weights share values."""
    return any(step.kind == "cluster" for step in context.earlier)
