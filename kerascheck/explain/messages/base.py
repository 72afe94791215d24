"""The form of the table of messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

#: More of a message is not compared with the patterns.
MAX_COMPARED = 12_000
_MOST_LETTERS, _MOST = 80, 200
_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)(?:\|([^{}]*))?\}")
#: A shape as messages write it: `(None, 28, 28)`, `[32,10]`.
SHAPE = r"[(\[][^()\[\]]{0,200}[)\]]"

Groups = Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """One row of the table: a kind of message, in all wordings that Keras has had for it.

    Texts may have fields, `{shape}` or `{shape|the input}`: what the pattern's group of that name has found, or else
    the words behind the bar. Pieces of code are in backquotes.

    Attributes:
        id: the name of the row, the anchor on the page; it stays.
        patterns: regular expressions with named groups; the first that is found fills the fields.
        title: what the message says, in one line.
        why: what it means and what usually causes it.
        todo: what to do, the likeliest first.
        examples: the message as it is shown, of each wording at least one.
        rules: the codes of the rules that find the same before the run.
        page: what the page says of it without fields; else `title`.
        more: further advice that follows from what the pattern found, shown first.
        origin: what the way to the layer is marked for: where it got its number of `axes`, or the last `size`.
        kind: the classes of exceptions that alone can be meant, where the text would say too little.
    """

    id: str
    patterns: tuple[str, ...]
    title: str
    why: str
    todo: tuple[str, ...]
    examples: tuple[str, ...]
    rules: tuple[str, ...] = ()
    page: str = ""
    more: Callable[[Groups], Iterable[str]] | None = None
    origin: str = ""
    kind: tuple[str, ...] = ()

    @cached_property
    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """The patterns; in them a blank stands for any white space, since messages are wrapped anywhere."""
        return tuple(re.compile(_any_blank(pattern), re.DOTALL) for pattern in self.patterns)

    @cached_property
    def words(self) -> str:
        """All that a search is to find the row by."""
        return " ".join((self.page, self.title, self.why, *self.todo, *self.examples)).lower()

    def found_in(self, text: str, kind: str = "") -> dict[str, str] | None:
        """What the named groups hold where the text is of this kind of message; None where it is not."""
        if self.kind and kind and kind.rpartition(".")[2] not in self.kind:
            return None
        for pattern in self.compiled:
            found = pattern.search(text[:MAX_COMPARED])
            if found:
                groups = {name: " ".join(value.split()) for name, value in found.groupdict().items() if value}
                if groups.get("size", "").isdigit():
                    groups["last"] = str(int(groups["size"]) - 1)
                return groups
        return None


def _any_blank(pattern: str) -> str:
    """The pattern with white space of any kind in place of each blank that is not in a class of characters.

    What may go on forever goes on for a while only, so that no text keeps the search busy.
    """
    pieces = re.split(r"(\\.|\[(?:\\.|[^\]\\])+\])", pattern)
    for place in range(0, len(pieces), 2):
        piece = pieces[place]
        if place and piece.startswith(("+", "*")):
            most = _MOST_LETTERS if pieces[place - 1] == r"\w" else _MOST
            piece = f"{{{'1' if piece[0] == '+' else '0'},{most}}}{piece[1:]}"
        pieces[place] = piece.replace(" ?", r"\s{0,20}").replace(" ", r"\s{1,20}")
    return "".join(pieces)


def filled(template: str, groups: Groups) -> str:
    """A text with its fields filled; doubled braces are braces."""

    def value(found: re.Match[str]) -> str:
        if found.group(1) is None:
            return found.group()[0]
        return groups.get(found.group(1)) or (found.group(2) if found.group(2) is not None else "...")

    return _FIELD.sub(value, template)


def sizes(shape: str) -> list[str]:
    """The sizes of a shape as a message writes it."""
    return [size for size in re.split(r"[\s,]+", shape.strip("()[] ")) if size]


def written(shape: Iterable[str]) -> str:
    """Sizes as a tuple."""
    listed = list(shape)
    return f"({listed[0]},)" if len(listed) == 1 else f"({', '.join(listed)})"
