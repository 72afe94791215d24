"""Bytes to text to tree: encodings, line endings, and what is refused with which code."""

from __future__ import annotations

import codecs

import pytest

from kerascheck.diagnostics import Position
from kerascheck.project.source import Source, SourceError, Unfaithful


def refused(raw: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        _ = Source(raw, "x.py").tree
    return caught.value


def test_utf8_is_the_default() -> None:
    source = Source("x = 'é😀'\n".encode(), "x.py")
    assert (source.text, source.encoding, source.has_bom) == ("x = 'é😀'\n", "utf-8", False)


def test_a_byte_order_mark_is_no_character_and_comes_back() -> None:
    raw = codecs.BOM_UTF8 + b"x = 1\n"
    source = Source(raw, "x.py")
    assert source.text == "x = 1\n"
    assert source.encode(source.text) == raw


@pytest.mark.parametrize(
    "first",
    ["# -*- coding: latin-1 -*-", "#!/usr/bin/python\n# coding=latin-1", "\n# vim: set fileencoding=latin-1 :"],
)
def test_a_coding_line_is_obeyed(first: str) -> None:
    raw = f"{first}\nx = 'é'\n".encode("latin-1")
    source = Source(raw, "x.py")
    assert source.text.endswith("x = 'é'\n")
    assert source.encode(source.text) == raw


@pytest.mark.parametrize("first", ["x = 1\n# coding: latin-1", "\n\n# coding: latin-1", "x = '# coding: latin-1'"])
def test_a_coding_line_counts_in_the_first_two_lines_only_and_below_no_code(first: str) -> None:
    assert Source(f"{first}\n".encode(), "x.py").encoding == "utf-8"


def test_latin1_without_a_coding_line_says_where_and_what_to_do() -> None:
    error = refused("import keras\nx = 'é'\n".encode("latin-1"))
    assert (error.code, error.position) == ("KC002", Position(2, 6))
    assert "not valid utf-8 (byte 0xe9)" in error.message and "coding: latin-1" in error.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("# coding: nonsense", "unknown encoding: nonsense"),
        ("# coding: rot13", "not a text encoding: rot13"),
        ("\n# coding: nonsense", "unknown encoding: nonsense"),
    ],
)
def test_an_encoding_that_is_none(line: str, message: str) -> None:
    error = refused(line.encode())
    assert (error.code, error.message, error.position.row) == ("KC002", message, line.count("\n") + 1)


def test_an_encoding_that_contradicts_the_byte_order_mark() -> None:
    assert refused(codecs.BOM_UTF8 + b"# coding: latin-1\n").code == "KC002"


def test_null_bytes_are_a_syntax_error() -> None:
    error = refused(b"x = 1\ny = \0\n")
    assert (error.code, error.position) == ("KC001", Position(2, 5))


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        ("x = 1\nprint 'a'\n", 2, 1, "Missing parentheses in call to 'print'"),
        ("x = (1\n", 1, 5, "'(' was never closed"),
        ("x = 'é' 1\n", 1, 9, "invalid syntax"),
        ("if 1:\nx\n", 2, 1, "expected an indented block"),
    ],
)
def test_syntax_errors_are_in_the_words_of_python(text: str, row: int, column: int, message: str) -> None:
    error = refused(text.encode())
    assert (error.code, error.position) == ("KC001", Position(row, column))
    assert message in error.message


def test_deep_nesting_is_refused_before_the_parser_sees_it() -> None:
    assert refused(b"x = " + b"(" * 10_000 + b")" * 10_000).code == "KC001"
    assert refused(b"x = a" + b".f()" * 5_000).code == "KC002"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_positions_and_offsets_with_every_line_ending(newline: str) -> None:
    source = Source(newline.join(["a", "é", "b"]).encode(), "x.py")
    assert source.newline == newline
    assert source.position(source.text.index("b")) == Position(3, 1)
    assert source.offset(Position(3, 1)) == source.text.index("b")
    assert [source.line(row) for row in range(5)] == ["", "a", "é", "b", ""]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "x = 1", "\f\nx = 1\n", "x = 1\r\ny = 2\n"])
def test_odd_texts_come_back_as_they_are(text: str) -> None:
    assert Source(text.encode(), "x.py").tree.code == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("head", "row"), [("", 1), ("import keras\n", 2)])
def test_what_git_leaves_of_a_conflict_is_called_so(head: str, row: int, newline: str) -> None:
    text = f"{head}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> 844753e825d6\n".replace("\n", newline)
    with pytest.raises(SourceError) as error:
        _ = Source(text.encode(), "x.py").tree
    assert "merge conflict" in error.value.message and error.value.position.row == row


def test_a_row_of_signs_alone_is_no_conflict() -> None:
    with pytest.raises(SourceError) as error:
        _ = Source(b"<<<<<<< HEAD\nx = 1\n", "x.py").tree
    assert "conflict" not in error.value.message


#: Tabs and spaces of one width, in turns.
IN_TURNS = b"for i in range(3):\n  x = 1\n  if x:\n\t  y = 2\n\nprint(x)\n"


def test_tabs_and_spaces_are_read_as_python_reads_them() -> None:
    compile(IN_TURNS, "x.py", "exec")
    source = Source(IN_TURNS, "x.py")
    assert len(source.tree.body) == 2 and source.is_reindented
    with pytest.raises(Unfaithful):
        source.edited([])


def test_what_python_reads_and_the_parser_does_not_is_no_syntax_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerascheck.project.source.evenly_indented", lambda text: None)
    error = refused(IN_TURNS)
    assert error.code == "KC002" and "not analysed" in error.message
