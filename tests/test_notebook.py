"""Notebooks: the code cells as one program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerascheck.cli import app
from kerascheck.notebook import NotANotebook, blank_magics, read_program
from kerascheck.source import Source, SourceError


def notebook(*cells: str | list[str], language: str = "python", markdown: int = 0) -> str:
    texts: list[dict[str, Any]] = [{"cell_type": "markdown", "source": "# keras"}] * markdown
    code = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": texts + code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


CELLS = (
    "!pip install keras\nfrom keras.layers import Dense\nfrom keras.models import Sequential",
    ["model = Sequential()\n", "model.add(Dense(8, input_dim=4, activation='relu'))"],
    "%%time\n\nmodel.add(Dense(8, input_dim=8, activation='relu'))\nmodel.add(Dense(1, activation='sigmoid'))",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def test_cells_are_one_program_and_know_where_they_begin() -> None:
    text, cells = read_program(notebook("a\nb", "c", ["d\n", "e"], markdown=1))
    assert text == "a\nb\nc\nd\ne\n"
    assert [(cell.index, cell.first_row) for cell in cells] == [(2, 1), (3, 3), (4, 4)]
    source = Source(notebook("a\nb", "c", ["d\n", "e"], markdown=1).encode(), "x.ipynb")
    assert [source.in_cell(row) for row in range(1, 6)] == [(2, 1), (2, 2), (3, 1), (4, 1), (4, 2)]
    assert source.rows_of_cell(3) == (3, 3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("!pip install keras", "pass"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls\nb", "if a:\n    pass\nb"),
        ("model.fit?", "pass"),
        ("?model", "pass"),
        ("files = !ls *.csv", "files = get_ipython()"),
        ("x = %env HOME", "x = get_ipython()"),
        ("%time model.fit(x)", "0;    model.fit(x)"),
        ("%%bash\nls (\nx", "\n\n"),
        ("%%time\nf(x)", "\nf(x)"),
        ("%%capture out\n%load_ext a\nf(x)", "\npass\nf(x)"),
        ("x = (5\n% y)", "x = (5\n% y)"),
        ("x = 5 \\\n% y", "x = 5 \\\n% y"),
        ("x = '''\n!no\n'''\n!yes", "x = '''\n!no\n'''\npass"),
        ("x = 1 # why?", "x = 1 # why?"),
        ("print('really?')", "print('really?')"),
        ("if x != y: z", "if x != y: z"),
        ("x = y % z", "x = y % z"),
        ("", ""),
    ],
)
def test_what_only_ipython_understands_is_blanked_in_place(before: str, after: str) -> None:
    assert blank_magics(before) == after


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"cells": 1}', '{"worksheets": []}', "[" * 100_000])
def test_what_is_no_notebook(body: str) -> None:
    with pytest.raises(NotANotebook):
        read_program(body)
    with pytest.raises(SourceError, match="not a notebook"):
        Source(body.encode(), "x.ipynb")


def test_notebooks_in_other_languages_are_empty() -> None:
    assert read_program(notebook("library(keras)", language="R")) == ("", [])


@pytest.mark.parametrize("cell", [1, None, "text", {"cell_type": "code"}, {"cell_type": "code", "source": 1}])
def test_odd_cells_are_passed_over(cell: object) -> None:
    text, _ = read_program(json.dumps({"cells": [cell, {"cell_type": "code", "source": "a"}]}))
    assert text.strip() == "a"


def test_findings_count_within_their_cell(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook(*CELLS, markdown=2))
    result = CliRunner().invoke(app, ["--select", "KC103", "."])
    assert result.exit_code == 1 and result.stdout.startswith("x.ipynb:cell 5:3:20: KC103 ")
    full = CliRunner().invoke(app, ["--select", "KC103", "--output-format", "full", "."]).stdout
    assert "3 | model.add(Dense(8, input_dim=8, activation='relu'))\n  |                    ^^^^^^^^^^^\n4 |" in full
    [found] = json.loads(CliRunner().invoke(app, ["--select", "KC103", "--output-format", "json", "."]).stdout)
    assert (found["cell"], found["location"], found["noqa_row"]) == (5, {"row": 3, "column": 20}, 3)


def test_a_notebook_is_not_fixed(folder: Path) -> None:
    before = notebook(*CELLS)
    (folder / "x.ipynb").write_text(before)
    assert CliRunner().invoke(app, ["--select", "KC103", "--fix", "."]).exit_code == 1
    assert (folder / "x.ipynb").read_text() == before


def test_syntax_errors_count_within_their_cell(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook("import keras", "x = 1\nprint 'y'"))
    result = CliRunner().invoke(app, ["x.ipynb"])
    assert result.stdout.startswith("x.ipynb:cell 2:2:1: KC001 ")


def test_summary_names_the_cell(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook(*CELLS))
    result = CliRunner().invoke(app, ["summary", "--format", "json", "x.ipynb"])
    [model] = json.loads(result.stdout)
    assert (model["cell"], model["row"], model["layers"][1]["row"]) == (2, 1, 3)
