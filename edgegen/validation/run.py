"""`edgegen validate`: a model, a board and a data set in, what its firmware computes and how right that is out."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edgegen import pipeline
from edgegen.boards import BoardProfile, load_board
from edgegen.devices import open_device
from edgegen.devices.session import Session
from edgegen.errors import EdgegenError
from edgegen.ir import Graph
from edgegen.model_io.dataset import DataSet, read_dataset
from edgegen.validation import classes, tflm
from edgegen.validation.bisect import Divergence, first_divergence
from edgegen.validation.samples import LineUse, Metered, Outputs, Results, run_samples

_SHOWN = 10
_HOST = "edgegen on this machine"
_TFLM = "TensorFlow Lite Micro"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reference: `different` counts the samples with another output, `first` names some of them.

    `note` says why there was nothing to compare; the counts are None then.
    """

    reference: str
    equal: int | None
    different: int | None
    first: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found. `accuracy` and `confusion` (rows: labels, columns: classes found) need labels.

    `cycles_mean` is measured on the device, else None. `diverges` is the first layer with other bytes, where it was
    looked for.
    """

    board: str
    device: str
    model_sha256: str
    firmware_sha256: str
    samples: int
    clipped_values: int
    accuracy: float | None
    correct: int | None
    confusion: tuple[tuple[int, ...], ...] | None
    cycles_mean: float | None
    comparisons: tuple[Comparison, ...]
    line: LineUse | None
    diverges: Divergence | None

    @property
    def matches(self) -> bool:
        """Whether every output was equal to every reference."""
        return not any(comparison.different for comparison in self.comparisons)


def validate(
    board: str,
    model: Path,
    data: Path,
    *,
    optimize: str,
    toolchain: str | None = None,
    tuning: Path | None = None,
    arena_limit: int | None = None,
    port: str | None = None,
    limit: int | None = None,
    bisect: bool = False,
    step: Callable[[str], None] = lambda text: None,
) -> Validation:
    """Runs the first `limit` samples on the simulator, or on the board at `port`, each from a fresh state.

    A board at `port` must hold the firmware that `build` makes of the same model. Raises EdgegenError.
    """
    profile = load_board(board)
    step("reading model and data")
    graph, model_bytes = pipeline.load_model(model)
    dataset = read_dataset(data, graph, limit)
    with tempfile.TemporaryDirectory(prefix="edgegen-") as work:
        folders = [Path(work) / name for name in ("host", "board")]
        for folder in folders:
            folder.mkdir()
        reference = pipeline.build_firmware(
            graph, model_bytes, load_board("host"), folders[0],
            optimize=optimize, toolchain=None, simulator=False, step=step,
        )  # fmt: skip
        built = pipeline.build_firmware(
            graph, model_bytes, profile, folders[1],
            optimize=optimize, toolchain=toolchain, simulator=port is None, tuning=tuning, arena_limit=arena_limit,
            step=step,
        )  # fmt: skip
        return validate_firmware(built, reference, profile, graph, model_bytes, dataset, port, bisect, step)


def validate_firmware(
    built: pipeline.Built,
    reference: pipeline.Built,
    profile: BoardProfile,
    graph: Graph,
    model_bytes: bytes,
    dataset: DataSet,
    port: str | None,
    bisect: bool,
    step: Callable[[str], None] = lambda text: None,
) -> Validation:
    """The same for a firmware and the host's, both built."""
    keeps_state = bool(built.program.states)
    with _session(profile, built, port) as (session, device), _session(load_board("host"), reference, None) as host:
        results = run_samples(
            session, device, dataset.inputs, keeps_state=keeps_state, on_line=port is not None, step=step
        )
        expected = run_samples(*host, dataset.inputs, keeps_state=keeps_state, on_line=False, step=step)
        comparisons = (
            _compare(_HOST, results.outputs, expected.outputs),
            _compare_tflm(model_bytes, graph, dataset, results, keeps_state, step),
        )
        diverges = None
        if bisect and comparisons[0].first:
            step("looking for the layer")
            wrong = dataset.inputs[comparisons[0].first[0]]
            diverges = first_divergence(session, built.program, host[0], reference.program, wrong)
        correct, matrix = _judge(graph, dataset, results)
        timed = not device.simulated and any(results.cycles)
        return Validation(
            board=profile.id,
            device=device.description,
            model_sha256=graph.source_sha256,
            firmware_sha256=built.firmware.firmware_sha256,
            samples=len(dataset),
            clipped_values=dataset.clipped,
            accuracy=None if correct is None else correct / len(dataset),
            correct=correct,
            confusion=matrix,
            cycles_mean=statistics.mean(results.cycles) if timed else None,
            comparisons=comparisons,
            line=results.line,
            diverges=diverges,
        )


@contextmanager
def _session(profile: BoardProfile, built: pipeline.Built, port: str | None) -> Iterator[tuple[Session, Metered]]:
    with Metered(open_device(profile, elf=built.firmware.elf, port=port)) as device:
        yield Session(device, firmware_sha256=built.firmware.firmware_sha256), device


def _compare(reference: str, outputs: Sequence[Outputs], expected: Sequence[Outputs]) -> Comparison:
    wrong = [i for i, (found, right) in enumerate(zip(outputs, expected, strict=True)) if found != right]
    return Comparison(reference, len(outputs) - len(wrong), len(wrong), tuple(wrong[:_SHOWN]))


def _compare_tflm(
    model_bytes: bytes,
    graph: Graph,
    dataset: DataSet,
    results: Results,
    keeps_state: bool,
    step: Callable[[str], None],
) -> Comparison:
    note = tflm.missing()
    if note is None:
        step(f"running {_TFLM}")
        try:
            expected = tflm.run_tflm(model_bytes, graph, dataset.inputs, keeps_state)
            return _compare(_TFLM, results.outputs, expected)
        except EdgegenError as error:
            note = f"it does not run this model: {str(error).splitlines()[0][:200]}"
    return Comparison(_TFLM, None, None, note=note)


def _judge(graph: Graph, dataset: DataSet, results: Results) -> tuple[int | None, tuple[tuple[int, ...], ...] | None]:
    """Samples whose class was found, and the confusion matrix; None each without labels."""
    if dataset.labels is None:
        return None, None
    tensor = graph.tensors[graph.outputs[0]]
    found = [classes.predicted(outputs[0], tensor) for outputs in results.outputs]
    correct = sum(label == one for label, one in zip(dataset.labels, found, strict=True))
    return correct, classes.confusion(dataset.labels, found, 2 if tensor.elements == 1 else tensor.elements)
