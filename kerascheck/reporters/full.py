"""Each finding with its lines, the place underlined, and what to do about it."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from typing import TextIO

from kerascheck.diagnostics import Applicability, Diagnostic, Severity
from kerascheck.project.source import Source, SourceError
from kerascheck.reporters.base import COLOURS, Outcome, close, headline
from kerascheck.text.escaping import one_line, row_of_source
from kerascheck.text.windows import window

_CONTEXT = 2  # rows shown above and below
_MAX_ROWS = 5  # underlined rows shown of a finding that spans more
_MAX_WIDTH = 160  # of a row; of a longer one the part is shown in which the finding is
_MIN_WIDTH = 40  # in a terminal that is narrower
_HELP_WIDTH = 100
_FRAME = 5  # the blanks and bars around the text of a row, and the marks of what is left out

_STYLES = {"frame": "\x1b[1;34m", "help": "\x1b[1;36m"}


class _Painter:
    """Puts colours around text, or does not."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, style: str | Severity, text: str) -> str:
        colour = COLOURS[style] if isinstance(style, Severity) else _STYLES[style]
        return f"{colour}{text}\x1b[0m" if self.colour and text else text


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings and the closing lines."""
    paint = _Painter(colour)
    columns = shutil.get_terminal_size().columns if stream.isatty() else None
    sources: dict[str, Source | None] = {}
    for diagnostic in outcome.diagnostics:
        if diagnostic.filename not in sources:
            sources[diagnostic.filename] = _read(outcome, diagnostic.filename)
        stream.write(_block(diagnostic, sources[diagnostic.filename], paint, columns) + "\n\n")
    close(outcome, stream)


def _read(outcome: Outcome, filename: str) -> Source | None:
    """The source to quote, or None where there is none to read."""
    try:
        return Source(outcome.read(filename), filename)
    except (OSError, SourceError):
        return None


def _block(diagnostic: Diagnostic, source: Source | None, paint: _Painter, columns: int | None) -> str:
    """One finding, in a terminal of so many columns: marks below a row that wraps would point nowhere."""
    fixable = ""
    if diagnostic.fix is not None:
        fixable = "[fix]" if diagnostic.fix.applicability is Applicability.SAFE else "[unsafe fix]"
    start = diagnostic.span.start
    cell = f"cell {diagnostic.cell}:" if diagnostic.cell is not None else ""
    margin = len(str(diagnostic.span.end.row + _CONTEXT))
    width = _MAX_WIDTH if columns is None else min(_MAX_WIDTH, max(_MIN_WIDTH, columns - margin - _FRAME))
    quoted = _quote(diagnostic, source, width) if source is not None else []
    margin = max((len(number) for number, _, _ in quoted), default=1)
    gutter = " " * margin
    lines = [
        headline(diagnostic, fixable, paint.colour),
        f"{gutter}{paint('frame', '-->')} {one_line(diagnostic.filename)}:{cell}{start.row}:{start.column}",
    ]
    for number, text, marks in quoted:
        line = f"{paint('frame', number.rjust(margin))} {paint('frame', '|')} {text}"
        lines.append((line + paint(diagnostic.severity, marks)).rstrip())
    for place in diagnostic.related:
        inside = f"cell {place.cell}:" if place.cell is not None else ""
        where = f"{one_line(place.filename)}:{inside}{place.span.start.row}:{place.span.start.column}"
        lines.append(f"{gutter} {paint('frame', '=')} {paint('help', 'note')}: {where}: {one_line(place.message)}")
    for title, text in (("help", _advice(diagnostic)), ("docs", diagnostic.url)):
        if text:
            room = _HELP_WIDTH if columns is None else min(_HELP_WIDTH, max(_MIN_WIDTH, columns - margin - 9))
            body = textwrap.wrap(one_line(text), room, break_long_words=False, break_on_hyphens=False)
            lines.append(f"{gutter} {paint('frame', '=')} {paint('help', title)}: {body[0]}")
            lines += [f"{gutter}         {row}" for row in body[1:]]
    return "\n".join(lines)


def _advice(diagnostic: Diagnostic) -> str:
    """What to do: the finding's own help, else the title of its fix."""
    fix = diagnostic.fix.message if diagnostic.fix is not None else ""
    return diagnostic.help or fix


def _quote(diagnostic: Diagnostic, source: Source, width: int) -> list[tuple[str, str, str]]:
    """The rows of the finding, underlined, with those around them: (row number or nothing, text, marks)."""
    start, end = diagnostic.span.start, diagnostic.span.end
    first_row, last_row = source.rows_of_cell(diagnostic.cell)
    before = first_row - 1  # rows of the cells before this one
    last = min(end.row, start.row + _MAX_ROWS - 1)
    lines = [("", "", "")]
    for row in range(max(1, start.row - _CONTEXT), min(last_row - before, last + _CONTEXT) + 1):
        text = source.written_line(before + row)
        marked = start.row <= row <= last
        first = start.column - 1 if row == start.row else len(text) - len(text.lstrip())
        stop = end.column - 1 if row == end.row else len(text.rstrip())
        left, right = window(len(text), first if marked else 0, stop if marked else 0, width)
        shown = ("…" if left else "") + row_of_source(text[left:right]) + ("…" if right < len(text) else "")
        lines.append((str(row), shown, ""))
        if marked and left <= first <= right:
            blank = " " * (_columns(text[left:first]) + bool(left))
            lines.append(("", blank, "^" * max(1, _columns(text[first : min(stop, right)]))))
    if last < end.row:
        lines.append(("", f"... {end.row - last} more rows", ""))
    lines.append(("", "", ""))
    return lines


def _columns(text: str) -> int:
    """How many terminal columns the text takes as `row_of_source` writes it."""
    return sum(
        4 if c == "\t" else 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
