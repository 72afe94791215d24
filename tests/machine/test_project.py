"""Imports of the program's own modules are followed into their files."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from kerascheck.machine import analyze
from kerascheck.project.source import read_source
from tests.machine.helpers import UNKNOWN, cases, execute_module, known, plain


def run(folder: Path, files: dict[str, str], main: str = "main.py") -> dict[str, Any]:
    """Write the files and give the names that the main one ends with."""
    for name, code in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
    _, scope = execute_module((folder / main).read_text(), str(folder / main))
    return {name: plain(value) for name, value in scope.vars.items()}


def _files(program: str) -> dict[str, str]:
    """The files of a program, each behind a line `# file NAME`."""
    _, *parts = re.split(r"^# file (.+)\n", program, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


CASES = {title: _files(program) for title, program in cases("project").items()}


@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_as_python_does(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    mine = run(tmp_path, files)["x"]
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec((tmp_path / "main.py").read_text(), space)
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]
    assert mine == space["x"]


UNKNOWN_IMPORTS: dict[str, dict[str, str]] = {
    "absent": {"main.py": "from nowhere import n as x"},
    "relative and absent": {"main.py": "from .nowhere import n as x"},
    "syntax error": {"main.py": "from helper import n as x", "helper.py": "n = ("},
    "not defined": {"main.py": "from helper import m as x", "helper.py": "n = 5"},
    "raises before": {"main.py": "from helper import n as x", "helper.py": "raise SystemExit\nn = 5"},
    "too far up": {"main.py": "from .................nowhere import n as x"},
}


@pytest.mark.parametrize("files", UNKNOWN_IMPORTS.values(), ids=UNKNOWN_IMPORTS)
def test_not_known(files: dict[str, str], tmp_path: Path) -> None:
    assert run(tmp_path, files).get("x", UNKNOWN) is UNKNOWN


def test_an_installed_library_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("zeros = 5")
    assert run(tmp_path, {"main.py": "from numpy import zeros as x"})["x"] is UNKNOWN


def test_networks_of_other_files_belong_to_those_files(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "import keras\ndef make(n):\n    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    )
    main = tmp_path / "main.py"
    main.write_text("from nets import make\nmodel = make(3)\nmodel.compile('adam', 'mse')\n")
    source = read_source(str(main))
    (path,) = analyze(source).paths
    (network,) = path.networks
    assert network.params() == 15
    assert network.variable in ("model", None)
    assert network.site is not None
    assert network.site.file is not source
    assert path.compiles[0].network is network
    assert path.compiles[0].site.file is source


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ("None, default_size=224, min_size=48, data_format=K.image_data_format(), include_top=True", (224, 224, 3)),
        ("None, 224, 48, K.image_data_format(), False", (None, None, 3)),
        ("(64, 64, 1), 224, 48, 'channels_last', require_flatten=True, weights=None", (64, 64, 1)),
        ("(224, 224, 3), 224, 48, 'channels_last', True, 'imagenet'", (224, 224, 3)),
        ("None, 224, 48, 'channels_first', True", (3, 224, 224)),
    ],
)
def test_the_image_shape_that_old_sources_ask_keras_for(arguments: str, shape: tuple[int | None, ...]) -> None:
    head = "from keras import backend as K\nfrom keras.applications.imagenet_utils import _obtain_input_shape\n"
    assert known(f"{head}x = _obtain_input_shape({arguments})\n") == shape


def test_a_module_that_a_module_imports_is_read_when_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text("from one import a\nfrom other import b\n")
    (tmp_path / "one.py").write_text("a = 5\n")
    (tmp_path / "other.py").write_text("b = 6\n")
    main, _ = execute_module("from many import a as x\n", str(tmp_path / "main.py"))
    assert {Path(name).name for name in main.project._sources} == {"many.py", "one.py"}


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    files = {
        "main.py": "from first import b as x\nfrom first import c as y\n",
        "first.py": "from second import b\na = 5\nfrom second import c\n",
        "second.py": "from first import a\nb = a + 1\nfrom first import c\n",
    }
    found = run(tmp_path, files)
    assert (found["x"], found["y"]) == (6, UNKNOWN)


@pytest.mark.parametrize("marker", ["setup.py", "pyproject.toml", "requirements.txt"])
def test_scripts_below_the_top_of_a_project_import_its_packages(tmp_path: Path, marker: str) -> None:
    files = {
        marker: "",
        "package/__init__.py": "from package.inner import n\n",
        "package/inner.py": "n = 5\n",
        "examples/first/main.py": "from package import n as x\n",
    }
    assert run(tmp_path, files, "examples/first/main.py")["x"] == 5


def test_packages_in_a_source_folder(tmp_path: Path) -> None:
    files = {"setup.py": "", "src/package/__init__.py": "n = 5\n", "tests/main.py": "from package import n as x\n"}
    assert run(tmp_path, files, "tests/main.py")["x"] == 5


def test_without_a_project_only_what_stands_beside_is_found(tmp_path: Path) -> None:
    files = {"package/__init__.py": "n = 5\n", "examples/main.py": "from package import n as x\n"}
    assert run(tmp_path, files, "examples/main.py")["x"] is UNKNOWN


def test_a_package_finds_modules_from_the_folder_of_the_program(tmp_path: Path) -> None:
    files = {
        "main.py": "from parts.layers import n as x\n",
        "parts/layers/__init__.py": "from parts.layers.inner import n\n",  # `parts` itself has no __init__.py
        "parts/layers/inner.py": "n = 5\n",
    }
    assert run(tmp_path, files)["x"] == 5
