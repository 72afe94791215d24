"""Comments at the end of a row that state the shape of what the row makes: `# (None, 26, 26, 32)`, `# -> 14x14x256`.

Only a comment that is a shape and nothing else counts, but for an arrow or a word such as "output shape" before it, and
the number of parameters after it, as `kerascheck annotate` writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kerascheck.text.lexing import comments

_SIZE = r"(?:None|\?|-1|\d[\d_]*|[^\W\d]\w*)"
_ROW = rf"{_SIZE}\s*(?:,\s*{_SIZE}\s*)*,?"
_TIMES = r"\d+(?:\s*[x×]\s*\d+){1,4}"
_BEFORE = (
    r"(?:[-=]{1,2}>|→|(?:output|out)(?:[ _]?(?:shape|size))?\s*[:=]?|shape\s*[:=]?"
    r"|(?P<name>[^\W\d]\w*)(?:\.shape)?\s*[:=])?"
)
_COMMENT = re.compile(
    rf"\#\s*{_BEFORE}\s*(?:\(\s*(?P<tuple>{_ROW})\s*\)|\[\s*(?P<list>{_ROW})\s*\]|(?P<times>{_TIMES}))"
    r"(?P<params>,?\s+[\d,?]+ params)?\s*\.?\s*$"
)
#: What `annotate` writes.
_OWN = re.compile(r"\# -> \((?P<sizes>[^#]*)\)(?:, (?P<params>\d[\d,]*) params)?$")


@dataclass(frozen=True, slots=True)
class ShapeComment:
    """One such comment: its offset, its text with the `#`, and what it says."""

    row: int
    offset: int
    text: str
    sizes: tuple[int | str | None, ...]  # numbers, None for any size, names
    is_own: bool  # whether it has the form that `annotate` writes
    name: str | None = None  # the variable that it names
    by_times: bool = False  # whether it is written `14x14x256`


def parse(text: str, offset: int = 0, row: int = 1) -> ShapeComment | None:
    """The shape that a comment states; None where it is about anything else."""
    own = _OWN.search(text)
    if own is not None:
        part = text[own.start() :]
        return ShapeComment(row, offset + own.start(), part, _sizes(own.group("sizes")), True)
    found = _COMMENT.match(text)
    if found is None:
        return None
    if found.group("times") is not None:
        sizes: tuple[int | str | None, ...] = tuple(int(part) for part in re.findall(r"\d+", found.group("times")))
        return ShapeComment(row, offset, text, sizes, False, found.group("name"), True)
    sizes = _sizes(found.group("tuple") or found.group("list"))
    if not any(isinstance(size, int) for size in sizes):
        return None  # names and open sizes alone say nothing that could be wrong
    return ShapeComment(row, offset, text, sizes, False, found.group("name"))


def shape_comments(text: str) -> list[ShapeComment]:
    """All of them that stand behind code, in order."""
    found: list[ShapeComment] = []
    row = counted = 0
    for comment in comments(text):
        start = max(text.rfind("\n", 0, comment.offset), text.rfind("\r", 0, comment.offset)) + 1
        row += text.count("\n", counted, start) + text.count("\r", counted, start) - text.count("\r\n", counted, start)
        counted = start
        if text[start : comment.offset].strip() and (one := parse(comment.text, comment.offset, row + 1)) is not None:
            found.append(one)
    return found


def _sizes(text: str) -> tuple[int | str | None, ...]:
    parts = [part.strip() for part in text.split(",")]
    return tuple(_size(part) for part in parts if part)


def _size(text: str) -> int | str | None:
    if text in ("None", "?", "-1"):
        return None
    return int(text.replace("_", "")) if re.fullmatch(r"\d[\d_]*", text) else text
