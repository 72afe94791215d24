"""Indentation of tabs and blanks in turns, as Python takes it."""

from __future__ import annotations

import ast

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.text.indentation import evenly_indented

MIXED = (
    "from keras import Sequential, layers\n"
    "def build(units):\n"
    "\tnames = []\n"
    "\tfor name in range(3):\n"
    "   \t\t names.append(name)\n"
    "            \n"
    "   # what follows is for the network\n"
    "\tmodel = Sequential([\n"
    "\tlayers.Input((8,)),\n"
    "    layers.Dense(4.5)])  # a tab before it\n"
    '\ttext = """\n'
    "\t   kept\n"
    '   """\n'
    "\treturn model, text\n"
    "build(2)\n"
)


def test_the_text_means_the_same() -> None:
    found = evenly_indented(MIXED)
    assert found is not None
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(MIXED))
    assert len(found) == len(MIXED)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_findings_stand_where_they_do_in_the_file(newline: str) -> None:
    raw = MIXED.replace("\n", newline).replace("\tfor", "\tlayers.Dropout(2.5)\n\tfor").encode()
    report = check_source(raw, "mixed.py", Settings())
    places = {(one.code, one.span.start.row, one.span.start.column) for one in report.diagnostics}
    assert ("KC105", 4, 2) in places
    assert ("KC205", 11) in {place[:2] for place in places}
    assert all(one.fix is None for one in report.diagnostics)


@pytest.mark.parametrize("text", ["if x:\n\ta = 1\n        b = 2\n", "x = 1\n  y = 2\n", "(\n"])
def test_what_python_refuses_is_a_syntax_error(text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError:
        assert [
            one.code for one in check_source(b"import keras\n" + text.encode(), "x.py", Settings()).diagnostics
        ] == ["KC001"]
    else:
        assert not check_source(b"import keras\n" + text.encode(), "x.py", Settings()).diagnostics
