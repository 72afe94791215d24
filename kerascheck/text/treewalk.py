"""A lean walk over a libcst tree: only the fields that hold code, no whitespace, commas or parentheses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache

import libcst as cst

_SKIPPED = frozenset(
    {
        "lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "header", "footer", "indent",
        "leading_lines", "lines_after_decorators", "trailing_whitespace", "equal", "dot", "colon", "operator", "star",
        "asynchronous", "encoding", "default_indent", "default_newline", "has_trailing_newline", "posonly_ind",
    }
)  # fmt: skip


#: What else than nodes and sequences of nodes the fields hold. (`isinstance` with an abstract class is slow.)
NO_NODES = frozenset({str, bool, int, type(None), cst.MaybeSentinel})


@cache
def code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a node class that can hold code, in the order of the source."""
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.name not in _SKIPPED and not field.name.startswith("whitespace")
    )


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The child nodes that hold code."""
    for name in code_fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            yield from value
        elif kind not in NO_NODES:
            yield value


def nodes_below(node: cst.CSTNode, empty: frozenset[object] = NO_NODES) -> list[cst.CSTNode]:
    """As `children`, which costs a generator for each node. `empty`: what is left out."""
    below: list[cst.CSTNode] = []
    for name in code_fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            below += value
        elif kind not in empty:
            below.append(value)
    return below


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all that is below it, parents first, in the order of the source."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        below = nodes_below(top)
        below.reverse()
        stack += below
