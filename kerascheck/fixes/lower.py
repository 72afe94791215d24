"""From nodes to text: what a rule wants replaced becomes the smallest edits of the source."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.diagnostics import Edit, Fix, Span
from kerascheck.fixes.changes import CannotChange
from kerascheck.fixes.effects import keeps_effects
from kerascheck.fixes.lowering import differences, edits_of

if TYPE_CHECKING:
    from kerascheck.project.source import Source
    from kerascheck.rules.base import Repair, Replacement


class CannotLower(Exception):
    """The replacement cannot be made in the text."""


def lower(repair: Repair, source: Source) -> Fix:
    """The repair as edits of the text.

    Raises:
        CannotLower: a node cannot be found in the text as it is, or what is done in it would be done no more.
        LookupError: a node is not part of the tree.
    """
    edits = [edit for replacement in repair.replacements for edit in _edits(replacement, source)]
    try:
        edits += edits_of(repair.changes, source)
    except CannotChange as error:
        raise CannotLower(str(error)) from None
    edits.sort(key=lambda edit: edit.span)
    if any(left.span.end > right.span.start for left, right in itertools.pairwise(edits)):
        raise CannotLower("the replacements overlap")
    if not edits:
        raise CannotLower("nothing would change")
    if not keeps_effects(repair.replacements):
        raise CannotLower("what is taken out has an effect")
    return Fix(repair.applicability, repair.message, tuple(edits))


def _edits(replacement: Replacement, source: Source) -> list[Edit]:
    if replacement.new is None:
        return [removal(replacement.old, source)]
    start, old = _stretch(replacement.old, source)
    new = source.code_for(replacement.new, like=replacement.old)
    return [
        Edit(Span(source.position(start + first), source.position(start + last)), content)
        for first, last, content in differences(old, new)
    ]


def _stretch(node: cst.CSTNode, source: Source) -> tuple[int, str]:
    """The offset and the text of a node with its parentheses, which its position leaves out."""
    span = source.locate(node)
    inner = source.text[source.offset(span.start) : source.offset(span.end)]
    text = source.code_for(node)
    start = source.offset(span.start) - text.find(inner)
    if inner not in text or source.text[start : start + len(text)] != text:
        raise CannotLower(f"the text of this {type(node).__name__} is not as generated")
    return start, text


def removal(statement: cst.CSTNode, source: Source) -> Edit:
    """Take out a statement: its rows where it stands alone, `pass` in its place where a body would be left empty."""
    line, block = source.locator.line_and_block_of(statement)
    if isinstance(statement, cst.BaseCompoundStatement):
        raise CannotLower("only a simple statement can be removed")
    suite = line if isinstance(line, cst.SimpleStatementLine) else getattr(line, "body", None)
    if not isinstance(suite, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        raise CannotLower("only a statement can be removed")
    if statement is not line and len(suite.body) > 1:
        return _removal_from_row(suite.body, statement, source)
    has_body_for_itself = suite is not line or (block is not None and len(block.body) == 1)
    if has_body_for_itself:
        return Edit(source.locate(statement), "pass")
    span = source.locate(line)
    start, end = source.rows(span.start.row, span.end.row)
    return Edit(Span(source.position(start), source.position(end)), "")


def _removal_from_row(body: Sequence[cst.BaseSmallStatement], statement: cst.CSTNode, source: Source) -> Edit:
    """Take one of several statements on a row out, with the semicolon that parts it from its neighbour."""
    spans = [source.locate(small) for small in body]
    index = next(i for i, small in enumerate(body) if small is statement)
    if index + 1 < len(spans):
        return Edit(Span(spans[index].start, spans[index + 1].start), "")
    return Edit(Span(spans[index - 1].end, spans[index].end), "")
