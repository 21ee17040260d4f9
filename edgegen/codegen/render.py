"""From a program to the text of its C files, through the Jinja2 templates of `templates/model`."""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np

from edgegen import __version__
from edgegen.codegen import c_format
from edgegen.codegen.program import Function, Layer, Program
from edgegen.codegen.shared_calls import ArgumentText, CallText, share_calls, wrapped_call
from edgegen.errors import EdgegenError
from edgegen.ir import DType, Tensor
from edgegen.memory.liveness import scratch_arguments
from edgegen.ops.base import (
    Argument,
    ConstArray,
    Direction,
    FieldValue,
    KernelCall,
    Null,
    Scratch,
    State,
    Struct,
    SubgraphArena,
    SubgraphFunction,
    SubgraphOutput,
    Table,
    TensorArg,
    TensorList,
)
from edgegen.resources import resource_dir

INCLUDE = re.compile(r'^\s*#\s*include\s+"(eg_[a-z0-9_]+\.h)"', re.MULTILINE)
_CALLED = re.compile(r"(\w+)\(")
_C_TYPES = {
    d.numpy.name: d.c_name
    for d in (
        DType.FLOAT32, DType.FLOAT64, DType.INT8, DType.INT16, DType.INT32, DType.INT64,
        DType.UINT8, DType.UINT16, DType.UINT32, DType.UINT64, DType.BOOL,
    )
}  # fmt: skip


@functools.cache
def environment() -> jinja2.Environment:
    """The Jinja environment for every C and firmware template: undefined names are errors, no HTML escaping."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_dir("templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.filters["c_comment"] = c_format.c_comment
    env.filters["c_string"] = c_format.c_string
    return env


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant array or struct of the model file: `declaration` without storage class, `body` between the braces.

    `section` is the macro that places it: arrays hold no pointers, so they can lie where nothing is relocated.
    """

    declaration: str
    body: str
    section: str = "EG_CONST"


@dataclass(frozen=True, slots=True)
class LayerText:
    """A layer as a C function: its symbol, a comment, and its statements."""

    symbol: str
    comment: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionText:
    """A subgraph as C."""

    symbol: str
    layers: tuple[LayerText, ...]
    is_main: bool


@dataclass(frozen=True, slots=True)
class RenderedModel:
    """The generated files by name; and for each layer of the program the arrays that it reads, (symbol, bytes).

    `called` are the functions that a layer's own calls, by its symbol.
    """

    files: dict[str, bytes]
    layer_arrays: tuple[tuple[tuple[str, int], ...], ...]
    called: dict[str, tuple[str, ...]]


def render_model(program: Program, model_bytes: bytes) -> dict[str, bytes]:
    """The generated files by name: model source and header, the .tflite as an array, and the kernels in use."""
    return render(program, model_bytes).files


def render(program: Program, model_bytes: bytes) -> RenderedModel:
    """The generated files, and what each layer reads."""
    writer = _Writer(program)
    context: dict[str, object] = {"version": __version__, "model": program.name} | writer.context()
    context["source_sha256"] = program.graph.source_sha256
    data = c_format.c_initializer(np.frombuffer(model_bytes, dtype=np.uint8))
    files = {
        f"{program.name}.h": _render("model/model.h.j2", context),
        f"{program.name}.c": _render("model/model.c.j2", context),
        f"{program.name}_data.h": _render("model/model_data.h.j2", context | {"data_bytes": len(model_bytes)}),
        f"{program.name}_data.c": _render(
            "model/model_data.c.j2", context | {"data": data, "data_bytes": len(model_bytes)}
        ),
    }
    encoded = {name: text.encode() for name, text in files.items()} | kernel_files(program)
    return RenderedModel(encoded, tuple(writer.layer_arrays), writer.called)


def _render(template: str, context: dict[str, object]) -> str:
    return environment().get_template(template).render(context)


def kernel_files(program: Program) -> dict[str, bytes]:
    """The kernel sources that the program calls, and every header that these include, by file name."""
    root = resource_dir("firmware") / "kernels"
    wanted = ["eg_common.h"]
    for call in program.calls():
        wanted += [call.header, *call.sources]
    files: dict[str, bytes] = {}
    while wanted:
        name = wanted.pop()
        if name not in files:
            files[name] = _read(root / ("src" if name.endswith(".c") else "include") / name)
            wanted += INCLUDE.findall(files[name].decode())
    return dict(sorted(files.items()))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EdgegenError(f"kernel file {path.name} can't be read: {error}; reinstall edgegen") from error


