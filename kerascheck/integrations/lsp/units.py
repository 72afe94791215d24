"""What is analysed as one: a file, or all cells of a notebook; and what is known of it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pygls.uris import to_fs_path, uri_scheme, urlparse

from kerascheck.diagnostics import Diagnostic, Span
from kerascheck.integrations.lsp.documents import Document, Tracked, Tracker
from kerascheck.integrations.lsp.facts import Findings, LayerFact, ModelFact, Structure
from kerascheck.project.source import SYNTAX_ERROR

Fact: TypeAlias = Diagnostic | LayerFact | ModelFact
_T = TypeVar("_T")
_Trackers: TypeAlias = dict[str, tuple[Document, Tracker[Fact]]]  # by the URI of the document

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

    A text that does not parse says nothing but where: what the last one gave that did is kept beside that. In a
    notebook that holds for each cell.
    """

    def __init__(self) -> None:
        self.findings = Findings()
        self.structure = Structure()
        self.text = ""  # that the structure is about
        self.findings_revision = -1  # of the latest findings
        self.revision = -1  # of the latest analysis that is complete
        self.is_broken = False  # whether something in it could not be parsed
        self._found: _Trackers = {}
        self._built: _Trackers = {}
        self._errors: _Trackers = {}
        self._kept: set[str] = set()  # URIs of the documents that cannot be parsed now

    def invalidate(self) -> None:
        """All of it may be wrong, though the text has not changed."""
        self.findings_revision = self.revision = -1

    def learn_findings(self, unit: Unit, findings: Findings, revision: int) -> None:
        """Take over what is said about the text that was handed over; the journals say what has changed since."""
        errors = [found for found in findings.diagnostics if found.code == SYNTAX_ERROR]
        broken = {found.cell for found in errors}
        self.findings, self.findings_revision = findings, revision
        self.is_broken = bool(broken)
        self._kept = {document.uri for document, cell in unit.analysed if cell in broken or findings.is_broken}
        others = [found for found in findings.diagnostics if found.code != SYNTAX_ERROR]
        self._replace(self._errors, unit, [(found, found.span) for found in errors], set())
        self._replace(self._found, unit, [(found, found.span) for found in others], self._kept)

    def learn_structure(self, unit: Unit, structure: Structure, revision: int, text: str) -> None:
        """Take over what the text of a revision builds; its findings are known."""
        self.revision = revision
        if self.findings.is_broken:
            return
        self.structure, self.text = structure, text
        built: list[tuple[Fact, Span]] = [
            *((layer, Span(layer.span.start, layer.behind.start)) for layer in structure.layers),
            *((model, model.span) for model in structure.models),
        ]
        self._replace(self._built, unit, built, self._kept)

    def _replace(
        self, trackers: _Trackers, unit: Unit, spans: Sequence[tuple[Fact, Span]], kept: Collection[str]
    ) -> None:
        _release(trackers, kept)
        for document, cell in unit.analysed:
            if document in unit.documents and document.uri not in kept:
                own = [(item, span) for item, span in spans if item.cell == cell]
                trackers[document.uri] = _followed(document, own)

    def forget(self) -> None:
        """Let go of everything."""
        for trackers in (self._found, self._built, self._errors):
            _release(trackers)
        self.findings, self.structure = Findings(), Structure()

    def was_good(self, document: Document) -> bool:
        """Whether there has been an analysis that could parse a document."""
        return document.uri in self._found

    def diagnostics(self, document: Document) -> Iterator[Found[Diagnostic]]:
        """The findings in a document, of the last analysis that could parse it."""
        return _found(self._found, document, Diagnostic)

    def layers(self, document: Document) -> Iterator[Found[LayerFact]]:
        """The layers that a document builds, of the last analysis that could parse it."""
        return _found(self._built, document, LayerFact)

    def models(self, document: Document) -> Iterator[Found[ModelFact]]:
        """The models that a document makes, of the last analysis that could parse it."""
        return _found(self._built, document, ModelFact)

    def errors(self, document: Document) -> Iterator[Found[Diagnostic]]:
        """Why a document cannot be parsed now."""
        return _found(self._errors, document, Diagnostic)


def _found(trackers: _Trackers, document: Document, kind: type[_T]) -> Iterator[Found[_T]]:
    own, tracker = trackers.get(document.uri, (None, None))
    if own is document and tracker is not None:
        for place in tracker.places:
            if isinstance(place.item, kind):
                yield Found(place.item, document, place.start, place.end, place.touched)


def _release(trackers: _Trackers, kept: Collection[str] = ()) -> None:
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


def place_of(uri: str, folder: str | None) -> str:
    """The absolute name of the file of a URI; for a text without one, a name in the folder where it would lie."""
    path = to_fs_path(uri) if uri_scheme(uri) == "file" else None
    if path:
        return os.path.abspath(path)
    _, _, name, *_ = urlparse(uri)
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in os.path.basename(name))
    return os.path.join(folder or os.getcwd(), name if name.endswith(".py") else f"{name or 'untitled'}.py")
