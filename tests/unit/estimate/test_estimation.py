"""A model on several boards: rows in order, sizes from the link; one that is too small does not stop the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edgegen import pipeline
from edgegen.boards import load_board
from edgegen.errors import EdgegenError, InputError
from edgegen.estimation import duty, estimate_boards, every_board
from edgegen.toolchains import load_toolchain

EXAMPLE = Path(pipeline.__file__).parent / "example" / "digits.tflite"
NAMES = ("raspberry-pi-pico", "nucleo-l4r5zi")


def test_every_board_but_this_machine_is_listed() -> None:
    names = [board.id for board in every_board()]
    assert "host" not in names
    assert {"esp32", *NAMES} <= set(names)


def test_rows_of_two_boards_of_which_one_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = load_toolchain("zig").missing()
    if missing:
        pytest.skip(missing)
    real = pipeline.build_firmware

    def build(graph: Any, data: bytes, board: Any, folder: Path, **options: Any) -> Any:
        if board.id == NAMES[0]:
            raise EdgegenError("digits does not fit raspberry-pi-pico: by 12 bytes")
        return real(graph, data, board, folder, **options)

    monkeypatch.setattr(pipeline, "build_firmware", build)
    boards = [load_board(name) for name in NAMES]
    small, large = estimate_boards(EXAMPLE, boards, optimize="speed", jobs=2, step=lambda step: None)
    assert (small.board.id, large.board.id) == NAMES
    assert not small.fits
    assert "12 bytes" in small.table()["problem"]  # type: ignore[operator]
    assert duty(small, 1e6, None) is None
    row = large.table()
    assert large.fits
    assert row["problem"] is None
    assert large.record is not None
    assert large.record.output_match is True
    assert row["latency_us_estimated"] == pytest.approx(large.record.cycles_estimated / 120)  # type: ignore[operator]
    assert sum(layer.cycles_estimated or 0 for layer in large.record.layers) <= (large.record.cycles_estimated or 0)
    cycle = duty(large, 1e6, 230.0)
    assert cycle is not None
    assert cycle.battery_days is not None
    assert cycle.battery_days > 1


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.tflite"
    path.write_bytes(b"no model")
    with pytest.raises(InputError):
        estimate_boards(path, [load_board(NAMES[1])], optimize="speed", jobs=1, step=lambda step: None)
