"""The trees of the latest texts: a file that is checked and that others import is parsed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.text.pieces import Pieces

#: What has been worked out about nodes of a tree, by the name of the fact and the id of the node.
Facts: TypeAlias = dict[str, dict[int, Any]]


class Parsed(NamedTuple):
    """A tree, and the facts about its nodes."""

    tree: cst.Module
    facts: Facts


class Trees:
    """Trees by their text, the oldest forgotten first. Trees are never changed, so that sources can share them."""

    def __init__(self, characters: int) -> None:
        self._limit = characters  # of all texts together
        #: What is left of earlier texts to parse new ones with, where texts are parsed again after each edit.
        self.pieces: Pieces | None = None
        self._kept: dict[str, Parsed] = {}  # the latest last
        self._characters = 0

    def limit(self, characters: int) -> None:
        """Keep less, or more, from now on."""
        self._limit = characters

    def get(self, text: str, parse: Callable[[], cst.Module]) -> Parsed:
        """The tree of the text, parsed where it is not known. Raises what `parse` does."""
        known = self._kept.pop(text, None)
        if known is None:
            known = Parsed(parse(), {})
            self._characters += len(text)
            while self._kept and self._characters > self._limit:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._characters -= len(oldest)
        self._kept[text] = known
        return known


#: Those of this process. A tree takes about seventy bytes a character.
RECENT = Trees(1_500_000)
