"""What is analysed as one: a file, or all cells of a notebook; and what is known of it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pygls.uris import to_fs_path, uri_scheme, urlparse

from kerascheck.diagnostics import Diagnostic, Span
from kerascheck.integrations.lsp.documents import Document, Tracked, Tracker
from kerascheck.integrations.lsp.facts import Facts, LayerFact, ModelFact
from kerascheck.source import SYNTAX_ERROR

Fact: TypeAlias = Diagnostic | LayerFact | ModelFact
_T = TypeVar("_T")

#: Characters above which a text that mentions Keras is not analysed while it is edited.
TOO_LARGE = 2_000_000


@dataclass(frozen=True, slots=True)
class Found(Generic[_T]):
    """A fact and where it stands now."""

    item: _T
    document: Document
    start: int
    end: int
    touched: bool  # whether its text has been edited since


class Unit:
    """A file, or a notebook: `documents` are its code cells in order, `cells` their numbers among all cells."""

    def __init__(self, uri: str, filename: str, is_notebook: bool = False) -> None:
        self.uri = uri
        self.filename = filename
        self.is_notebook = is_notebook
        self.documents: list[Document] = []
        self.cells: list[int | None] = []
        #: The documents of the text that is being analysed, with their numbers.
        self.analysed: list[tuple[Document, int | None]] = []
        self.revision = 0
        self.edited_at = 0.0  # seconds on the clock of the event loop
        self.learned_revision = -1
        self.knowledge = Knowledge()

    def set_documents(self, documents: Iterable[tuple[Document, int | None]]) -> None:
        """Its code cells in order, each with its number; one without a number for a file."""
        pairs = list(documents)
        self.documents = [document for document, _ in pairs]
        self.cells = [number for _, number in pairs]

    def cell_of(self, document: Document) -> int | None:
        """The number of a cell; None for a file."""
        return self.cells[self.documents.index(document)]

    def document_of(self, cell: int | None) -> Document | None:
        """The document with this number."""
        return next((one for one, number in zip(self.documents, self.cells, strict=True) if number == cell), None)

    @property
    def text(self) -> str:
        """What the analysis reads."""
        if not self.is_notebook:
            return self.documents[0].text
        by_cell = {number: document.text for number, document in zip(self.cells, self.documents, strict=True)}
        last = max((number for number in by_cell if number is not None), default=0)
        cells = [
            {"cell_type": "code", "source": by_cell[number]} if number in by_cell else {"cell_type": "markdown"}
            for number in range(1, last + 1)
        ]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)

    def hand_over(self) -> str:
        """The text for the analysis; from now on the documents note what changes."""
        self.analysed = list(zip(self.documents, self.cells, strict=True))
        for document in self.documents:
            document.hand_over()
        return self.text

    @property
    def is_too_large(self) -> bool:
        """Whether analysing it would take longer than anybody waits."""
        return sum(len(document.text) for document in self.documents) > TOO_LARGE


class Knowledge:
    """What the analyses of a unit have given, at places that move along with edits.

    A text that does not parse says nothing but where: the facts of the last one that did are kept beside that. In a
    notebook that holds for each cell.
    """

    def __init__(self) -> None:
        self.facts = Facts()
        self.text = ""  # that the facts are about
        self.revision = -1  # of the latest analysis
        self.is_broken = False  # whether something in it could not be parsed
        self._good: dict[str, tuple[Document, Tracker[Fact]]] = {}
        self._errors: dict[str, tuple[Document, Tracker[Fact]]] = {}

    def learn(self, unit: Unit, facts: Facts, revision: int, text: str) -> None:
        """Take over the facts of a revision; the journals of the documents say what has changed since."""
        self.revision = revision
        broken = {found.cell for found in facts.diagnostics if found.code == SYNTAX_ERROR}
        self.is_broken = bool(broken)
        if not facts.is_broken:
            self.facts, self.text = facts, text
        _release(self._errors)
        kept = {document.uri for document, cell in unit.analysed if cell in broken or facts.is_broken}
        _release(self._good, kept)
        for document, cell in unit.analysed:
            if document not in unit.documents:
                continue
            errors = [found for found in facts.diagnostics if found.cell == cell and found.code == SYNTAX_ERROR]
            if errors:
                self._errors[document.uri] = _followed(document, [(found, found.span) for found in errors])
            if document.uri not in kept:
                self._good[document.uri] = _followed(
                    document, [(item, span) for item, span in _spans(facts) if item.cell == cell]
                )

    def forget(self) -> None:
        """Let go of everything."""
        _release(self._good)
        _release(self._errors)
        self.facts = Facts()

    def was_good(self, document: Document) -> bool:
        """Whether there has been an analysis that could parse a document."""
        return document.uri in self._good

    def found(self, document: Document, kind: type[_T]) -> Iterator[Found[_T]]:
        """The facts of one kind in a document, of the last analysis that could parse it."""
        return _found(self._good, document, kind)

    def errors(self, document: Document) -> Iterator[Found[Diagnostic]]:
        """Why a document cannot be parsed now."""
        return _found(self._errors, document, Diagnostic)


def _found(
    trackers: dict[str, tuple[Document, Tracker[Fact]]], document: Document, kind: type[_T]
) -> Iterator[Found[_T]]:
    own, tracker = trackers.get(document.uri, (None, None))
    if own is document and tracker is not None:
        for place in tracker.places:
            if isinstance(place.item, kind):
                yield Found(place.item, document, place.start, place.end, place.touched)


def _release(trackers: dict[str, tuple[Document, Tracker[Fact]]], kept: Collection[str] = ()) -> None:
    for uri in [uri for uri in trackers if uri not in kept]:
        document, tracker = trackers.pop(uri)
        document.forget(tracker)


def _followed(document: Document, spans: Iterable[tuple[Fact, Span]]) -> tuple[Document, Tracker[Fact]]:
    """The places of facts in a document, brought up to date and followed from now on."""
    lines = document.handed_over
    tracker: Tracker[Fact] = Tracker(
        Tracked(item, lines.offset_of(span.start), lines.offset_of(span.end)) for item, span in spans
    )
    tracker.catch_up(document.journal or ())
    document.follow(tracker)
    return document, tracker


def _spans(facts: Facts) -> Iterator[tuple[Fact, Span]]:
    """Each fact, and the stretch that it is about."""
    for found in facts.diagnostics:
        if found.code != SYNTAX_ERROR:
            yield found, found.span
    for layer in facts.layers:
        yield layer, Span(layer.span.start, layer.behind.start)
    for model in facts.models:
        yield model, model.span


def place_of(uri: str, folder: str | None) -> str:
    """The absolute name of the file of a URI; for a text without one, a name in the folder where it would lie."""
    path = to_fs_path(uri) if uri_scheme(uri) == "file" else None
    if path:
        return os.path.abspath(path)
    _, _, name, *_ = urlparse(uri)
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in os.path.basename(name))
    return os.path.join(folder or os.getcwd(), name if name.endswith(".py") else f"{name or 'untitled'}.py")
