"""Searches for recipes under a budget: each trial is trained, compiled and measured; the best and the Pareto front out.

Optuna proposes width, depth and the share of channels to prune. Trials are judged on the validation data; the test data
are for the winner alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgegen.compress.budget import Budget
from edgegen.compress.data import Data
from edgegen.compress.measure import Compiled, CompileModel
from edgegen.compress.recipe import Recipe, check_recipe
from edgegen.compress.run import Tell, run_recipe
from edgegen.errors import EdgegenError, InputError

_WIDTHS = (0.25, 0.375, 0.5, 0.75, 1.0)
_DEPTHS = (0.5, 0.75, 1.0)
_PRUNED = (0.0, 0.25, 0.5)
_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Trial:
    """One recipe that was tried. `drop` is the loss of score against the float model on validation data."""

    key: str
    recipe: Recipe
    score: float
    drop: float
    tflite_bytes: int
    compiled: Compiled
    excess: tuple[float, ...]

    @property
    def kept(self) -> bool:
        """Whether it keeps the whole budget."""
        return all(part <= 0.0 for part in self.excess)

    @property
    def costs(self) -> tuple[float, float, float]:
        """What a Pareto front is of: instructions, flash bytes, loss of score."""
        made = self.compiled
        return float(made.instructions or made.macs or 0), float(made.flash_bytes or self.tflite_bytes), self.drop


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search; `winner` keeps the budget with the fewest instructions, None where no trial does."""

    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    winner: Trial | None


def search(
    model: object,
    data: Data,
    base_recipe: Recipe,
    budget: Budget,
    *,
    compile_model: CompileModel,
    board: str | None,
    folder: Path,
    storage: str | None,
    trials: int,
    epochs: int,
    tell: Tell,
) -> Found:
    """Tries recipes until the study has `trials` of them, with those of other processes on the same study counted.

    `folder` takes the journal of the study and the outcome of each trial, by its content; `storage` is a database URL
    in place of the journal. Raises EdgegenError where every recipe fails.
    """
    optuna = _optuna()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = dataclasses.replace(data, test=data.validation)
    common = {
        "data": data.sha256, "board": board, "budget": dataclasses.asdict(budget), "epochs": epochs,
        "base": base_recipe.model_dump(mode="json", exclude={"data": {"path"}}),
    }  # fmt: skip
    study = optuna.create_study(
        study_name=f"edgegen-{_digest(common)[:16]}",
        storage=storage or _journal(optuna, folder),
        directions=("minimize", "minimize", "minimize"),
        sampler=optuna.samplers.TPESampler(seed=base_recipe.seed, n_startup_trials=6),
        load_if_exists=True,
    )
    seen: dict[str, Trial] = {}

    def objective(trial: Any) -> tuple[float, float, float]:
        recipe = propose(trial, base_recipe, epochs)
        key = _digest({**common, "recipe": recipe.model_dump(mode="json", exclude={"data": {"path"}})})
        trial.set_user_attr("key", key)
        known = _cached(folder, key, budget)
        if known is None:
            done = sum(item.state.is_finished() for item in study.get_trials(deepcopy=False))
            label = f"trial {done + 1} of {trials}"
            try:
                known = _try(model, chosen, recipe, budget, compile_model, key, folder, _prefixed(tell, label))
            except InputError as error:
                # A student that can't be derived is no end of the search.
                trial.set_user_attr(_REFUSED, str(error))
                raise optuna.TrialPruned(str(error)) from None
        for number, part in enumerate(known.excess):
            trial.set_constraint(f"limit {number}", min(part, 1e9))
        return known.costs

    def enough(current: Any, trial: Any) -> None:
        if sum(item.state.is_finished() for item in current.get_trials(deepcopy=False)) >= trials:
            current.stop()

    if sum(item.state.is_finished() for item in study.get_trials(deepcopy=False)) < trials:
        study.optimize(objective, n_trials=trials, callbacks=[enough])
    refusals = []
    for item in study.get_trials(deepcopy=False):
        known = _cached(folder, item.user_attrs.get("key", ""), budget)
        if known is not None:
            seen[known.key] = known
        refusals += [item.user_attrs[_REFUSED]] if _REFUSED in item.user_attrs else []
    if not seen:
        raise EdgegenError(f"no recipe could be tried: {(refusals or ['the study is empty'])[0]}")
    found = tuple(seen.values())
    return Found(found, pareto(found), best(found))


