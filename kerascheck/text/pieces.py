"""Parsing a text again after an edit: only the top-level statements that are others than before.

What stands between two top-level statements parts what the parser makes of them: a text is Python if each piece of it
is, and its tree has their statements one after the other. Where pieces cannot be put together without a doubt (other
line ends than `\\n`, indentation of several kinds), or one of them is no Python, the whole is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

#: What continues a statement, or wants one to follow, at the begin of a line.
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")
_ANNOUNCES = re.compile(r"@")
_INDENTED = re.compile(r"\n[ \t]+[^\s#]")
#: Texts below gain nothing.
_MIN_CHARACTERS = 2_000


class Pieces:
    """The statements of the latest texts by their file and source, the oldest forgotten first.

    Two files never share nodes: a node stands for its place.
    """

    def __init__(self, characters: int) -> None:
        self._limit = characters
        # As often as it stands in one text; the latest last.
        self._known: dict[tuple[str, str], list[cst.Module]] = {}
        self._characters = 0

    def parse(self, filename: str, text: str, lines: Sequence[tuple[int, int]]) -> cst.Module:
        """The tree of the text of a file, with these logical lines. Raises ParserSyntaxError."""
        if len(text) < _MIN_CHARACTERS or "\r" in text or "\f" in text:
            return cst.parse_module(text)
        try:
            parts = self._parts(filename, text, lines)
        except cst.ParserSyntaxError:
            parts = []
        indents = {part.default_indent for part, is_indented in parts if is_indented}
        if not parts or len(indents) > 1:
            return cst.parse_module(text)
        first, last = parts[0][0], parts[-1][0]
        body = [*first.body]
        for part, _ in parts[1:]:
            begin, *rest = part.body
            if part.header:
                begin = begin.with_changes(leading_lines=(*part.header, *begin.leading_lines))
            body += [begin, *rest]
        return first.with_changes(
            body=body,
            footer=last.footer,
            has_trailing_newline=last.has_trailing_newline,
            default_indent=next(iter(indents), first.default_indent),
        )

    def _parts(self, filename: str, text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[cst.Module, bool]]:
        """The trees of the pieces, and whether there is anything indented in them. Raises ParserSyntaxError."""
        used: dict[str, int] = {}
        found: list[tuple[cst.Module, bool]] = []
        for start, end in _pieces(text, lines):
            source = text[start:end]
            number = used.get(source, 0)  # of two alike each has nodes of its own
            used[source] = number + 1
            known = self._known.pop((filename, source), None)
            if known is None:
                known = []
                self._characters += len(source)
            self._known[filename, source] = known
            if number == len(known):
                known.append(cst.parse_module(source))
            found.append((known[number], _INDENTED.search(source) is not None))
        while self._characters > self._limit and len(self._known) > len(used):
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._characters -= len(oldest[1])
        return found


def _pieces(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where each top-level statement begins and ends, with what stands above it; the last one with all that follows."""
    begin, is_announced, ends = 0, True, 0
    for start, end in lines:
        if text[start : start + 1] not in " \t":
            if not is_announced and _CONTINUES.match(text, start) is None and ends:
                yield begin, ends
                begin = ends
            is_announced = _ANNOUNCES.match(text, start) is not None
        ends = min(end + 1, len(text))
    yield begin, len(text)
