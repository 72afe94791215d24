"""Fixes in notebooks: nothing but the sources of the cells concerned changes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

from kerascheck import api
from kerascheck.cli.app import app
from kerascheck.diagnostics import Applicability, Edit, Fix, Position, Span
from kerascheck.fixes import patches
from kerascheck.project.source import Source
from kerascheck.text.notebook import Notebook

IMPORTS = "from keras import Sequential\nfrom keras.layers import Dense"
MODEL = "model = Sequential()\nmodel.add(Dense(8, input_dim=4, activation='relu'))"
WRONG = "model.add(Dense(8, input_dim=9, activation='relu'))  # é\nmodel.add(Dense(1))"
RIGHT = WRONG.replace("input_dim=9, ", "")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def notebook(*sources: str | list[str]) -> dict[str, Any]:
    """A notebook with outputs and a `source` before and behind other members."""
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# keras é 😀"]}]
    for number, source in enumerate(sources):
        output = {"name": "stdout", "output_type": "stream", "text": ["input_dim=9, é\n", "</script>"]}
        cells.append(
            {
                "cell_type": "code",
                "execution_count": number,
                "id": f"cell-{number}",
                "metadata": {"tags": ["é"], "source": ["input_dim=9"]},
                "outputs": [output],
                "source": source,
            }
        )
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def fixed(raw: str | bytes, *select: str, unsafe: bool = False) -> api.FixResult:
    settings = api.settings_for(isolated=True, select=select or ["KC103"])
    return api.fix(raw, "x.ipynb", settings=settings, unsafe=unsafe)


STYLES: dict[str, dict[str, Any]] = {
    "as Jupyter writes it": {"indent": 1, "ensure_ascii": False},
    "wide": {"indent": 4, "ensure_ascii": False},
    "ASCII": {"indent": 1, "ensure_ascii": True},
    "tabs": {"indent": "\t", "ensure_ascii": False},
    "one row": {"ensure_ascii": False},
    "no spaces": {"separators": (",", ":")},
    "sorted": {"sort_keys": True, "indent": 2},
}


@pytest.mark.parametrize("tail", ["", "\n", "\r\n \n"])
@pytest.mark.parametrize("form", [str, lines], ids=["string", "lines"])
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_all_but_the_source_stays_byte_for_byte(style: dict[str, Any], form: Any, tail: str) -> None:
    def written(cell: str) -> bytes:
        return (json.dumps(notebook(form(IMPORTS), form(MODEL), form(cell)), **style) + tail).encode()

    result = fixed(written(WRONG))
    assert (result.source, result.fixed) == (written(RIGHT), 1)
    assert isinstance(result.source, bytes)
    nbformat.validate(nbformat.reads(result.source.decode(), as_version=4))


@pytest.mark.parametrize("tail", ["\n", "\r\n"])
def test_rows_of_the_file_and_of_the_cells_may_end_as_they_like(tail: str) -> None:
    def written(cell: str) -> bytes:
        text = json.dumps(notebook(IMPORTS, MODEL, lines(cell)), indent=1).replace("\n", tail)
        return b"\xef\xbb\xbf" + text.encode()

    assert fixed(written(WRONG)).source == written(RIGHT)
    wrong, right = WRONG.replace("\n", "\r\n"), RIGHT.replace("\n", "\r\n")
    assert fixed(written(wrong)).source == written(right)


def test_escapes_that_nobody_needs_stay() -> None:
    raw = json.dumps(notebook(IMPORTS, MODEL, WRONG)).replace("'relu'", "\\u0027relu\\u0027").replace("/", "\\/")
    assert fixed(raw).source == raw.replace("input_dim=9, activation", "activation")


def test_several_cells_and_rounds() -> None:
    result = fixed(json.dumps(notebook(IMPORTS, MODEL, WRONG, "%%time\n" + WRONG)))
    assert result.source == json.dumps(notebook(IMPORTS, MODEL, RIGHT, "%%time\n" + RIGHT)) and result.fixed == 2


def test_the_command_changes_the_file(folder: Path) -> None:
    path = folder / "x.ipynb"
    path.write_text(json.dumps(notebook(IMPORTS, MODEL, WRONG), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["--select", "KC103", "--fix", "."])
    assert (result.exit_code, result.stdout) == (0, "Fixed 1 finding.\nChecked 1 file, 1 model: 1 exact.\n")
    right = json.dumps(notebook(IMPORTS, MODEL, RIGHT), indent=1, ensure_ascii=False) + "\n"
    assert path.read_text(encoding="utf-8") == right


def test_a_diff_on_a_terminal_names_the_cells(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "_is_terminal", lambda: True)
    (folder / "x.ipynb").write_text(json.dumps(notebook(IMPORTS, MODEL, "!ls\n" + WRONG)))
    result = CliRunner().invoke(app, ["--select", "KC103", "--diff", "."])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "--- x.ipynb:cell 4",
        "+++ x.ipynb:cell 4",
        "@@ -1,3 +1,3 @@",
        " !ls",
        "-model.add(Dense(8, input_dim=9, activation='relu'))  # é",
        "+model.add(Dense(8, activation='relu'))  # é",
        " model.add(Dense(1))",
    ]


def test_fixing_from_standard_input() -> None:
    raw = json.dumps(notebook(IMPORTS, MODEL, WRONG))
    result = CliRunner().invoke(app, ["--select", "KC103", "--fix", "--stdin-filename", "x.ipynb", "-"], input=raw)
    assert result.stdout == json.dumps(notebook(IMPORTS, MODEL, RIGHT))


def test_unsafe_fixes() -> None:
    dropout = "from keras.layers import Dropout\nmodel.add(Dropout(20))"
    raw = json.dumps(notebook(IMPORTS, MODEL, lines(dropout)))
    assert fixed(raw, "KC105").source == raw
    changed = fixed(raw, "KC105", unsafe=True)
    assert changed.fixed == 1 and changed.source == raw.replace("Dropout(20)", "Dropout(0.2)")


def test_unused_suppressions_are_removed() -> None:
    ignore = "# kerascheck: ignore"
    raw = json.dumps(notebook(IMPORTS, lines(f"x = 1  {ignore}\n{ignore}\ny = 1\n{ignore}"), ignore, f"{ignore}\n"))
    expected = notebook(IMPORTS, ["x = 1\n", "y = 1"], "", "")
    result = fixed(raw, "KC003")
    assert isinstance(result.source, str)
    assert json.loads(result.source) == expected and result.fixed == 5


def test_the_rest_of_a_magic_line_is_fixed_but_no_magic_is() -> None:
    timed = "%time model.add(Dense(8, input_dim=9))\n!pip install x\n%%time"
    raw = json.dumps(notebook(IMPORTS, MODEL, timed))
    assert fixed(raw).source == raw.replace("input_dim=9))", "))").replace("Dense(8, ))", "Dense(8))")


# -- edits of any kind ----------------------------------------------------------------------------------------------


def span(row: int, start: int, end: int, last: int | None = None) -> Span:
    return Span(Position(row, start), Position(row if last is None else last, end))


def in_cell(sources: list[str], row: int, *edits: Edit) -> tuple[Edit, ...] | None:
    """Edits of the program as edits of the cell that holds the row."""
    source = Source(json.dumps(notebook(*sources)).encode(), "x.ipynb")
    fix = source.fix_in_cell(Fix(Applicability.SAFE, "", edits), row)
    return fix.edits if fix is not None else None


def test_edits_that_leave_their_cell_are_dropped() -> None:
    cells = ["a\nb", "c\nd"]
    assert in_cell(cells, 3, Edit(span(3, 1, 2), "x")) == (Edit(span(1, 1, 2), "x"),)
    assert in_cell(cells, 3, Edit(span(3, 1, 2), "x"), Edit(span(2, 1, 2), "x")) is None
    assert in_cell(cells, 2, Edit(span(2, 1, 2, last=3), "x")) is None
    assert in_cell(cells, 3, Edit(span(2, 1, 1), "import x\n")) is None


def test_removing_the_last_row_of_a_cell() -> None:
    assert in_cell(["a\nbc", "d"], 2, Edit(span(2, 1, 1, last=3), "")) == (Edit(span(1, 2, 3, last=2), ""),)
    assert in_cell(["ab", "d"], 1, Edit(span(1, 1, 1, last=2), "")) == (Edit(span(1, 1, 3), ""),)
    assert in_cell(["a\nbc", "d"], 2, Edit(span(2, 1, 1, last=3), "x\n")) == (Edit(span(2, 1, 3), "x"),)


@pytest.mark.parametrize("magic", ["!pip", "%cd x", "x = !ls", "fit?", "%time f()"])
def test_edits_of_what_is_blanked_are_dropped(magic: str) -> None:
    cells = ["a", f"{magic}\nb"]
    assert in_cell(cells, 3, Edit(span(3, 1, 2), "x")) is not None
    assert in_cell(cells, 2, Edit(span(2, 1, 1), "x")) is None
    assert in_cell(cells, 2, Edit(span(2, 5, 5), "x")) is None
    assert in_cell(cells, 2, Edit(span(2, 1, 6), "x")) is None
    assert in_cell(cells, 2, Edit(span(2, 1, 2, last=3), "x")) is None


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_any_edit_gives_the_text_that_it_says(seed: int, ascii_only: bool) -> None:
    """Edits in JSON, where characters may be escaped and rows parted, against the same edits of the plain text."""
    rng = random.Random(seed)
    alphabet = ["a", "é", "😀", "\n", '"', "\\", "\t", " ", "\u2028", "\x0b"]

    def text(length: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(rng.randint(0, length)))

    def random_source(whole: str) -> str | list[str]:
        if rng.random() < 0.3:
            return whole
        if rng.random() < 0.7:
            return whole.splitlines(keepends=True)
        cuts = sorted(rng.sample(range(len(whole) + 1), min(3, len(whole))))
        return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    old = text(30)
    indent = rng.choice([None, 1, 4])
    data = notebook("x", random_source(old), "y")
    body = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    found = Notebook(body)
    source = Source(body.encode(), "x.ipynb")
    stops = sorted(rng.randint(0, len(old)) for _ in range(4)) if old else [0, 0, 0, 0]
    written = dict(found.texts())[3]
    assert written == old
    edits = []
    expected = old
    from kerascheck.text.lines import Lines

    plain = Lines(old)
    for start, end in ((stops[2], stops[3]), (stops[0], stops[1])):
        content = text(8)
        if start == end == stops[2] == stops[1] and edits:
            continue  # two insertions at one place
        edits.append((3, Edit(Span(plain.position(start), plain.position(end)), content)))
        expected = expected[:start] + content + expected[end:]
    if not data["cells"][2]["source"]:
        return  # a list without a line has no place to write at
    result = source.edited(edits).decode()
    after = json.loads(result)
    parts = after["cells"][2].pop("source")
    assert "".join(parts) == expected
    assert isinstance(parts, type(data["cells"][2].pop("source")))
    assert after == data
    assert result.isascii() == body.isascii()
