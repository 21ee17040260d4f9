"""Gets loops past TensorFlow's calibrator: it dies of what a WHILE's body hands on unchanged.

The interpreter under the calibrator frees such a tensor, and the calibrator reads it. So before the calibration each of
them gets a RESHAPE to its own shape, which the converter removes again afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flatbuffers
import numpy as np


@contextmanager
def calibrated() -> Iterator[None]:
    """Within it, TFLiteConverter calibrates models with loops."""
    from tensorflow.lite.python.lite import TFLiteConverterBase

    original = TFLiteConverterBase._quantize

    def quantize(self: Any, model: bytes, *arguments: Any, **options: Any) -> bytes:
        result: bytes = original(self, _copy_invariants(model), *arguments, **options)
        return result

    TFLiteConverterBase._quantize = quantize
    try:
        yield
    finally:
        TFLiteConverterBase._quantize = original


def _copy_invariants(data: bytes) -> bytes:
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    codes = [code.builtinCode for code in model.operatorCodes]
    loops = [
        op
        for graph in model.subgraphs
        for op in graph.operators
        if codes[op.opcodeIndex] == schema.BuiltinOperator.WHILE
    ]
    if not loops:
        return data
    reshape = schema.OperatorCodeT()
    reshape.builtinCode = reshape.deprecatedBuiltinCode = schema.BuiltinOperator.RESHAPE
    model.operatorCodes.append(reshape)
    for op in loops:
        body = model.subgraphs[op.builtinOptions.bodySubgraphIndex]
        body.outputs = [
            _append_copy(schema, model, body, result) if source == result else result
            for source, result in zip(body.inputs, body.outputs, strict=True)
        ]
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _append_copy(schema: Any, model: Any, body: Any, index: int) -> int:
    """Appends `copy = RESHAPE(tensor, its shape)` to the body; the index of the copy."""
    source = body.tensors[index]
    shape = np.array(source.shape, np.int32)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(shape.tobytes(), np.uint8)
    model.buffers.append(buffer)
    constant, copy = schema.TensorT(), schema.TensorT()
    constant.name, constant.type = source.name + b" shape", schema.TensorType.INT32
    constant.shape, constant.buffer = np.array([shape.size], np.int32), len(model.buffers) - 1
    copy.name, copy.type, copy.shape, copy.buffer = source.name + b" copy", source.type, source.shape, 0
    body.tensors += [constant, copy]
    op = schema.OperatorT()
    op.opcodeIndex = len(model.operatorCodes) - 1
    op.inputs, op.outputs = [index, len(body.tensors) - 2], [len(body.tensors) - 1]
    op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.ReshapeOptions, schema.ReshapeOptionsT()
    op.builtinOptions.newShape = shape
    body.operators.append(op)
    return len(body.tensors) - 1
