"""Trees are parsed without the checks that libcst makes for nodes made by hand; everywhere else it goes on making them."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from kerascheck.project.source import Source, SourceError
from kerascheck.text.parse_cache import RECENT

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.py"))
#: A node that libcst refuses: nothing between `not` and the name.
WRONG = {"operator": cst.Not(whitespace_after=cst.SimpleWhitespace("")), "expression": cst.Name("x")}


@pytest.fixture(autouse=True)
def _parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RECENT, "_kept", {})


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_the_tree_is_that_of_libcst(file: Path) -> None:
    raw = file.read_bytes()
    assert Source(raw, "a.py").tree.deep_equals(cst.parse_module(raw.decode()))


def test_nodes_made_by_hand_are_checked_behind_a_parse() -> None:
    _ = Source(b"x = 1\n", "a.py").tree
    with pytest.raises(cst.CSTValidationError):
        cst.UnaryOperation(**WRONG)


def test_and_behind_one_that_fails() -> None:
    with pytest.raises(SourceError):
        _ = Source(b"x = = 1\n", "a.py").tree
    with pytest.raises(cst.CSTValidationError):
        cst.UnaryOperation(**WRONG)
