"""Places move along with edits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsprotocol import types

from kerascheck.integrations.lsp.documents import Change, Document, Tracked, Tracker
from kerascheck.integrations.lsp.positions import Encoding


def replacing(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(types.Range(types.Position(*start), types.Position(*end)), text)


def followed(document: Document, word: str) -> Tracker[Any]:
    start = document.text.index(word)
    tracker: Tracker[Any] = Tracker([Tracked(word, start, start + len(word))])
    document.follow(tracker)
    return tracker


@pytest.mark.parametrize(
    ("start", "end", "new", "touched"),
    [
        ((0, 0), (0, 0), "new\n", False),  # a row above
        ((1, 0), (1, 0), "  ", False),  # directly before it
        ((1, 4), (1, 4), "!", False),  # directly behind it
        ((0, 0), (1, 0), "", False),  # the row above is gone
        ((1, 1), (1, 2), "EE", True),  # within it
    ],
)
def test_a_place_stays_with_its_text(start: tuple[int, int], end: tuple[int, int], new: str, touched: bool) -> None:
    document = Document("file:///a.py", "first\nword\nlast\n", 1)
    tracker = followed(document, "word")
    document.apply([replacing(start, end, new)], 2, Encoding())
    (place,) = tracker.places
    assert place.touched is touched
    assert document.text[place.start : place.end] == ("word" if not touched else "wEErd")


def test_a_place_is_forgotten_with_its_text() -> None:
    document = Document("file:///a.py", "first\nword\nlast\n", 1)
    tracker = followed(document, "word")
    document.apply([replacing((0, 3), (2, 1), "")], 2, Encoding())
    assert tracker.places == []


def test_a_whole_new_text_moves_what_is_the_same_in_it() -> None:
    document = Document("file:///a.py", "first\nword\nlast\n", 1)
    tracker = followed(document, "word")
    document.apply([types.TextDocumentContentChangeWholeDocument("first\nmore\nword\nlast\n")], 2, Encoding())
    assert [document.text[place.start : place.end] for place in tracker.places] == ["word"]


def test_several_changes_apply_one_after_the_other() -> None:
    document = Document("file:///a.py", "abc", 1)
    document.apply([replacing((0, 0), (0, 1), "x\n"), replacing((1, 0), (1, 1), "y")], 2, Encoding())
    assert (document.text, document.version, document.revision) == ("x\nyc", 2, 1)


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_a_whole_new_text_is_that_text(old: str, new: str) -> None:
    document = Document("file:///a.py", old, 1)
    document.apply([types.TextDocumentContentChangeWholeDocument(new)], 2, Encoding())
    assert document.text == new


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5), st.integers(0, 9), st.integers(0, 9))
def test_places_stay_in_order(start: int, end: int, length: int, first: int, last: int) -> None:
    first, last, start, end = min(first, last), max(first, last), min(start, end), max(start, end)
    moved = Tracked("", first, last).moved(Change(start, end, length))
    if moved is not None:
        assert 0 <= moved.start <= moved.end
