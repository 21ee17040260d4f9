"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: images of another height and width."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from edgegen.ir import DType, Graph, Node
from edgegen.ops.arithmetic import round_half_away
from edgegen.ops.base import (
    ConstArray,
    FieldValue,
    KernelCall,
    Lowering,
    Operator,
    Refusal,
    Struct,
    Target,
    TensorArg,
    constraint,
    of_types,
    takes,
)
from edgegen.ops.shapes import dims_struct, required
from edgegen.ops.slice import move
from edgegen.ops.strided import box
from edgegen.options import ResizeBilinearOptions, ResizeNearestNeighborOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF = np.float32(0.5)


class _Resize(Operator):
    counts = takes(2)

    @constraint("make the size a constant, the output's height and width")
    def resized_shape(graph: Graph, node: Node) -> str | None:
        """[N,H,W,C] becomes [N,H2,W2,C]; the size is a constant int32 [H2,W2]."""
        source, size, output = (required(graph, i) for i in (*node.inputs, node.outputs[0]))
        if len(source.shape) != 4 or len(output.shape) != 4:
            return f"shapes {list(source.shape)} and {list(output.shape)}"
        if not size.is_constant or size.dtype is not DType.INT32 or size.shape != (2,):
            return f"the size is no constant int32[2] but {size.dtype.value}{list(size.shape)}"
        if output.shape != (source.shape[0], *size.array().tolist(), source.shape[3]) or 0 in source.shape:
            return f"{list(source.shape)} becomes {list(output.shape)}"
        return "a dimension exceeds 32767" if max(source.shape[1:3]) > 32767 else None


class ResizeNearestNeighbor(_Resize):
    name = "RESIZE_NEAREST_NEIGHBOR"
    types = ("int8", "int16", "float32")
    element_types = of_types(DType.FLOAT32, DType.INT8, DType.INT16)

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, ResizeNearestNeighborOptions)
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        batches, in_h, in_w, depth = source.shape
        _, out_h, out_w, _ = output.shape
        rows = _nearest(in_h, out_h, node.options)
        columns = _nearest(in_w, out_w, node.options)
        repeat_h, repeat_w = _repeats(rows, in_h), _repeats(columns, in_w)
        if repeat_h and repeat_w:
            pixel, row = depth, in_w * depth
            extents = (batches * in_h, repeat_h, in_w, repeat_w, depth)
            return move(graph, node.inputs[0], node.outputs[0], box(extents, (row, 0, pixel, 0, 1)))
        pixel_bytes = source.dtype.size_bytes(depth)
        params = Struct(
            "eg_resize_nearest_neighbor_params",
            (
                ("batches", batches),
                ("input_height", in_h),
                ("row_bytes", in_w * pixel_bytes),
                ("pixel_bytes", pixel_bytes),
                ("output_height", out_h),
                ("output_width", out_w),
                ("rows", ConstArray.of("rows", np.array(rows, dtype=np.int16))),
                ("columns", ConstArray.of("columns", np.array(columns, dtype=np.int16))),
            ),
        )
        arguments = (params, TensorArg(node.inputs[0]), TensorArg(node.outputs[0], written=True))
        kernel = "eg_resize_nearest_neighbor"
        return Lowering((KernelCall(kernel, "eg_resize.h", (f"{kernel}.c",), arguments),))


def _nearest(size: int, result: int, options: ResizeNearestNeighborOptions) -> list[int]:
    """The input index for each output index, in float32 arithmetic: GetNearestNeighbor."""
    aligned = options.align_corners and result > 1
    scale = np.float32(size - 1) / np.float32(result - 1) if aligned else np.float32(size) / np.float32(result)
    offset = _HALF if options.half_pixel_centers else np.float32(0.0)
    indices = []
    for i in range(result):
        place = float((np.float32(i) + offset) * scale)
        index = min(round_half_away(place) if options.align_corners else math.floor(place), size - 1)
        indices.append(max(index, 0))
    return indices


