"""Changes of a program in terms of its nodes, and the edits of the text that they are.

A change says what a reviewer would say: this argument goes, this one is called otherwise, this expression becomes that
one. Many of them may concern one call, and one may lie within another: `edits_of` takes them all together. What is not
named by a change stays as it is written, with its quotes, its lines and its comments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    pass

#: A part of a new text: words of ours, or what stands in the source for a node, with the changes inside it.
Piece: TypeAlias = "str | cst.CSTNode"


class CannotChange(Exception):
    """The change cannot be made in the text."""


@dataclass(frozen=True, eq=False)
class Rewrite:
    """Write something else where an expression, an argument or a small statement stands."""

    node: cst.CSTNode
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, eq=False)
class RewriteWithin:
    """Write something else for a stretch of a string, counted in what is written between its quotes."""

    node: cst.SimpleString
    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class RenameKeyword:
    """Call a keyword argument by another name."""

    arg: cst.Arg
    name: str


@dataclass(frozen=True, eq=False)
class RemoveArgument:
    """Take an argument out of a call, with its comma and its line."""

    call: cst.Call
    arg: cst.Arg


@dataclass(frozen=True, eq=False)
class AddArgument:
    """Write another argument behind those of a call."""

    call: cst.Call
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, eq=False)
class RemoveItem:
    """Take one of several things out that commas part: a name of an import, an element of a list."""

    items: Sequence[cst.CSTNode]
    item: cst.CSTNode


@dataclass(frozen=True, eq=False)
class AddItem:
    """Write something behind the last of several things that commas part."""

    items: Sequence[cst.CSTNode]
    text: str


@dataclass(frozen=True, eq=False)
class RemoveStatement:
    """Take a simple statement out, with its row where it stands alone."""

    statement: cst.CSTNode


@dataclass(frozen=True, eq=False)
class InsertRows:
    """Write rows in front of a statement, or behind it, with its indentation."""

    statement: cst.CSTNode
    rows: tuple[str, ...]
    behind: bool = False


@dataclass(frozen=True, eq=False)
class Unwrap:
    """Take the statements of a block out of what they stand in: a `with` goes, and they move to its place."""

    statement: cst.With


Change: TypeAlias = (
    Rewrite
    | RewriteWithin
    | RenameKeyword
    | RemoveArgument
    | AddArgument
    | RemoveItem
    | AddItem
    | RemoveStatement
    | InsertRows
    | Unwrap
)
