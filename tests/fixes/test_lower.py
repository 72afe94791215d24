"""From nodes to text edits."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

import libcst as cst
import pytest

from kerascheck.diagnostics import Diagnostic, Severity
from kerascheck.fixes.apply import apply_fixes
from kerascheck.fixes.arguments import remove_argument
from kerascheck.fixes.lower import CannotLower, lower
from kerascheck.project.source import Source
from kerascheck.rules.base import Repair, Replacement


def nodes(source: Source) -> Iterator[cst.CSTNode]:
    stack: list[cst.CSTNode] = [source.tree]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.children)


def first(source: Source, wanted: Callable[[cst.CSTNode], bool]) -> cst.CSTNode:
    return next(node for node in nodes(source) if wanted(node))


def call_of(source: Source, name: str) -> cst.Call:
    found = first(
        source, lambda node: isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == name
    )
    assert isinstance(found, cst.Call)
    return found


def fixed(source: Source, *replacements: Replacement) -> str:
    fix = lower(Repair("", replacements), source)
    span = source.locate(source.tree.body[0])
    diagnostic = Diagnostic("KC000", "x", Severity.ERROR, "", "x.py", span, fix=fix)
    return apply_fixes(source, [diagnostic], unsafe=False).decode()


def parse(text: str, newline: str = "\n") -> Source:
    return Source(textwrap.dedent(text).replace("\n", newline).encode(), "x.py")


def test_an_edit_is_as_small_as_the_difference() -> None:
    source = parse("model.add(Dense(7, input_dim=7, activation='relu'))\n")
    call = call_of(source, "Dense")
    [edit] = lower(Repair("", (Replacement(call, remove_argument(call, call.args[1])),)), source).edits
    assert (edit.span.start.column, edit.span.end.column, edit.content) == (20, 33, "")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rows_in_an_indented_block_keep_their_indentation(newline: str) -> None:
    source = parse(
        """\
        def build():
            if deep:
                return Dense(
                    7,  # units
                    input_dim=7,  # size
                    activation='é',
                )
        """,
        newline,
    )
    call = call_of(source, "Dense")
    assert (
        fixed(source, Replacement(call, remove_argument(call, call.args[1])))
        == parse(
            """\
        def build():
            if deep:
                return Dense(
                    7,  # units
                    # size
                    activation='é',
                )
        """,
            newline,
        ).text
    )


def test_parentheses_around_the_node_stay() -> None:
    source = parse("x = (  f(1)  )(2)\n")
    call = call_of(source, "f")
    assert fixed(source, Replacement(call, call.with_changes(args=[]))) == "x = (  f()  )(2)\n"


def test_several_replacements_of_one_repair() -> None:
    source = parse("f(a)\ng(b)\n")
    f, g = call_of(source, "f"), call_of(source, "g")
    swapped = (Replacement(g, cst.parse_expression("f(b)")), Replacement(f, cst.parse_expression("g(a)")))
    assert fixed(source, *swapped) == "g(a)\nf(b)\n"


def test_replacements_that_overlap_are_refused() -> None:
    source = parse("f(g(x))\n")
    f, g = call_of(source, "f"), call_of(source, "g")
    with pytest.raises(CannotLower, match="overlap"):
        fixed(source, Replacement(f, cst.Name("a")), Replacement(g, cst.Name("b")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\ndel x  # why\nb\n", "a\nb\n"),
        ("# about x\ndel x\nb\n", "# about x\nb\n"),
        ("if a:\n    del x\n", "if a:\n    pass\n"),
        ("if a:\n    b\n    del x\nc\n", "if a:\n    b\nc\n"),
        ("if a: del x\n", "if a: pass\n"),
        ("if a: b; del x\n", "if a: b\n"),
        ("del x; b\n", "b\n"),
        ("a; del x; b\n", "a; b\n"),
        ("a\ndel x", "a\n"),
        ("class C:\n    def f(self):\n        del x\n", "class C:\n    def f(self):\n        pass\n"),
    ],
)
def test_removing_a_statement(before: str, after: str) -> None:
    source = parse(before)
    statement = first(source, lambda node: isinstance(node, cst.Del))
    assert fixed(source, Replacement(statement, None)) == after


def test_a_compound_statement_is_not_removed() -> None:
    source = parse("if a:\n    b\n")
    with pytest.raises(CannotLower):
        fixed(source, Replacement(source.tree.body[0], None))


def test_a_node_of_another_tree_is_refused() -> None:
    with pytest.raises(LookupError):
        fixed(parse("f(x)\n"), Replacement(cst.Name("x"), cst.Name("y")))
