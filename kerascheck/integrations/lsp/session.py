"""What is open, what is known of it, and when it is analysed. Knows texts and facts, not requests."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Protocol

from lsprotocol import types

from kerascheck.diagnostics import Diagnostic, Position, Severity, Span
from kerascheck.integrations.lsp.analyst import LATER, Analyst, WorkerDied
from kerascheck.integrations.lsp.documents import Document
from kerascheck.integrations.lsp.facts import Findings, Structure, Text
from kerascheck.integrations.lsp.positions import Encoding
from kerascheck.integrations.lsp.settings import ClientSettings
from kerascheck.integrations.lsp.units import TOO_LARGE, Unit, place_of
from kerascheck.project.discovery import mentions_keras

_log = logging.getLogger(__name__)

#: Seconds without an edit after which a text that does not parse is called so.
PAUSE = 0.8
#: Seconds that a file waits which imports one that is being edited.
_DELAY_OF_OTHERS = 0.25
#: Seconds that a request waits for the analysis of the text as it is now.
_PATIENCE = 10.0


class Listener(Protocol):
    """Who wants to know what the session learns."""

    def found(self, unit: Unit) -> None:
        """The findings of a unit may be others than before."""

    def changed_by_itself(self, unit: Unit) -> None:
        """All that is known of a unit may be another than before, though nobody has edited it."""

    def warn(self, message: str) -> None:
        """Something is wrong that the user can change."""

    def note(self, message: str) -> None:
        """Something that explains what is shown, or not shown."""


class Session:
    """The open texts of one client. All methods belong to the event loop."""

    def __init__(self, listener: Listener) -> None:
        self.analyst = Analyst()
        self.encoding = Encoding()
        self.folders: dict[str, str] = {}  # paths of the workspace by URI
        self.base = ClientSettings()  # what holds where no folder says otherwise
        self.by_folder: dict[str, ClientSettings] = {}
        self.units: dict[str, Unit] = {}
        self._by_document: dict[str, tuple[Unit, Document]] = {}
        self._listener = listener
        self._work: dict[str, _Work] = {}
        self._warned: set[str] = set()
        self._comparison: asyncio.Task[None] | None = None

    # -- what is open -----------------------------------------------------------------------------------------------

    def document(self, uri: str) -> tuple[Unit, Document] | None:
        """An open text and the unit that it belongs to; None for a text that is not open, or no Python."""
        return self._by_document.get(uri)

    def open(self, item: types.TextDocumentItem) -> None:
        """A text is open in the client from now on."""
        self.close(item.uri)
        if not _is_python(item):
            return
        unit = Unit(item.uri, place_of(item.uri, self.folder_of(item.uri)))
        document = Document(item.uri, item.text, item.version)
        unit.set_documents([(document, None)])
        self._add(unit)
        if not unit.is_too_large:
            self._tell_buffer(unit)
        self.schedule(unit, 0.0)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """The client has edited a text."""
        found = self.document(params.text_document.uri)
        if found is None:
            return
        unit, document = found
        document.apply(params.content_changes, params.text_document.version, self.encoding)
        self.edited(unit)

    def edited(self, unit: Unit) -> None:
        """The text of a unit is another than before."""
        unit.revision += 1
        unit.edited_at = asyncio.get_running_loop().time()
        if not unit.is_notebook and not unit.is_too_large:
            self._tell_buffer(unit)
        settings = self.settings_of(unit.uri)
        if settings.run == "onType":
            self.schedule(unit, settings.debounce / 1000)

    def save(self, uri: str) -> None:
        """The client has saved a text."""
        unit = self.unit(uri)
        if unit is None:
            return
        unit.edited_at = 0.0
        if unit.knowledge.revision != unit.revision:
            self.schedule(unit, 0.0)
        else:
            self._listener.found(unit)

    def close(self, uri: str) -> None:
        """A text is not open in the client any more."""
        unit = self.units.get(uri)
        if unit is not None:
            self._remove(unit)
            if not unit.is_notebook:
                self.analyst.set_buffer(unit.filename, None)
                self._schedule_importers(unit)
                self._compare_importers()

    def unit(self, uri: str) -> Unit | None:
        """The unit of a file, a notebook or a cell."""
        found = self._by_document.get(uri)
        return self.units.get(uri) if found is None else found[0]

    def add(self, unit: Unit) -> None:
        """Another unit; its documents may change with `refresh`."""
        self._add(unit)

    def refresh(self, unit: Unit, documents: Iterable[tuple[Document, int | None]]) -> None:
        """A notebook has other cells than before."""
        for document in unit.documents:
            self._by_document.pop(document.uri, None)
        unit.set_documents(documents)
        for document in unit.documents:
            self._by_document[document.uri] = (unit, document)

    def _add(self, unit: Unit) -> None:
        self.units[unit.uri] = unit
        self._work[unit.uri] = _Work()
        for document in unit.documents:
            self._by_document[document.uri] = (unit, document)

    def _remove(self, unit: Unit) -> None:
        self._work.pop(unit.uri).stop()
        unit.knowledge.forget()
        for document in unit.documents:
            self._by_document.pop(document.uri, None)
        self.units.pop(unit.uri, None)

    def _tell_buffer(self, unit: Unit) -> None:
        self.analyst.set_buffer(unit.filename, unit.text)

    # -- settings ---------------------------------------------------------------------------------------------------

    def folder_of(self, uri: str) -> str | None:
        """The folder of the workspace that holds a file; the first one for what lies in none."""
        holding = [path for folder, path in self.folders.items() if uri.startswith(folder.rstrip("/") + "/")]
        return max(holding, key=len) if holding else next(iter(self.folders.values()), None)

    def settings_of(self, uri: str) -> ClientSettings:
        """What the client sets for a file."""
        return self.by_folder.get(self.folder_of(uri) or "", self.base)

    def text_of(self, unit: Unit, text: str | None = None) -> Text:
        """A unit as a task for the worker."""
        return Text(unit.filename, unit.text if text is None else text, self.settings_of(unit.uri).options)

    def reconsider(self) -> None:
        """Settings or files on disk have changed: everything is analysed anew."""
        self._warned.clear()
        self.analyst.forget()
        for unit in self.units.values():
            unit.knowledge.invalidate()
            self.schedule(unit, 0.0)

    def files_changed(self, filenames: set[str]) -> None:
        """Files have changed on disk: what imports or reads them, or looks for them, is analysed anew."""
        changed = filenames | {os.path.dirname(name) for name in filenames}  # some look at what is in a folder
        self._meanwhile(changed)
        concerned = [unit for unit in self.units.values() if not changed.isdisjoint(unit.knowledge.findings.modules)]
        if concerned or any(name.endswith(".py") for name in filenames):
            self.analyst.forget()
            for unit in concerned:
                unit.knowledge.invalidate()
                self.schedule(unit, _DELAY_OF_OTHERS)
            self._compare_importers()

    # -- analysing --------------------------------------------------------------------------------------------------

    def schedule(self, unit: Unit, delay: float) -> None:
        """Analyse a unit after so many seconds without another call of this; what is under way is abandoned."""
        work = self._work[unit.uri]
        work.stop()
        work.timer = asyncio.get_running_loop().call_later(delay, self._start, unit)

    async def settled(self, unit: Unit, findings_only: bool = False) -> bool:
        """Wait until the text as it is now is analysed, or at least its findings are known; whether it is."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE
        while unit.revision != (unit.knowledge.findings_revision if findings_only else unit.knowledge.revision):
            work = self._work.get(unit.uri)
            if work is None or not work.is_pending or loop.time() >= end:
                return False
            waiter = loop.create_future()
            work.waiters.append(waiter)
            await asyncio.wait([waiter], timeout=end - loop.time())
        return True

    async def paused(self, unit: Unit) -> None:
        """Wait until it can be said that the text does not parse, or until it is edited."""
        revision = unit.revision
        while self.hides_errors(unit) and unit.revision == revision and unit.uri in self.units:
            await asyncio.sleep(0.05)

    def hides_errors(self, unit: Unit) -> bool:
        """Whether it is too early to say that a text does not parse, for it is being typed."""
        if not unit.knowledge.is_broken or not all(map(unit.knowledge.was_good, unit.documents)):
            return False
        return asyncio.get_running_loop().time() - unit.edited_at < PAUSE

    def _start(self, unit: Unit) -> None:
        work = self._work.get(unit.uri)
        if work is not None:
            work.timer = None
            work.task = asyncio.get_running_loop().create_task(self._analyse(unit, work))

    async def _analyse(self, unit: Unit, work: _Work) -> None:
        by_itself = unit.learned_revision == unit.revision
        imported = unit.knowledge.findings.imports
        work.changed.clear()
        try:
            await self._learn(unit, work)
        finally:
            if work.task is asyncio.current_task():
                work.task = None
                work.wake()
        if not work.changed.isdisjoint(unit.knowledge.findings.modules):
            self.analyst.forget()
            unit.knowledge.invalidate()
            self.schedule(unit, _DELAY_OF_OTHERS)
        if by_itself:
            self._listener.changed_by_itself(unit)
        else:
            self._schedule_importers(unit)
            if unit.knowledge.findings.imports != imported:
                self._compare_importers()

    async def _learn(self, unit: Unit, work: _Work) -> None:
        """Analyse a unit as it is now: the findings first, then what it builds."""
        revision, raw = unit.revision, unit.hand_over()
        learned = False

        def learn(findings: Findings) -> None:
            nonlocal learned
            learned = True
            if findings.problem is not None and findings.problem not in self._warned:
                self._warned.add(findings.problem)
                self._listener.warn(f"kerascheck: {findings.problem}")
            if findings.incomplete is not None and findings.incomplete != unit.knowledge.findings.incomplete:
                self._listener.note(f"{unit.filename}: analysed in part, {findings.incomplete}")
            unit.knowledge.learn_findings(unit, findings, revision)
            work.wake()
            self._listener.found(unit)
            if self.hides_errors(unit):
                loop = asyncio.get_running_loop()
                work.later = loop.call_at(unit.edited_at + PAUSE + 0.01, self._say_again, unit, revision)

        structure = Structure()
        try:
            if unit.is_too_large:
                learn(_too_large(unit, raw))
            else:
                structure = await self.analyst.ask("examine", self.text_of(unit, raw), early=learn)
        except (WorkerDied, RuntimeError) as error:
            _log.error("%s: %s", unit.filename, error)
            if not learned:
                learn(_note(unit, f"not analysed: {error}", Severity.WARNING))
        unit.knowledge.learn_structure(unit, structure, revision, raw)
        unit.learned_revision = revision
        for document in unit.documents:
            document.journal = None

    def _say_again(self, unit: Unit, revision: int) -> None:
        """The pause is over: what does not parse is called so."""
        if unit.uri in self.units and unit.revision == revision:
            self._listener.found(unit)

    def _meanwhile(self, changed: set[str]) -> None:
        """Note what changes while units are analysed: it is not known yet whether they import or read it."""
        for work in self._work.values():
            if work.task is not None:
                work.changed |= changed

    def _schedule_importers(self, changed: Unit) -> None:
        self._meanwhile({changed.filename})
        for unit in self.units.values():
            if unit is not changed and changed.filename in unit.knowledge.findings.modules:
                unit.knowledge.invalidate()
                self.schedule(unit, _DELAY_OF_OTHERS)

    def _compare_importers(self) -> None:
        """Analyse anew what others import than before, and so may call."""
        if self._comparison is not None:
            self._comparison.cancel()
        self._comparison = asyncio.get_running_loop().create_task(self._look_for_importers())

    async def _look_for_importers(self) -> None:
        await asyncio.sleep(_DELAY_OF_OTHERS)
        filenames = tuple(unit.filename for unit in self.units.values())
        try:
            importers = await self.analyst.ask("importers", filenames, priority=LATER)
        except (WorkerDied, RuntimeError) as error:
            _log.error("%s", error)
            return
        for unit in self.units.values():
            known, now = unit.knowledge.findings.importers, importers.get(unit.filename)
            if known is not None and now is not None and known != now and not self._work[unit.uri].is_pending:
                unit.knowledge.invalidate()
                self.schedule(unit, 0.0)

    def close_all(self) -> None:
        """The end."""
        if self._comparison is not None:
            self._comparison.cancel()
        for work in self._work.values():
            work.stop()
        self.analyst.close()


