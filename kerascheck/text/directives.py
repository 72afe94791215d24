"""Comments that ask or tell the analysis something: `# kerascheck: reveal x`, `# kerascheck: shape x (None, 28)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kerascheck.text.lexing import comments

_MENTIONED = re.compile(r"#\s*kerascheck\s*:\s*(?:reveal|shape)\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*kerascheck\s*:\s*(?P<kind>reveal|shape)(?![\w-])(?P<rest>[^#\n\r]*)", re.IGNORECASE)
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_NAMES = re.compile(rf"\s*(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)?\s*$")
_SIZE = r"(?:None|\?|\d[\d_]*|[^\W\d]\w*)"
_SHAPE = re.compile(
    rf"\s*(?P<name>{_NAME})\s*[:=]?\s*(?:(?P<size>{_SIZE})|[(\[]\s*(?P<sizes>(?:{_SIZE}\s*(?:,\s*{_SIZE}\s*)*,?\s*)?)[)\]])"
    r"(?:[\s,:]+(?P<dtype>(?:bool|string|bfloat16|float(?:16|32|64)|u?int(?:8|16|32|64))))?\s*$"
)


@dataclass(frozen=True, slots=True)
class Directive:
    """One such comment. `wrong` says why it is not understood; then nothing else of it counts.

    Attributes:
        kind: what it wants.
        row: where it stands.
        start: the offset of its `#`.
        end: the offset behind it.
        trails: whether there is code before it in its row.
        names: what it is about; none for a `reveal` of what the statement is about.
        shape: what a `shape` says: sizes, or one number that the name stands for.
        dtype: the dtype that a `shape` says.
        wrong: why it is not understood.
    """

    kind: Literal["reveal", "shape"]
    row: int
    start: int
    end: int
    trails: bool
    names: tuple[str, ...] = ()
    shape: tuple[int | str | None, ...] | int | str | None = None
    dtype: str | None = None
    wrong: str | None = None


def directives(text: str) -> list[Directive]:
    """All of them, in order."""
    if _MENTIONED.search(text) is None:
        return []
    return list(_directives(text))


def _directives(text: str) -> Iterator[Directive]:
    row, counted = 1, 0
    for comment in comments(text):
        row += _rows(text, counted, comment.offset)
        counted = comment.offset
        line = max(text.rfind("\n", 0, comment.offset), text.rfind("\r", 0, comment.offset)) + 1
        trails = bool(text[line : comment.offset].strip())
        for match in _DIRECTIVE.finditer(comment.text):
            start = comment.offset + match.start()
            end = start + len(match.group().rstrip())
            if match.group("kind").lower() == "reveal":
                yield _reveal(match.group("rest"), row, start, end, trails)
            else:
                yield _shape(match.group("rest"), row, start, end, trails)


def _rows(text: str, start: int, end: int) -> int:
    part = text[start:end]
    return part.count("\n") + part.count("\r") - part.count("\r\n")


def _reveal(rest: str, row: int, start: int, end: int, trails: bool) -> Directive:
    found = _NAMES.match(rest)
    if found is None:
        wrong = f"'{rest.strip()}' is not a name; write `# kerascheck: reveal x`, or several with commas"
        return Directive("reveal", row, start, end, trails, wrong=wrong)
    names = tuple(re.split(r"\s*,\s*", found.group("names"))) if found.group("names") else ()
    if not names and not trails:
        wrong = "this comment names nothing; write `# kerascheck: reveal x`, or put it behind an assignment"
        return Directive("reveal", row, start, end, trails, wrong=wrong)
    return Directive("reveal", row, start, end, trails, names)


def _shape(rest: str, row: int, start: int, end: int, trails: bool) -> Directive:
    found = _SHAPE.match(rest)
    if found is None:
        wrong = (
            "this comment is not understood; write a name and a shape, as in `# kerascheck: shape x (None, 28, 28, 1)`"
        )
        return Directive("shape", row, start, end, trails, wrong=wrong)
    shape: tuple[int | str | None, ...] | int | str | None
    if found.group("size") is not None:
        shape = _size(found.group("size"))
        if shape is None:
            wrong = "None is not a size of its own; give a shape or a number"
            return Directive("shape", row, start, end, trails, wrong=wrong)
    else:
        sizes = [part.strip() for part in found.group("sizes").split(",")]
        shape = tuple(_size(part) for part in sizes if part)
    return Directive("shape", row, start, end, trails, (found.group("name"),), shape, found.group("dtype"))


def _size(text: str) -> int | str | None:
    if text in ("None", "?"):
        return None
    return int(text) if text[0].isdigit() else text
