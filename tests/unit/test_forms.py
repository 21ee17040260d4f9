"""What every exported form consists of: files, names, manifests."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree
import zipfile
from pathlib import Path

import pytest

from edgegen.codegen.single_file import single_file
from edgegen.errors import InputError
from edgegen.export import Exported, export_model
from edgegen.forms import ModelSize, form_names, form_settings, object_size_bound
from tests.codegen.test_generated_c import small_model

HARMLESS = re.compile(r"[A-Za-z0-9_./-]+")
RUNTIMES = [(form, runtime) for form in form_names() for runtime in form_settings(form)["runtimes"]]


def export(model: Path, out_dir: Path, form: str, runtime: str = "edgegen", board: str | None = None) -> Exported:
    return export_model(
        model, out_dir, form=form, runtime=runtime, isa="scalar", board=board, optimize="speed", step=lambda step: None
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every form of a model whose names are hostile."""
    root = tmp_path_factory.mktemp("forms")
    model = root / '"; $(touch x) `y` ${CMAKE} <&>\n#.tflite'
    model.write_bytes(small_model())
    for form, runtime in RUNTIMES:
        export(model, root / f"{form}-{runtime}", form, runtime)
    return {f"{form}-{runtime}": root / f"{form}-{runtime}" for form, runtime in RUNTIMES}


def test_the_forms_are_those_that_the_command_lists() -> None:
    forms = {"arduino", "cmake", "cmsis_pack", "esp_idf", "platformio", "single_file", "zephyr"}
    assert set(form_names()) == forms


@pytest.mark.parametrize(("form", "runtime"), RUNTIMES)
def test_hostile_names_end_as_harmless_ones(folders: dict[str, Path], form: str, runtime: str) -> None:
    files = tree(folders[f"{form}-{runtime}"])
    assert all(HARMLESS.fullmatch(name) for name in files)
    for name, data in files.items():
        if name.endswith((".c", ".h", ".zip", ".pack")):
            continue
        for hostile in (b"$(touch", b"`y`", b"${CMAKE}", b"<&>", b"image*"):
            assert hostile not in data, name


@pytest.mark.parametrize(("form", "runtime"), RUNTIMES)
def test_the_same_input_gives_the_same_bytes_and_no_path(
    tmp_path: Path, example_model: Path, form: str, runtime: str
) -> None:
    export(example_model, tmp_path / "a", form, runtime)
    export(example_model, tmp_path / "another" / "folder", form, runtime)
    first, second = tree(tmp_path / "a"), tree(tmp_path / "another" / "folder")
    assert first == second
    assert not [name for name, data in first.items() if str(tmp_path).encode() in data]
    assert not [name for name, data in first.items() if str(example_model.parent).encode() in data]


@pytest.mark.parametrize(("form", "runtime"), RUNTIMES)
def test_every_form_has_a_readme_that_says_how_far_it_was_tried(
    folders: dict[str, Path], form: str, runtime: str
) -> None:
    readme = (folders[f"{form}-{runtime}"] / "README.md").read_text()
    assert "_init()" in readme or "_input_0()" in readme
    tried_here = form in ("single_file", "cmake") and runtime == "edgegen"
    assert tried_here != bool(re.search("edgegen has (compiled|not built)", readme))


def test_a_form_that_there_is_not_is_refused(tmp_path: Path, example_model: Path) -> None:
    with pytest.raises(InputError, match="no form 'makefile' to export; there are arduino, cmake"):
        export(example_model, tmp_path / "out", "makefile")
    with pytest.raises(InputError, match="`edgegen build --board B` makes it"):
        export(example_model, tmp_path / "out", "bare_metal")
    with pytest.raises(InputError, match="form zephyr has no runtime 'tflm'; these have it: cmake, esp_idf"):
        export(example_model, tmp_path / "out", "zephyr", "tflm")
    with pytest.raises(InputError, match="form cmsis_pack is for no processor that runs the kernels xtensa_mac16"):
        export(example_model, tmp_path / "out", "cmsis_pack", board="esp32")
    assert not (tmp_path / "out").exists()


def test_what_others_wrote_is_not_replaced(tmp_path: Path, example_model: Path) -> None:
    (tmp_path / "own.c").write_text("mine")
    with pytest.raises(InputError, match="edgegen did not write"):
        export(example_model, tmp_path, "single_file")
    assert tree(tmp_path) == {"own.c": b"mine"}


def test_arduino_properties_are_complete(folders: dict[str, Path]) -> None:
    folder = folders["arduino-edgegen"]
    (library,) = [path for path in folder.iterdir() if path.is_dir()]
    lines = (library / "library.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    required = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url", "architectures"}
    assert required <= properties.keys()
    # The specification's rules for names, versions, categories and folders.
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}", properties["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"])
    assert properties["category"] == "Data Processing"
    assert properties["name"] == library.name
    assert (library / "src" / properties["includes"]).is_file()
    sketches = list(library.glob("examples/*/*.ino"))
    assert sketches
    assert all(sketch.stem == sketch.parent.name for sketch in sketches)
    with zipfile.ZipFile(folder / f"{library.name}.zip") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert content == {name: data for name, data in tree(folder).items() if name.startswith(f"{library.name}/")}


