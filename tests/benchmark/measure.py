"""One network on one board's simulator: the figures that count, deterministic to the instruction."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from edgegen import pipeline
from edgegen.errors import EdgegenError

SHARED = Path(__file__).resolve().parents[3] / "shared"
RECORD = Path(__file__).parent / "record.json"
MODELS = (
    "kws_ref_model",
    "vww_96_int8",
    "pretrainedResnet_quant",
    "ad01_int8",
    "str_ww_ref_model",
    "person_detect",
    "micro_speech_quantized",
    "hello_world_int8",
)
FURTHER_MODELS = (
    "hey_jarvis__21a7976a",
    "fomo_face_detection__fc3aec94",
    "mnist_valid_q__b97b09a8",
    "cifar10_q__4364bc4a",
    "rock_paper_scissors__b817435d",
)
BOARDS = ("nucleo-l4r5zi", "mps3-an547", "esp32c3", "esp32", "raspberry-pi-pico")
_BASELINES = {
    "nucleo-l4r5zi": "m4_cmsis",
    "mps3-an547": "m55_cmsis",
    "esp32c3": "rv32_espnn",
    "raspberry-pi-pico": "m0p_cmsis",
}


@dataclass(frozen=True, slots=True)
class LayerFigures:
    """One layer of a row."""

    index: int
    op: str
    macs: int
    instructions: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One row; `note` says why there are no figures, and is empty otherwise."""

    model: str
    board: str
    optimize: str
    macs: int = 0
    instructions: int = 0
    cycles_estimated: int = 0
    arena_bytes: int = 0
    ram_bytes: int = 0
    stack_bytes: int = 0
    flash_bytes: int = 0
    output_match: bool = False
    note: str = ""
    layers: tuple[LayerFigures, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.model}/{self.board}/{self.optimize}"


def measure(model: str, board: str, optimize: str) -> Figures:
    """Builds, runs one inference on the simulator, reads the record."""
    path = SHARED / "models" / f"{model}.tflite"
    try:
        record = pipeline.bench(
            board, path, optimize=optimize, port=None, runs=1, warmup=0, step=lambda step: None
        )  # fmt: skip
    except EdgegenError as error:
        return Figures(model, board, optimize, note=str(error).split("\n")[0])
    return Figures(
        model,
        board,
        optimize,
        record.macs,
        record.instructions or 0,
        record.cycles_estimated or 0,
        record.arena_bytes,
        record.ram_bytes,
        record.stack_bytes or 0,
        record.flash_bytes,
        record.output_match is True,
        layers=tuple(LayerFigures(x.index, x.op, x.macs, x.instructions or 0) for x in record.layers),
    )


def read_record() -> dict[str, Figures]:
    """The committed figures by key."""
    rows = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else []
    figures = [Figures(**{**row, "layers": tuple(LayerFigures(*x) for x in row["layers"])}) for row in rows]
    return {row.key: row for row in figures}


def write_record(rows: list[Figures]) -> None:
    """Replaces the committed figures; a row is a line."""
    tables = [asdict(row) | {"layers": [list(asdict(x).values()) for x in row.layers]} for row in rows]
    lines = sorted(json.dumps(table) for table in tables)
    RECORD.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def baselines() -> dict[tuple[str, str], dict[str, int]]:
    """TensorFlow Lite Micro's figures by (model, board), where the table lies beside the checkout."""
    path = SHARED / "truth" / "baseline_instructions.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for board, runtime in _BASELINES.items():
        for row in rows:
            if row["runtime"] == runtime:
                found[row["model"], board] = {
                    name: int(row[name]) for name in ("instructions", "arena_bytes", "flash_bytes") if row[name]
                }
    return found
