"""Which file of the project an import means where the program itself says where to look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source

BUILDER = """\
import keras


def build(size):
    return keras.Sequential([keras.Input((size,)), keras.layers.Dense(2)])
"""

PROGRAM = """\
import os, sys
from pathlib import Path
{added}
import numpy as np
import keras
from {module} import build
model = build(3)
model.compile(loss="mse")
model.predict(np.zeros((10, 4)))
"""


def _rows(path: Path, text: str) -> list[tuple[str, int]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [
        (found.code, found.span.start.row) for found in check_source(text.encode(), str(path), Settings()).diagnostics
    ]


@pytest.mark.parametrize(
    "added",
    [
        'sys.path.append("../")',
        "sys.path.append('..')",
        'sys.path.insert(0, "..")',
        "sys.path.insert(0, os.path.abspath('..'))",
        "sys.path.append(os.path.join(os.path.dirname(__file__), '..'))",
        "sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))",
        "sys.path.append(str(Path(__file__).resolve().parent.parent))",
    ],
)
def test_a_folder_that_the_program_adds_is_searched(tmp_path: Path, added: str) -> None:
    _rows(tmp_path / "builders.py", BUILDER)
    found = _rows(tmp_path / "examples" / "run.py", PROGRAM.format(added=added, module="builders"))
    assert found == [("KC210", 9)]


def test_a_folder_beside_it(tmp_path: Path) -> None:
    _rows(tmp_path / "src" / "builders.py", BUILDER)
    text = PROGRAM.format(added='sys.path.append("../src/")', module="builders")
    assert _rows(tmp_path / "examples" / "run.py", text) == [("KC210", 9)]


def test_a_notebook_adds_one(tmp_path: Path) -> None:
    _rows(tmp_path / "builders.py", BUILDER)
    text = PROGRAM.format(added='sys.path.append("..")', module="builders")
    cell = {"cell_type": "code", "source": text.splitlines(keepends=True), "outputs": [], "metadata": {}}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert _rows(tmp_path / "notebooks" / "run.ipynb", notebook) == [("KC210", 9)]


@pytest.mark.parametrize("added", ["", "# sys.path.append('..')", "sys.path.append('/opt/tools')"])
def test_without_it_nothing_is_found_there(tmp_path: Path, added: str) -> None:
    _rows(tmp_path / "builders.py", BUILDER)
    assert _rows(tmp_path / "examples" / "run.py", PROGRAM.format(added=added, module="builders")) == []


def test_a_folder_without_init_is_found_by_its_own_name(tmp_path: Path) -> None:
    _rows(tmp_path / "server" / "app" / "parts" / "builders.py", BUILDER)
    text = PROGRAM.format(added="", module="app.parts.builders")
    assert _rows(tmp_path / "server" / "app" / "jobs" / "train" / "run.py", text) == [("KC210", 9)]
    assert _rows(tmp_path / "server" / "other" / "jobs" / "run.py", text) == []
