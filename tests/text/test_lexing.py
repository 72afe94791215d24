"""The look at the text before the parse: what is too deep, what is a comment, what is a logical line."""

from __future__ import annotations

import pytest

from kerascheck.text.lexing import code_only, comments, find_too_deep, joins_rows, logical_lines


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "[" * 10_000 + "]" * 10_000, id="brackets"),
        pytest.param("x = " + "[" * 10_000, id="brackets that never close"),
        pytest.param("x = (\n" * 300, id="brackets over rows"),
        pytest.param("x = a" + ".f()" * 5_000, id="method chain"),
        pytest.param("x = (a\n" + "    .f()\n" * 5_000 + ")", id="method chain over rows"),
        pytest.param("x = a" + " + \\\n a" * 5_000, id="operators joined by backslashes"),
        pytest.param("x = " + "a + " * 5_000 + "a", id="operators"),
        pytest.param("x = " + "-" * 5_000 + "a", id="unary operators"),
        pytest.param("x = " + "not " * 5_000 + "a", id="not"),
        pytest.param("x = a" + "[0]" * 5_000, id="subscripts"),
        pytest.param("x = " + "lambda: " * 5_000 + "a", id="lambdas"),
        pytest.param("x = " + "lambda a, b: " * 5_000 + "a", id="lambdas with parameters"),
        pytest.param("x = " + "a if b else " * 5_000 + "a", id="conditional expressions"),
        pytest.param("x = [a " + "for a, b in c " * 5_000 + "]", id="comprehension clauses"),
        pytest.param("x = " + "'a' " * 5_000, id="strings side by side"),
        pytest.param("if a: pass\n" + "elif a: pass\n" * 5_000, id="elif branches"),
        pytest.param("def f():\n" + "  if a: pass\n" + "  elif a: pass\n" * 5_000, id="indented elif branches"),
    ],
)
def test_what_would_kill_the_parser_is_found(text: str) -> None:
    assert find_too_deep(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = [" + ", ".join(map(str, range(20_000))) + "]", id="long list"),
        pytest.param("x = [" + ", ".join(f"-{n}.5e-3" for n in range(20_000)) + "]", id="list of floats"),
        pytest.param("x = {" + ", ".join(f"'a{n}': [{n}, ({n},)]" for n in range(5_000)) + "}", id="long dict"),
        pytest.param("x = [" + ", ".join("lambda a, b: a.b + 1" for _ in range(5_000)) + "]", id="list of lambdas"),
        pytest.param("f(" + ", ".join(f"x.y.z({n})" for n in range(5_000)) + ")", id="many arguments"),
        pytest.param("x = '" + "(" * 10_000 + "'", id="brackets in a string"),
        pytest.param("x = '''\n" + "(\n" * 10_000 + "'''", id="brackets in a long string"),
        pytest.param("# " + "(" * 10_000, id="brackets in a comment"),
        pytest.param("x = '" + "a.b + " * 10_000 + "'", id="operators in a string"),
        pytest.param("x = (\n" + "# a + b\n" * 10_000 + ")", id="operators in comments"),
        pytest.param("x = 1\n" * 5_000 + "y = a.b.c\n" * 5_000, id="many short lines"),
        pytest.param("if a: pass\nelif a: pass\n" * 5_000, id="many short elif chains"),
        pytest.param("x = '\\''\ny = 1\n" + "z = a.b\n" * 2_000, id="escaped quote"),
        pytest.param("x = " + "(" * 100 + ")" * 100, id="nesting that Python allows"),
        pytest.param("x = " + "a + " * 400 + "a", id="operators that people write"),
        pytest.param(")" * 1_000, id="only closing brackets"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_long_but_flat_is_not_refused(text: str) -> None:
    assert find_too_deep(text) is None


def test_the_place_of_the_bracket_that_is_too_many() -> None:
    found = find_too_deep("x = " + "(" * 201)
    assert found is not None
    assert (found.offset, found.message, found.invalid) == (4 + 200, "too many nested parentheses", True)


def test_comments_are_those_outside_of_strings() -> None:
    text = 'a = "# no"  # one\n"""\n# no\n"""\n# two\nb = (1,  # three\n)\nc = \'#\' \'#\'  # four'
    assert [comment.text for comment in comments(text)] == ["# one", "# two", "# three", "# four"]


def test_logical_lines_join_brackets_strings_and_backslashes() -> None:
    text = 'a = (1,\n  2)  # x\n\n# y\nb = """\n\n"""; c = 3\nd = 1 + \\\n  2\nif d:\n    e\n'
    lines = [text[start:end] for start, end in logical_lines(text)]
    assert lines == ["a = (1,\n  2)  # x", 'b = """\n\n"""; c = 3', "d = 1 + \\\n  2", "if d:", "    e"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_logical_lines_with_every_line_ending(newline: str) -> None:
    text = newline.join(["a = 1", "", "b = (", "  2)", "c"])
    assert [text[start:end].split(newline) for start, end in logical_lines(text)] == [
        ["a = 1"],
        ["b = (", "  2)"],
        ["c"],
    ]


def test_rows_joined_so_that_no_comment_fits_between() -> None:
    text = 'f("""\n""", 1, \\\n  2,\n  3)'
    assert [text[start:end] for start, end in joins_rows(text, 0, len(text))] == ['"""\n"""', "\\\n"]


def test_what_strings_and_comments_say_is_blank_and_rows_stay() -> None:
    text = 'x = """a\r\n  b\n\nc""" + \'d\' + ""  # e\ny = \'\'\n'
    assert code_only(text) == "x = \"   \r\n   \n\n   \" + ' ' + \"\"     \ny = ''\n"
