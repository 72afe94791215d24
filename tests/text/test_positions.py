"""Positions are those of libcst's PositionProvider, whatever the layout."""

from __future__ import annotations

import sysconfig
import textwrap
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

from kerascheck.project.source import Source
from kerascheck.text.positions import Locator

KINDS = (
    cst.BaseExpression, cst.Arg, cst.Param, cst.Element, cst.BaseSmallStatement, cst.BaseStatement, cst.BaseSuite,
    cst.Decorator, cst.ExceptHandler, cst.Else, cst.Finally, cst.MatchCase,
)  # fmt: skip

ODD = {
    "nested functions and decorators": """
        @first
        # between
        @second(
            1, 2)
        def f(a, b=(1,
                    2)):  # end
            @third
            class C(Base, metaclass=M):
                x = 1

                async def g(self): return self.x; pass

            return C
        """,
    "one-line suites and semicolons": """
        if a: b; c(d)
        elif e: f(g); h
        else: i(j)
        for k in l: m(n)
        while o: p(q); break
        x = 1; y(z); w
        class D: a = b(c)
        """,
    "branches": """
        try:
            a(b)
        except (E, F) as e:
            c(d)
        else:
            f(g)
        finally:
            h(i)
        with j(k) as l, m(n) as o:
            p(q)
        match r(s):
            # first
            case T(u=1) if v(w):
                x(y)
            case _: z(1)
        """,
    "strings and backslashes": '''
        x = f("""
          (  # no comment
        """, 'é😀', g(1), \\
            h(2)); i(3)
        y = f'{a(b)!r:>{c(d)}}'
        ''',
    "comments between arguments": """
        model = f(  # one
            # two
            a, b=c(  # three
            ),

            *d, **e
        )  # four
        """,
    "parentheses": "x = ((a)(b), (yield), (((c + d))))\ny = (lambda *a, b=(1): (a))\n",
    "form feeds": "a(b)\n\f\nc(d)\n\ndef f():\n    g(h)\n\f\n    i(j)\n",
    "tabs": "if a:\n\tb(c)\n\tif d:\n\t\te(f,\n\t\t  g)\n",
    "no newline at the end": "a(b)\nc(d)",
    "empty": "",
}


def assert_same_positions(text: str) -> Locator:
    source = Source(text.encode(), "x.py")
    expected = MetadataWrapper(source.tree, unsafe_skip_copy=True).resolve(PositionProvider)
    for node, where in expected.items():
        if isinstance(node, KINDS):
            span = source.locate(node)
            got = (span.start.row, span.start.column - 1, span.end.row, span.end.column - 1)
            assert got == (where.start.line, where.start.column, where.end.line, where.end.column), source.code_for(
                node
            )
    return source.locator


def is_fast(locator: Locator) -> bool:
    """Whether it did without generating the code of the whole file."""
    return "_all_ranges" not in vars(locator)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ODD)
def test_odd_layouts(name: str, newline: str) -> None:
    assert_same_positions(textwrap.dedent(ODD[name]).replace("\n", newline))


def test_a_byte_order_mark_does_not_shift_columns() -> None:
    source = Source("﻿f(x)\n".encode(), "x.py")
    line = source.tree.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    assert source.locate(line.body[0]).start.column == 1


def real_files() -> Iterator[Path]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in ("abc", "dataclasses", "textwrap", "heapq", "shlex", "queue", "webbrowser", "json/decoder"):
        yield library / f"{name}.py"
    own = Path(__file__).parents[2] / "kerascheck"
    yield own / "text" / "positions.py"
    yield own / "engine.py"


@pytest.mark.parametrize("path", list(real_files()), ids=lambda path: path.stem)
def test_real_files(path: Path) -> None:
    assert_same_positions(path.read_text(encoding="utf-8"))


def test_usual_code_is_located_without_generating_the_whole_file() -> None:
    usual = "".join(
        textwrap.dedent(ODD[name]) for name in ("nested functions and decorators", "one-line suites and semicolons")
    )
    source = Source(usual.encode(), "x.py")
    for line in source.tree.body:
        source.locate(line)
    assert is_fast(source.locator)


def test_a_node_of_another_tree_is_refused() -> None:
    source = Source(b"f(x)\n", "x.py")
    with pytest.raises(LookupError, match="not part of the file"):
        source.locate(cst.Name("x"))


def test_text_of_a_new_node_is_indented_like_the_old_one() -> None:
    source = Source(b"if a:\n    if b:\n        x = f(\n            1,\n        )\n", "x.py")
    [call] = [node for node in _walk(source.tree) if isinstance(node, cst.Call)]
    assert source.code_for(call) == "f(\n            1,\n        )"
    new = call.with_changes(func=cst.Name("g"))
    assert source.code_for(new, like=call) == "g(\n            1,\n        )"


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _walk(child)


NAMES = st.sampled_from(["a", "b.c", "é", "f(1)", "g(x,\n   y=2)", "'''s\nt'''", "(h)", "[1, # c\n 2]", "1"])
SIMPLE = st.builds("; ".join, st.lists(st.builds("x = {}".format, NAMES), min_size=1, max_size=3))


def block(statements: list[str], head: str) -> str:
    return "\n  ".join([head, *(statement.replace("\n", "\n  ") for statement in statements)])


STATEMENTS = st.recursive(
    SIMPLE,
    lambda inner: st.builds(
        block,
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from(
            ["if a(b):", "def f(x=g(1)):  # c", "for i in j(k):", "class C(D):", "with a(b) as c:", "while x:"]
        ),
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(STATEMENTS, max_size=4).map("\n".join))
def test_any_program(text: str) -> None:
    try:
        cst.parse_module(text)
    except cst.ParserSyntaxError:
        return
    assert_same_positions(text)
