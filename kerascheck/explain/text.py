"""An explanation for people, at the width of their terminal."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TextIO

from kerascheck.diagnostics import Diagnostic, Severity
from kerascheck.explain.explanation import PAGE_URL, Explanation
from kerascheck.explain.messages import similar
from kerascheck.explain.places import Place
from kerascheck.text.escaping import one_line, row_of_source

_BOLD, _DIM, _RED, _YELLOW, _CYAN, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[0m"
_CONTEXT = 1  # rows shown around the place
_MAX_MESSAGE = 600
_MAX_SIMILAR = 5
MIN_WIDTH, MAX_WIDTH = 40, 100


def write(found: Explanation, stream: TextIO, colour: bool, width: int) -> None:
    """Write the explanation."""
    writer = _Writer(found, colour, max(MIN_WIDTH, min(MAX_WIDTH, width)))
    sections = [section for section in writer.sections() if section]
    stream.write("\n\n".join("\n".join(section) for section in sections) + "\n")


class _Writer:
    def __init__(self, found: Explanation, colour: bool, width: int) -> None:
        self.found = found
        self.colour = colour
        self.width = width

    def paint(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self.colour and text else text

    def wrapped(self, text: str, first: str = "  ", others: str = "  ") -> list[str]:
        """Prose, in which what comes from the program is escaped; shapes and short pieces of code stay whole."""
        text = _WHOLE.sub(lambda piece: piece.group().replace(" ", _UNBROKEN), one_line(text))
        lines = textwrap.wrap(text, self.width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
        return [line.replace(_UNBROKEN, " ") for line in lines]

    def heading(self, text: str) -> str:
        return self.paint(_CYAN, text)

    def sections(self) -> Iterator[list[str]]:
        yield self.message()
        yield self.place()
        yield self.meaning()
        yield self.known()
        yield self.findings()
        yield self.advice()
        yield self.more()

    def message(self) -> list[str]:
        """What was raised, shortened."""
        raised = self.found.raised
        if raised is None:
            return []
        kind = raised.kind.rpartition(".")[2]
        text = " ".join(_first_part(raised.message).split())
        if len(text) > _MAX_MESSAGE:
            text = text[:_MAX_MESSAGE] + " ..."
        lines = self.wrapped(f"{kind}: {text}" if kind else text, "", "  ")
        if kind and lines:
            lines[0] = self.paint(_RED, kind) + lines[0][len(kind) :] if lines[0].startswith(kind) else lines[0]
        return lines

    def place(self) -> list[str]:
        """The row of the program."""
        if not self.found.places:
            return []
        place = self.found.places[0]
        lines = [self.paint(_BOLD, self._where(place))]
        first, last = place.source.rows_of_cell(place.cell)
        rows = range(max(first, place.row - _CONTEXT), min(last, place.row + _CONTEXT) + 1)
        margin = max(len(str(place.source.in_cell(row)[1])) for row in rows)
        for row in rows:
            number = str(place.source.in_cell(row)[1]).rjust(margin)
            text = _cut(row_of_source(place.source.written_line(row)), self.width - margin - 5)
            mark = ">" if row == place.row else " "
            line = f"{mark} {number} | {text}".rstrip()
            lines.append(self.paint(_BOLD, line) if row == place.row else line)
        if place.note:
            lines += self.wrapped(f"({place.note})")
        outer = [other for other in self.found.places[1:] if other.row != place.row or other.filename != place.filename]
        for other in outer[:2]:
            lines += self.wrapped(f"called from {self._where(other)}: {other.line.strip()}")[:2]
        return lines

    def _where(self, place: Place) -> str:
        cell = f", cell {place.cell}" if place.cell is not None else ""
        return f"{one_line(place.filename)}{cell}, row {place.in_cell}"

    def meaning(self) -> list[str]:
        """The message in a user's words."""
        found = self.found
        if found.message is None:
            return [] if found.knowledge.findings else self.not_understood()
        lines = [self.heading("What it means"), *(self.paint(_BOLD, line) for line in self.wrapped(f"{found.title}."))]
        calling = found.calling
        if calling is not None and calling.shapes and calling.layer not in ("Sequential", "Functional", "Model"):
            lines += self.wrapped(f"It came up in {calling.layer}, called on {', '.join(calling.shapes)}.")
        return [*lines, *self.wrapped(found.why)]

    def not_understood(self) -> list[str]:
        """That the message is not known, and which ones have the same words."""
        lines = [self.heading("Not understood"), *self.wrapped("This message is not one that kerascheck knows.")]
        raised = self.found.raised
        rows = similar(raised.message) if raised is not None and not raised.kind else []
        if rows:
            lines += self.wrapped("These have the same words; pass the whole message, as it was printed:")
        for row in rows[:_MAX_SIMILAR]:
            lines += self.wrapped(row.page or row.title, "  - ", "    ")
            lines.append(self.paint(_DIM, f"    {PAGE_URL}#{row.id}"))
        return lines

    def known(self) -> list[str]:
        """The shapes on the way, and data against model."""
        known = self.found.knowledge
        rows: list[tuple[str, str, str, str]] = []
        if known.left_out:
            rows.append(("", f"... {known.left_out} earlier", "", ""))
        rows += [(self._row(step.row), f"{step.name} ({step.cls})", step.shape, step.note) for step in known.steps]
        rows += [(self._row(fact.row), fact.what, f"{fact.shape} {fact.note}".strip(), "") for fact in known.data]
        if not rows:
            return []
        return [self.heading("The shapes there"), *self._table(rows)]

    def _row(self, row: int | None) -> str:
        source = self.found.source
        if row is None or source is None:
            return ""
        cell, within = source.in_cell(row)
        return f"row {within}" if cell is None else f"cell {cell}, row {within}"

    def _table(self, rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
        """Rows in columns; where they are too wide, what stands last goes into a line of its own."""
        cells = [tuple(one_line(cell) for cell in row) for row in rows]
        widths = [max(_columns(row[column]) for row in cells) for column in range(3)]
        lines: list[str] = []
        for row in cells:
            line = "  " + "  ".join(_padded(cell, wide) for cell, wide in zip(row[:3], widths, strict=True))
            note = f"<- {row[3]}" if row[3] else ""
            if _columns(line) > self.width:
                lines += self.wrapped(" ".join(" ".join(row[:3]).split()), "  ", "      ")
                if note:
                    lines.append(f"      {self.paint(_YELLOW, note)}")
            elif note and _columns(line) + 2 + len(note) > self.width:
                lines += [line.rstrip(), f"      {self.paint(_YELLOW, note)}"]
            else:
                lines.append(f"{line}  {self.paint(_YELLOW, note)}" if note else line.rstrip())
        return lines

    def findings(self) -> list[str]:
        """What `kerascheck check` says there."""
        known = self.found.knowledge
        if not known.findings:
            return []
        title = "What kerascheck finds in this file" if known.elsewhere else "What kerascheck finds there"
        lines = [self.heading(title)]
        for item in known.findings:
            code = self.paint(_RED if item.severity is Severity.ERROR else _YELLOW, item.code)
            text = self.wrapped(f"{item.code} {self._at(item)}: {item.message}", "  ", "    ")
            if text:
                text[0] = text[0].replace(item.code, code, 1)
            lines += text
        return lines

    def _at(self, item: Diagnostic) -> str:
        return f"row {item.span.start.row}" if item.cell is None else f"cell {item.cell}, row {item.span.start.row}"

    def advice(self) -> list[str]:
        """What to do."""
        todo = self.found.todo
        if not todo:
            return []
        lines = [self.heading("What to do")]
        for text in todo:
            lines += self.wrapped(text, "  - ", "    ")
        if any(item.fix is not None for item in self.found.knowledge.findings):
            name = one_line(self.found.knowledge.findings[0].filename)
            lines.append(f"  - kerascheck can repair it: kerascheck check --diff {name}")
        return lines

    def more(self) -> list[str]:
        """Where to read on."""
        lines = [line for hint in self.found.hints for line in self.wrapped(f"{hint}.", "", "")]
        codes = dict.fromkeys(item.code for item in self.found.knowledge.findings)
        lines += [self.paint(_DIM, f"kerascheck rule {code}") for code in list(codes)[:1]]
        if self.found.url:
            lines.append(self.paint(_DIM, self.found.url))
        return lines


#: Where in a graph TensorFlow has met with it.
_IN_GRAPH = re.compile(r"\s*\[\[\{\{node [^\]]{1,400}\]\]|\s*\[Op:\w+\]|\{\{function_node [^}]{1,200}\}\}\s*")


#: A shape or a short piece of code, and what stands for the blanks in it while a text is broken into lines.
_WHOLE = re.compile(r"\((?:None|\d+|\?)(?:, (?:None|\d+|\?))*,?\)|`[^`]{1,50}`")
_UNBROKEN = "\N{NO-BREAK SPACE}"


def _first_part(message: str) -> str:
    """A message without what Keras, TensorFlow and shells add to it."""
    text = message.partition("rguments received by")[0].removesuffix("A").strip() or message
    text = _IN_GRAPH.sub("", text)
    if "Exception encountered: " in text:
        text = text.rpartition("Exception encountered: ")[2].partition("Full object config")[0]
    if "Graph execution error" in text and "\n\n" in text:
        origin = ("File ", "Detected at", "Stack trace")
        parts = [part for part in text.split("\n\n") if not part.lstrip().startswith(origin)]
        text = "\n".join([*parts[:1], *parts[-1:]]) if len(parts) > 1 else text
    return text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 3)] + "..."


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))
