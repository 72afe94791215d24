"""Rows end where the protocol says, positions count what client and server have agreed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pygls", reason="needs the extra lsp")

from lsprotocol import types

from kerascheck.diagnostics import Position
from kerascheck.integrations.lsp.positions import Encoding, Lines

TEXTS = st.text(alphabet="ab #\n\r\x0c\u2028\ufeffé𝛼🧠", max_size=40)


@pytest.mark.parametrize(("name", "units"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_a_character_beyond_the_basic_plane_takes_the_units_of_the_encoding(name: str, units: int) -> None:
    lines, encoding = Lines('x = "🧠"; y'), Encoding(name)
    assert lines.to_client(6, encoding) == types.Position(0, 5 + units)
    assert lines.from_client(types.Position(0, 5 + units), encoding) == 6


def test_only_newlines_end_a_row() -> None:
    lines = Lines("a\x0cb\u2028c\r\nd\re\n")
    assert [lines.line(row) for row in range(4)] == ["a\x0cb\u2028c", "d", "e", ""]


def test_what_lies_beyond_a_row_is_its_end() -> None:
    lines = Lines("ab\r\ncd")
    assert lines.from_client(types.Position(0, 99), Encoding()) == 2
    assert lines.from_client(types.Position(7, 0), Encoding()) == 6


def test_a_byte_order_mark_is_no_character_for_the_analysis() -> None:
    lines = Lines("\ufeffx = 1\ny")
    assert lines.offset_of(Position(1, 1)) == 1
    assert lines.offset_of(Position(2, 1)) == 7


@given(TEXTS, TEXTS, st.data())
def test_rows_after_an_edit_are_those_of_the_new_text(text: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edited = Lines(text).replaced(start, end, new)
    assert edited.text == text[:start] + new + text[end:]
    assert edited.starts == Lines(edited.text).starts


@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.data())
def test_positions_lead_back_to_their_offsets(text: str, name: str, data: st.DataObject) -> None:
    lines, encoding = Lines(text), Encoding(name)
    offset = data.draw(st.integers(0, len(text)))
    if text[:offset].endswith("\r") and text[offset:].startswith("\n"):
        return  # between them is no place
    assert lines.from_client(lines.to_client(offset, encoding), encoding) == offset
