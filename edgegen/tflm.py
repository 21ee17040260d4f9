"""What a project with TensorFlow Lite Micro's interpreter needs: the operators to register, and the arena's size."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from collections.abc import Iterable

from edgegen import process
from edgegen.errors import EdgegenError, InputError
from edgegen.ir import Graph

RUNTIME_BYTES = 160 * 1024
"""An allowance for the code of the interpreter and of its operators."""

_TIMEOUT_S = 300.0
_STEP_BYTES = 16
_LARGEST_BYTES = 64 << 20
# Methods of MicroMutableOpResolver that are not the operator's name in camel case.
_METHODS = {
    "AVERAGE_POOL_2D": "AddAveragePool2D",
    "BATCH_MATMUL": "AddBatchMatMul",
    "CONV_2D": "AddConv2D",
    "CUMSUM": "AddCumSum",
    "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D",
    "L2_POOL_2D": "AddL2Pool2D",
    "MAX_POOL_2D": "AddMaxPool2D",
    "PADV2": "AddPadV2",
    "SignalPCAN": "AddPCAN",
    "TFLM_DECODE": "AddDecode",
    "TFLite_Detection_PostProcess": "AddDetectionPostprocess",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM",
}
# The operators that it registers under their own names.
_REGULAR = """
ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE BATCH_TO_SPACE_ND BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL
CIRCULAR_BUFFER CONCATENATION COS DEPTH_TO_SPACE DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP
EXPAND_DIMS FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL HARD_SWISH IF
L2_NORMALIZATION LEAKY_RELU LESS LESS_EQUAL LOG LOG_SOFTMAX LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC MAXIMUM MEAN
MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL PACK PAD PRELU QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX REDUCE_MIN RELU RELU6
RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX
SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM SVDF TANH
TRANSPOSE TRANSPOSE_CONV UNPACK VAR_HANDLE WHILE ZEROS_LIKE
"""
_SIGNAL = """
Delay Energy FftAutoScale FilterBank FilterBankLog FilterBankSpectralSubtraction FilterBankSquareRoot Framer Irfft
OverlapAdd Rfft Stacker Window
"""


def operators(graph: Graph) -> tuple[str, ...]:
    """The operators of a model and of all its subgraphs, sorted."""
    return tuple(sorted({node.op for each in graph.every_graph() for node in each.nodes}))


def resolver_methods(names: Iterable[str]) -> tuple[str, ...]:
    """The calls that register operators. Raises InputError for one that TensorFlow Lite Micro doesn't have."""
    known = _METHODS | {name: "Add" + name.title().replace("_", "") for name in _REGULAR.split()}
    known |= {f"Signal{name}": f"Add{name}" for name in _SIGNAL.split()}
    wanted = list(names)
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            f"TensorFlow Lite Micro has no operator {', '.join(missing)}\nexport the model with --runtime edgegen"
        )
    return tuple(known[name] for name in wanted)


def find_arena_bytes(model: bytes, name: str) -> int:
    """The smallest arena, in steps of 16 bytes, with which the package tflite-micro runs a model on this machine.

    Raises EdgegenError where the package is missing or the interpreter refuses the model.
    """
    if importlib.util.find_spec("tflite_micro") is None:
        raise EdgegenError(
            "--runtime tflm finds the arena's size with a package that is missing: pip install tflite-micro"
        )
    output = process.run([sys.executable, "-m", "edgegen.tflm"], timeout_s=_TIMEOUT_S, stdin=model)
    lines = output.split()
    if not lines or not lines[-1].isdigit():
        raise EdgegenError(
            f"{name}: TensorFlow Lite Micro can't run it, not even with {_LARGEST_BYTES >> 20} MiB of arena\n"
            "export it with --runtime edgegen"
        )
    return int(lines[-1])


def _smallest_arena(model: bytes) -> int | None:
    import numpy as np
    from tflite_micro.python.tflite_micro import runtime

    def invoke(size: int) -> None:
        interpreter = runtime.Interpreter.from_bytes(model, arena_size=size)
        for index in itertools.count():
            try:
                details = interpreter.get_input_details(index)
            except (IndexError, ValueError):
                break
            interpreter.set_input(np.zeros(details["shape"], dtype=details["dtype"]), index)
        interpreter.invoke()

    def runs(size: int) -> bool:
        # The interpreter can abort where the arena is too small: that ends this process of its own.
        child = os.fork()
        if child == 0:
            status = 1
            try:
                invoke(size)
                status = 0
            finally:
                os._exit(status)
        return os.waitpid(child, 0)[1] == 0

    high = 1024
    while not runs(high):
        high *= 2
        if high > _LARGEST_BYTES:
            return None
    low = high // 2 if high > 1024 else 0
    while high - low > _STEP_BYTES:
        middle = (low + high) // 2 // _STEP_BYTES * _STEP_BYTES
        if runs(middle):
            high = middle
        else:
            low = middle
    return high


if __name__ == "__main__":
    found = _smallest_arena(sys.stdin.buffer.read())
    print(found if found is not None else "none")
