"""What an operator's options say: one frozen class per options table of the TFLite schema, with the schema's defaults.

Enumerations are their upper-case schema names ("SAME", "RELU6", "INT32"). Operators whose table has no field share
`NoOptions`; the options of custom operators are in `edgegen.options_custom`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from edgegen.ir import Options

Padding: TypeAlias = "str | tuple[int, int]"
"""SAME, VALID, or, made by edgegen's passes, how many rows above and columns to the left of the input."""


@dataclass(frozen=True, slots=True)
class NoOptions(Options):
    """The operator has nothing to choose (ABS, LOGISTIC, PAD, QUANTIZE, ...)."""


@dataclass(frozen=True, slots=True)
class UnknownOptions(Options):
    """An operator that edgegen does not know; the compiler names every such node."""


@dataclass(frozen=True, slots=True)
class Conv2DOptions(Options):
    """CONV_2D. `quantized_bias_type` "FLOAT32" is the schema's default and means: not given."""

    padding: Padding = "SAME"
    stride_w: int = 0
    stride_h: int = 0
    fused_activation_function: str = "NONE"
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1
    quantized_bias_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class DepthwiseConv2DOptions(Options):
    """DEPTHWISE_CONV_2D. `depth_multiplier` is a hint: the filter's shape decides."""

    padding: Padding = "SAME"
    stride_w: int = 0
    stride_h: int = 0
    depth_multiplier: int = 0
    fused_activation_function: str = "NONE"
    dilation_w_factor: int = 1
    dilation_h_factor: int = 1


@dataclass(frozen=True, slots=True)
class RowsOptions(Options):
    """EG_ROWS, edgegen's own: the rows from `first_row` on, as many as the output has."""

    first_row: int


@dataclass(frozen=True, slots=True)
class JoinRowsOptions(Options):
    """EG_JOIN_ROWS, edgegen's own: the inputs one below the other.

    `consumed` is a tensor that the output may be written over from `gap_bytes` before its start on, -1 for none.
    """

    consumed: int
    gap_bytes: int


@dataclass(frozen=True, slots=True)
class TransposeConvOptions(Options):
    """TRANSPOSE_CONV."""

    padding: str = "SAME"
    stride_w: int = 0
    stride_h: int = 0
    fused_activation_function: str = "NONE"
    quantized_bias_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class Pool2DOptions(Options):
    """AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D."""

    padding: Padding = "SAME"
    stride_w: int = 0
    stride_h: int = 0
    filter_width: int = 0
    filter_height: int = 0
    fused_activation_function: str = "NONE"


@dataclass(frozen=True, slots=True)
class FullyConnectedOptions(Options):
    """FULLY_CONNECTED. `weights_format` is "DEFAULT" or "SHUFFLED4X16INT8"."""

    fused_activation_function: str = "NONE"
    weights_format: str = "DEFAULT"
    keep_num_dims: bool = False
    asymmetric_quantize_inputs: bool = False
    quantized_bias_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class BatchMatMulOptions(Options):
    """BATCH_MATMUL."""

    adj_x: bool = False
    adj_y: bool = False
    asymmetric_quantize_inputs: bool = False


@dataclass(frozen=True, slots=True)
class SVDFOptions(Options):
    """SVDF."""

    rank: int = 0
    fused_activation_function: str = "NONE"
    asymmetric_quantize_inputs: bool = False


@dataclass(frozen=True, slots=True)
class UnidirectionalSequenceLSTMOptions(Options):
    """UNIDIRECTIONAL_SEQUENCE_LSTM. A clip of 0 means: no clipping."""

    fused_activation_function: str = "NONE"
    cell_clip: float = 0.0
    proj_clip: float = 0.0
    time_major: bool = False
    asymmetric_quantize_inputs: bool = False
    diagonal_recurrent_tensors: bool = False


@dataclass(frozen=True, slots=True)
class SoftmaxOptions(Options):
    """SOFTMAX."""

    beta: float = 0.0


@dataclass(frozen=True, slots=True)
class LeakyReluOptions(Options):
    """LEAKY_RELU."""

    alpha: float = 0.0


@dataclass(frozen=True, slots=True)
class AddOptions(Options):
    """ADD."""

    fused_activation_function: str = "NONE"
    pot_scale_int16: bool = True


@dataclass(frozen=True, slots=True)
class SubOptions(Options):
    """SUB."""

    fused_activation_function: str = "NONE"
    pot_scale_int16: bool = True


