"""The texts that are open in the client, and places in them that move along with edits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from lsprotocol import types

from kerascheck.integrations.lsp.positions import Encoding, Lines

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Change:
    """Characters `start` to `end` became `length` others."""

    start: int
    end: int
    length: int


class Document:
    """One open text. `revision` counts its changes, `version` is the client's number."""

    def __init__(self, uri: str, text: str, version: int | None, language: str = "python") -> None:
        self.uri = uri
        self.version = version
        self.language = language
        self.lines = Lines(text)
        self.revision = 0
        #: The text that was handed to the analysis, and the changes since; None while no analysis is under way.
        self.handed_over = self.lines
        self.journal: list[Change] | None = None
        self._trackers: list[Tracker[Any]] = []

    @property
    def text(self) -> str:
        """Its text now."""
        return self.lines.text

    def hand_over(self) -> None:
        """Note what changes from now on."""
        self.handed_over = self.lines
        self.journal = []

    def follow(self, tracker: Tracker[Any]) -> None:
        """Move these places with every change from now on."""
        self._trackers.append(tracker)

    def forget(self, tracker: Tracker[Any]) -> None:
        """Move these places no more."""
        if tracker in self._trackers:
            self._trackers.remove(tracker)

    def apply(
        self,
        changes: Iterable[types.TextDocumentContentChangeEvent],
        version: int | None,
        encoding: Encoding,
    ) -> None:
        """What the client says has changed, one after the other."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start = self.lines.from_client(change.range.start, encoding)
                end = max(self.lines.from_client(change.range.end, encoding), start)
                self._replace(start, end, change.text)
            else:
                self._replace_all(change.text)
        self.version = version
        self.revision += 1

    def _replace(self, start: int, end: int, content: str) -> None:
        self.lines = self.lines.replaced(start, end, content)
        change = Change(start, end, len(content))
        if self.journal is not None:
            self.journal.append(change)
        for tracker in self._trackers:
            tracker.move(change)

    def _replace_all(self, text: str) -> None:
        """A whole new text; what is the same at both ends counts as not touched."""
        old = self.text
        start = _common(old, text)
        limit = min(len(old), len(text)) - start
        tail = min(_common(old[::-1], text[::-1]), limit)
        self._replace(start, len(old) - tail, text[start : len(text) - tail])
        assert self.text == text


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Tracked(Generic[_T]):
    """Something at a place; `touched` where an edit has changed the text of the place."""

    item: _T
    start: int
    end: int
    touched: bool = False

    def moved(self, change: Change) -> Tracked[_T] | None:
        """Where it is after a change; None where its text is gone."""
        growth = change.length - (change.end - change.start)
        if change.end <= self.start:
            return replace(self, start=self.start + growth, end=self.end + growth) if growth else self
        if change.start >= self.end:
            return self
        if change.start <= self.start and change.end >= self.end:
            return None
        start = self.start if change.start >= self.start else change.start + change.length
        end = self.end + growth if change.end <= self.end else change.start
        return replace(self, start=start, end=max(start, end), touched=True)


class Tracker(Generic[_T]):
    """Places in one document, with what stands there."""

    def __init__(self, places: Iterable[Tracked[_T]]) -> None:
        self.places = list(places)

    def move(self, change: Change) -> None:
        """Follow a change; what it removes is forgotten."""
        self.places = [moved for place in self.places if (moved := place.moved(change)) is not None]

    def catch_up(self, changes: Sequence[Change]) -> None:
        """Follow changes of the past."""
        for change in changes:
            self.move(change)