def propose_base(recipe: Recipe) -> Recipe:
    """What a search takes of a recipe: its seed, its data and its last step."""
    return recipe.model_copy(update={"steps": (recipe.quantize,)})


def propose(trial: Any, base: Recipe, epochs: int) -> Recipe:
    """The recipe of one trial."""
    width, depth = trial.suggest_categorical("width", _WIDTHS), trial.suggest_categorical("depth", _DEPTHS)
    pruned = trial.suggest_categorical("pruned", _PRUNED)
    steps: list[Mapping[str, Any]] = []
    if width < 1.0 or depth < 1.0:
        steps.append({"kind": "distil", "width": width, "depth": depth, "epochs": epochs, "learning_rate": 2e-3})
    if pruned:
        steps.append({"kind": "prune", "method": "channels", "sparsity": pruned, "epochs": 0})
        steps.append({"kind": "distil", "student": "current", "epochs": max(1, epochs // 2), "learning_rate": 1e-3})
    steps.append(base.quantize.model_dump(exclude_unset=True))
    table = base.model_dump(exclude_unset=True)
    return check_recipe({**table, "steps": steps})


def pareto(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """The trials that no other beats in every cost, the fewest instructions first."""
    front = [
        trial
        for trial in trials
        if not any(
            all(a <= b for a, b in zip(other.costs, trial.costs, strict=True)) and other.costs != trial.costs
            for other in trials
        )
    ]
    return tuple(sorted(front, key=lambda trial: (trial.costs, trial.key)))


def best(trials: Sequence[Trial]) -> Trial | None:
    """The trial that keeps the budget with the fewest instructions."""
    return min((trial for trial in trials if trial.kept), key=lambda trial: (trial.costs, trial.key), default=None)


def nearest(trials: Sequence[Trial]) -> Trial:
    """The trial that exceeds the budget least."""
    return min(trials, key=lambda trial: (max(trial.excess), trial.key))


def _try(
    model: object, data: Data, recipe: Recipe, budget: Budget, compile_model: CompileModel, key: str, folder: Path,
    tell: Tell,
) -> Trial:  # fmt: skip
    result = run_recipe(model, recipe, data, compile_model=compile_model, measure_all=False, tell=tell)
    last, given = result.steps[-1], result.steps[0]
    drop = given.score_float - last.score_integer
    table = {
        "key": key,
        "recipe": recipe.model_dump(mode="json", exclude_unset=True),
        "score": last.score_integer,
        "drop": drop,
        "tflite_bytes": last.tflite_bytes,
        "compiled": dataclasses.asdict(last.compiled),
    }
    draft = folder / f".{key}.new"
    draft.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / f"{key}.json")
    return _trial(table, budget)


def _trial(table: Mapping[str, Any], budget: Budget) -> Trial:
    compiled = Compiled(**table["compiled"])
    return Trial(
        key=table["key"], recipe=check_recipe(table["recipe"]), score=table["score"], drop=table["drop"],
        tflite_bytes=table["tflite_bytes"], compiled=compiled, excess=budget.excess(compiled, table["drop"]),
    )  # fmt: skip


def _cached(folder: Path, key: str, budget: Budget) -> Trial | None:
    path = folder / f"{key}.json"
    if not key or not path.is_file():
        return None
    try:
        return _trial(json.loads(path.read_text(encoding="utf-8")), budget)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"'{path}' is damaged ({error}); delete it") from None


def _digest(table: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def _prefixed(tell: Tell, label: str) -> Callable[[str], None]:
    return lambda text: tell(f"{label}: {text}")


def _journal(optuna: Any, folder: Path) -> Any:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(str(folder / "study.journal")))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InputError(
            "a search needs Optuna, which is not installed\ninstall it: pip install 'edgegen[compress]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
