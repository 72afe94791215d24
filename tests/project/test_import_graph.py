"""Which files of a project reach Keras, and who imports whom, without parsing any of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kerascheck.project.import_graph import (
    ProjectGraph,
    concerns_keras,
    current_graph,
    keep_one_graph,
    may_call,
    one_graph,
)
from kerascheck.runtime.asked import unsaved_files

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
        ("from loose import cnn", True),
        ("from loose import plain", False),
        ("import loose.cnn", True),
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
            "loose/cnn.py": MODELS,
            "loose/plain.py": "x = 1\n",
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


@pytest.mark.parametrize(
    "line",
    [
        "from . import build",
        "from . import cnn",
        "from .cnn import build",
        "from .. import nets",
        "from ..nets import *",
        "from nets import build as b",
        "import nets.cnn as c, os",
        "from nets.cnn import (\n    build,\n)",
        "from pictures.nets import build",
        "from pictures import (nets)",
    ],
)
def test_importers_are_those_that_resolve_to_the_file(tmp_path: Path, line: str) -> None:
    """However the statement says it: who imports a file is asked by its words before it is resolved."""
    files = {"__init__.py": "", "nets/__init__.py": "", "nets/cnn.py": MODELS, "nets/other.py": f"{line}\n"}
    folder = _project(tmp_path, {f"pictures/{name}": text for name, text in files.items()})
    graph = ProjectGraph()
    other = str(folder / "pictures/nets/other.py")
    meant = graph.imports(files["nets/other.py"].encode(), other)
    assert meant
    for name in files:
        target = str(folder / "pictures" / name)
        assert (other in graph.importers(target)) == (target in meant and target != other)


def test_files_that_cannot_mean_it_are_not_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {f"m{number}.py": f"import m{number + 1}\n" for number in range(50)}
    folder = _project(tmp_path, {"models.py": MODELS, "train.py": "import models\n", **others})
    graph = ProjectGraph()
    resolved: list[str] = []
    before = graph._resolved
    monkeypatch.setattr(graph, "_resolved", lambda name, imports: resolved.append(name) or before(name, imports))
    assert graph.importers(str(folder / "models.py")) == (str(folder / "train.py"),)
    assert resolved == [str(folder / "train.py")]


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


# -- a graph that is kept -------------------------------------------------------------------------------------------


def _old(folder: Path) -> None:
    """The times of folders that changed long ago."""
    for name in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
        os.utime(name, (1_000_000_000, 1_000_000_000))


@pytest.mark.parametrize("is_settled", [True, False])
def test_a_renewed_graph_answers_as_a_new_one(tmp_path: Path, is_settled: bool) -> None:
    files = {"models.py": MODELS, "train.py": "from models import build\n", "nets/__init__.py": "", "plain.py": ""}
    folder = _project(tmp_path, files)
    models = str(folder / "models.py")
    if is_settled:
        _old(folder)
    graph = ProjectGraph()
    assert graph.importers(models) == (str(folder / "train.py"),)
    changes = [
        lambda: (folder / "plain.py").write_text("import models  # now it does\n"),
        lambda: (folder / "train.py").write_text("x = 1  # not any more\n"),
        lambda: (folder / "nets" / "one.py").write_text("from models import build\n"),
        lambda: (folder / "plain.py").unlink(),
        lambda: (folder / "nets" / "models.py").write_text(MODELS),  # which nets/one.py means now
        lambda: (folder / "nets" / "__init__.py").unlink(),
        lambda: (folder / "nets" / "models.py").unlink(),
        lambda: (folder / "pyproject.toml").unlink(),
    ]
    for change in changes:
        change()
        graph.renew()
        assert graph.importers(models) == ProjectGraph().importers(models)
        assert graph.reaches_keras(b"import one\n", str(folder / "nets" / "two.py")) == ProjectGraph().reaches_keras(
            b"import one\n", str(folder / "nets" / "two.py")
        )


def test_what_is_not_saved_counts(tmp_path: Path) -> None:
    folder = _project(tmp_path, {"models.py": MODELS, "train.py": "", "use.py": "import models\n", "a/old.py": ""})
    models, train, new, use = (str(folder / name) for name in ("models.py", "train.py", "a/new.py", "use.py"))
    graph = ProjectGraph()
    assert graph.importers(models) == (use,)
    with unsaved_files({train: b"import models\n", new: b"import models\n", use: b""}):
        graph.renew()
        assert graph.importers(models) == ProjectGraph().importers(models) == (train, new)
        assert graph.importers(new) == ()
        assert graph.imports(b"import train, other\nimport a.new\n", str(folder / "x.py")) == (train, new)
    graph.renew()
    assert graph.importers(models) == (use,)


def test_a_kept_graph_reads_only_what_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(30)}
    folder = _project(tmp_path, {**files, "m30.py": MODELS})
    _old(folder)
    graph = ProjectGraph()
    graph.importers(str(folder / "m30.py"))
    (folder / "m3.py").write_text("import m4, m30\n")
    resolved: list[str] = []
    real = ProjectGraph._resolved
    monkeypatch.setattr(ProjectGraph, "_resolved", lambda self, name, *rest: resolved.append(name) or real(self, name, *rest))  # type: ignore[func-returns-value]  # fmt: skip
    graph.renew()
    assert len(graph.importers(str(folder / "m30.py"))) == 30
    assert resolved == [str(folder / "m3.py")]


def test_a_copy_of_the_process_of_a_run_has_its_graph() -> None:
    with one_graph() as graph:
        keep_one_graph()
        assert current_graph() is graph
