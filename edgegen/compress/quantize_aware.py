"""Quantisation-aware training by TensorFlow's optimisation toolkit: int8's rounding takes part in the training."""

from __future__ import annotations

from typing import Any

from edgegen.compress.base import Context, Outcome, keeps_clusters, keeps_zeros
from edgegen.compress.keras_graph import clone, without_augmentation
from edgegen.compress.recipe import QuantizeAware
from edgegen.compress.training import Array, train
from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

_SAMPLES, _BATCH = 1024, 32
_DECAY = 0.8
"""How slowly a range follows the batches before the training: the last ten or so decide."""


def run(model: Any, options: QuantizeAware, context: Context) -> Outcome:
    """Returns the model with fake quantisation in it, trained. Raises InputError naming a layer that can't be."""
    toolkit = load("tensorflow_model_optimization")
    zeros = options.preserve and keeps_zeros(context)
    clusters = options.preserve and keeps_clusters(context)
    plain = clone(without_augmentation(model))
    annotate = toolkit.quantization.keras.quantize_annotate_model
    apply = toolkit.quantization.keras.quantize_apply
    combine = toolkit.experimental.combine
    try:
        with hushed():
            if clusters:
                scheme = combine.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity=zeros)
            elif zeros:
                scheme = combine.Default8BitPrunePreserveQuantizeScheme()
            else:
                scheme = _default_scheme()
            aware = apply(annotate(plain), scheme=scheme)
    except (ValueError, RuntimeError, TypeError, AttributeError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise InputError(
            f"quantize_aware: the toolkit does not take this model: {reason}\n"
            "leave the step out; 'quantize' alone takes every layer"
        ) from None
    context.tell("observing ranges")
    _observe_ranges(aware, context.data.samples(_SAMPLES, context.seed))
    trained = train(aware, context.data, options, seed=context.seed, folder=context.folder, tell=context.tell)
    if clusters:
        aware = _strip_clusters(aware)
    kept = " and ".join(word for word, on in (("zeros", zeros), ("clusters", clusters)) if on)
    notes = (f"best of {trained.epochs} epochs: {trained.best_epoch}", *((f"kept {kept}",) if kept else ()))
    return Outcome(aware, notes, quantized=True)


def _observe_ranges(aware: Any, samples: Array) -> None:
    """Sets the ranges of activations to what a few batches give.

    The toolkit starts each at -6..6 and moves by a thousandth with each batch: after a short training half of the
    range of a ReLU would still be wasted on negative numbers.
    """
    from tensorflow_model_optimization.python.core.quantization.keras import quantizers

    before = [(variable, variable.numpy()) for variable in aware.variables if not _is_range(variable)]
    operations = quantizers.quant_ops
    original = operations.MovingAvgQuantize

    def quick(*arguments: Any, **options: Any) -> Any:
        return original(*arguments, **{**options, "ema_decay": _DECAY})

    operations.MovingAvgQuantize = quick
    try:
        with hushed():
            for first in range(0, len(samples), _BATCH):
                aware(samples[first : first + _BATCH], training=True)
    finally:
        operations.MovingAvgQuantize = original
    for variable, value in before:
        variable.assign(value)


def _is_range(variable: Any) -> bool:
    return str(variable.name).partition(":")[0].endswith(("_min", "_max"))


def _default_scheme() -> Any:
    """The toolkit's own int8 scheme."""
    from tensorflow_model_optimization.python.core.quantization.keras.default_8bit import (
        default_8bit_quantize_scheme as scheme,
    )

    return scheme.Default8BitQuantizeScheme()


def _strip_clusters(model: Any) -> Any:
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.cluster_preserve import cluster_utils

    with hushed():
        return cluster_utils.strip_clustering_cqat(model)
