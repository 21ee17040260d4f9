"""Recipes: a TOML file in, a checked list of steps out; errors name the key, its value and the limits."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import Self

from edgegen.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Share: TypeAlias = "Annotated[float, Field(ge=0.0, le=0.98)]"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Training(_Part):
    """How a step trains: `epochs` passes over the training data, the best one on the validation data is kept."""

    epochs: Annotated[int, Field(ge=0, le=100_000)] = 10
    learning_rate: Annotated[float, Field(gt=0.0, le=10.0)] = 1e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 64
    optimizer: Literal["adam", "sgd"] = "adam"


class Distil(Training):
    """Trains a student to answer as a teacher does.

    `student` is "current" (the model as it is), a model file, or width and depth multipliers of the current model;
    `teacher` is "input" (the model that was given) or a model file. The loss is `alpha` times that of the labels, and
    1 - alpha times that of the teacher's answers, softened by `temperature`; `features` weighs the match of what the
    last layer gets.
    """

    kind: Literal["distil"]
    student: Annotated[str, Field(min_length=1)] | None = None
    width: Annotated[float, Field(gt=0.0, le=4.0)] | None = None
    depth: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    teacher: Annotated[str, Field(min_length=1)] = "input"
    temperature: Annotated[float, Field(gt=0.0, le=100.0)] = 4.0
    alpha: Annotated[float, Field(ge=0.0, le=1.0)] = 0.3
    features: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0

    @model_validator(mode="after")
    def _one_student(self) -> Self:
        derived = self.width is not None or self.depth is not None
        if derived and self.student is not None:
            raise ValueError("give either 'student' or 'width' and 'depth', not both")
        return self


class Prune(Training):
    """Removes weights.

    `channels` removes whole channels, so the shapes shrink; `magnitude` sets single weights to zero and `blocks` sets
    `zeros` in each run of `of` weights to zero: those are worth nothing in the program.
    """

    kind: Literal["prune"]
    method: Literal["channels", "magnitude", "blocks"] = "channels"
    sparsity: Share = 0.5
    scope: Literal["layer", "model"] = "layer"
    round_to: Annotated[int, Field(ge=1, le=64)] = 4
    zeros: Annotated[int, Field(ge=1, le=15)] = 2
    of: Annotated[int, Field(ge=2, le=16)] = 4

    @model_validator(mode="after")
    def _fits_method(self) -> Self:
        owners = {"scope": "channels", "round_to": "channels", "zeros": "blocks", "of": "blocks"}
        for key, method in owners.items():
            if key in self.model_fields_set and self.method != method:
                raise ValueError(f"key '{key}' belongs to method '{method}', not '{self.method}'")
        if self.method == "blocks" and "sparsity" in self.model_fields_set:
            raise ValueError("method 'blocks' takes 'zeros' and 'of' in place of 'sparsity'")
        if self.zeros >= self.of:
            raise ValueError(f"'zeros' ({self.zeros}) must be less than 'of' ({self.of})")
        if self.method != "channels" and self.epochs < 1:
            raise ValueError(f"method '{self.method}' removes weights during training: 'epochs' must be at least 1")
        return self


class Cluster(Training):
    """Makes the weights of each layer share `clusters` values."""

    kind: Literal["cluster"]
    clusters: Annotated[int, Field(ge=2, le=256)] = 16
    learning_rate: Annotated[float, Field(gt=0.0, le=10.0)] = 1e-4


class QuantizeAware(Training):
    """Trains with the rounding of int8 in the loop; zeros and clusters of steps before stay with `preserve`."""

    kind: Literal["quantize_aware"]
    preserve: bool = True
    epochs: Annotated[int, Field(ge=1, le=100_000)] = 3
    learning_rate: Annotated[float, Field(gt=0.0, le=10.0)] = 1e-4


class Quantize(_Part):
    """Makes the integer model. `calibration` says how the ranges come from `samples` of the training data."""

    kind: Literal["quantize"]
    scheme: Literal["int8", "int16x8"] = "int8"
    io: Literal["integer", "float32"] = "integer"
    calibration: Literal["minmax", "percentile", "mse"] = "minmax"
    percentile: Annotated[float, Field(gt=90.0, le=100.0)] = 99.99
    samples: Annotated[int, Field(ge=1, le=100_000)] = 256

    @model_validator(mode="after")
    def _fits_scheme(self) -> Self:
        if self.scheme == "int16x8" and self.calibration != "minmax":
            raise ValueError(f"calibration '{self.calibration}' works with scheme 'int8' alone; int16x8 takes 'minmax'")
        if "percentile" in self.model_fields_set and self.calibration != "percentile":
            raise ValueError("key 'percentile' belongs to calibration = 'percentile'")
        return self


Step: TypeAlias = "Distil | Prune | Cluster | QuantizeAware | Quantize"
STEPS: Mapping[str, type[_Part]] = {
    "distil": Distil,
    "prune": Prune,
    "cluster": Cluster,
    "quantize_aware": QuantizeAware,
    "quantize": Quantize,
}


class DataOptions(_Part):
    """Where the data lie, relative to the recipe, and what is done to each input: x * scale + offset."""

    path: Annotated[str, Field(min_length=1)] | None = None
    scale: Annotated[float, Field(gt=0.0, le=1e6)] = 1.0
    offset: Annotated[float, Field(ge=-1e6, le=1e6)] = 0.0
    validation: Annotated[float, Field(gt=0.0, lt=0.9)] = 0.15
    test: Annotated[float, Field(gt=0.0, lt=0.9)] = 0.2


class Recipe(_Part):
    """What `edgegen compress` does, in order; the last step is always `quantize`."""

    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1
    data: DataOptions = DataOptions()
    steps: Annotated[
        tuple[Annotated[Step, Field(discriminator="kind")], ...], Field(strict=False, min_length=1, max_length=32)
    ]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        kinds = [step.kind for step in self.steps]
        if kinds[-1] != "quantize":
            raise ValueError(f"the last step is '{kinds[-1]}': end with kind = 'quantize', which makes the .tflite")
        if "quantize" in kinds[:-1]:
            raise ValueError(f"step {kinds.index('quantize') + 1} is 'quantize' but not the last: keep one, at the end")
        if "quantize_aware" in kinds[:-2]:
            where = kinds.index("quantize_aware") + 1
            raise ValueError(f"step {where} is 'quantize_aware': it must stand just before 'quantize'")
        last = self.steps[-1]
        if "quantize_aware" in kinds and isinstance(last, Quantize):
            for key in ("scheme", "calibration"):
                if key in last.model_fields_set and getattr(last, key) not in ("int8", "minmax"):
                    raise ValueError(f"quantize: after 'quantize_aware' the ranges are learnt int8; remove key '{key}'")
        return self

    @property
    def quantize(self) -> Quantize:
        """The last step."""
        last = self.steps[-1]
        assert isinstance(last, Quantize)
        return last


def read_recipe(path: Path) -> Recipe:
    """Reads and checks a recipe. Raises InputError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"recipe '{path}' can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None
    return check_recipe(table, str(path))


