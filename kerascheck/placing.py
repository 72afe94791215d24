"""Where findings stand: the rows of a cell, the names of files, the other places, and why a model is not exact."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kerascheck.configuration.suppressions import Suppression
from kerascheck.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Related,
    Span,
    Unclear,
)
from kerascheck.project.source import Source

if TYPE_CHECKING:
    from kerascheck.network.ir import Site
    from kerascheck.network.networks import Network
    from kerascheck.network.reasons import Cause
    from kerascheck.rules.base import Finding


def related_places(finding: Finding, filename: str) -> Iterator[Related]:
    """The other places of a finding, each once."""
    told = {finding.site.key}
    for site, message in finding.related:
        if site.key in told:
            continue
        told.add(site.key)
        span = site.file.locate(site.node)
        cell, row = site.file.in_cell(span.start.row)
        before = span.start.row - row
        start, end = Position(row, span.start.column), Position(span.end.row - before, span.end.column)
        yield Related(shown_name(site.file.filename, filename), Span(start, end), cell, message)


def why_unclear(network: Network, filename: str) -> Unclear | None:
    """Why a model is not exact."""
    from kerascheck.network.reasons import cause_of

    cause = cause_of(network)
    if cause is None:
        return None
    where, cell, row = _place_of(network.site, filename)
    layer_cell: int | None = None
    layer_row: int | None = None
    if cause.layer is not None and cause.layer.site is not None:
        inside, layer_cell, layer_row = _place_of(cause.layer.site, filename)
        if inside != where:  # it is made in another file than the model
            layer_cell = layer_row = None
    origin_cell, origin_row = _origin(cause, network.site)
    return Unclear(
        filename=where,
        row=row,
        cell=cell,
        model=network.variable or network.name,
        cls=network.cls,
        status=network.status(),
        layer=cause.layer.name if cause.layer is not None else None,
        layer_row=layer_row,
        layer_cell=layer_cell,
        reason=cause.reason,
        advice=cause.advice,
        origin_row=origin_row,
        origin_cell=origin_cell,
    )


def _origin(cause: Cause, site: Site | None) -> tuple[int | None, int | None]:
    """The cell and the row where the program comes upon what is not known; None where that is in another file."""
    if cause.origin is None or site is None:
        return None, None
    try:
        row = site.file.locate(cause.origin).start.row
    except LookupError:
        return None, None
    cell, within = site.file.in_cell(row)
    return cell, within


def _place_of(site: Site | None, filename: str) -> tuple[str, int | None, int]:
    """The file, the cell and the row of a place."""
    if site is None:
        return filename, None, 1
    cell, row = site.file.in_cell(site.file.locate(site.node).start.row)
    return shown_name(site.file.filename, filename), cell, row


def shown_name(name: str, filename: str) -> str:
    """The name of a file, relative if that of the checked file is so, and it lies below the current folder."""
    if name == filename or os.path.isabs(filename) or not os.path.isabs(name):
        return name
    try:
        relative = os.path.relpath(name)
    except ValueError:  # on another drive
        return name
    return name if relative.startswith(os.pardir) else relative


def in_cell(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    """The finding with its rows counted within its cell; as it is where the source is no notebook."""
    span = diagnostic.span
    cell, row = source.in_cell(span.start.row)
    if cell is None or diagnostic.cell is not None:
        return diagnostic
    before = span.start.row - row
    within = Span(Position(row, span.start.column), Position(span.end.row - before, span.end.column))
    fix = source.fix_in_cell(diagnostic.fix, span.start.row) if diagnostic.fix is not None else None
    return replace(diagnostic, cell=cell, span=within, noqa_row=diagnostic.noqa_row - before, fix=fix)


def removal(suppression: Suppression, unused: tuple[str, ...], source: Source) -> Fix:
    """Take the comment out, or only the codes in it that are of no use."""
    kept = [code for code in suppression.codes or () if code not in unused]
    start, end = suppression.start, suppression.end
    content = ""
    if kept:
        text = source.text[start:end]
        separator = "," if "," in text else " "
        old = text[text.index(suppression.codes[0]) :] if suppression.codes else ""
        content = text[: len(text) - len(old)] + f"{separator} ".join(kept) + ("]" if text.endswith("]") else "")
    else:
        row_start, row_end = source.rows(suppression.row, suppression.row)
        if not source.text[end:row_end].strip():
            # Nothing else is in the comment: the spaces before it go, and an empty row with them.
            start = row_start + len(source.text[row_start:start].rstrip())
            end = row_end if start == row_start else row_start + len(source.line(suppression.row))
        elif not source.text[end:row_end].lstrip().startswith("#"):
            content = "#"  # what stands behind it is a comment still
    edit = Edit(Span(source.position(start), source.position(end)), content)
    return Fix(Applicability.SAFE, "Remove the unused suppression", (edit,))
