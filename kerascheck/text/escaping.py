"""Text of the checked program on its way out: nothing in it may steer what shows it.

Names of files and layers, strings of the program and its source come from whoever wrote the code. Each form of output
has its function here: a terminal and a log, HTML, Markdown, XML, Mermaid, the header of a patch. All of them take
plain text and give text of that form.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from html import escape
from typing import Any, TextIO

#: Categories of characters that steer a terminal or end a line.
_CONTROLS = ("Cc", "Cf", "Zl", "Zp")
_KEPT = frozenset("\t\n")
# What begins a command to the runner of GitHub Actions, which reads all that a step prints: the first form at the
# beginning of a line, the second anywhere. See `ActionCommand.cs` of actions/runner.
_COMMAND = re.compile(r"^\s*(:)(?=:)|(#)(?=#\[)")

_MARKDOWN = frozenset("\\`*_|<>[]()#!&~^$")
#: What is made a link although nothing marks it as one.
_BARE_LINK = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=\bwww)(?=\.)|(?=@)|(?<=\bmailto)(?=:)")
_BACKQUOTES = re.compile("`+")
# What XML 1.0 cannot hold, in whatever notation.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """One line for a terminal or a log: escapes, as in a Python string, for what would steer it or end the line."""
    if not text.isprintable():
        text = "".join(_named(c) if unicodedata.category(c) in _CONTROLS else c for c in text)
    if "::" in text or "##[" in text:
        text = _COMMAND.sub(lambda found: found.group()[:-1] + f"\\x{ord(found.group()[-1]):02x}", text)
    return text


def row_of_source(text: str) -> str:
    """A row of the program for a terminal or a log, as wide as it is, with tabs as four columns."""
    return visible(text).replace("\t", "    ").replace("##[", "##\N{REPLACEMENT CHARACTER}")


def as_escapes(text: str, written: Callable[[str], str]) -> str:
    """A text in a notation that has escapes, with these in place of what would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(written(c) if c != "\n" and unicodedata.category(c) in _CONTROLS else c for c in text)


def _named(character: str) -> str:
    return character.encode("unicode_escape").decode()


def visible(text: str) -> str:
    """The text with a mark in place of each character that could not be seen, or would turn the others around."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _KEPT else "\N{REPLACEMENT CHARACTER}" for c in text)


def _on_one_line(text: str) -> str:
    return " ".join(visible(text).split())


def say(kind: str, text: str) -> None:
    """Write a line about the run, not a result of it, to stderr."""
    print(f"{kind}: {one_line(text)}", file=sys.stderr)


def html(text: str) -> str:
    """Text in HTML or SVG, also within the quotes of an attribute."""
    return escape(visible(text))


def xml(text: str) -> str:
    """Text that XML can hold, for a library that writes the rest of its notation."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def rich_text(text: str) -> str:
    """Text in the markup of the package `rich`."""
    from rich.markup import escape as escape_markup  # only where a table is drawn

    return escape_markup(visible(text))


def markdown(text: str) -> str:
    """Text that means nothing to Markdown, in one line."""
    marked = "".join(f"\\{letter}" if letter in _MARKDOWN else letter for letter in _on_one_line(text))
    return _BARE_LINK.sub(r"\\", marked)


def markdown_code(text: str) -> str:
    """Code in Markdown, in one line, whatever backquotes are in it."""
    code = _on_one_line(text)
    fence = "`" * (1 + max(map(len, _BACKQUOTES.findall(code)), default=0))
    space = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{fence}{space}{code}{space}{fence}" if code else ""


def markdown_prose(text: str) -> str:
    """Text in which backquotes set code apart, as Markdown."""
    return "".join(
        markdown_code(piece) if number % 2 else _edges(piece, markdown(piece))
        for number, piece in enumerate(text.split("`"))
    )


def _edges(piece: str, written: str) -> str:
    """The spaces between prose and code."""
    before = " " if piece[:1].isspace() else ""
    after = " " if written and piece[-1:].isspace() else ""
    return f"{before}{written}{after}"


def mermaid(text: str) -> str:
    """Text within the quotes of a Mermaid diagram."""
    line = _on_one_line(text).replace("#", "#35;").replace("&", "&amp;")
    for letter, entity in (('"', "#quot;"), ("`", "#96;"), ("\\", "#92;"), ("<", "&lt;"), (">", "&gt;")):
        line = line.replace(letter, entity)
    return line


def patch_path(path: str) -> str:
    """The name of a file in the header of a patch: in quotes where Git puts them (see `core.quotePath`)."""
    if path.isprintable() and not set(path) & set('"\\'):
        return path
    raw = path.encode("utf-8", "surrogateescape")
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in raw) + '"'


def as_json(value: Any, stream: TextIO, indent: int | None = 2) -> str:
    """The value as JSON that the stream can hold, whatever is in its strings."""
    import json  # only where it is written

    text = json.dumps(value, indent=indent, ensure_ascii=not is_utf8(stream))
    text = as_escapes(text, lambda character: json.dumps(character)[1:-1])
    return text.encode("utf-8", "backslashreplace").decode("utf-8")  # lone surrogates, as in names of files


def is_utf8(stream: TextIO) -> bool:
    """Whether every character can be written to the stream as it is."""
    encoding = getattr(stream, "encoding", None)
    return encoding is None or encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")
