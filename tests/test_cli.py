"""The command line's promises: exit statuses, what goes to which stream, output folders as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from edgegen.boards import KernelIsa
from edgegen.cli.compile import Isa
from edgegen.errors import InputError
from edgegen.output_dir import MARKER, replace_dir
from edgegen.settings import default_model


def edgegen(*arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from edgegen.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def digest(folder: Path) -> dict[str, str]:
    """The sha256 of every file in a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Missing command"),
        (["nope"], "No such command 'nope'"),
        (["compile"], "Missing argument"),
        (["compile", "absent.tflite"], "absent.tflite"),
        (["compile", "."], "."),
        (["compile", "M", "--optimize", "tiny"], "tiny"),
        (["compile", "M", "--isa", "z80"], "z80"),
        (["build"], "--board"),
        (["build", "--board", "esp23"], "esp23"),
        (["build", "--board", "host", "--model", "absent.tflite"], "absent.tflite"),
        (["run", "--board", "host"], "--inputs"),
        (["bench", "--board", "host", "--runs", "0"], "--runs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_usage_and_input_exit_2_with_a_short_message(
    arguments: list[str], says: str, example_model: Path, tmp_path: Path
) -> None:
    done = edgegen(*[str(example_model) if word == "M" else word for word in arguments], cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert says in done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 3
    assert "\033" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("build*"))


