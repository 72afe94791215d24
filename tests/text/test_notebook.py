"""Notebooks: the code cells as one program, and findings within the cells."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerascheck import api
from kerascheck.cli.app import app
from kerascheck.engine import check_source
from kerascheck.project.source import Source, SourceError
from kerascheck.text.notebook import NotANotebook, Notebook


def notebook(*cells: str | list[str], language: str = "python", markdown: int = 0) -> str:
    texts: list[dict[str, Any]] = [{"cell_type": "markdown", "source": "# keras"}] * markdown
    code = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": texts + code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


CELLS = (
    "!pip install keras\nfrom keras.layers import Dense\nfrom keras.models import Sequential",
    ["model = Sequential()\n", "model.add(Dense(8, input_dim=4, activation='relu'))"],
    "%%time\n\nmodel.add(Dense(8, input_dim=9, activation='relu'))\nmodel.add(Dense(1, activation='sigmoid'))",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def program(body: str) -> str:
    return Notebook(body).text


def findings(*cells: str | list[str], select: str = "KC0,KC103") -> list[tuple[int | None, int, str]]:
    settings = api.settings_for(isolated=True, select=select.split(","))
    report = check_source(notebook(*cells).encode(), "x.ipynb", settings)
    assert not report.crashed
    return [(d.cell, d.span.start.row, d.code) for d in report.diagnostics]


# -- reading --------------------------------------------------------------------------------------------------------


def test_cells_are_one_program_and_know_where_they_begin() -> None:
    body = notebook("a\nb", "c", ["d\n", "e"], markdown=1)
    found = Notebook(body)
    assert found.text == "a\nb\nc\nd\ne\n"
    assert [(cell.index, cell.first_row, cell.rows) for cell in found.cells] == [(2, 1, 2), (3, 3, 1), (4, 4, 2)]
    source = Source(body.encode(), "x.ipynb")
    assert [source.in_cell(row) for row in range(1, 6)] == [(2, 1), (2, 2), (3, 1), (4, 1), (4, 2)]
    assert source.rows_of_cell(3) == (3, 3)


def test_a_cell_that_is_indented_as_a_whole_is_a_block() -> None:
    source = Source(notebook("a", "    b\n    c", "d").encode(), "x.ipynb")
    assert source.text == "a\nif True:\n    b\n    c\nd\n"
    assert [source.in_cell(row) for row in (1, 3, 4, 5)] == [(1, 1), (2, 1), (2, 2), (3, 1)]
    assert source.rows_of_cell(1) == (1, 1) and source.rows_of_cell(2) == (3, 4)
    _ = source.tree


def test_only_code_cells_count() -> None:
    cells = [{"cell_type": kind, "source": kind} for kind in ("raw", "markdown", "code", "heading", None)]
    assert program(json.dumps({"cells": cells})) == "code\n"


def test_line_endings_within_cells() -> None:
    source = Source(notebook("a\r\nb\rc", ["d\r\n", "e"]).encode(), "x.ipynb")
    assert source.text == "a\nb\nc\nd\ne\n"
    assert [text for _, text in source.texts()] == ["a\r\nb\rc", "d\r\ne"]


@pytest.mark.parametrize(
    ("body", "message", "place"),
    [
        ("", "not a notebook: expecting value", (1, 1)),
        ('{"cells": [\n{,}]}', "not a notebook: expecting property name enclosed in double quotes", (2, 2)),
        ('{"cells": []}\n<<<<<<< HEAD', "not a notebook: extra data", (2, 1)),
        ('{"cells": [{"source": "a" "b"}]}', "not a notebook: expecting ',' delimiter", (1, 27)),
        ('{"cells": [1,]}', "not a notebook: illegal trailing comma", (1, 14)),
        ('{"cells": [], }', "not a notebook: illegal trailing comma", (1, 15)),
        ('{"cells": [{"source": "a', "not a notebook: unterminated string starting at", (1, 23)),
        ("[" * 100_000, "not a notebook: JSON that nests too deeply", (1, 1)),
        ('{"a": ' * 100_000, "not a notebook: JSON that nests too deeply", (1, 1)),
        ("[]", "not a notebook: it has no list of cells", (1, 1)),
        ("{}", "not a notebook: it has no list of cells", (1, 1)),
        ('{"cells": 1}', "not a notebook: it has no list of cells", (1, 1)),
        (
            '{"nbformat": 3, "worksheets": [{"cells": []}]}',
            "a notebook of format 3; `jupyter nbconvert --to notebook --inplace` brings it to format 4",
            (1, 1),
        ),
    ],
)
def test_what_is_no_notebook(body: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(NotANotebook) as error:
        Notebook(body)
    assert error.value.message == message
    assert (error.value.position.row, error.value.position.column) == place
    with pytest.raises(SourceError) as refused:
        Source(body.encode(), "x.ipynb")
    assert (refused.value.code, refused.value.position) == ("KC002", error.value.position)


@pytest.mark.parametrize(
    "body", ['{"cells": []}', '{"cells": [], "metadata": null}', "{\n}".replace("\n", '"cells":[]')]
)
def test_empty_notebooks(body: str) -> None:
    source = Source(body.encode(), "x.ipynb")
    assert (source.text, source.cells) == ("", [])
    _ = source.tree


def test_of_members_of_the_same_name_the_last_counts() -> None:
    cell = '{"cell_type": "markdown", "source": "a", "cell_type": "code", "source": ["b"]}'
    assert program(f'{{"cells": 1, "cells": [{cell}, {cell}]}}') == "b\nb\n"


def test_notebooks_in_other_languages_are_empty() -> None:
    assert program(notebook("library(keras)", language="R")) == ""
    kernel = {"metadata": {"kernelspec": {"language": "julia"}}, "cells": [{"cell_type": "code", "source": "x"}]}
    assert program(json.dumps(kernel)) == ""


def test_cells_in_other_languages_are_left_out() -> None:
    cells = [
        {"cell_type": "code", "source": "a", "metadata": {"vscode": {"languageId": "python"}}},
        {"cell_type": "code", "source": "ls -l", "metadata": {"vscode": {"languageId": "shellscript"}}},
    ]
    assert program(json.dumps({"cells": cells})) == "a\n"


@pytest.mark.parametrize(
    "cell", [1, None, "text", {}, [], {"cell_type": "code"}, {"cell_type": "code", "source": 1, "metadata": 3}]
)
def test_odd_cells_are_passed_over(cell: object) -> None:
    text = program(json.dumps({"cells": [cell, {"cell_type": "code", "source": ["a", None]}]}))
    assert text.strip() == "a"


def test_large_outputs_cost_little() -> None:
    body = json.loads(notebook(*CELLS))
    body["cells"][0]["outputs"] = [{"output_type": "display_data", "data": {"image/png": "aGVs" * 2_500_000}}]
    body["cells"][1]["outputs"] = [{"output_type": "stream", "text": ["Epoch 1\n"] * 200_000}]
    raw = json.dumps(body).encode()
    began = time.perf_counter()
    report = check_source(raw, "x.ipynb", api.settings_for(isolated=True, select=["KC103"]))
    fixed = api.fix(raw, "x.ipynb", settings=api.settings_for(isolated=True, select=["KC103"]))
    assert len(raw) > 10_000_000 and len(report.diagnostics) == fixed.fixed == 1
    assert time.perf_counter() - began < 10


# -- findings -------------------------------------------------------------------------------------------------------


def test_findings_count_within_their_cell(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook(*CELLS, markdown=2))
    result = CliRunner().invoke(app, ["--select", "KC103", "."])
    assert result.exit_code == 1 and result.stdout.startswith("x.ipynb:cell 5:3:20: KC103 ")
    full = CliRunner().invoke(app, ["--select", "KC103", "--output-format", "full", "."]).stdout
    assert "3 | model.add(Dense(8, input_dim=9, activation='relu'))\n  |                    ^^^^^^^^^^^\n4 |" in full
    assert "1 | %%time" in full
    [found] = json.loads(CliRunner().invoke(app, ["--select", "KC103", "--output-format", "json", "."]).stdout)
    assert (found["cell"], found["location"], found["noqa_row"]) == (5, {"row": 3, "column": 20}, 3)
    # As ruff has it: the edits of a fix count within the cell too.
    assert found["fix"]["edits"] == [
        {"content": "", "location": {"row": 3, "column": 20}, "end_location": {"row": 3, "column": 33}}
    ]


def test_findings_behind_a_block_of_indented_cells() -> None:
    indented = "    " + CELLS[2].removeprefix("%%time\n\n").replace("\n", "\n    ")
    assert findings(CELLS[0], CELLS[1], indented) == [(3, 1, "KC103")]


@pytest.mark.parametrize(
    "line", ["print 'y'", "x = (", "x = '''", "  y\n z", "x = 1 +", "x = $y", "x = '\\ud800", "\0"]
)
def test_a_cell_with_a_syntax_error_is_left_out_and_the_others_are_analysed(line: str) -> None:
    first, second, third = CELLS
    assert [found[::2] for found in findings(first, line, second, third)] == [(2, "KC001"), (4, "KC103")]
    assert [found[::2] for found in findings(line, first, second, third)] == [(1, "KC001"), (4, "KC103")]
    assert [found[::2] for found in findings(first, second, third, line)] == [(3, "KC103"), (4, "KC001")]


def test_each_cell_has_its_own_syntax_error() -> None:
    found = findings("import keras\nprint 'a'", "\nprint 'b'", "x = 1")
    assert found == [(1, 2, "KC001"), (2, 2, "KC001")]


def test_what_a_cell_with_a_syntax_error_may_have_changed_is_unknown() -> None:
    first, second, third = CELLS
    assert findings(first, second, "model.pop(); print 1", third) == [(3, 1, "KC001")]
    assert findings(first, second, "model = other; print 1", third) == [(3, 1, "KC001")]
    assert findings(first, second, "def Dense(): print 1", third) == [(3, 1, "KC001")]


def test_a_cell_with_a_syntax_error_keeps_its_imports() -> None:
    first, second, third = CELLS
    assert findings(f"{first}\nprint 1", second, third) == [(1, 4, "KC001"), (3, 3, "KC103")]


def test_suppressions_in_cells() -> None:
    first, second, third = CELLS
    silenced = third.replace("'relu'))", "'relu'))  # noqa: KC103")
    assert findings(first, second, silenced, "x = 1  # kerascheck: ignore") == [(4, 1, "KC003")]
    assert findings(first, "x = '''", second, silenced) == [(2, 1, "KC001")]
    assert findings(first, second, third, "# kerascheck: skip-file") == []


# -- the other commands ---------------------------------------------------------------------------------------------


def test_summary_names_the_cell(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook(*CELLS))
    result = CliRunner().invoke(app, ["summary", "--format", "json", "x.ipynb"])
    [model] = json.loads(result.stdout)
    assert (model["cell"], model["row"], model["layers"][1]["row"]) == (2, 1, 3)
    assert "x.ipynb:cell 2:1 model" in CliRunner().invoke(app, ["summary", "x.ipynb"]).stdout


def test_commands_go_on_without_a_cell_with_a_syntax_error(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook("print 'x'", *CELLS))
    result = CliRunner().invoke(app, ["summary", "--format", "json", "x.ipynb"])
    assert result.exit_code == 0 and json.loads(result.stdout)[0]["cell"] == 3
    assert "warning: x.ipynb:cell 1:1:1: this cell is left out: KC001 Missing parentheses" in result.stderr


def test_graph_marks_the_findings_of_cells(folder: Path) -> None:
    pytest.importorskip("fast_sugiyama")
    (folder / "x.ipynb").write_text(notebook(*CELLS))
    result = CliRunner().invoke(app, ["graph", "x.ipynb"])
    assert result.exit_code == 0 and result.stdout.count(":::warning") == 1
    CliRunner().invoke(app, ["graph", "x.ipynb", "-o", "x.html"])
    assert "<b>KC103</b> cell 3, line 3: input_dim=9" in (folder / "x.html").read_text(encoding="utf-8")
    assert 'n1["dense_1 (Dense)<br/>(None, 8)<br/>72 parameters<br/>KC103"]' in result.stdout


@pytest.mark.oracle
def test_verify_names_the_cell(folder: Path) -> None:
    pytest.importorskip("keras")
    (folder / "x.ipynb").write_text(notebook(*CELLS))
    result = CliRunner().invoke(app, ["verify", "x.ipynb"])
    assert result.stdout.startswith("x.ipynb:cell 2:1 model (Sequential): agrees in all of 3 layers")
