"""Output folders are replaced in one step: whoever is killed while writing leaves the old folder or the new one."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from edgegen.output_dir import MARKER, replace_dir

_WRITER = """
import sys
from pathlib import Path
from edgegen.output_dir import replace_dir
for number in range(10 ** 9):
    with replace_dir(Path(sys.argv[1])) as draft:
        for name in ("a", "b", "c"):
            (draft / name).write_text(str(number))
    print(number, flush=True)
"""


def test_a_folder_is_whole_whenever_its_writer_is_killed(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for pause_s in (0.0, 0.001, 0.003, 0.007, 0.011, 0.017):
        with subprocess.Popen([sys.executable, "-c", _WRITER, target], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(pause_s)
            writer.kill()
            written = [first, *writer.stdout.readlines()]
        texts = {(target / name).read_text() for name in ("a", "b", "c")}
        assert len(texts) == 1
        assert int(texts.pop()) >= int(written[-1])
        assert (target / MARKER).read_text() == "a\nb\nc\n"


def test_the_old_folder_is_gone_afterwards(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with replace_dir(tmp_path / "out") as draft:
            (draft / text).write_text(text)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [MARKER, "new"]