@dataclass(frozen=True, slots=True)
class MulOptions(Options):
    """MUL."""

    fused_activation_function: str = "NONE"


@dataclass(frozen=True, slots=True)
class DivOptions(Options):
    """DIV."""

    fused_activation_function: str = "NONE"


@dataclass(frozen=True, slots=True)
class L2NormOptions(Options):
    """L2_NORMALIZATION."""

    fused_activation_function: str = "NONE"


@dataclass(frozen=True, slots=True)
class ReducerOptions(Options):
    """MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_ALL."""

    keep_dims: bool = False


@dataclass(frozen=True, slots=True)
class CumsumOptions(Options):
    """CUMSUM."""

    exclusive: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class ArgMaxOptions(Options):
    """ARG_MAX."""

    output_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class ArgMinOptions(Options):
    """ARG_MIN."""

    output_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class CastOptions(Options):
    """CAST. The types are a hint: the tensors' own types decide."""

    in_data_type: str = "FLOAT32"
    out_data_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class ConcatenationOptions(Options):
    """CONCATENATION. A negative axis counts from the end."""

    axis: int = 0
    fused_activation_function: str = "NONE"


@dataclass(frozen=True, slots=True)
class DepthToSpaceOptions(Options):
    """DEPTH_TO_SPACE."""

    block_size: int = 0


@dataclass(frozen=True, slots=True)
class SpaceToDepthOptions(Options):
    """SPACE_TO_DEPTH."""

    block_size: int = 0


@dataclass(frozen=True, slots=True)
class GatherOptions(Options):
    """GATHER. A negative axis counts from the end."""

    axis: int = 0
    batch_dims: int = 0


@dataclass(frozen=True, slots=True)
class MirrorPadOptions(Options):
    """MIRROR_PAD. `mode` is "REFLECT" or "SYMMETRIC"."""

    mode: str = "REFLECT"


@dataclass(frozen=True, slots=True)
class PackOptions(Options):
    """PACK. A negative axis counts from the end of the output's shape."""

    values_count: int = 0
    axis: int = 0


@dataclass(frozen=True, slots=True)
class UnpackOptions(Options):
    """UNPACK. A negative axis counts from the end."""

    num: int = 0
    axis: int = 0


@dataclass(frozen=True, slots=True)
class ReshapeOptions(Options):
    """RESHAPE. None where the model gives no shape here (then a second input or the output's shape decides)."""

    new_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ResizeBilinearOptions(Options):
    """RESIZE_BILINEAR."""

    align_corners: bool = False
    half_pixel_centers: bool = False


@dataclass(frozen=True, slots=True)
class ResizeNearestNeighborOptions(Options):
    """RESIZE_NEAREST_NEIGHBOR."""

    align_corners: bool = False
    half_pixel_centers: bool = False


@dataclass(frozen=True, slots=True)
class ShapeOptions(Options):
    """SHAPE."""

    out_type: str = "FLOAT32"


@dataclass(frozen=True, slots=True)
class SplitOptions(Options):
    """SPLIT."""

    num_splits: int = 0


@dataclass(frozen=True, slots=True)
class SplitVOptions(Options):
    """SPLIT_V."""

    num_splits: int = 0


@dataclass(frozen=True, slots=True)
class SqueezeOptions(Options):
    """SQUEEZE. Empty `squeeze_dims` means: every dimension of size 1."""

    squeeze_dims: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StridedSliceOptions(Options):
    """STRIDED_SLICE. Each mask has one bit per dimension."""

    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0
    offset: bool = False


@dataclass(frozen=True, slots=True)
class IfOptions(Options):
    """IF. Indices into `Graph.subgraphs`."""

    then_subgraph_index: int = 0
    else_subgraph_index: int = 0


@dataclass(frozen=True, slots=True)
class WhileOptions(Options):
    """WHILE. Indices into `Graph.subgraphs`."""

    cond_subgraph_index: int = 0
    body_subgraph_index: int = 0


@dataclass(frozen=True, slots=True)
class CallOnceOptions(Options):
    """CALL_ONCE. Index into `Graph.subgraphs`."""

    init_subgraph_index: int = 0


@dataclass(frozen=True, slots=True)
class VarHandleOptions(Options):
    """VAR_HANDLE. Two handles with the same container and shared name are the same variable."""

    container: str = ""
    shared_name: str = ""