def check_recipe(table: Mapping[str, Any], where: str = "recipe") -> Recipe:
    """Checks a recipe's table, as TOML or Python has it. Raises InputError with up to three problems."""
    try:
        return Recipe.model_validate(dict(table))
    except ValidationError as error:
        found = error.errors()
        # A list whose parts are wrong counts as too short as well: only the parts are told.
        outer = {item["loc"][:depth] for item in found for depth in range(1, len(item["loc"]))}
        own = [item for item in found if item["loc"] not in outer]
        problems = sorted(own, key=lambda item: item["type"] != "extra_forbidden")
        raise InputError("\n".join(_explain(where, item) for item in problems[:3])) from None


def _explain(where: str, problem: Mapping[str, Any]) -> str:
    """One line: recipe, key, value, what is wrong, remedy."""
    location = [part for part in problem["loc"] if not (isinstance(part, str) and part in STEPS)]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    kind = problem["type"]
    if kind == "extra_forbidden":
        known = _known_keys(problem["loc"])
        near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else f"known keys here: {', '.join(known)}"
        return f"{where}: unknown key '{key}'; {hint}"
    if kind == "missing":
        return f"{where}: key '{key}' is missing; add it"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        given = problem["input"].get("kind") if isinstance(problem["input"], dict) else problem["input"]
        return f"{where}: {key}: kind is {given!r}; known kinds: {', '.join(STEPS)}"
    if kind == "value_error":
        prefix = f"{key}: " if key else ""
        return f"{where}: {prefix}{problem['msg'].removeprefix('Value error, ')}"
    value = problem.get("input")
    shown = "" if isinstance(value, (dict, list, tuple)) else f" is {value!r}"
    return f"{where}: key '{key}'{shown}: {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    owner: type[_Part] = Recipe
    for part in location[:-1]:
        owner = STEPS.get(str(part), DataOptions if part == "data" else owner)
    return sorted(owner.model_fields)


def recipe_text(recipe: Recipe) -> str:
    """The recipe as TOML, defaults left out: reading it gives an equal recipe."""
    table = recipe.model_dump(exclude_unset=True)
    steps = table.pop("steps")
    data = table.pop("data", {})
    lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
    if data:
        lines += ["", "[data]", *(f"{key} = {_toml(value)}" for key, value in data.items())]
    for step in steps:
        kept = {key: value for key, value in step.items() if value is not None}
        lines += ["", "[[steps]]", *(f"{key} = {_toml(value)}" for key, value in kept.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        import json

        return json.dumps(value)  # a JSON string is a TOML basic string
    return repr(value)