class _Work:
    """What is going on about one unit."""

    def __init__(self) -> None:
        self.timer: asyncio.TimerHandle | None = None
        self.later: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None
        self.waiters: list[asyncio.Future[None]] = []
        self.changed: set[str] = set()  # files that have changed since the task began

    @property
    def is_pending(self) -> bool:
        return self.timer is not None or self.task is not None

    def stop(self) -> None:
        """Nothing more of this is wanted."""
        for timer in (self.timer, self.later):
            if timer is not None:
                timer.cancel()
        if self.task is not None:
            self.task.cancel()
        self.timer = self.later = self.task = None

    def wake(self) -> None:
        """Let those go on who wait."""
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _is_python(item: types.TextDocumentItem) -> bool:
    """Whether a text is Python: as the client says, or by its name where it does not."""
    return item.language_id == "python" or (not item.language_id and PurePath(item.uri).suffix == ".py")


def _too_large(unit: Unit, text: str) -> Findings:
    if not mentions_keras(text.encode("utf-8", "replace")):
        return Findings()
    return _note(
        unit,
        f"larger than {TOO_LARGE / 1e6:.0f} MB and so not analysed in the editor; `kerascheck check` does",
        Severity.INFO,
    )


def _note(unit: Unit, message: str, severity: Severity) -> Findings:
    """Findings that only say why there are none."""
    start = Span(Position(1, 1), Position(1, 1))
    cell = next(iter(unit.cells), None)
    return Findings(
        (Diagnostic("KC002", "unreadable-file", severity, message, unit.filename, start, cell, noqa_row=1),)
    )
