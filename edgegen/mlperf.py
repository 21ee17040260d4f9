"""MLPerf Tiny's benchmarks: which data their runner sends, and whether a model is one for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgegen.codegen.c_format import c_float
from edgegen.errors import InputError
from edgegen.ir import DType, Graph

_RAW, _UNSIGNED, _FLOAT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`values` of the input are sent as the input's own bytes, as unsigned bytes (pixels), or as floats."""

    values: int
    kind: int


BENCHMARKS = {
    "kws01": Benchmark(490, _RAW),
    "vww01": Benchmark(27_648, _UNSIGNED),
    "ic01": Benchmark(3_072, _UNSIGNED),
    "ad01": Benchmark(640, _FLOAT),
}


def firmware_settings(name: str, graph: Graph) -> dict[str, Any]:
    """What the firmware has to know of a benchmark. Raises InputError where the model is none for it."""
    if name not in BENCHMARKS:
        raise InputError(f"--mlperf {name}: no benchmark of MLPerf Tiny\nthere are {', '.join(BENCHMARKS)}")
    benchmark = BENCHMARKS[name]
    ports = [*graph.inputs, *graph.outputs]
    tensors = [graph.tensors[index] for index in ports]
    fitting = len(graph.inputs) == len(graph.outputs) == 1 and all(
        t.dtype is DType.INT8 and t.quantization is not None and len(t.quantization.scales) == 1 for t in tensors
    )
    if not fitting or tensors[0].elements != benchmark.values:
        raise InputError(
            f"{graph.name}: no model for --mlperf {name}\nit has one int8 input of {benchmark.values} values and one "
            "int8 output, each with a scale"
        )
    source, result = tensors
    if benchmark.kind == _FLOAT and result.elements != source.elements:
        raise InputError(f"{graph.name}: no model for --mlperf {name}\nits output has as many values as its input")
    assert source.quantization is not None
    assert result.quantization is not None
    return {
        "id": name,
        "kind": benchmark.kind,
        "data_bytes": source.elements * (4 if benchmark.kind == _FLOAT else 1),
        "prepared_bytes": source.elements if benchmark.kind == _FLOAT else 1,
        "input_values": source.elements,
        "input_scale": c_float(source.quantization.scale),
        "input_zero_point": source.quantization.zero_point,
        "output_values": result.elements,
        "output_scale": c_float(result.quantization.scale),
        "output_zero_point": result.quantization.zero_point,
    }
