"""A linear look at the text before it is parsed: comments, strings, brackets and how deep expressions nest.

libcst's parser recurses in native code: some thousand links of one expression (`x.f().f()...`) overflow its stack and
kill the process, and its time grows with the square of the depth. So depth is measured first, at a hundredth
of the parser's cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAX_BRACKETS = 200  # CPython's own limit
MAX_LINKS = 1000  # operators, attributes, calls... that hang on one another in one expression
_MAX_ELIFS = 1000
#: Each takes libcst's tree up to 2 kB, and the parser 15 microseconds.
MAX_TOKENS = 100_000
_LINK_WEIGHT, _STRING_WEIGHT = 2, 1  # strings side by side cost the parser half as much

_STRING = (
    r'"""(?:[^"\\]+|\\.|"(?!""))*(?:""")?'
    r"|'''(?:[^'\\]+|\\.|'(?!''))*(?:''')?"
    r'|"(?:[^"\\\n\r]+|\\(?:\r\n|.))*"?'
    r"|'(?:[^'\\\n\r]+|\\(?:\r\n|.))*'?"
)
_NEWLINE = r"\r\n?|\n"
_SHAPE = re.compile(rf"{_STRING}|\#[^\n\r]*|[()\[\]{{}}]|{_NEWLINE}|\\(?:{_NEWLINE})", re.DOTALL)
_TEXT = re.compile(rf"{_STRING}|\#[^\n\r]*", re.DOTALL)
_LINK = re.compile(
    rf"(?P<string>{_STRING})|\#[^\n\r]*|\d[\w.]*(?:(?<=[eE])[+-]\d+)?|[()\[\]{{}}]|\*\*|//|<<|>>|[-+~*/%@&|^.,:]"
    r"|\b(?:not|lambda|if|and|or|for|in|await)\b",
    re.DOTALL,
)
_TOKEN = re.compile(rf"{_STRING}|\#[^\n\r]*|\w+|[^\w\s]", re.DOTALL)
_ELIF = re.compile(r"^([ \t]*)(elif\b|[^\s#])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TooDeep:
    """Why the parser must not see a text, and the offset of the place."""

    offset: int
    message: str
    invalid: bool  # CPython refuses it as well


@dataclass(frozen=True, slots=True)
class Comment:
    """A real comment (not a `#` in a string): its offset and its text with the `#`."""

    offset: int
    text: str


def find_too_deep(text: str) -> TooDeep | None:
    """The first place that nests deeper than the parser survives, or None."""
    depth = start = 0
    for match in _SHAPE.finditer(text):
        first = text[match.start()]
        if first in "([{":
            depth += 1
            if depth > MAX_BRACKETS:
                return TooDeep(match.start(), "too many nested parentheses", invalid=True)
        elif first in ")]}":
            depth = max(depth - 1, 0)
        elif first in "\n\r" and depth == 0:
            # A link takes a character at least, so a shorter line cannot have too many.
            if match.start() - start > MAX_LINKS and (found := _find_long_chain(text, start, match.start())):
                return found
            start = match.end()
    if len(text) - start > MAX_LINKS and (found := _find_long_chain(text, start, len(text))):
        return found
    return _find_elif_chain(text)


def has_too_many_tokens(text: str) -> bool:
    """Whether the tree of a text would take more memory than one program is worth; comments and strings are one."""
    return len(text) > MAX_TOKENS and next(islice(_TOKEN.finditer(text), MAX_TOKENS, None), None) is not None


def comments(text: str) -> Iterator[Comment]:
    """All comments in order."""
    for match in _TEXT.finditer(text):
        if text[match.start()] == "#":
            yield Comment(match.start(), match.group())


def without_comments(text: str) -> str:
    """The text with blanks in place of the comments; offsets stay."""
    return _TEXT.sub(lambda match: " " * len(match.group()) if match.group().startswith("#") else match.group(), text)


def code_only(text: str) -> str:
    """The text with blanks in place of comments and of what stands in strings; offsets and rows stay."""
    return _TEXT.sub(_blanked, text)


_IN_ROW = re.compile(r"[^\n\r]+")


def _blanked(match: re.Match[str]) -> str:
    found = match.group()
    if found[0] == "#":
        return _blanks(found)
    if found[0] in "\"'" and len(found) > 1:
        inner = found[1:-1]
        is_one_row = "\n" not in inner and "\r" not in inner
        return f"{found[0]}{_blanks(inner) if is_one_row else _IN_ROW.sub(_blanked_row, inner)}{found[-1]}"
    return found


def _blanked_row(match: re.Match[str]) -> str:
    return _blanks(match.group())


def _blanks(text: str) -> str:
    return " " * len(text)


def logical_lines(text: str) -> list[tuple[int, int]]:
    """Offsets (start, end) of every logical line: from the start of its first row to its NEWLINE.

    Blank lines and lines with nothing but a comment are none.
    """
    lines: list[tuple[int, int]] = []
    depth = start = 0
    only_comment = False
    for match in _SHAPE.finditer(text):
        offset = match.start()
        first = text[offset]
        if first in "([{":
            depth += 1
        elif first in ")]}":
            depth = max(depth - 1, 0)
        elif first == "#":
            only_comment = depth == 0 and not text[start:offset].strip()
        elif first in "\n\r" and depth == 0:
            if not only_comment and text[start:offset].strip():
                lines.append((start, offset))
            start = match.end()
            only_comment = False
    if not only_comment and text[start:].strip():
        lines.append((start, len(text)))
    return lines


def is_open(text: str) -> bool:
    """Whether a statement goes on behind the text: in a bracket, in a string over several rows, behind a backslash."""
    depth = 0
    last = ""
    for match in _SHAPE.finditer(text):
        last = match.group()
        if last[0] in "([{":
            depth += 1
        elif last[0] in ")]}":
            depth = max(depth - 1, 0)
    is_in_string = last[:3] in ('"""', "'''") and (len(last) < 6 or last[-3:] != last[:3])
    return depth > 0 or is_in_string or (last[:1] == "\\" and text.endswith(last))


def joins_rows(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of what joins rows between `start` and `end` so that no comment can stand at the end of the first ones.

    These are strings over several rows and backslashes at the end of a row.
    """
    return [
        match.span()
        for match in _SHAPE.finditer(text, start, end)
        if text[match.start()] in "\\\"'" and ("\n" in match.group() or "\r" in match.group())
    ]


def _find_long_chain(text: str, start: int, end: int) -> TooDeep | None:
    """A place in one logical line where the links of nested expressions add up to too many.

    `links` counts at the present bracket level since the last comma; `outer` is the sum over the levels outside.
    Commas of lambda parameters and of `for` targets part nothing.
    """
    stack: list[tuple[int, int]] = []
    outer = links = unseparated = 0
    for match in _LINK.finditer(text, start, end):
        token = match.group()
        if token in ("(", "[", "{"):
            links += _LINK_WEIGHT
            stack.append((links, unseparated))
            outer += links
            links = unseparated = 0
        elif token in (")", "]", "}"):
            if stack:
                links, unseparated = stack.pop()
                outer -= links
        elif token == ",":
            if not unseparated:
                links = 0
        elif token in (":", "in"):
            unseparated = max(unseparated - 1, 0)
        elif token[0] not in "#0123456789":
            links += _STRING_WEIGHT if match.lastgroup else _LINK_WEIGHT
            if token in ("lambda", "for"):
                unseparated += 1
        if outer + links > MAX_LINKS * _LINK_WEIGHT:
            return TooDeep(match.start(), "nested too deeply to analyse", invalid=False)
    return None


def _find_elif_chain(text: str) -> TooDeep | None:
    """A run of `elif` branches of one statement that is too long: each nests in the one before."""
    if text.count("elif") <= _MAX_ELIFS:
        return None
    runs: dict[str, int] = {}
    for match in _ELIF.finditer(text):
        indent = match.group(1)
        runs[indent] = runs.get(indent, 0) + 1 if match.group(2) == "elif" else 0
        if runs[indent] > _MAX_ELIFS:
            return TooDeep(match.start(2), "nested too deeply to analyse", invalid=False)
    return None
