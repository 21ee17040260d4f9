"""Arm MVE (Cortex-M55, M85): vectors of 128 bits, dot products of 16 int8 values in one instruction."""

from __future__ import annotations

from edgegen.ir import Graph, Node
from edgegen.ops.base import Lowering, Target
from edgegen.ops.variants.mve.convolution import lower_convolution
from edgegen.ops.variants.mve.copies import COPYING, lower_copies
from edgegen.ops.variants.mve.depthwise import lower_depthwise
from edgegen.ops.variants.mve.elementwise import lower_sum
from edgegen.ops.variants.mve.int16 import lower_int16
from edgegen.ops.variants.mve.lookup import lower_lookup
from edgegen.ops.variants.mve.pooling import lower_average_pool, lower_max_pool
from edgegen.ops.variants.mve.products import lower_extreme, lower_product
from edgegen.ops.variants.mve.recurrent import lower_lstm, lower_svdf
from edgegen.ops.variants.mve.reduce import lower_sum_of_rows
from edgegen.ops.variants.mve.size import preferring_size

_LOOKUPS = ("ABS", "EG_LOOKUP", "ELU", "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "QUANTIZE", "RSQRT", "TANH")


def _lower_convolution(graph: Graph, node: Node, target: Target) -> Lowering | None:
    return lower_convolution(graph, node, target) or lower_int16(graph, node, target)


LOWERINGS = {
    **dict.fromkeys(_LOOKUPS, lower_lookup),
    **dict.fromkeys(COPYING, lower_copies),
    "ADD": lower_sum,
    "AVERAGE_POOL_2D": lower_average_pool,
    "CONV_2D": preferring_size(_lower_convolution),
    "DEPTHWISE_CONV_2D": preferring_size(lower_depthwise),
    "FULLY_CONNECTED": preferring_size(_lower_convolution),
    "MAXIMUM": lower_extreme,
    "MAX_POOL_2D": lower_max_pool,
    "MEAN": lower_sum_of_rows,
    "MINIMUM": lower_extreme,
    "MUL": lower_product,
    "SUB": lower_sum,
    "SUM": lower_sum_of_rows,
    "SVDF": lower_svdf,
    "TRANSPOSE_CONV": lower_int16,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": lower_lstm,
}
