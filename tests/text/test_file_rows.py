"""Rows of the file for findings that count within a cell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kerascheck.diagnostics import Diagnostic, Position, Severity, Span
from kerascheck.text.file_rows import FileRows


def finding(row: int, cell: int | None = None, end: tuple[int, int] | None = None) -> Diagnostic:
    place = Span(Position(row, 1), Position(*(end or (row, 5))))
    return Diagnostic("KC103", "x", Severity.ERROR, "x", "x.py", place, cell)


def cell(source: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"source": ["no\n", "no"]}, "outputs": []}


def notebook(*sources: Any, indent: int | None = 1) -> bytes:
    return json.dumps({"cells": [cell(source) for source in sources], "nbformat": 4}, indent=indent).encode()


def shown(raw: bytes, row: int, index: int) -> str:
    first, _ = FileRows(raw, "x.ipynb").of(finding(row, index))
    return raw.decode().split("\n")[first - 1].strip()


def test_rows_of_a_file_are_its_rows() -> None:
    assert FileRows(b"", "x.py").of(finding(7)) == (7, 7)
    assert FileRows(b"", "x.py").of(finding(7, end=(9, 2))) == (7, 9)


def test_a_span_that_ends_before_a_row_does_not_touch_it() -> None:
    assert FileRows(b"", "x.py").of(finding(7, end=(9, 1))) == (7, 8)
    assert FileRows(b"", "x.py").of(finding(7, end=(7, 1))) == (7, 7)


def test_each_string_of_a_cell_stands_on_a_row_of_its_own() -> None:
    raw = notebook(["a\n", "b\n"], ["c\n", "\n", "d"])
    assert [shown(raw, row, 1) for row in (1, 2)] == [r'"a\n",', r'"b\n"']
    assert [shown(raw, row, 2) for row in (1, 2, 3)] == [r'"c\n",', r'"\n",', '"d"']


@pytest.mark.parametrize("source", ["a\nb\nc", ["a\nb\n", "c"], ["a", "\nb\n", "c"], ["a\r\n", "b\r", "c"]])
def test_sources_need_not_be_lists_of_lines(source: Any) -> None:
    raw = notebook("x = 1", source)
    rows = [shown(raw, row, 2) for row in (1, 2, 3)]
    assert "a" in rows[0] and "b" in rows[1] and "c" in rows[2]


def test_a_notebook_on_one_row() -> None:
    assert FileRows(notebook(["a\n", "b"], indent=None), "x.ipynb").of(finding(2, 1)) == (1, 1)


@pytest.mark.parametrize("raw", [b"", b"[", b"[]", b"{}", b'{"cells": 1}', b'{"cells": [1]}', b"\xff", b"[" * 100_000])
def test_what_is_no_notebook_has_its_findings_on_the_first_row(raw: bytes) -> None:
    assert FileRows(raw, "x.ipynb").of(finding(3, 1)) == (1, 1)


def test_rows_and_cells_that_are_not_there() -> None:
    raw = notebook(["a\n", "b"], [])
    assert shown(raw, 99, 1) == '"b"'
    assert FileRows(raw, "x.ipynb").of(finding(1, 2)) == (1, 1)
    assert FileRows(raw, "x.ipynb").of(finding(1, 99)) == (1, 1)
