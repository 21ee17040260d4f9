"""Runs a recipe: a float model and data in, an integer .tflite and a record of what each step cost and bought out."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from edgegen.compress import cluster, distill, prune, quantize_aware
from edgegen.compress.base import Context, Outcome
from edgegen.compress.carry_over import carry_over
from edgegen.compress.data import Data, load_data
from edgegen.compress.interpreter import Interpreter
from edgegen.compress.layer_errors import LayerError, layer_errors
from edgegen.compress.measure import CompileModel, StepFigures, figures
from edgegen.compress.quantize import quantize, quantize_aware_to_tflite, to_float_tflite
from edgegen.compress.recipe import Recipe
from edgegen.compress.training import outputs_of, predict, score, start
from edgegen.errors import InputError
from edgegen.model_io.keras_import import SourceModel, import_model
from edgegen.model_io.tensorflow_setup import load

Tell: TypeAlias = "Callable[[str], None]"

TRAINING_STEPS: Mapping[str, Callable[[Any, Any, Context], Outcome]] = {
    "distil": distill.run,
    "prune": prune.run,
    "cluster": cluster.run,
    "quantize_aware": quantize_aware.run,
}
_KEY = "key.json"


@dataclass(frozen=True, slots=True)
class Compressed:
    """`tflite` is the integer model; `steps` start with the model as it was given, quantised; `data` what it ran on."""

    name: str
    tflite: bytes
    steps: tuple[StepFigures, ...]
    layers: tuple[LayerError, ...]
    recipe: Recipe
    data: Data
    notes: tuple[str, ...]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    """The given model: `trainable` in tf_keras, or None; `exact` is its float .tflite."""

    name: str
    trainable: Any
    exact: bytes
    input_shape: tuple[int | None, ...]
    outputs: int
    notes: tuple[str, ...]


def run_recipe(
    model: object,
    recipe: Recipe,
    data: object,
    *,
    compile_model: CompileModel,
    measure_all: bool = True,
    work: Path | None = None,
    resume: bool = False,
    base: Path | None = None,
    tell: Tell = lambda step: None,
) -> Compressed:
    """Runs the steps of `recipe` in order.

    `model` is what `import_model` takes, `data` a Data, what `load_data` takes, or None for the recipe's path.
    Checkpoints go to the folder `work`, from which `resume` goes on; relative paths in the recipe start at `base`. With
    `measure_all` each step is quantised, compiled and measured, else the given model and the last one. Raises
    InputError for what can't be used, EdgegenError where the work fails.
    """
    base = base or Path()
    tell("reading the model")
    load("tensorflow", "tf_keras")
    start(recipe.seed)
    training = [step for step in recipe.steps if step.kind != "quantize"]
    source = _source(import_model(model), bool(training))
    tell("reading the data")
    given = data if isinstance(data, Data) else _load(source, recipe, data, base)
    with tempfile.TemporaryDirectory(prefix="edgegen-compress-") as temporary:
        folder = work or Path(temporary)
        _open_work(folder, source, recipe, given, resume)
        return _run(source, recipe, given, folder, base, compile_model, measure_all, tell)


def _run(
    source: _Source,
    recipe: Recipe,
    data: Data,
    folder: Path,
    base: Path,
    compile_model: CompileModel,
    measure_all: bool,
    tell: Tell,
) -> Compressed:
    final = recipe.quantize
    samples = data.samples(final.samples, recipe.seed)
    count = len(recipe.steps)
    began = time.monotonic()
    tell("measuring the model as it is")
    exact, current = source.exact, source.trainable
    integer = quantize(exact, samples, final)
    found = Interpreter(exact).predict(data.test.x) if current is None else predict(current, data.test.x)
    steps = [
        figures(
            0, "given", exact, integer, data, compile_model,
            score_float=score(found, data.test, data.classes), seconds=time.monotonic() - began,
        )
    ]  # fmt: skip
    outcome = Outcome(current)
    for number, options in enumerate(recipe.steps[:-1], start=1):
        began = time.monotonic()
        label = f"step {number} of {count}, {options.kind}"
        start(recipe.seed + number)
        context = Context(
            data=data, seed=recipe.seed + number, folder=folder / f"step_{number:02}", base=base,
            original=source.trainable, earlier=recipe.steps[: number - 1],
            tell=_prefixed(tell, label),
        )  # fmt: skip
        outcome = TRAINING_STEPS[options.kind](current, options, context)
        current = outcome.model
        if not measure_all and number < count - 1:
            continue
        tell(f"{label}: converting and measuring")
        exact = to_float_tflite(current)
        integer = quantize_aware_to_tflite(current, final.io) if outcome.quantized else quantize(exact, samples, final)
        found = predict(current, data.test.x)
        steps.append(
            figures(
                number, options.kind, exact, integer, data, compile_model,
                score_float=score(found, data.test, data.classes),
                seconds=time.monotonic() - began, notes=outcome.notes,
            )
        )  # fmt: skip
    tell(f"step {count} of {count}, quantize: comparing layers")
    began = time.monotonic()
    layers = layer_errors(exact, integer, samples)
    steps.append(_last(steps[-1], count, final, time.monotonic() - began, outcome.quantized))
    return Compressed(source.name, integer, tuple(steps), layers, recipe, data, source.notes + data.notes, _versions())


def _prefixed(tell: Tell, label: str) -> Tell:
    return lambda text: tell(f"{label}: {text}")


def _last(before: StepFigures, number: int, options: Any, seconds: float, learnt: bool) -> StepFigures:
    """The step `quantize`: the model of the step before, whose integer form was measured there already."""
    import dataclasses

    ranges = "ranges learnt in training" if learnt else f"ranges by {options.calibration} from training data"
    notes = (f"{options.scheme}, {options.io} input and output, {ranges}",)
    return dataclasses.replace(before, step=number, kind="quantize", seconds=round(seconds, 1), notes=notes)


def _source(model: SourceModel, training: bool) -> _Source:
    if model.keras is None:
        if training:
            raise InputError(
                f"model '{model.name}': {model.fixed}, so the recipe can have the one step 'quantize'\n"
                "give the Keras model that it was made of (.keras or .h5)"
            )
        probe = Interpreter(model.tflite)
        return _Source(model.name, None, model.tflite, probe.input_shape, probe.outputs, ())
    notes: tuple[str, ...] = ()
    keras = model.keras
    _check_single(keras, model.name)
    try:
        keras = carry_over(keras)
    except InputError as error:
        if training:
            raise
        # Quantising alone works on the model as it is.
        notes = (f"converted from Keras 3 directly: {str(error).splitlines()[0]}",)
    shape = tuple(None if size is None else int(size) for size in keras.inputs[0].shape[1:])
    return _Source(model.name, keras, to_float_tflite(keras), shape, outputs_of(keras), notes)


def _check_single(model: Any, name: str) -> None:
    for what, tensors in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(tensors) != 1:
            raise InputError(
                f"model '{name}' has {len(tensors)} {what}; compress works on models with one input and output"
            )


def _load(source: _Source, recipe: Recipe, data: object, base: Path) -> Data:
    if data is None:
        if recipe.data.path is None:
            raise InputError("no data: give --data, or 'path' under [data] in the recipe")
        data = base / recipe.data.path
    return load_data(
        data, recipe.data, input_shape=source.input_shape, outputs=source.outputs, seed=recipe.seed
    )  # fmt: skip


def read_data(model: object, recipe: Recipe, data: object, base: Path) -> Data:
    """The data of a recipe, checked against the model: what `run_recipe` takes as `data` as well."""
    training = len(recipe.steps) > 1
    return _load(_source(import_model(model), training), recipe, data, base)


def _open_work(folder: Path, source: _Source, recipe: Recipe, data: Data, resume: bool) -> None:
    """Prepares the folder of checkpoints, which belongs to one model, recipe and data."""
    key = {
        "model": hashlib.sha256(source.exact).hexdigest(),
        "recipe": recipe.model_dump(mode="json", exclude={"data": {"path"}}),
        "data": data.sha256,
    }
    path = folder / _KEY
    if path.is_file() and resume:
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise InputError(f"'{path}' is damaged\nstart again without --resume") from None
        changed = [name for name, value in key.items() if before.get(name) != value]
        if changed:
            raise InputError(f"'{folder}' is of another {changed[0]} than now\nstart again without --resume")
        return
    if folder.exists() and any(folder.iterdir()):
        if not path.is_file():
            raise InputError(f"'{folder}' holds files that edgegen did not write; move them away")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(key, indent=2) + "\n", encoding="utf-8")


def _versions() -> dict[str, str]:
    from importlib import metadata

    names = ("tensorflow", "tf_keras", "tensorflow-model-optimization", "keras", "numpy")
    return {name: metadata.version(name) for name in names}