def test_a_cmsis_pack_holds_what_its_description_names(folders: dict[str, Path]) -> None:
    (pack,) = folders["cmsis_pack-edgegen"].glob("*.pack")
    with zipfile.ZipFile(pack) as archive:
        names = set(archive.namelist())
        (description,) = [name for name in names if name.endswith(".pdsc")]
        root = xml.etree.ElementTree.fromstring(archive.read(description))
    vendor, name = root.findtext("vendor"), root.findtext("name")
    release = root.find("releases/release")
    assert release is not None
    assert description == f"{vendor}.{name}.pdsc"
    assert pack.name == f"{vendor}.{name}.{release.get('version')}.pack"
    conditions = {condition.get("id") for condition in root.findall("conditions/condition")}
    components = root.findall("components/component")
    assert components
    for component in components:
        assert component.get("condition") in conditions
        assert {"Cclass", "Cgroup", "Csub", "Cversion"} <= set(component.keys())
        files = component.findall("files/file")
        assert {file.get("category") for file in files} == {"header", "source"}
        assert {file.get("name") for file in files} <= names
    assert root.findtext("license") in names


def test_a_platformio_library_names_what_is_there(folders: dict[str, Path]) -> None:
    folder = folders["platformio-edgegen"]
    manifest = json.loads((folder / "library.json").read_text())
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", manifest["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert (folder / manifest["build"]["includeDir"] / manifest["headers"]).is_file()
    assert list((folder / manifest["build"]["srcDir"]).glob("*.c"))
    for example in manifest["examples"]:
        assert all((folder / example["base"] / file).is_file() for file in example["files"])
    assert all((folder / item).exists() for item in manifest["export"]["include"])


def test_platformio_itself_reads_the_manifests(folders: dict[str, Path]) -> None:
    parser = pytest.importorskip("platformio.package.manifest.parser")
    schema = pytest.importorskip("platformio.package.manifest.schema")
    (arduino,) = [path for path in folders["arduino-edgegen"].iterdir() if path.is_dir()]
    for folder in (folders["platformio-edgegen"], arduino):
        manifest = parser.ManifestParserFactory.new_from_dir(str(folder)).as_dict()
        assert schema.ManifestSchema().load_manifest(manifest)["name"].endswith("_model")


@pytest.mark.parametrize("runtime", ["edgegen", "tflm"])
def test_the_component_manager_itself_reads_the_component(folders: dict[str, Path], runtime: str) -> None:
    manager = pytest.importorskip("idf_component_tools.manager")
    (component,) = (folders[f"esp_idf-{runtime}"] / "components").iterdir()
    manifest = manager.ManifestManager(str(component), component.name).load()
    assert ("espressif/esp-tflite-micro" in manifest.dependencies) == (runtime == "tflm")


def test_partitions_have_room_and_the_right_places(tmp_path: Path, example_model: Path) -> None:
    export(example_model, tmp_path / "out", "esp_idf", board="esp32c3")
    lines = (tmp_path / "out" / "partitions.csv").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if not line.startswith("#")]
    end = 0x9000
    for _, kind, _, offset, size in rows:
        assert int(offset, 16) >= end
        assert int(offset, 16) % (0x10000 if kind == "app" else 0x1000) == 0
        end = int(offset, 16) + int(size, 16)
    (told,) = re.findall(r"has room for ([\d,]+) bytes of model and kernels \(compiled for esp32c3\)", "\n".join(lines))
    model_bytes = int(told.replace(",", ""))
    assert 8_000 < model_bytes < 40_000
    settings = (tmp_path / "out" / "sdkconfig.defaults").read_text()
    (flash,) = re.findall(r"CONFIG_ESPTOOLPY_FLASHSIZE_(\d+)MB=y", settings)
    assert model_bytes + 320 * 1024 <= int(rows[-1][4], 16) < model_bytes + 320 * 1024 + 64 * 1024
    assert end <= int(flash) << 20
    assert 'CONFIG_IDF_TARGET="esp32c3"' in settings


def test_without_a_compiler_the_size_is_a_bound(example_model: Path, tmp_path: Path) -> None:
    bound = object_size_bound({"eg_x.c": b"1234", "m.c": b"12345678"}, 100)
    assert bound == ModelSize(104, "a bound: no compiler for the chip is installed")


def test_a_single_file_gives_clashing_names_of_kernels_other_ones() -> None:
    common = b"#ifndef EG_COMMON_H\n#define EG_COMMON_H\ntypedef int eg_int;\n#endif\n"
    kernel = b'#include "eg_common.h"\n#define TWICE 2\nstatic int step(s* p) { return p->step + p.step; }\n'
    files = {
        "eg_common.h": common,
        "eg_a.c": kernel + b"void eg_a(void) { step(0); }\n",
        "eg_b.c": kernel + b"void eg_b(void) { step(0); }\n",
        "m.h": b"",
        "m.c": b'/* head */\n#include "m.h"\n\n#include "eg_common.h"\nvoid m_invoke(void) { eg_a(); eg_b(); }\n',
    }
    text = single_file(files, "m")["m.c"].decode()
    assert text.count("typedef int m_eg_int;") == 1
    assert "static int step(s* p) { return p->step + p.step; }" in text
    assert "static int step_eg_b(s* p) { return p->step + p.step; }" in text.replace("step_m_eg_b", "step_eg_b")
    assert text.count("#undef TWICE") == 2
    assert "m_eg_a(); m_eg_b();" in text
