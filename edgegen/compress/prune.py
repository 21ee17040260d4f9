"""Pruning: zeros by TensorFlow's optimisation toolkit during training, or whole channels removed (channels.py)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from edgegen.compress.base import Context, Outcome, keeps_clusters
from edgegen.compress.channels import remove_channels
from edgegen.compress.keras_graph import clone
from edgegen.compress.recipe import Prune
from edgegen.compress.training import train
from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

_RAMP = 0.6
"""The share of the training after which the final sparsity is reached; the rest repairs what it cost."""

_UPDATES = 20
_MATRIX_AXES = 2


def run(model: Any, options: Prune, context: Context) -> Outcome:
    """Returns the pruned model, its wrappers removed. Raises InputError where nothing can be pruned."""
    if keeps_clusters(context):
        raise InputError("prune: it would undo the clusters of the step before; prune first, then cluster")
    if options.method == "channels":
        return _run_channels(model, options, context)
    toolkit = load("tensorflow_model_optimization")
    sparsity = toolkit.sparsity.keras
    batches = -(-len(context.data.train) // options.batch_size)
    total = options.epochs * batches
    end = max(1, int(_RAMP * total))
    if options.method == "blocks":
        schedule = sparsity.ConstantSparsity(
            options.zeros / options.of, begin_step=0, frequency=max(1, end // _UPDATES)
        )
        arguments = {"sparsity_m_by_n": (options.zeros, options.of)}
    else:
        schedule = sparsity.PolynomialDecay(
            0.0, options.sparsity, begin_step=0, end_step=end, frequency=max(1, end // _UPDATES)
        )
        arguments = {}
    try:
        with hushed():
            wrapped = sparsity.prune_low_magnitude(clone(model), pruning_schedule=schedule, **arguments)
    except ValueError as error:
        raise InputError(f"prune: the toolkit does not take this model: {str(error).splitlines()[0][:200]}") from None
    with hushed():
        updates = sparsity.UpdatePruningStep()
    trained = train(
        wrapped, context.data, options, seed=context.seed, folder=context.folder, tell=context.tell,
        callbacks=[updates], keep_from=min(options.epochs, math.ceil(end / batches) + 1),
    )  # fmt: skip
    with hushed():
        pruned = sparsity.strip_pruning(wrapped)
    share = zero_share(pruned)
    return Outcome(pruned, (f"{share:.1%} of the weights are zero; best epoch {trained.best_epoch}",))


def zero_share(model: Any) -> float:
    """The share of zeros among the weights of matrices and filters."""
    matrices = [w for layer in model.layers for w in layer.get_weights() if w.ndim >= _MATRIX_AXES]
    total = sum(matrix.size for matrix in matrices)
    return sum(int(np.count_nonzero(matrix == 0)) for matrix in matrices) / total if total else 0.0


def _run_channels(model: Any, options: Prune, context: Context) -> Outcome:
    removal = remove_channels(model, options.sparsity, scope=options.scope, round_to=options.round_to)
    trained = train(
        removal.model, context.data, options, seed=context.seed, folder=context.folder, tell=context.tell
    )  # fmt: skip
    layers = ", ".join(f"{name} {before}→{after}" for name, before, after in removal.layers if before != after)
    kept = f"channels left: {layers or 'all, none could go'}"
    return Outcome(removal.model, (kept, f"best of {trained.epochs} epochs: {trained.best_epoch}"))
