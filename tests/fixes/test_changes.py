"""Changes of calls, imports and statements, and the edits that they are."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import libcst as cst
import pytest

from kerascheck.fixes.changes import (
    AddArgument,
    AddItem,
    CannotChange,
    Change,
    InsertRows,
    RemoveArgument,
    RemoveItem,
    RemoveStatement,
    RenameKeyword,
    Rewrite,
    Unwrap,
)
from kerascheck.fixes.lowering import differences, edits_of
from kerascheck.project.source import Source
from kerascheck.text.treewalk import walk


def parse(text: str) -> Source:
    return Source(textwrap.dedent(text).encode(), "x.py")


def call_of(source: Source, name: str) -> cst.Call:
    return next(
        node
        for node in walk(source.tree)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == name
    )


def changed(source: Source, *changes: Change) -> str:
    edits = edits_of(changes, source)
    return source.edited((None, edit) for edit in edits).decode()


REMOVALS = [
    ("f(a, b, c)\n", [0], "f(b, c)\n"),
    ("f(a, b, c)\n", [1], "f(a, c)\n"),
    ("f(a, b, c)\n", [2], "f(a, b)\n"),
    ("f(a, b, c)\n", [0, 1], "f(c)\n"),
    ("f(a, b, c)\n", [1, 2], "f(a)\n"),
    ("f(a, b, c,)\n", [2], "f(a, b,)\n"),
    ("f(a, b, c)\n", [0, 1, 2], "f()\n"),
    ("f( a )\n", [0], "f()\n"),
    ("f(\n    a,\n    b,\n    c,\n)\n", [1], "f(\n    a,\n    c,\n)\n"),
    ("f(\n    a,\n    b,\n    c,\n)\n", [2], "f(\n    a,\n    b,\n)\n"),
    ("f(\n    a,\n    b,\n    c\n)\n", [2], "f(\n    a,\n    b\n)\n"),
    ("f(a,\n  b,\n  c)\n", [0], "f(b,\n  c)\n"),
    ("f(a, b,\n  c)\n", [1], "f(a,\n  c)\n"),
    ("f(a,\n  b)\n", [1], "f(a)\n"),
    ("f(\n    a,  # first\n    b,\n)\n", [1], "f(\n    a,  # first\n)\n"),
    ("f(\n    a,  # first\n    b,\n)\n", [0], "f(\n    # first\n    b,\n)\n"),
    ("f(\n    a,\n)\n", [0], "f()\n"),
    ("f((a), ((b)), c)\n", [1], "f((a), c)\n"),
    ("f(a, *b, **c)\n", [1], "f(a, **c)\n"),
    ("f(a, *b, **c)\n", [2], "f(a, *b)\n"),
]


@pytest.mark.parametrize(("before", "gone", "after"), REMOVALS)
def test_an_argument_goes_with_its_comma_its_row_and_its_blank(before: str, gone: list[int], after: str) -> None:
    source = parse(before)
    call = call_of(source, "f")
    assert changed(source, *(RemoveArgument(call, call.args[index]) for index in gone)) == after


ADDITIONS = [
    ("f()\n", "f(x=1)\n"),
    ("f(a)\n", "f(a, x=1)\n"),
    ("f(a,)\n", "f(a, x=1,)\n"),
    ("f(\n    a,\n    b,\n)\n", "f(\n    a,\n    b,\n    x=1,\n)\n"),
    ("f(\n    a,\n    b\n)\n", "f(\n    a,\n    b, x=1\n)\n"),
    ("f(a, b,\n  c)\n", "f(a, b,\n  c, x=1)\n"),
]


@pytest.mark.parametrize(("before", "after"), ADDITIONS)
def test_an_argument_comes_behind_the_others(before: str, after: str) -> None:
    source = parse(before)
    assert changed(source, AddArgument(call_of(source, "f"), ("x=1",))) == after


def test_an_argument_takes_the_place_of_others() -> None:
    source = parse("f(a, b, c)\n")
    call = call_of(source, "f")
    change = (RemoveArgument(call, call.args[2]), AddArgument(call, ("x=1",)))
    assert changed(source, *change) == "f(a, b, x=1)\n"
    every = (*(RemoveArgument(call, arg) for arg in call.args), AddArgument(call, ("x=", call.args[1].value)))
    assert changed(source, *every) == "f(x=b)\n"


def test_changes_may_lie_within_each_other() -> None:
    source = parse("y = f(g(a, k=1), 'text', n=2)\n")
    outer, inner = call_of(source, "f"), call_of(source, "g")
    changes: list[Change] = [
        Rewrite(outer, ("int(", outer.args[0].value, " + ", outer.args[2].value, ")")),
        RenameKeyword(inner.args[1], "key"),
        Rewrite(inner.func, ("m.h",)),
    ]
    assert changed(source, *changes) == "y = int(m.h(a, key=1) + 2)\n"


def test_what_is_wrapped_can_change_too() -> None:
    source = parse("y = f(a)\n")
    call = call_of(source, "f")
    assert changed(source, Rewrite(call, ("int(", call, ")")), Rewrite(call.func, ("g",))) == "y = int(g(a))\n"


def test_a_change_of_what_goes_is_of_no_matter() -> None:
    source = parse("f(a, g(b), c)\n")
    call, inner = call_of(source, "f"), call_of(source, "g")
    assert changed(source, RemoveArgument(call, call.args[1]), Rewrite(inner.func, ("h",))) == "f(a, c)\n"


def test_two_new_texts_for_one_thing_are_refused() -> None:
    source = parse("f(a)\n")
    call = call_of(source, "f")
    with pytest.raises(CannotChange):
        edits_of([Rewrite(call.func, ("g",)), Rewrite(call.func, ("h",))], source)


def test_parentheses_belong_to_what_they_surround() -> None:
    source = parse("y = (f(a)) + 1\n")
    assert changed(source, Rewrite(call_of(source, "f"), ("b",))) == "y = b + 1\n"


def _import(source: Source) -> cst.ImportFrom:
    return next(node for node in walk(source.tree) if isinstance(node, cst.ImportFrom))


IMPORTS = [
    ("from m import a, b, c\n", 1, "from m import a, c, d\n"),
    ("from m import (\n    a,\n    b,\n    c,\n)\n", 2, "from m import (\n    a,\n    b,\n    d,\n)\n"),
    ("from m import (a, b,\n               c)\n", 0, "from m import (b,\n               c, d)\n"),
]


@pytest.mark.parametrize(("before", "gone", "after"), IMPORTS)
def test_the_names_of_an_import(before: str, gone: int, after: str) -> None:
    source = parse(before)
    aliases = _import(source).names
    assert not isinstance(aliases, cst.ImportStar)
    assert changed(source, RemoveItem(aliases, aliases[gone]), AddItem(aliases, "d")) == after


STATEMENTS: list[tuple[str, Callable[[cst.CSTNode], Change], str]] = [
    ("if x:\n    f(a)\n    g(b)\n", RemoveStatement, "if x:\n    g(b)\n"),
    ("if x:\n    f(a)\n", RemoveStatement, "if x:\n    pass\n"),
    ("if x:\n    f(a)\n", lambda node: InsertRows(node, ("b", "", "c")), "if x:\n    b\n\n    c\n    f(a)\n"),
    ("f(a)", lambda node: InsertRows(node, ("b",), behind=True), "f(a)\nb"),
    ("f(\n  a)\nc\n", lambda node: InsertRows(node, ("b",), behind=True), "f(\n  a)\nb\nc\n"),
]


@pytest.mark.parametrize(("before", "change", "after"), STATEMENTS)
def test_statements(before: str, change: Callable[[cst.CSTNode], Change], after: str) -> None:
    source = parse(before)
    call = call_of(source, "f")
    statement = next(node for node in walk(source.tree) if isinstance(node, cst.Expr) and node.value is call)
    assert changed(source, change(statement)) == after


def test_a_row_may_come_in_front_of_one_that_changes() -> None:
    source = parse("f(a)\n")
    call = call_of(source, "f")
    assert changed(source, InsertRows(call, ("import b",)), Rewrite(call, ("b.g()",))) == "import b\nb.g()\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("metrics=['acc']", "metrics=['accuracy']", [(9, 14, "'accuracy'")]),
        ("Dense(7, lr=0.01)", "Dense(7, lr=0.001)", [(12, 16, "0.001")]),
        ("f(a)", "f(a)", []),
        ("f(a, b=1, c=2)", "f(a, c=2)", [(5, 10, "")]),
    ],
)
def test_an_edit_is_of_whole_words(old: str, new: str, expected: list[tuple[int, int, str]]) -> None:
    assert differences(old, new) == expected


def _with_of(source: Source) -> cst.With:
    return next(node for node in walk(source.tree) if isinstance(node, cst.With))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with a:\n    b\n    c\nd\n", "b\nc\nd\n"),
        ("if x:\n\twith a:\n\t\t# why\n\t\tb\n", "if x:\n\t# why\n\tb\n"),
        ("with a:\n    b = f(\n        c)\n\n    d\n", "b = f(\n    c)\n\nd\n"),
        ("with a:\n    b = '''c\n    d'''\n", "b = '''c\n    d'''\n"),
        ("with a:\r\n    b\r\nc\r\n", "b\r\nc\r\n"),
        ("with a:\n    b", "b"),
    ],
)
def test_a_block_comes_out_of_what_it_stands_in(text: str, expected: str) -> None:
    source = Source(text.encode(), "x.py")
    assert changed(source, Unwrap(_with_of(source))) == expected


def test_what_changes_in_a_block_comes_out_with_it() -> None:
    source = parse("with a:\n    f(1)\n    g()\n")
    call = call_of(source, "f")
    line = source.tree.body[0].body.body[1].body[0]  # type: ignore[union-attr, index]
    inner = (Rewrite(call.args[0].value, ("2",)), InsertRows(line, ("h()",)))
    assert changed(source, Unwrap(_with_of(source)), *inner) == "f(2)\nh()\ng()\n"


@pytest.mark.parametrize("text", ["with a: b\n", "with a:\n    @b\n    def c(): pass\n"])
def test_a_block_that_is_not_in_rows_of_its_own_stays(text: str) -> None:
    source = Source(text.encode(), "x.py")
    with pytest.raises(CannotChange):
        changed(source, Unwrap(_with_of(source)))


def test_one_of_several_things_that_a_block_enters_is_taken_out() -> None:
    source = parse("with a() as b, c, d() as e:\n    pass\n")
    items = _with_of(source).items
    assert changed(source, RemoveItem(items, items[0])) == "with c, d() as e:\n    pass\n"
    assert changed(source, RemoveItem(items, items[2])) == "with a() as b, c:\n    pass\n"


def test_a_block_of_which_all_goes_keeps_pass() -> None:
    source = parse("if x:\n    a = 1\n    b = 2\n    c = 3\nd\n")
    body = source.tree.body[0].body.body  # type: ignore[union-attr]
    statements = [one for line in body for one in line.body]
    assert changed(source, *map(RemoveStatement, statements)) == "if x:\n    pass\nd\n"
    assert changed(source, *map(RemoveStatement, statements[:2])) == "if x:\n    c = 3\nd\n"
