"""Runs a .tflite on this machine with TensorFlow Lite's kernels: float samples in, float outputs out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import InputError
from edgegen.model_io.tensorflow_setup import hushed, load


class Interpreter:
    """One model with one input and one output, taken a sample at a time; state is cleared before each.

    An integer input is quantised by rounding to nearest, an integer output read back with its scale.
    """

    def __init__(self, model: bytes, *, keep_all: bool = False) -> None:
        tf = load("tensorflow")
        # Without delegates: those may compute with other roundings than a microcontroller's kernels.
        resolver = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        with hushed():
            self._interpreter = tf.lite.Interpreter(
                model_content=model,
                experimental_op_resolver_type=resolver,
                experimental_preserve_all_tensors=keep_all,
                num_threads=1,
            )
            self._interpreter.allocate_tensors()
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1:
            found = f"{len(inputs)} inputs and {len(outputs)} outputs"
            raise InputError(f"the model has {found}; compress works on models with one input and output")
        (self._input,), (self._output,) = inputs, outputs
        self._details = {detail["name"]: detail for detail in self._interpreter.get_tensor_details()}

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of one sample."""
        return tuple(int(size) for size in self._input["shape"][1:])

    @property
    def outputs(self) -> int:
        """How many values one sample gives."""
        return int(np.prod(self._output["shape"][1:], dtype=np.int64))

    def activation_names(self) -> list[str]:
        """The float tensors that some operator writes, and the input."""
        written = {int(i) for op in self._interpreter._get_ops_details() for i in op["outputs"]}
        written.add(self._input["index"])
        return [
            name
            for name, detail in self._details.items()
            if detail["index"] in written and detail["dtype"] is np.float32
        ]

    def details(self) -> dict[str, dict[str, Any]]:
        """What TensorFlow Lite knows of each tensor, by name."""
        return self._details

    def written_by(self) -> dict[str, str]:
        """The operator that writes each tensor, by the tensor's name."""
        names = {detail["index"]: name for name, detail in self._details.items()}
        operations = self._interpreter._get_ops_details()
        return {names[int(i)]: str(op["op_name"]) for op in operations for i in op["outputs"] if int(i) in names}

    def quantized(self, sample: NDArray[Any]) -> NDArray[Any]:
        """A float input [...] as the model takes it [1, ...]."""
        kind = self._input["dtype"]
        scale, zero_point = self._input["quantization"]
        if np.issubdtype(kind, np.integer) and scale:
            limits = np.iinfo(kind)
            sample = np.clip(np.round(sample / scale) + zero_point, limits.min, limits.max)
        quantized: NDArray[Any] = sample[np.newaxis].astype(kind)
        return quantized

    def run(self, sample: NDArray[Any]) -> NDArray[Any]:
        """The output for one float input, without the batch axis, as float32."""
        self._interpreter.reset_all_variables()
        self._interpreter.set_tensor(self._input["index"], self.quantized(sample))
        self._interpreter.invoke()
        output: NDArray[Any] = _read(self._interpreter, self._output)[0]
        return output

    def tensor(self, name: str) -> NDArray[Any]:
        """A tensor's values after the last run, as float32; needs `keep_all`."""
        return _read(self._interpreter, self._details[name])

    def predict(self, samples: NDArray[Any]) -> NDArray[Any]:
        """The outputs [N, ...] for float inputs [N, ...]."""
        return np.stack([self.run(sample) for sample in samples])


def _read(interpreter: Any, detail: dict[str, Any]) -> NDArray[Any]:
    values = interpreter.get_tensor(detail["index"])
    scale, zero_point = detail["quantization"]
    if np.issubdtype(values.dtype, np.integer) and scale:
        return np.asarray((values.astype(np.float32) - zero_point) * np.float32(scale))
    return np.asarray(values, np.float32)