def _repeats(indices: list[int], size: int) -> int:
    """How often each input index comes, in order, if all come equally often; else 0."""
    times = len(indices) // size
    return times if times and indices == [i // times for i in range(len(indices))] else 0


class ResizeBilinear(_Resize):
    name = "RESIZE_BILINEAR"
    types = ("int8", "float32")
    element_types = of_types(DType.FLOAT32, DType.INT8)

    @constraint("choose one of the two")
    def one_alignment(graph: Graph, node: Node) -> str | None:
        """align_corners and half_pixel_centers exclude each other."""
        assert isinstance(node.options, ResizeBilinearOptions)
        both = node.options.align_corners and node.options.half_pixel_centers
        return "both are set" if both else None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        assert isinstance(node.options, ResizeBilinearOptions)
        source, output = graph.tensors[node.inputs[0]], graph.tensors[node.outputs[0]]
        is_float = source.dtype is DType.FLOAT32
        place = _float_places if is_float else _integer_places
        params = Struct(
            "eg_resize_bilinear_float_params" if is_float else "eg_resize_bilinear_params",
            (
                ("rows", _interpolation(*place(source.shape[1], output.shape[1], node.options))),
                ("columns", _interpolation(*place(source.shape[2], output.shape[2], node.options))),
            ),
        )
        kernel = f"eg_resize_bilinear_{'f32' if is_float else 's8'}"
        arguments = (
            params,
            dims_struct(source.shape),
            TensorArg(node.inputs[0]),
            dims_struct(output.shape),
            TensorArg(node.outputs[0], written=True),
        )
        return Lowering((KernelCall(kernel, "eg_resize.h", (f"{kernel}.c",), arguments),))


def _interpolation(lower: list[int], upper: list[int], weights: NDArray[np.generic]) -> FieldValue:
    return (
        ConstArray.of("lower", np.array(lower, dtype=np.int16)),
        ConstArray.of("upper", np.array(upper, dtype=np.int16)),
        ConstArray.of("weights", weights),
    )


def _checked(lower: list[int], size: int) -> list[int]:
    if lower and max(lower) >= size:
        raise Refusal(
            f"an output of that size reads index {max(lower)} of {size}: TFLite Micro's rounding reads out of bounds",
            "choose a size nearer to the input's",
        )
    return lower


def _integer_places(
    size: int, result: int, options: ResizeBilinearOptions
) -> tuple[list[int], list[int], NDArray[np.generic]]:
    """(lower, upper, weight of upper in 1/1024) for each output index: ComputeInterpolationValuesInteger."""
    scale = (1024 * size + result // 2) // result
    if options.align_corners and result > 1:
        scale = (1024 * (size - 1) + (result - 1) // 2) // (result - 1)
    shift = scale // 2 - 512 if options.half_pixel_centers else 0
    places = [i * scale + shift for i in range(result)]
    lower = _checked([max(place, 0) // 1024 for place in places], size)
    upper = [min(max(place + 1023, 0) // 1024, size - 1) for place in places]
    weights = np.array([place - 1024 * low for place, low in zip(places, lower, strict=True)], dtype=np.int16)
    return lower, upper, weights


def _float_places(
    size: int, result: int, options: ResizeBilinearOptions
) -> tuple[list[int], list[int], NDArray[np.generic]]:
    """(lower, upper, weight of upper) for each output index, in float32: ComputeInterpolationValues."""
    scale = np.float32(size) / np.float32(result)
    if options.align_corners and result > 1:
        scale = np.float32(size - 1) / np.float32(result - 1)
    indices = np.arange(result, dtype=np.float32)
    places = (indices + _HALF) * scale - _HALF if options.half_pixel_centers else indices * scale
    lower = _checked([max(math.floor(place), 0) for place in places.tolist()], size)
    upper = [min(math.ceil(place), size - 1) for place in places.tolist()]
    return lower, upper, (places - np.array(lower, dtype=np.float32)).astype(np.float32)
