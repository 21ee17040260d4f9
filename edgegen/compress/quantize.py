"""Post-training quantisation: a float .tflite and representative inputs in, an integer .tflite out.

The steps are TensorFlow's own converter's, one by one, so that a float .tflite can enter and the ranges can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.compress.interpreter import Interpreter
from edgegen.compress.recipe import Quantize
from edgegen.errors import EdgegenError, InputError
from edgegen.model_io.keras_import import is_tf_keras
from edgegen.model_io.tensorflow_setup import hushed, load

_VALUES_PER_TENSOR = 1 << 19
_CLIP_STEPS = 40
_LEVELS = 255
_RECURRENT = ("UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN", "SVDF")


def to_float_tflite(model: Any) -> bytes:
    """A Keras model as a float .tflite for one sample at a time. Raises InputError where it can't be converted."""
    tf = load("tensorflow")
    try:
        with hushed():
            return bytes(_converter(model, tf).convert())
    except Exception as error:  # whatever the converter raises
        raise InputError(f"model '{model.name}' can't be converted by TensorFlow: {_line(error)}") from None


def quantize_aware_to_tflite(model: Any, io: str) -> bytes:
    """A quantisation-aware tf_keras model as an int8 .tflite, with the ranges that it learnt."""
    tf = load("tensorflow")
    kind = tf.int8 if io == "integer" else tf.float32
    try:
        with hushed():
            converter = _converter(model, tf)
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.inference_input_type = converter.inference_output_type = kind
            return bytes(converter.convert())
    except Exception as error:  # whatever the converter raises
        raise EdgegenError(f"the quantisation-aware model can't be converted by TensorFlow: {_line(error)}") from None


def _converter(model: Any, tf: Any) -> Any:
    """A converter for one sample: a microcontroller knows its shapes beforehand."""
    (tensor,) = model.inputs
    for size in tensor.shape[1:]:
        if size is None:
            raise InputError(
                f"model '{model.name}' has an input of unknown size {tuple(tensor.shape)}; give every size"
            )
    spec = tf.TensorSpec([1, *tensor.shape[1:]], tensor.dtype, name="input")
    call = tf.function(lambda value: model(value, training=False))
    # Through a SavedModel, which takes ten times longer, the converter sees layers as a whole: only so does it make
    # one operator of tf_keras' LSTM. It loses the weights of Keras 3 there.
    recurrent = is_tf_keras(model) and any(map(_is_recurrent, model.layers))
    owner = [model] if recurrent else []
    return tf.lite.TFLiteConverter.from_concrete_functions([call.get_concrete_function(spec)], *owner)


def _is_recurrent(layer: Any) -> bool:
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None)
    return hasattr(layer, "cell") or hasattr(inner, "cell")


def quantize(model: bytes, samples: NDArray[Any], options: Quantize) -> bytes:
    """An integer .tflite of a float one. `samples` are inputs as at inference [N, ...]; the ranges come from them.

    Raises EdgegenError where TensorFlow's quantiser fails.
    """
    tf = load("tensorflow")
    from tensorflow.lite.python.convert import mlir_quantize
    from tensorflow.lite.python.optimize import calibrator

    wide = options.scheme == "int16x8"
    kind = tf.float32 if options.io == "float32" else tf.int16 if wide else tf.int8

    def feed() -> Iterator[list[NDArray[Any]]]:
        for sample in samples:
            yield [sample[np.newaxis]]

    try:
        with hushed():
            work = calibrator.Calibrator(calibrator.add_intermediate_tensors(model))
            if wide:
                return bytes(work.calibrate_and_quantize(feed, kind, kind, False, tf.int16, tf.int64))
            calibrated = work.calibrate(feed)
            if options.calibration != "minmax":
                calibrated = set_ranges(calibrated, choose_ranges(model, samples, options))
            return bytes(mlir_quantize(calibrated, input_data_type=kind, output_data_type=kind))
    except InputError:
        raise
    except Exception as error:  # TensorFlow's quantiser raises classes of its own
        raise EdgegenError(f"TensorFlow can't quantise the model to {options.scheme}: {_line(error)}") from None


def choose_ranges(model: bytes, samples: NDArray[Any], options: Quantize) -> dict[str, tuple[float, float]]:
    """The range of each activation by percentile or by least squared error, from the float model's values."""
    interpreter = Interpreter(model, keep_all=True)
    recurrent = [name for name, op in interpreter.written_by().items() if op in _RECURRENT]
    if recurrent:
        # The state inside has ranges that must agree with those outside, and can't be observed.
        raise InputError(f"calibration '{options.calibration}' does not fit recurrent layers; use 'minmax'")
    names = interpreter.activation_names()
    share = max(1, _VALUES_PER_TENSOR // len(samples))
    values: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for sample in samples:
        interpreter.run(sample)
        for name in names:
            flat = interpreter.tensor(name).reshape(-1)
            values[name].append(flat[:: -(-flat.size // share)] if flat.size > share else flat)
    choose = _least_error if options.calibration == "mse" else _percentile
    return {name: choose(np.concatenate(parts), options) for name, parts in values.items()}


def _percentile(values: NDArray[Any], options: Quantize) -> tuple[float, float]:
    low, high = np.percentile(values, (100.0 - options.percentile, options.percentile))
    return min(0.0, float(low)), max(0.0, float(high))


def _least_error(values: NDArray[Any], options: Quantize) -> tuple[float, float]:
    """Shrinks the range step by step and keeps the one with the least squared error of rounding and clipping."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    best, least = (low, high), np.inf
    for step in range(_CLIP_STEPS):
        share = 1.0 - step / (_CLIP_STEPS + 1)
        first, last = low * share, high * share
        scale = (last - first) / _LEVELS
        if scale == 0.0:
            break
        rounded = np.clip(np.round((values - first) / scale), 0, _LEVELS) * scale + first
        error = float(np.mean(np.square(rounded - values)))
        if error < least:
            best, least = (first, last), error
    return best


def set_ranges(calibrated: bytes, ranges: Mapping[str, tuple[float, float]]) -> bytes:
    """A calibrated .tflite with the given ranges, by tensor name, in place of those it has."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(calibrated, 0))
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            found = ranges.get(tensor.name.decode(errors="replace"))
            if found is not None and tensor.quantization is not None and tensor.quantization.min is not None:
                tensor.quantization.min = np.array([found[0]], np.float32)
                tensor.quantization.max = np.array([found[1]], np.float32)
    builder = flatbuffers.Builder(len(calibrated))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = next((line for line in lines if "error:" in line or "Error" in line), lines[0] if lines else "")
    return telling[:300] or type(error).__name__
