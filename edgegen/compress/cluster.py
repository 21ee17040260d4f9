"""Weight clustering by TensorFlow's optimisation toolkit: the weights of each layer share a few values."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgegen.compress.base import Context, Outcome, keeps_zeros
from edgegen.compress.keras_graph import clone
from edgegen.compress.recipe import Cluster
from edgegen.compress.training import train
from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load

_MATRIX_AXES = 2


def run(model: Any, options: Cluster, context: Context) -> Outcome:
    """Returns the model with `clusters` values per layer, by k-means++ and trained on; zeros of before stay."""
    toolkit = load("tensorflow_model_optimization")
    from tensorflow_model_optimization.python.core.clustering.keras.experimental import cluster as experimental

    zeros = keeps_zeros(context)
    try:
        with hushed():
            wrapped = experimental.cluster_weights(
                clone(model),
                number_of_clusters=options.clusters,
                cluster_centroids_init=toolkit.clustering.keras.CentroidInitialization.KMEANS_PLUS_PLUS,
                preserve_sparsity=zeros,
            )
    except ValueError as error:
        raise InputError(f"cluster: the toolkit does not take this model: {str(error).splitlines()[0][:200]}") from None
    train(wrapped, context.data, options, seed=context.seed, folder=context.folder, tell=context.tell)
    with hushed():
        clustered = toolkit.clustering.keras.strip_clustering(wrapped)
    most = max((_distinct(layer) for layer in clustered.layers), default=0)
    return Outcome(
        clustered, (f"at most {most} distinct weights in a clustered layer" + (", zeros kept" if zeros else ""),)
    )


def _distinct(layer: Any) -> int:
    """The most distinct values in one of the layer's weight matrices; depthwise ones are never clustered."""
    if "Depthwise" in type(layer).__name__:
        return 0
    matrices = [w for w in layer.get_weights() if w.ndim >= _MATRIX_AXES]
    return max((len(np.unique(matrix)) for matrix in matrices), default=0)
