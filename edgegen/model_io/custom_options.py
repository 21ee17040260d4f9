"""A custom operator's flexbuffer -> its class of `edgegen.options_custom`."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from typing import Any

from edgegen import options_custom
from edgegen.ir import Options
from edgegen.model_io.flexbuffer import FlexbufferError, read_scalar_map
from edgegen.options import NoOptions, UnknownOptions

CUSTOM_OPTIONS: dict[str, type[Options]] = {
    "CIRCULAR_BUFFER": options_custom.CircularBufferOptions,
    "SignalDelay": options_custom.SignalDelayOptions,
    "SignalEnergy": options_custom.SignalEnergyOptions,
    "SignalFftAutoScale": NoOptions,
    "SignalFilterBank": options_custom.SignalFilterBankOptions,
    "SignalFilterBankLog": options_custom.SignalFilterBankLogOptions,
    "SignalFilterBankSpectralSubtraction": options_custom.SignalFilterBankSpectralSubtractionOptions,
    "SignalFilterBankSquareRoot": NoOptions,
    "SignalFramer": options_custom.SignalFramerOptions,
    "SignalIrfft": options_custom.SignalFftOptions,
    "SignalOverlapAdd": options_custom.SignalOverlapAddOptions,
    "SignalPCAN": options_custom.SignalPcanOptions,
    "SignalRfft": options_custom.SignalFftOptions,
    "SignalStacker": options_custom.SignalStackerOptions,
    "SignalWindow": options_custom.SignalWindowOptions,
    "TFLM_DECODE": NoOptions,
    "TFLite_Detection_PostProcess": options_custom.DetectionPostProcessOptions,
    "ethos-u": options_custom.EthosUOptions,
}
_INT32 = range(-(2**31), 2**31)


def read_custom_options(op: str, blob: bytes) -> Options | str:
    """Decodes the options of the custom operator `op`. Returns a message instead where they can't be right.

    Operators that TensorFlow Lite Micro does not have give `UnknownOptions`.
    """
    cls = CUSTOM_OPTIONS.get(op, UnknownOptions)
    wanted = fields(cls)
    if not wanted:
        return cls()
    try:
        given = read_scalar_map(blob) if blob else {}
    except FlexbufferError as error:
        return f"its custom options are broken: {error}"
    values: dict[str, Any] = {}
    for field in wanted:
        number = given.get(field.name)
        if number is None:
            if field.default is MISSING:
                return f"its custom options lack '{field.name}'"
            continue
        value = _convert(number, str(field.type))
        if value is None:
            return f"'{field.name}' of its custom options is {number!r}, which is out of range"
        values[field.name] = value
    return cls(**values)


def _convert(value: int | float, kind: str) -> int | float | None:
    """The value as TensorFlow Lite Micro reads it: numbers convert freely into each other; None if that fails."""
    if not math.isfinite(value):
        return None
    if kind == "bool":
        return bool(value)
    if kind == "float":
        return float(value)
    return int(value) if int(value) in _INT32 else None
