"""Findings as the protocol has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from lsprotocol import types

from kerascheck.diagnostics import Applicability, Diagnostic, Severity
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.positions import Encoding, Lines
from kerascheck.integrations.lsp.units import Found, Unit
from kerascheck.text.escaping import one_line

SOURCE = "kerascheck"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}

#: Rules on what newer versions of Keras have removed or renamed.
_DEPRECATED = "KC5"


def shown(unit: Unit, document: Document, with_errors: bool) -> Iterator[Found[Diagnostic]]:
    """The findings that a document shows, where they stand now."""
    if with_errors:
        yield from unit.knowledge.errors(document)
    yield from unit.knowledge.diagnostics(document)


def to_client(found: Found[Diagnostic], encoding: Encoding) -> types.Diagnostic:
    """One finding in an open document."""
    told = converted(found.item, found.document.lines, found.start, found.end, encoding)
    if not found.touched:
        told.related_information = list(_related(found, encoding)) or None
    return told


def _related(found: Found[Diagnostic], encoding: Encoding) -> Iterator[types.DiagnosticRelatedInformation]:
    """The other places of a finding that lie in the same document."""
    lines = found.document.lines
    for place in found.item.related:
        if (place.filename, place.cell) != (found.item.filename, found.item.cell) or place.span.end.row > len(
            lines.starts
        ):
            continue
        span = lines.range_to_client(lines.offset_of(place.span.start), lines.offset_of(place.span.end), encoding)
        yield types.DiagnosticRelatedInformation(types.Location(found.document.uri, span), one_line(place.message))


def converted(item: Diagnostic, lines: Lines, start: int, end: int, encoding: Encoding) -> types.Diagnostic:
    """A finding at these offsets."""
    return types.Diagnostic(
        range=lines.range_to_client(*_visible(lines, start, end), encoding),
        message=one_line(item.message),
        severity=_SEVERITIES[item.severity],
        code=item.code,
        code_description=types.CodeDescription(item.url) if item.url else None,
        source=SOURCE,
        tags=list(_tags(item)) or None,
        data={
            "name": item.name,
            "help": item.help,
            "fix": item.fix.applicability.value if item.fix is not None else None,
        },
    )


def _visible(lines: Lines, start: int, end: int) -> tuple[int, int]:
    """A point as the character behind it, or the one before it at the end of a row."""
    if start < end:
        return start, end
    row = lines.row(start)
    first = lines.starts[row]
    last = first + len(lines.line(row))
    if start < last:
        return start, start + 1
    return (last - 1, last) if last > first else (start, start)


def _tags(item: Diagnostic) -> Iterator[types.DiagnosticTag]:
    """Whether editors may grey it out, or strike it through."""
    is_removal = item.fix is not None and all(not edit.content for edit in item.fix.edits)
    if is_removal and item.severity is not Severity.ERROR and item.fix.applicability is Applicability.SAFE:  # type: ignore[union-attr]
        yield types.DiagnosticTag.Unnecessary
    if item.code.startswith(_DEPRECATED):
        yield types.DiagnosticTag.Deprecated


def result_id(items: Sequence[types.Diagnostic]) -> str:
    """A name for these findings: the same for the same ones."""
    return hashlib.sha1(repr(items).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
