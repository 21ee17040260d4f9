"""From a float model to an integer one that was compiled and measured: compress/ and the pipeline brought together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgegen.errors import EdgegenError

if TYPE_CHECKING:
    from edgegen.compress.measure import Compiled
    from edgegen.compress.recipe import Recipe
    from edgegen.compress.run import Compressed
    from edgegen.compress.search import Found


def compress(
    model: object,
    recipe: Recipe | Mapping[str, Any] | str | Path,
    data: object = None,
    *,
    board: str | None = None,
    optimize: str = "speed",
    measure_all: bool = True,
    work: Path | None = None,
    resume: bool = False,
    step: Callable[[str], None] = lambda text: None,
) -> Compressed:
    """`edgegen.compress`: runs a recipe on a float model and returns the integer .tflite with what each step cost.

    `model`: a Keras 3 or tf_keras model, or the path of a .keras, .h5, SavedModel or float .tflite. `recipe`: a
    recipe, its table, or its path. `data`: arrays x_train, y_train, x_test, y_test by name, pairs or tf.data.Dataset by
    split, a path, or `module:function`, which is imported and called; without it, the recipe's own path. With `board`
    each step's model is built for that board and counted on its simulator. Checkpoints go to `work`, from where
    `resume` goes on. Raises InputError for what can't be used, EdgegenError where the work fails.
    """
    from edgegen.compress.run import run_recipe

    checked, base = _recipe(recipe)
    return run_recipe(
        model, checked, data, compile_model=board_compiler(board, optimize), measure_all=measure_all,
        work=work, resume=resume, base=base, tell=step,
    )  # fmt: skip


def tune(
    model: object,
    budget: str,
    data: object = None,
    *,
    board: str,
    folder: Path,
    recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
    storage: str | None = None,
    trials: int = 20,
    epochs: int = 8,
    optimize: str = "speed",
    step: Callable[[str], None] = lambda text: None,
) -> tuple[Found, Compressed | None]:
    """`edgegen tune`: searches for the recipe that keeps `budget` on `board` with the fewest instructions.

    `budget` is "flash=64K,ram=16K,latency=20ms,accuracy_drop=1%" or a part of it. `recipe` gives seed, data and step
    quantize; its other steps are the search's own. The study lies in `folder`, or at the database URL `storage`, and
    several processes may work on it. Returns all trials, and the winner run anew and measured on the test data, None
    where no trial keeps the budget. Raises InputError for what can't be used, EdgegenError where every trial fails.
    """
    from edgegen.compress.budget import parse_budget
    from edgegen.compress.run import read_data, run_recipe
    from edgegen.compress.search import propose_base, search

    limits = parse_budget(budget)
    base_recipe, base = _recipe(recipe or {"steps": [{"kind": "quantize"}]})
    compile_model = board_compiler(board, optimize)
    step("reading model and data")
    given = read_data(model, base_recipe, data, base)
    found = search(
        model, given, propose_base(base_recipe), limits, compile_model=compile_model, board=board, folder=folder,
        storage=storage, trials=trials, epochs=epochs, tell=step,
    )  # fmt: skip
    if found.winner is None:
        return found, None
    return found, run_recipe(model, found.winner.recipe, given, compile_model=compile_model, tell=step)


def _recipe(recipe: Recipe | Mapping[str, Any] | str | Path) -> tuple[Recipe, Path]:
    """A checked recipe, and the folder that its relative paths start at."""
    from edgegen.compress.recipe import Recipe, check_recipe, read_recipe

    if isinstance(recipe, str | Path):
        return read_recipe(Path(recipe)), Path(recipe).parent
    return (recipe if isinstance(recipe, Recipe) else check_recipe(recipe)), Path()


def board_compiler(board: str | None, optimize: str) -> Callable[[bytes], Compiled]:
    """A function that compiles an integer .tflite: for `board`, counted on its simulator, else to C alone.

    Raises InputError for an unknown board. The same bytes are measured once.
    """
    from edgegen.boards import load_board

    if board is not None:
        load_board(board)
    known: dict[bytes, Compiled] = {}

    def compile_model(data: bytes) -> Compiled:
        if data not in known:
            known[data] = _compile(data, board, optimize)
        return known[data]

    return compile_model


def _compile(data: bytes, board: str | None, optimize: str) -> Compiled:
    from edgegen import pipeline
    from edgegen.compress.measure import Compiled
    from edgegen.ops.base import Target

    with tempfile.TemporaryDirectory(prefix="edgegen-compress-") as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(data)
        try:
            if board is None:
                program = pipeline.compile_graph(pipeline.load_model(path)[0], Target("scalar", optimize))
                return Compiled(macs=program.macs, arena_bytes=program.arena_bytes)
            record = pipeline.bench(
                board, path, optimize=optimize, port=None, runs=1, warmup=0, step=lambda text: None
            )  # fmt: skip
        except EdgegenError as error:
            # A model that is too large for the board has its other figures all the same.
            return Compiled(problem=str(error).replace(str(path), "the model").splitlines()[0])
    return Compiled(
        macs=record.macs,
        arena_bytes=record.arena_bytes,
        flash_bytes=record.flash_bytes,
        ram_bytes=record.ram_bytes,
        instructions=record.instructions,
        latency_us_estimated=record.latency_us_estimated,
    )