def test_debug_switch_shows_where_an_error_arose(tmp_path: Path) -> None:
    done = edgegen("compile", "absent.tflite", cwd=tmp_path, EDGEGEN_DEBUG="1")
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_errors_are_red_on_a_terminal_only(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from edgegen.cli import main; main()", "nope"]
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    for variables, red in [(plain, True), ({**plain, "NO_COLOR": "1"}, False)]:
        ours, theirs = pty.openpty()
        try:
            subprocess.run(command, cwd=tmp_path, stderr=theirs, env=variables, check=False)
            assert (b"\033[31m" in os.read(ours, 4096)) is red
        finally:
            os.close(ours)
            os.close(theirs)


def test_reader_that_goes_away_is_no_error_message(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-c", "from edgegen.cli import main; main()", "boards"]
        done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert done.stderr == b""


def test_compile_offers_the_kernels_that_boards_name() -> None:
    assert {isa.value for isa in Isa} == set(get_args(KernelIsa))


def test_boards_lists_every_profile(root: Path, tmp_path: Path) -> None:
    ids = {path.stem for path in (root / "boards").glob("*.toml")}
    assert {"host", "esp32", "esp32c3", "nucleo-l4r5zi", "mps3-an547", "netduinoplus2"} <= ids
    done = edgegen("boards", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {profile["id"] for profile in json.loads(done.stdout)} == ids
    table = edgegen("boards", cwd=tmp_path).stdout.splitlines()
    assert {line.split()[0] for line in table[1:]} == ids


@pytest.mark.parametrize("optimize", ["speed", "size"])
def test_compile_gives_the_same_bytes_on_two_paths(optimize: str, example_model: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "another" / "and deeper"]
    for seed, folder in enumerate(folders):
        folder.mkdir(parents=True)
        (folder / "digits.tflite").write_bytes(example_model.read_bytes())
        done = edgegen(
            "compile", "digits.tflite", "-o", "out", "--optimize", optimize, "--json",
            cwd=folder, PYTHONHASHSEED=str(seed),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    first, second = (digest(folder / "out") for folder in folders)
    assert first == second
    written = {"digits.c", "digits.h", "digits_data.c", "digits_data.h"}
    assert written <= set(first)
    assert set(json.loads(done.stdout)["files"]) == set(first) - {MARKER}
    for name in written:
        text = (folders[0] / "out" / name).read_text()
        assert str(tmp_path) not in text


def test_compile_replaces_its_own_folder_and_no_other(example_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        assert edgegen("compile", example_model, "-o", out, cwd=tmp_path).returncode == 0
    made = digest(out)
    (out / "main.c").write_text("int main(void) { return 0; }\n")
    done = edgegen("compile", example_model, "-o", out, cwd=tmp_path)
    assert done.returncode == 2
    assert "main.c" in done.stderr
    assert digest(out) == {**made, "main.c": digest(out)["main.c"]}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("damage", ["truncated", "empty", "text"])
def test_broken_model_leaves_nothing_behind(damage: str, example_model: Path, tmp_path: Path) -> None:
    data = example_model.read_bytes()
    (tmp_path / "m.tflite").write_bytes({"truncated": data[: len(data) // 2], "empty": b"", "text": b"hello"}[damage])
    done = edgegen("compile", "m.tflite", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "m.tflite" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["m.tflite"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_leaves_no_process_and_nothing_half_written(number: signal.Signals, tmp_path: Path) -> None:
    # Its own, empty cache makes it start compilers.
    folders = {name: str(tmp_path / name) for name in ("work", "cache", "tmp")}
    for folder in folders.values():
        Path(folder).mkdir()
    # A suite that a shell runs in the background ignores SIGINT, and so would this process.
    script = "import signal; signal.signal(2, signal.default_int_handler); from edgegen.cli import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", script, "build", "--board", "host", "-o", "out"],
        cwd=folders["work"],
        env={**os.environ, "EDGEGEN_CACHE_DIR": folders["cache"], "TMPDIR": folders["tmp"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not any(Path(folders["cache"]).glob("objects/*/new-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(number)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 128 + number
    assert b"Traceback" not in errors
    assert not any(Path(folders["work"]).iterdir())
    # A compiler that is killed may leave a temporary file of its own; edgegen leaves none.
    assert not [path.name for path in Path(folders["tmp"]).glob("edgegen-*")]
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


def test_replace_dir_keeps_the_old_folder_when_the_work_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replace_dir(out) as draft:
        (draft / "a").write_text("old")
    with pytest.raises(RuntimeError), replace_dir(out) as draft:
        (draft / "a").write_text("new")
        raise RuntimeError
    assert (out / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_replace_dir_refuses_what_edgegen_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(InputError, match="-o"), replace_dir(tmp_path / name):
            pytest.fail("the folder was handed out")
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("place", [".", "..", "file/out", "x" * 300])
def test_replace_dir_refuses_a_place_that_can_not_be_replaced(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "file").write_text("x")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="-o"), replace_dir(Path(place)):
        pytest.fail("the folder was handed out")
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "file"]


def test_default_model_comes_from_the_working_directory(example_model: Path, tmp_path: Path) -> None:
    assert default_model(tmp_path) == example_model
    (tmp_path / "edgegen.toml").write_text('model = "nets/a.tflite"\n')
    assert default_model(tmp_path) == tmp_path / "nets" / "a.tflite"


@pytest.mark.parametrize("text", ['modle = "a"', "model = 3", 'model = ""', "model =", "\udcff"])
def test_bad_settings_name_file_and_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "edgegen.toml").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=r"edgegen\.toml"):
        default_model(tmp_path)


def test_run_gives_the_golden_outputs_of_the_example(example_model: Path, tmp_path: Path) -> None:
    golden = example_model.with_name("digits_test.npz")
    done = edgegen("run", "--board", "host", "--inputs", golden, "-o", "out.npz", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["invocations"] == 3
    with np.load(golden) as expected, np.load(tmp_path / "out.npz") as got:
        assert sorted(got.files) == [f"output_{i}_0" for i in range(3)]
        for name in got.files:
            assert got[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(got[name], expected[name])


def test_example_model_keeps_the_accuracy_that_its_figures_claim(example_model: Path, tmp_path: Path) -> None:
    figures = json.loads(example_model.with_name("digits.json").read_text())
    assert hashlib.sha256(example_model.read_bytes()).hexdigest() == figures["tflite_sha256"]
    assert example_model.stat().st_size == figures["tflite_bytes"] < 20_000
    with np.load(example_model.with_name("digits_test.npz")) as test:
        images, labels = test["images"], test["labels"]
    assert len(images) == figures["split"]["test"]
    np.savez(tmp_path / "in.npz", **{f"input_{i}_0": image[np.newaxis] for i, image in enumerate(images)})
    done = edgegen("run", "--board", "host", "--inputs", "in.npz", "-o", "out.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as outputs:
        found = [int(outputs[f"output_{i}_0"].argmax()) for i in range(len(images))]
    assert round(float(np.mean(found == labels)), 4) == figures["test_accuracy_int8"]
