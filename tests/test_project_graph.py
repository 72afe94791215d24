"""Which files of a project reach Keras, and who imports whom, without parsing any of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kerascheck.project_graph import ProjectGraph, concerns_keras, may_call, one_graph

MODELS = "import keras\n\ndef build(n):\n    return keras.Sequential([keras.layers.Dense(n)])\n"


def _project(folder: Path, files: dict[str, str]) -> Path:
    (folder / "pyproject.toml").write_text("")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _concerns(file: Path) -> bool:
    return concerns_keras(file.read_bytes(), str(file))


@pytest.mark.parametrize(
    ("line", "concerns"),
    [
        ("from models import build", True),
        ("from models import (\n    build,\n)", True),
        ("import os, models", True),
        ("import models as m", True),
        ("    import models  # late", True),
        ("from nets.cnn import build", True),
        ("from nets import cnn", True),
        ("from nets import cnn as c", True),
        ("import nets.cnn", True),
        ("from nets import plain", False),
        ("from helpers import build", True),  # which imports models
        ("import utilities", False),
        ("import numpy as np", False),
        ("# from models import build", False),
        ("", False),
    ],
)
def test_a_file_concerns_keras_by_what_it_imports(tmp_path: Path, line: str, concerns: bool) -> None:
    folder = _project(
        tmp_path,
        {
            "models.py": MODELS,
            "helpers.py": "from models import build\nimport other\n",
            "other.py": "import helpers\n",
            "utilities.py": "import json\n",
            "nets/__init__.py": "",
            "nets/cnn.py": MODELS,
            "nets/plain.py": "x = 1\n",
            "train.py": f"{line}\nbuild(3)\n",
        },
    )
    assert _concerns(folder / "train.py") is concerns


@pytest.mark.parametrize("line", ["from ..models import build", "from .. import models", "from .near import build"])
def test_relative_imports(tmp_path: Path, line: str) -> None:
    folder = _project(
        tmp_path,
        {
            "package/__init__.py": "",
            "package/models.py": MODELS,
            "package/jobs/__init__.py": "",
            "package/jobs/near.py": "from ..models import build\n",
            "package/jobs/train.py": line,
        },
    )
    assert _concerns(folder / "package/jobs/train.py")


def test_a_script_reaches_the_packages_of_its_project(tmp_path: Path) -> None:
    folder = _project(
        tmp_path,
        {
            "src/acme/__init__.py": "from .models import build\n",
            "src/acme/models.py": MODELS,
            "bin/run.py": "import acme",
        },
    )
    assert _concerns(folder / "bin/run.py")


def test_a_notebook(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["import os\n", "from models import build\n"]}
    folder = _project(tmp_path, {"models.py": MODELS, "train.ipynb": json.dumps({"cells": [cell]}, indent=1)})
    assert _concerns(folder / "train.ipynb")
    assert ProjectGraph().importers(str(folder / "models.py")) == (str(folder / "train.ipynb"),)


def test_importers_directly_and_through_others(tmp_path: Path) -> None:
    folder = _project(
        tmp_path,
        {
            "nets/__init__.py": "from .cnn import build\n",
            "nets/cnn.py": MODELS,
            "direct.py": "from nets.cnn import build\n",
            "through.py": "import nets\n",
            "alone.py": "import os\n",
            ".hidden/copy.py": "from nets.cnn import build\n",
            "env/pyvenv.cfg": "",
            "env/lib.py": "from nets.cnn import build\n",
        },
    )
    found = [os.path.relpath(name, folder) for name in ProjectGraph().importers(str(folder / "nets/cnn.py"))]
    assert sorted(found[:2]) == ["direct.py", "nets/__init__.py"] and found[2:] == ["through.py"]


def test_nobody_imports_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert ProjectGraph().importers(str(tmp_path / "none.py")) == ()


def test_outside_of_a_project_only_the_folder_itself_is_looked_at(tmp_path: Path) -> None:
    for name in ("models.py", "train.py", "inner/deep.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("import models\n" if name != "models.py" else MODELS)
    found = ProjectGraph().importers(str(tmp_path / "models.py"))
    assert [os.path.relpath(name, tmp_path) for name in found] == ["train.py"]


def test_circles_end(tmp_path: Path) -> None:
    folder = _project(tmp_path, {"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n"})
    assert not _concerns(folder / "a.py")
    assert len(ProjectGraph().importers(str(folder / "a.py"))) == 2


def test_a_changed_file_is_looked_at_again_in_the_next_run(tmp_path: Path) -> None:
    folder = _project(tmp_path, {"models.py": "x = 1\n", "train.py": "import models\n"})
    with one_graph():
        assert not _concerns(folder / "train.py")
        (folder / "models.py").write_text(MODELS)
        assert not _concerns(folder / "train.py")
    assert _concerns(folder / "train.py")


@pytest.mark.parametrize(
    ("text", "calls"),
    [("m = build(3)", True), ("models.build (3)", True), ("rebuild(3)", False), ("build = 3", False), ("", False)],
)
def test_what_seems_to_be_a_call(text: str, calls: bool) -> None:
    assert may_call(text.encode(), frozenset({"build", "Other"})) is calls