class _Writer:
    """Turns the values in kernel calls into C expressions and gathers the constants that they name."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.constants: list[Constant] = []
        self.inlined: list[CallText] = []
        self._symbols: dict[object, str] = {}
        self._functions = {function.index: function for function in program.functions}
        self.layer_arrays: list[tuple[tuple[str, int], ...]] = []
        self.called: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, int] = {}

    def context(self) -> dict[str, object]:
        functions = [self._function(function) for function in self.program.functions]
        shared, statements = share_calls(self.program.name, self.inlined)
        functions = [_with_statements(function, statements) for function in functions]
        for layer in functions[-1].layers:
            found = (_CALLED.match(statement) for statement in layer.statements)
            self.called[layer.symbol] = tuple(match.group(1) for match in found if match)
        main = self.program.main
        headers = sorted({call.header for call in self.program.calls()})
        return {
            "headers": headers,
            "constants": self.constants,
            "shared": shared,
            "functions": functions,
            "states": [self._initialised(state) for state in self.program.states],
            "arenas": [
                {"symbol": self._arena_symbol(number), "bytes": max(size, 16)}
                for number, size in enumerate(self.program.arena_parts)
            ],
            "inputs": [self._port(main, i) for i in main.graph.inputs],
            "outputs": [self._port(main, i) for i in main.graph.outputs],
        }

    def _initialised(self, state: State) -> dict[str, object]:
        initial = self._const_array(ConstArray("initial", "uint8", state.initial, 16)) if state.initial else ""
        sizes: dict[str, object] = {"bytes": state.size_bytes, "initial_bytes": len(state.initial)}
        return {"pointer": self._state(state.key), "initial": initial, "fill": state.fill} | sizes

    def _arena_symbol(self, part: int) -> str:
        return f"{self.program.name}_arena" + (f"_{part + 1}" if part else "")

    def _place(self, function: Function, offset: int) -> str:
        """The address of an offset in a function's arena."""
        if function is not self.program.main:
            return f"arena + {offset}"
        part, within = function.plan.part(offset)
        return f"{self._arena_symbol(part)} + {within}"

    def _state(self, key: str) -> str:
        return self._place(self.program.main, self.program.state_offset(key))

    def _address(self, function: Function, index: int) -> str:
        """Where a tensor lies: in the main arena, in the function's own, or where the function's caller has it."""
        variable = self.program.variable_offset(function, index)
        if variable is not None:
            return self._place(self.program.main, variable)
        root = function.buffers.root(index)
        if function is not self.program.main and root in function.graph.inputs:
            return f"inputs[{function.graph.inputs.index(root)}]"
        return self._place(function, function.offset(index))

    def _port(self, function: Function, index: int) -> dict[str, object]:
        tensor = function.graph.tensors[index]
        quantization = tensor.quantization
        variable = self.program.variable_offset(function, index)
        return {
            "name": tensor.name,
            "ctype": tensor.dtype.c_name,
            "address": self._place(function, function.offset(index) if variable is None else variable),
            "elements": tensor.elements,
            "bytes": tensor.size_bytes,
            "shape": ", ".join(str(d) for d in tensor.shape) or "1",
            "rank": len(tensor.shape),
            "scale": c_format.c_float(quantization.scale if quantization else 0.0),
            "zero_point": quantization.zero_point if quantization else 0,
        }

    def _function(self, function: Function) -> FunctionText:
        is_main = function is self.program.main
        prefix = self.program.name if is_main else f"{self.program.name}_subgraph_{function.index}"
        scratch_name = len(function.graph.tensors) + (len(self.program.states) if is_main else 0)
        layers = []
        ended: State | None = None
        for step, layer in enumerate(function.layers):
            self._read = {}
            statements = [f"if (*({self._state(ended.key)})) return;"] if ended and layer.calls else []
            for call in layer.calls:
                statements.append(self._call(function, call, scratch_name))
                scratch_name += len(scratch_arguments(call))
                ended = call.ends_invoke or ended
            if statements:
                layers.append(LayerText(f"{prefix}_layer_{step}", _describe(layer), tuple(statements)))
            if is_main:
                self.layer_arrays.append(tuple(self._read.items()))
        return FunctionText(f"{prefix}_invoke" if is_main else prefix, tuple(layers), is_main)

    def _call(self, function: Function, call: KernelCall, scratch_name: int) -> str:
        texts: list[ArgumentText] = []
        offsets = function.plan.offsets()
        for argument in call.arguments:
            if isinstance(argument, Scratch | SubgraphArena):
                texts.append(ArgumentText(self._place(function, offsets[scratch_name]), "uint8_t *"))
                scratch_name += 1
            else:
                texts.append(ArgumentText(self._argument(function, argument), _pointer_type(function, argument)))
        statement = wrapped_call(call.kernel, [argument.text for argument in texts])
        # A subgraph's tensors lie behind its own parameters, which no other function knows.
        if function is self.program.main and f"{call.kernel}.c" not in call.sources:
            self.inlined.append(CallText(statement, call.kernel, tuple(texts)))
        return statement

    def _argument(self, function: Function, argument: Argument) -> str:
        if isinstance(argument, TensorArg):
            return self._tensor(function, argument.index, argument.written)
        if isinstance(argument, TensorList):
            qualifier = "" if argument.written else "const "
            pointers = ", ".join(self._tensor(function, i, argument.written) for i in argument.indices)
            return f"({qualifier}void *const[]){{{pointers}}}"
        if isinstance(argument, Struct):
            return "&" + self._struct(argument)
        if isinstance(argument, Direction):
            return "1" if self._above(function, argument) else "0"
        if isinstance(argument, State):
            return self._state(argument.key)
        return self._field(argument)

    def _above(self, function: Function, direction: Direction) -> bool:
        offsets = function.plan.offsets()
        roots = (function.buffers.root(direction.output), function.buffers.root(direction.input))
        if any(root not in offsets for root in roots):
            return False
        return function.offset(direction.output) > function.offset(direction.input)

    def _tensor(self, function: Function, index: int, written: bool) -> str:
        tensor = function.graph.tensors[index]
        if tensor.data is not None:
            name = f"tensor_{index}" if function is self.program.main else f"subgraph_{function.index}_tensor_{index}"
            return self._const_array(_tensor_constant(name, tensor))
        if tensor.dtype is DType.RESOURCE:
            return "0"
        qualifier = "" if written else "const "
        address = self._address(function, index)
        return f"({qualifier}{tensor.dtype.c_name} *)" + (f"({address})" if "+" in address else address)

    def _field(self, value: FieldValue) -> str:
        """A value inside a struct, or a plain argument."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return c_format.c_int(value)
        if isinstance(value, float):
            return c_format.c_float(value)
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return "{" + ", ".join(self._field(v) for v in value) + "}"
        if isinstance(value, ConstArray):
            return self._const_array(value)
        if isinstance(value, Table):
            return self._table(value)
        if isinstance(value, Null):
            return "0"
        if isinstance(value, SubgraphFunction):
            return f"{self.program.name}_subgraph_{value.index}"
        if isinstance(value, SubgraphOutput):
            callee = self._functions[value.index]
            return str(callee.offset(callee.graph.outputs[value.position]))
        raise TypeError(f"{type(value).__name__} can't stand in a struct")

    def _const_array(self, array: ConstArray) -> str:
        key = (array.dtype, array.data, array.align)
        if key not in self._symbols:
            symbol = f"{self.program.name}_{array.name}"
            if symbol in self._symbols.values():
                symbol = f"{symbol}_{len(self.constants)}"
            self._symbols[key] = symbol
            values = np.frombuffer(array.data or bytes(8), dtype=array.dtype)
            declaration = f"{_C_TYPES[array.dtype]} {symbol}[{len(values)}] EG_ALIGN({array.align})"
            self.constants.append(Constant(declaration, c_format.c_initializer(values), "EG_WEIGHTS"))
        self._read[self._symbols[key]] = len(array.data)
        return self._symbols[key]

    def _struct(self, struct: Struct) -> str:
        body = "\n".join(f"  .{name} = {self._field(value)}," for name, value in struct.fields)
        key = (struct.ctype, body)
        if key not in self._symbols:
            symbol = f"{self.program.name}_{struct.ctype.removeprefix('eg_')}_{len(self.constants)}"
            self._symbols[key] = symbol
            self.constants.append(Constant(f"{struct.ctype} {symbol}", body))
        return self._symbols[key]

    def _table(self, table: Table) -> str:
        body = "\n".join(f"  {self._field(row)}," for row in table.rows)
        key = (f"{table.ctype}[]", body)
        if key not in self._symbols:
            symbol = f"{self.program.name}_{table.ctype.removeprefix('eg_')}_{len(self.constants)}"
            self._symbols[key] = symbol
            self.constants.append(Constant(f"{table.ctype} {symbol}[{len(table.rows)}]", body))
        return self._symbols[key]


def _tensor_constant(name: str, tensor: Tensor) -> ConstArray:
    values = tensor.array()
    return ConstArray(name, values.dtype.name, np.ascontiguousarray(values).tobytes(), 16)


def _pointer_type(function: Function, argument: Argument) -> str | None:
    """The type of an argument that is a pointer to a tensor or an array."""
    if isinstance(argument, ConstArray):
        return f"const {_C_TYPES[argument.dtype]} *"
    if not isinstance(argument, TensorArg) or function.graph.tensors[argument.index].dtype is DType.RESOURCE:
        return None
    tensor = function.graph.tensors[argument.index]
    return f"{'' if argument.written and tensor.data is None else 'const '}{tensor.dtype.c_name} *"


def _with_statements(function: FunctionText, statements: dict[str, str]) -> FunctionText:
    """The same with statements replaced."""
    layers = tuple(
        dataclasses.replace(layer, statements=tuple(statements.get(text, text) for text in layer.statements))
        for layer in function.layers
    )
    return dataclasses.replace(function, layers=layers)


def _describe(layer: Layer) -> str:
    return f"{layer.op} {layer.name}"
