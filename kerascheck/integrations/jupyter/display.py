"""What the magics show: HTML where there is a browser, text where there is a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerascheck.diagnostics import Severity
from kerascheck.text.escaping import one_line
from kerascheck.text.markup import Markup, join, tag
from kerascheck.views.report.excerpts import Excerpts

if TYPE_CHECKING:
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.project.source import Source
    from kerascheck.views.graph import Architecture
    from kerascheck.views.report.excerpts import Row
    from kerascheck.views.summary import ModelSummary

# Colours that can be read on white and on black.
_COLOURS = {Severity.ERROR: "#d9453f", Severity.WARNING: "#b7791f", Severity.INFO: "#3b82d6"}
_MUTED = "opacity:.7"
_MONO = "font-family:var(--jp-code-font-family, monospace);font-size:.92em"


@dataclass(frozen=True)
class Findings:
    """Findings in the cells of a session."""

    diagnostics: Sequence[Diagnostic]
    source: Source | None = None
    note: str | None = None  # why there may be more

    def __repr__(self) -> str:
        lines = [f"{_place(d)}: {d.code} {d.severity.value}: {one_line(d.message)}" for d in self.diagnostics]
        return "\n".join([*lines, f"kerascheck: {self._total()}."])

    def _repr_html_(self) -> str:
        excerpts = Excerpts(self.source) if self.source is not None else None
        found = [_finding(d, excerpts.of(d) if excerpts is not None else ()) for d in self.diagnostics]
        return tag("div", found, tag("div", tag("b", "kerascheck: "), self._total(), style=_MUTED))

    def _total(self) -> str:
        number = len(self.diagnostics)
        total = f"{number} finding{'s' * (number != 1)}" if number else "no findings"
        return total if self.note is None else f"{total} ({self.note})"


def _place(diagnostic: Diagnostic) -> str:
    start = diagnostic.span.start
    cell = f"In [{diagnostic.cell}]:" if diagnostic.cell is not None else ""
    return f"{cell}{start.row}:{start.column}"


def _finding(diagnostic: Diagnostic, rows: Sequence[Row]) -> Markup:
    colour = _COLOURS[diagnostic.severity]
    code = tag(
        "a",
        diagnostic.code,
        href=diagnostic.url,
        title=f"{diagnostic.name} ({diagnostic.severity.value})",
        target="_blank",
        rel="noopener noreferrer",
        style=f"{_MONO};font-weight:700;color:{colour};text-decoration:none",
    )
    head = tag("div", code, " ", tag("span", _place(diagnostic), style=f"{_MUTED};{_MONO}"), " ", diagnostic.message)
    lines = [
        [tag("span", f"{row.number:>4}  ", style=_MUTED), [_piece(piece, colour) for piece in row.pieces], "\n"]
        for row in rows
    ]
    style = f"{_MONO};margin:.25em 0;padding:.2em 0;overflow-x:auto;background:none;line-height:1.45"
    advice = diagnostic.help or (diagnostic.fix.message if diagnostic.fix is not None else None)
    return tag(
        "div",
        head,
        tag("pre", lines, style=style) if lines else None,
        tag("div", advice, style=_MUTED) if advice else None,
        style=f"border-left:3px solid {colour};padding:.1em .8em;margin:.4em 0;max-width:70em",
    )


def _piece(piece: tuple[str, str, bool], colour: str) -> Markup:
    text, _, marked = piece
    if not marked:
        return join(text)
    return tag("span", text, style=f"border-bottom:2px solid {colour};font-weight:600")


@dataclass(frozen=True)
class Summaries:
    """The models of a session as tables."""

    models: Sequence[ModelSummary]

    def __repr__(self) -> str:
        from kerascheck.views.tables import model_table

        stream = io.StringIO()
        for model in self.models:
            model_table(model, stream, False)
        return stream.getvalue().rstrip() or "kerascheck: no models found."

    def _repr_html_(self) -> str:
        if not self.models:
            return tag("div", "kerascheck: no models found.", style=_MUTED)
        return tag("div", map(_summary, self.models))


def _summary(model: ModelSummary) -> Markup:
    from kerascheck.views.tables import table_of

    table = table_of(model)
    cell = f"In [{model.cell}], line {model.row}" if model.cell is not None else f"line {model.row}"
    titles = ["Layer (type)", "Output shape", "Param #", *(["Connected to"] if table.graph else [])]
    left, right = (f"text-align:{side};padding:.15em .9em .15em 0" for side in ("left", "right"))
    rows = [
        tag(
            "tr",
            tag("td", tag("b", row.name), f" ({row.cls})", " frozen" if row.frozen else None, style=left),
            tag("td", row.shape, style=left, title=row.mark),
            tag("td", row.params, style=right, title=row.mark),
            tag("td", row.connected, style=left) if table.graph else None,
        )
        for row in table.rows
    ]
    head = tag("tr", [tag("th", title, style=right if title == "Param #" else left) for title in titles])
    totals = [tag("div", f"{title} params: ", tag("b", count), size) for title, count, size in table.totals]
    name = f'{table.variable} ("{table.name}")' if table.variable is not None else table.name
    caption = tag("div", tag("b", name), f" {table.cls}, {table.status} ", tag("span", cell, style=_MUTED))
    reason = tag("div", f"{table.status}: {table.reason}", style=_MUTED) if table.reason else None
    return tag(
        "div",
        caption,
        tag("table", tag("thead", head), tag("tbody", rows), style="color:inherit;font-size:inherit"),
        totals,
        reason,
    )


@dataclass(frozen=True)
class Picture:
    """One model drawn: SVG, or a Mermaid diagram where what draws it is missing."""

    architecture: Architecture

    def __repr__(self) -> str:
        from kerascheck.views.drawing import mermaid

        return mermaid(self.architecture)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from kerascheck.views.drawing import MissingPackage, svg

        text = repr(self)
        try:
            return {"image/svg+xml": svg(self.architecture), "text/plain": text}
        except MissingPackage as error:
            return {"text/vnd.mermaid": text, "text/plain": f"{text}\n{error}"}
